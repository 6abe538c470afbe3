"""Who is told of a concern, in which order and when. Each rung is asked if nobody picks up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.concerns import Concern, ConcernNote
from bot.domain.night_route import NightPickup, NightRoute
from bot.domain.notices import Rung
from bot.domain.on_call import TeamTimes
from bot.domain.safety_net import Family, Tier
from bot.domain.team_hours import IsHoliday, closing, is_at_work, next_opening

EVERYTHING_ELSE = "default"
"""The family of what has none of its own, and the route for it."""

CONCERN_FAMILIES = (
    EVERYTHING_ELSE,
    *(each.value for each in Family if each.rank <= Family.EATING.rank),
    Family.UNSAFE.value,
    Family.SUBSTANCES.value,
    Family.TESTING.value,
    Family.NOT_HEARD.value,
)
"""The families that can open a concern: for each a team signs its night route."""

NEVER_WRITTEN_AFTER = frozenset({Family.ABUSE_NOW, Family.ABUSE_PAST, Family.AT_RISK})
"""Nothing is sent unasked to a person who told of abuse: somebody else may be reading."""


@dataclass(frozen=True)
class Step:
    """One rung and when it is asked, UTC."""

    rung: Rung
    due_at: datetime


def ladder(
    opened_at: datetime, times: TeamTimes, route: NightRoute | None, is_holiday: IsHoliday
) -> tuple[Step, ...]:
    """The rungs for a concern that opens, or grows graver, at ``opened_at`` (UTC).

    At work: owner, cover, duty line, duty manager, by the team's minutes. Outside: by the night
    route. What is not picked up by closing goes on as at night; no route counts as nobody.
    """
    if not is_at_work(times, opened_at, is_holiday):
        return _in_order(_at_night(opened_at, times, route, is_holiday))
    day = _by_day(opened_at, times)
    closes = closing(times, opened_at)
    if day[-1].due_at < closes:
        return _in_order(day)
    night = _at_night(closes, times, route, is_holiday)
    if _is_picked_up(route):
        day = [each for each in day if each.due_at < closes]
    return _in_order([*day, *night])


def _by_day(start: datetime, times: TeamTimes) -> list[Step]:
    after = (
        (Rung.OWNER, 0),
        (Rung.COVER, times.cover_minutes),
        (Rung.DUTY, times.duty_minutes),
        (Rung.MANAGER, times.manager_minutes),
    )
    return [Step(rung, start + timedelta(minutes=minutes)) for rung, minutes in after]


def _at_night(
    start: datetime, times: TeamTimes, route: NightRoute | None, is_holiday: IsHoliday
) -> list[Step]:
    steps = []
    if route is not None and _is_picked_up(route):
        late = start + timedelta(minutes=route.within_minutes)
        steps.append(Step(Rung.DUTY, start))
        steps += [Step(rung, late) for rung in (Rung.NEXT, Rung.MANAGER, Rung.TELL_PERSON)]
    opens = next_opening(times, start, is_holiday)
    if opens is not None:
        steps += _by_day(opens, times)
    elif not steps:
        # A team that never opens again has a mistake in its times: nobody waits for that.
        steps += _by_day(start, times)
    return steps


def _is_picked_up(route: NightRoute | None) -> bool:
    return route is not None and route.pickup is NightPickup.ROUND_THE_CLOCK


def _in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(sorted(steps, key=lambda each: each.due_at))


def is_danger(tier: str) -> bool:
    """Whether a message of this tier opens a concern."""
    return Tier(tier) > Tier.CHECK


def is_graver(tier: str, family: str, concern: Concern) -> bool:
    """Whether a message is graver than all that its concern holds so far."""
    if not is_danger(tier):
        return False
    before, now = Tier(concern.tier).rank, Tier(tier).rank
    if now != before:
        return now > before
    return _rank(family) < _rank(concern.family)


def may_write(notes: Iterable[ConcernNote]) -> bool:
    """Whether the person may be written to unasked."""
    return not NEVER_WRITTEN_AFTER & {each.family for each in notes}


def _rank(family: str) -> int:
    known = {each.value: each.rank for each in Family}
    return known.get(family, len(known))
