"""Which danger takes what aside, and the hours at which the companion begins to speak."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.after_danger import RemindersPause
from bot.domain.aftermath import (
    at_a_fair_hour,
    is_intent_or_medical,
    is_looked_back_on,
    next_day_at,
    pause_in_force,
)
from bot.domain.concerns import Concern, ConcernNote, ConcernStatus
from bot.domain.messages import SubjectId
from bot.domain.opening_hours import LOCAL
from bot.domain.safety_net import Family, Tier

ROBIN = SubjectId("s-1")
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)

AS_INTENT = {
    "attempt", "voices", "plan_or_means", "method_request", "goodbye", "preparation", "intent",
}  # fmt: skip


@pytest.mark.parametrize("family", Family)
def test_of_the_crisis_tier_only_intent(family: Family) -> None:
    is_intent = family.value in AS_INTENT
    assert is_intent_or_medical(Tier.IMMEDIATE_CRISIS, family.value) is is_intent
    assert not is_intent_or_medical(Tier.CHECK, family.value)
    assert not is_intent_or_medical(Tier.SAFEGUARDING, family.value)
    assert is_intent_or_medical(Tier.IMMEDIATE_MEDICAL, family.value)


def _concern(tier: Tier, *families: str) -> Concern:
    notes = tuple(ConcernNote(NOON, "words", "", each) for each in families)
    return Concern("c-1", ROBIN, NOON, ConcernStatus.CLOSED, tier, families[0], notes)


def test_a_concern_is_looked_back_on_for_anything_in_it() -> None:
    assert is_looked_back_on(_concern(Tier.IMMEDIATE_CRISIS, "intent"))
    assert is_looked_back_on(_concern(Tier.IMMEDIATE_CRISIS, "urge", "intent"))
    assert is_looked_back_on(_concern(Tier.IMMEDIATE_MEDICAL, "eating"))
    assert not is_looked_back_on(_concern(Tier.IMMEDIATE_CRISIS, "urge", "passive_thoughts"))
    assert not is_looked_back_on(_concern(Tier.SAFEGUARDING, "abuse_now"))


def test_a_pause_holds_from_its_start_until_its_end() -> None:
    hour = timedelta(hours=1)
    ended = RemindersPause("p-1", ROBIN, NOON - 2 * hour, NOON, NOON - hour)
    held = RemindersPause("p-2", ROBIN, NOON, NOON + hour)
    assert pause_in_force([ended, held], NOON) == held
    assert pause_in_force([ended, held], NOON - timedelta(seconds=1)) is None
    assert pause_in_force([ended], NOON - hour) is None
    assert pause_in_force([ended], NOON - hour - timedelta(seconds=1)) == ended


def test_the_next_day_is_by_the_local_calendar_and_clock() -> None:
    assert next_day_at(NOON, time(10)) == datetime(2026, 3, 4, 10, tzinfo=UTC)
    # Half past midnight in summer is still the day before by UTC.
    late = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    assert next_day_at(late, time(10)) == datetime(2026, 6, 3, 9, tzinfo=UTC)
    # The night in which the clocks go forward.
    assert next_day_at(datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(
        2026, 3, 29, 9, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("hour", "minute", "day_later", "at"),
    [(9, 59, 0, 10), (10, 0, 0, 10), (19, 59, 0, 19), (20, 0, 1, 10), (3, 0, 0, 10)],
)
def test_nothing_that_can_wait_comes_at_night(
    hour: int, minute: int, day_later: int, at: int
) -> None:
    moved = at_a_fair_hour(datetime(2026, 3, 3, hour, minute, tzinfo=UTC))
    assert (moved.day, moved.hour) == (3 + day_later, at)


@given(st.integers(0, 15 * 365 * 24 * 60).map(lambda each: NOON + timedelta(minutes=each)))
def test_a_fair_hour_is_never_earlier_and_soon(moment: datetime) -> None:
    moved = at_a_fair_hour(moment)
    assert timedelta(0) <= moved - moment <= timedelta(hours=15)
    assert 10 <= moved.astimezone(LOCAL).hour < 20
