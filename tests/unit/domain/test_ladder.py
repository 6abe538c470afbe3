"""Who is told of a concern and when: times by routes by families."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.rule_files import load_rules
from bot.domain.concerns import Concern, ConcernNote, ConcernStatus
from bot.domain.ladder import (
    CONCERN_FAMILIES,
    is_danger,
    is_graver,
    ladder,
    may_write,
)
from bot.domain.messages import SubjectId
from bot.domain.night_route import NightPickup, NightRoute
from bot.domain.on_call import TeamTimes
from bot.domain.team_hours import no_holidays

TIMES = TeamTimes("peak")
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)

NOBODY = NightRoute("r", "peak", "intent", NightPickup.NOBODY, 0, "m", NOW)
NIGHT_TEAM = NightRoute("r", "peak", "intent", NightPickup.ROUND_THE_CLOCK, 15, "m", NOW)

DAY = ["owner 10:00", "cover 10:30", "duty 11:00", "manager 12:00"]
MORNING = ["owner 09:00", "cover 09:30", "duty 10:00", "manager 11:00"]


def rungs(hour: int, minute: int, route: NightRoute | None) -> list[str]:
    steps = ladder(NOW.replace(hour=hour, minute=minute), TIMES, route, no_holidays)
    return [f"{each.rung} {each.due_at:%H:%M}" for each in steps]


@pytest.mark.parametrize("route", [NOBODY, NIGHT_TEAM, None])
def test_by_day_owner_then_who_stands_in_then_duty_line_then_manager(
    route: NightRoute | None,
) -> None:
    assert rungs(10, 0, route) == DAY


@pytest.mark.parametrize("route", [NOBODY, None])
def test_where_nobody_picks_up_at_night_it_begins_at_the_next_opening(
    route: NightRoute | None,
) -> None:
    assert rungs(23, 0, route) == MORNING
    first = ladder(NOW.replace(hour=23), TIMES, route, no_holidays)[0]
    assert first.due_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_round_the_clock_is_asked_at_once_and_the_others_when_it_is_late() -> None:
    late = ["next 23:15", "manager 23:15", "tell_person 23:15"]
    assert rungs(23, 0, NIGHT_TEAM) == ["duty 23:00", *late, *MORNING]


def test_what_is_not_picked_up_by_closing_goes_on_as_at_night() -> None:
    late = ["next 17:15", "manager 17:15", "tell_person 17:15"]
    assert rungs(16, 15, NIGHT_TEAM) == [
        "owner 16:15", "cover 16:45", "duty 17:00", *late, *MORNING,
    ]  # fmt: skip
    by_day = ["owner 16:15", "cover 16:45", "duty 17:15", "manager 18:15"]
    assert rungs(16, 15, NOBODY) == [*by_day, *MORNING]


def test_on_a_bank_holiday_it_is_night_all_day() -> None:
    steps = ladder(NOW, TIMES, NOBODY, lambda day: day == NOW.date())
    assert steps[0].due_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_minutes_are_the_teams_own() -> None:
    quick = TeamTimes("peak", cover_minutes=5, duty_minutes=10, manager_minutes=15)
    steps = ladder(NOW, quick, NOBODY, no_holidays)
    assert [each.due_at - NOW for each in steps] == [
        timedelta(minutes=each) for each in (0, 5, 10, 15)
    ]


def test_a_team_that_never_opens_is_told_at_once() -> None:
    steps = ladder(NOW, TeamTimes("none", days=""), NOBODY, no_holidays)
    assert steps[0].due_at == NOW


def concern(tier: str, family: str) -> Concern:
    note = ConcernNote(NOW, "words", family=family)
    status = ConcernStatus.OPEN
    return Concern("c", SubjectId("s"), NOW, status, tier, family, (note,))


@pytest.mark.parametrize(
    ("tier", "family", "graver"),
    [
        ("immediate_medical", "injury", True),
        ("immediate_crisis", "attempt", True),
        ("immediate_crisis", "urge", False),
        ("immediate_crisis", "burden", False),
        ("immediate_crisis", "default", False),
        ("safeguarding", "abuse_now", False),
        ("check", "overdose_on_purpose", False),
        ("none", "", False),
    ],
)
def test_graver_is_a_higher_tier_or_in_the_same_a_family_that_goes_before(
    tier: str, family: str, graver: bool
) -> None:
    assert is_graver(tier, family, concern("immediate_crisis", "urge")) is graver


def test_only_tiers_that_open_a_concern_are_danger() -> None:
    tiers = ("none", "check", "safeguarding", "immediate_crisis", "immediate_medical")
    assert [is_danger(each) for each in tiers] == [False, False, True, True, True]


@pytest.mark.parametrize("family", ["abuse_now", "abuse_past", "at_risk"])
def test_nobody_is_written_to_unasked_after_they_told_of_abuse(family: str) -> None:
    earlier = concern("immediate_crisis", "intent").notes
    assert may_write(earlier)
    assert not may_write([*earlier, ConcernNote(NOW, "words", family=family)])


def test_every_family_that_rules_can_raise_to_danger_has_a_route_to_sign() -> None:
    rules = load_rules(Path("skills_content/safety/rules"))
    raised = {each.family.value for each in rules.book.rules if each.tier > "check"}
    assert raised
    assert raised <= set(CONCERN_FAMILIES)
