"""What follows which danger, and when somebody may be written to about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from bot.domain.after_danger import RemindersPause
from bot.domain.concerns import Concern
from bot.domain.opening_hours import LOCAL
from bot.domain.people import holds
from bot.domain.safety_net import Family, Tier

OF_INTENT = frozenset(
    {
        Family.ATTEMPT,
        Family.VOICES,
        Family.PLAN_OR_MEANS,
        Family.METHOD_REQUEST,
        Family.GOODBYE,
        Family.PREPARATION,
        Family.INTENT,
    }
)
"""Families that are met as intent. An urge or a passive thought takes nothing away."""

MORNING = time(10)
EVENING = time(20)
"""Between these, local time, the companion may begin to speak of something that can wait."""


def is_intent_or_medical(tier: str, family: str) -> bool:
    """Whether reminders pause for it, and looking back is offered when it is over."""
    if tier == Tier.IMMEDIATE_MEDICAL:
        return True
    return tier == Tier.IMMEDIATE_CRISIS and family in OF_INTENT


def is_looked_back_on(concern: Concern) -> bool:
    """Whether anything in a concern was intent or medical danger."""
    return is_intent_or_medical(concern.tier, concern.family) or any(
        is_intent_or_medical(Tier.IMMEDIATE_CRISIS, note.family) for note in concern.notes
    )


def pause_in_force(pauses: Iterable[RemindersPause], now: datetime) -> RemindersPause | None:
    """The pause that holds now, if one does."""
    return next((each for each in pauses if holds(each.since, each.until, now)), None)


def next_day_at(now: datetime, at: time = MORNING) -> datetime:
    """That local time on the day after ``now``; both UTC."""
    day = now.astimezone(LOCAL).date() + timedelta(days=1)
    return datetime.combine(day, at, LOCAL).astimezone(UTC)


def at_a_fair_hour(moment: datetime) -> datetime:
    """The moment itself, or the next morning where it would fall into the night; UTC."""
    local = moment.astimezone(LOCAL)
    if MORNING <= local.time() < EVENING:
        return moment
    day = local.date() + timedelta(days=local.time() >= EVENING)
    return datetime.combine(day, MORNING, LOCAL).astimezone(UTC)
