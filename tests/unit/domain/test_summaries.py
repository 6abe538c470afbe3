"""The engagement summary: facts of a period in local days, and nothing that scores anybody."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.concerns import Concern, ConcernNote, ConcernStatus
from bot.domain.crisis_plan import Agreement, CrisisPlan, PlanContents, PlanStatus
from bot.domain.engagement import EngagementEvent, EventKind, Result
from bot.domain.errors import BadInput
from bot.domain.messages import SubjectId
from bot.domain.summaries import (
    Period,
    PlanStanding,
    Standing,
    Summary,
    plan_standing,
    summarise,
)
from bot.domain.summary_text import as_text, standing_words, times, to_json

WREN = SubjectId("wren")
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
TODAY = date(2026, 6, 1)
TITLES = {"stop": "STOP", "paced_breathing": "Paced breathing"}


def event(
    kind: EventKind, at: datetime, details: Mapping[str, str | int] | None = None
) -> EngagementEvent:
    return EngagementEvent(f"{kind}-{at.isoformat()}", WREN, kind, at, details or {})


def practice(at: datetime, skill: str = "stop", **details: str | int) -> EngagementEvent:
    return event(EventKind.PRACTICE, at, {"skill": skill, **details})


def may(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


def plan(
    status: PlanStatus = PlanStatus.AGREED,
    *,
    version: int = 1,
    review_due: date | None = date(2026, 9, 3),
    because: str = "",
) -> CrisisPlan:
    return CrisisPlan(
        f"plan-{version}",
        WREN,
        version,
        status,
        "s1",
        may(1),
        review_due,
        Agreement(date(2026, 3, 2), date(2026, 3, 3), "s1", "on paper"),
        PlanContents(declined_because=because),
    )


def summary_of(
    *events: EngagementEvent,
    period: Period = MAY,
    concerns: tuple[Concern, ...] = (),
    plans: tuple[CrisisPlan, ...] = (),
) -> Summary:
    return summarise(
        code="wren-1",
        called="Wren",
        period=period,
        today=TODAY,
        events=events,
        concerns=concerns,
        plans=plans,
        titles=TITLES,
    )


def concern(*notes: ConcernNote) -> Concern:
    return Concern(
        "c1",
        WREN,
        notes[0].at,
        ConcernStatus.OPEN,
        "immediate_crisis",
        "intent",
        notes,
    )


def test_a_period_of_whole_local_days_in_summer_time() -> None:
    assert MAY.start.astimezone(UTC) == datetime(2026, 4, 30, 23, tzinfo=UTC)
    assert MAY.before.astimezone(UTC) == datetime(2026, 5, 31, 23, tzinfo=UTC)
    assert MAY.days == 31


def test_the_days_on_which_the_clocks_change_are_one_day_each() -> None:
    assert Period(date(2026, 3, 29), date(2026, 3, 29)).before.astimezone(UTC) - Period(
        date(2026, 3, 29), date(2026, 3, 29)
    ).start.astimezone(UTC) == timedelta(hours=23)
    autumn = Period(date(2026, 10, 25), date(2026, 10, 25))
    assert autumn.before.astimezone(UTC) - autumn.start.astimezone(UTC) == timedelta(hours=25)


def test_a_period_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(BadInput):
        Period(date(2026, 5, 2), date(2026, 5, 1))


@pytest.mark.parametrize(
    ("first", "last"), [(date(1999, 12, 31), TODAY), (TODAY, date(2200, 1, 1)), (TODAY, date.max)]
)
def test_years_that_nobody_can_mean_are_refused(first: date, last: date) -> None:
    with pytest.raises(BadInput):
        Period(first, last)


def test_a_period_that_ends_on_a_day() -> None:
    assert Period.ending(date(2026, 5, 31), days=31) == MAY
    assert Period.ending(TODAY, days=1) == Period(TODAY, TODAY)


@given(
    at=st.datetimes(
        min_value=datetime(2025, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2027, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    )
)
def test_its_ends_and_its_days_agree_about_every_moment(at: datetime) -> None:
    assert MAY.holds(at) == (MAY.start <= at < MAY.before)


def test_just_after_midnight_in_summer_belongs_to_the_next_day() -> None:
    late = datetime(2026, 5, 10, 23, 30, tzinfo=UTC)
    assert summary_of(event(EventKind.CONTACT, late)).days_with_contact == (date(2026, 5, 11),)


def test_only_what_lies_in_the_period_counts() -> None:
    before = datetime(2026, 4, 30, 22, 59, tzinfo=UTC)
    first = datetime(2026, 4, 30, 23, 0, tzinfo=UTC)
    last = datetime(2026, 5, 31, 22, 59, tzinfo=UTC)
    after = datetime(2026, 5, 31, 23, 0, tzinfo=UTC)
    summary = summary_of(*(practice(each) for each in (before, first, last, after)))
    assert [each.at for each in summary.practices] == [first, last]
    assert summary.days_with_contact == (date(2026, 5, 1), date(2026, 5, 31))


def test_a_day_with_several_things_is_one_day_of_contact() -> None:
    summary = summary_of(
        event(EventKind.CONTACT, may(3, 9)),
        practice(may(3, 10)),
        event(EventKind.PLAN_OPENED, may(3, 11)),
        event(EventKind.CONTACT, may(4)),
    )
    assert summary.days_with_contact == (date(2026, 5, 3), date(2026, 5, 4))


def test_skills_with_before_after_and_what_was_said() -> None:
    summary = summary_of(
        practice(may(3), before=7, after=4, result="helped", finished=1),
        practice(may(2), before=8, after=8, result="no_difference", finished=1),
        practice(may(5), before=6, after=9, result="worse", finished="yes"),
        practice(may(6), before=5),
        practice(may(4), "paced_breathing", before=6, after=5, result="helped", finished=1),
    )
    stop, breathing = summary.skills
    assert (stop.skill, stop.times) == ("STOP", 4)
    assert [(each.before, each.after) for each in stop.practices] == [
        (8, 8),
        (7, 4),
        (6, 9),
        (5, None),
    ]
    said = [stop.said(each) for each in (Result.HELPED, Result.NO_DIFFERENCE, Result.WORSE, None)]
    assert said == [1, 1, 1, 1]
    assert [each.finished for each in stop.practices] == [True, True, True, False]
    assert (breathing.skill, breathing.times) == ("Paced breathing", 1)
    assert [each.at for each in summary.practices] == [may(day) for day in (2, 3, 4, 5, 6)]


def test_no_distress_is_not_a_distress_of_nought() -> None:
    given_nought, not_given = summary_of(
        practice(may(2), before=0, after=0), practice(may(3))
    ).practices
    assert (given_nought.before, given_nought.after) == (0, 0)
    assert (not_given.before, not_given.after) == (None, None)


def test_the_last_change_is_the_last_that_was_given_whole() -> None:
    whole = summary_of(practice(may(2), before=7, after=4), practice(may(3), before=6)).skills[0]
    assert whole.last_change.at == may(2)
    halves = summary_of(practice(may(2), before=7), practice(may(3), after=6)).skills[0]
    assert halves.last_change.at == may(3)


def test_a_skill_that_content_no_longer_has_keeps_its_id() -> None:
    assert summary_of(practice(may(2), "retired_skill")).skills[0].skill == "retired_skill"


def test_what_made_things_worse_is_gathered_from_everywhere() -> None:
    summary = summary_of(
        practice(may(2), result="worse"),
        practice(may(3), result="helped"),
        event(EventKind.FEEDBACK, may(4), {"result": "worse", "skill": "paced_breathing"}),
        event(EventKind.FEEDBACK, may(5), {"result": "helped"}),
    )
    assert [(each.at, each.skill) for each in summary.made_worse] == [
        (may(2), "STOP"),
        (may(4), "Paced breathing"),
    ]
    assert [(each.result, each.skill) for each in summary.feedback] == [
        (Result.WORSE, "Paced breathing"),
        (Result.HELPED, ""),
    ]


def test_plan_opened_and_moods() -> None:
    summary = summary_of(
        event(EventKind.PLAN_OPENED, may(9)),
        event(EventKind.PLAN_OPENED, may(2)),
        event(EventKind.MOOD, may(7), {"mood": "low"}),
    )
    assert summary.plan_opened == (may(2), may(9))
    assert [(each.at, each.mood) for each in summary.moods] == [(may(7), "low")]


def test_concerns_are_facts_of_the_period_without_tier_or_family() -> None:
    summary = summary_of(
        concerns=(
            concern(
                ConcernNote(may(20, 22), "I can't do this any more", "Thank you for telling me."),
                ConcernNote(datetime(2026, 6, 1, 9, tzinfo=UTC), "outside", ""),
            ),
        )
    )
    assert [(each.at, each.words, each.answered) for each in summary.concerns] == [
        (may(20, 22), "I can't do this any more", "Thank you for telling me.")
    ]
    told = as_text(summary) + json.dumps(to_json(summary))
    assert "immediate_crisis" not in told
    assert "intent" not in told


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        ((), PlanStanding(Standing.MISSING)),
        (
            (plan(),),
            PlanStanding(Standing.AGREED, date(2026, 3, 3), date(2026, 9, 3)),
        ),
        (
            (plan(review_due=TODAY - timedelta(days=1)),),
            PlanStanding(Standing.OVERDUE, date(2026, 3, 3), TODAY - timedelta(days=1)),
        ),
        (
            (plan(review_due=TODAY),),
            PlanStanding(Standing.AGREED, date(2026, 3, 3), TODAY),
        ),
        (
            (plan(), plan(PlanStatus.DRAFT, version=2)),
            PlanStanding(Standing.AGREED, date(2026, 3, 3), date(2026, 9, 3)),
        ),
        ((plan(PlanStatus.DRAFT),), PlanStanding(Standing.DRAFT)),
        ((plan(PlanStatus.OFFERED),), PlanStanding(Standing.OFFERED)),
        (
            (plan(PlanStatus.DECLINED, because="Not while I'm moving house"),),
            PlanStanding(Standing.DECLINED, declined_because="Not while I'm moving house"),
        ),
        ((plan(PlanStatus.WITHDRAWN),), PlanStanding(Standing.MISSING)),
    ],
)
def test_where_the_plan_stands(plans: tuple[CrisisPlan, ...], expected: PlanStanding) -> None:
    assert plan_standing(plans, TODAY) == expected


def test_where_the_plan_stands_in_words() -> None:
    agreed = PlanStanding(Standing.AGREED, date(2026, 3, 3), date(2026, 9, 3))
    assert standing_words(agreed) == "agreed on 3 March 2026, review due 3 September 2026"
    overdue = PlanStanding(Standing.OVERDUE, date(2025, 3, 3), date(2026, 3, 3))
    assert standing_words(overdue) == "agreed on 3 March 2025, review was due 3 March 2026"
    assert [times(each) for each in (1, 2, 3)] == ["once", "twice", "3 times"]


def test_the_text_for_the_command_line() -> None:
    text = as_text(
        summary_of(
            event(EventKind.PLAN_OPENED, may(9, 20, 14)),
            practice(may(3, 9), before=7, after=4, result="helped", finished=1),
            practice(may(4, 9), before=5),
            event(EventKind.MOOD, may(7), {"mood": "good"}),
            concerns=(concern(ConcernNote(may(20, 22), "it is too much", "Thank you.")),),
            plans=(plan(),),
        )
    )
    assert text.splitlines() == [
        "Wren (wren-1)",
        "Engagement summary, 1 May 2026 to 31 May 2026",
        "",
        "Crisis plan: agreed on 3 March 2026, review due 3 September 2026",
        "Days with contact: 4 of 31, last on 9 May 2026",
        "Opened their plan: once, last on 9 May 2026, 21:14",
        "",
        "Skills practised",
        "  STOP, twice: helped (once), nothing said (once)",
        "    3 May 2026, 10:00: 7 before, 4 after, helped",
        "    4 May 2026, 10:00: 5 before, not given after, nothing said, left before the end",
        "",
        "Said at other times",
        "  Nothing in this period",
        "",
        "Moods",
        "  7 May 2026, 13:00: good",
        "",
        "Looked at, or to be looked at",
        "  20 May 2026, 23:00: it is too much",
        "    Answered: Thank you.",
    ]


def test_the_text_where_there_is_little_to_say() -> None:
    text = as_text(summary_of(plans=(plan(PlanStatus.DECLINED, because="Not on a phone"),)))
    assert text.splitlines()[3:7] == [
        "Crisis plan: the person said no to a plan for now",
        "  In their words: Not on a phone",
        "Days with contact: 0 of 31",
        "Opened their plan: not in this period",
    ]


def test_the_json_says_the_same_and_can_be_read_back() -> None:
    summary = summary_of(
        practice(may(3, 9), before=7, after=4, result="helped", finished=1),
        event(EventKind.FEEDBACK, may(4), {"result": "no_difference"}),
        plans=(plan(PlanStatus.DECLINED, because="Not now"),),
    )
    read = json.loads(json.dumps(to_json(summary)))
    assert read["plan"] == {
        "status": "declined",
        "agreed_on": None,
        "review_due": None,
        "declined_because": "Not now",
    }
    assert (read["from"], read["to"]) == ("2026-05-01", "2026-05-31")
    assert read["skills"] == [
        {
            "skill": "STOP",
            "times": 1,
            "helped": 1,
            "no_difference": 0,
            "worse": 0,
            "not_said": 0,
            "practices": [
                {
                    "at": "2026-05-03T10:00+01:00",
                    "before": 7,
                    "after": 4,
                    "result": "helped",
                    "finished": True,
                }
            ],
        }
    ]
    assert read["feedback"] == [
        {"at": "2026-05-04T13:00+01:00", "result": "no_difference", "skill": None}
    ]
    assert read["days_with_contact"] == ["2026-05-03", "2026-05-04"]


@given(
    days=st.lists(st.integers(min_value=-40, max_value=70), max_size=30),
    kinds=st.sampled_from(EventKind),
)
def test_whatever_happened_it_renders_and_never_ranks_anybody(
    days: list[int], kinds: EventKind
) -> None:
    happened = [event(kinds, may(1) + timedelta(days=day), {"skill": "stop"}) for day in days]
    summary = summary_of(*happened)
    assert all(MAY.first <= each <= MAY.last for each in summary.days_with_contact)
    assert list(summary.days_with_contact) == sorted(set(summary.days_with_contact))
    told = (as_text(summary) + json.dumps(to_json(summary))).lower()
    assert not re.search(r"\b(risk|score|level|tier|band|trend|severity)\b", told)
