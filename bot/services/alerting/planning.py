"""Planning who is told of a concern, in the same transaction as the concern itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain.concerns import Concern, ConcernStatus
from bot.domain.errors import RecordUnavailable
from bot.domain.ladder import is_graver, ladder, may_write
from bot.domain.night_route import NightRoute
from bot.domain.notices import Notice, NoticeStatus, Rung
from bot.domain.on_call import TeamTimes
from bot.domain.people import Person
from bot.domain.team_hours import IsHoliday
from bot.services.alerting.duty import times_of
from bot.services.alerting.night_routes import route_of
from bot.services.ports import Ids, Record, Work

log = structlog.get_logger(__name__)

TELL_PERSON = "tell_person"
"""What the label of the timer begins with that tells the person that nobody has picked up."""

Wake = Callable[[str, timedelta], None]
"""Sets a timer in the person's own conversation: its label, and after how long."""


async def plan_alerts(
    record: Record,
    work: Work,
    person: Person,
    before: Concern | None,
    *,
    now: datetime,
    ids: Ids,
    is_holiday: IsHoliday,
    wake: Wake,
) -> None:
    """Add the notices of a concern that ``work`` opens, or that a message makes graver.

    ``before`` is the concern as it was. What joins one that is open plans nothing new, unless it
    is graver, goes another way at night, or nothing of the earlier ladder is left to come.
    """
    concern = next((each for each in reversed(work.put) if isinstance(each, Concern)), None)
    if concern is None or concern.status is not ConcernStatus.OPEN:
        return
    try:
        plan = await _plan(record, person, before, concern, now)
    except RecordUnavailable:
        raise
    except Exception as problem:
        # Whatever is wrong with a team's settings, somebody is told at the usual hours.
        log.error("alerts_by_default", concern=concern.id, problem=type(problem).__name__)
        plan = _Plan(TeamTimes(person.team), None, [], is_new=True)
    if not plan.is_new and not (before is not None and _is_graver_than(before, concern)):
        return
    work.expect += plan.waiting
    work.put += [replace(each, status=NoticeStatus.NOT_NEEDED) for each in plan.waiting]
    work.cancel.append((concern.subject, f"{TELL_PERSON}:"))
    for step in ladder(now, plan.times, plan.route, is_holiday):
        notice = Notice(ids.new(), concern.subject, concern.id, person.team, step.rung, step.due_at)
        if step.rung is Rung.TELL_PERSON:
            if not may_write(concern.notes):
                continue
            wake(f"{TELL_PERSON}:{notice.id}", step.due_at - now)
        work.put.append(notice)


@dataclass(frozen=True)
class _Plan:
    """What a ladder is made of. ``waiting`` is what is left of the one before."""

    times: TeamTimes
    route: NightRoute | None
    waiting: list[Notice]
    is_new: bool


async def _plan(
    record: Record, person: Person, before: Concern | None, concern: Concern, now: datetime
) -> _Plan:
    route = await route_of(record, person.team, concern.notes[-1].family, now)
    times = await times_of(record, person.team)
    if before is None or before.status is not ConcernStatus.OPEN:
        return _Plan(times, route, [], is_new=True)
    found = await record.find(Notice, about=concern.id, status=NoticeStatus.WAITING)
    families = sorted({each.family for each in before.notes} | {before.family})
    ways = {_way(await route_of(record, person.team, each, now)) for each in families}
    return _Plan(times, route, found, is_new=not found or _way(route) not in ways)


def _is_graver_than(before: Concern, concern: Concern) -> bool:
    return is_graver(concern.tier, concern.family, before)


def _way(route: NightRoute | None) -> tuple[str, int]:
    return (route.pickup.value, route.within_minutes) if route else ("", 0)
