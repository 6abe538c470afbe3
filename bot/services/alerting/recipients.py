"""Who stands on a rung just now, and where they are reached."""

from __future__ import annotations

from datetime import datetime

from bot.domain.notices import Notice, Rung
from bot.domain.on_call import AlertPoint, DutyPlace, PointOf
from bot.domain.people import CaseloadEntry, Person, Role, Staff
from bot.domain.structure import Cover, Membership, Part
from bot.services.alerting.duty import shifts_of
from bot.services.alerting.points import points_of
from bot.services.ports import Record

_PLACES = {
    Rung.DUTY: DutyPlace.FIRST,
    Rung.NEXT: DutyPlace.NEXT,
    Rung.MANAGER: DutyPlace.MANAGER,
}


async def recipients(record: Record, notice: Notice, now: datetime) -> list[AlertPoint]:
    """The points that a notice goes to, by the rota and the cover that hold now.

    Who is on leave, with a colleague to stand in, is not asked; who has left never is.
    """
    if notice.rung is Rung.DAILY:
        return await _line(record, notice.team, now)
    if notice.rung is Rung.OWNER:
        return await _of_staff(record, await _owner(record, notice, now), now)
    if notice.rung is Rung.COVER:
        return await _of_staff(record, await _standing_in(record, notice, now), now)
    shifts = await shifts_of(record, notice.team, now)
    place = _PLACES[notice.rung]
    on_duty = {each.staff_id for each in shifts if each.place is place and each.holds(now)}
    points = await _of_staff(record, on_duty, now)
    if notice.rung is Rung.DUTY:
        points = [*await _line(record, notice.team, now), *points]
    if notice.rung is Rung.MANAGER and not points:
        points = await _of_staff(record, await leads_of(record, notice.team, now), now)
    return points


async def _owner(record: Record, notice: Notice, now: datetime) -> set[str]:
    worker = await _key_worker(record, notice)
    return set() if not worker or await _covering(record, worker, now) else {worker}


async def _standing_in(record: Record, notice: Notice, now: datetime) -> set[str]:
    """Who covers for the key worker; else others on whose caseload the person is."""
    worker = await _key_worker(record, notice)
    covering = await _covering(record, worker, now) if worker else set()
    if covering:
        return covering
    entries = await record.find(CaseloadEntry, subject=notice.subject)
    return {each.staff_id for each in entries if each.holds(now)} - {worker}


async def _key_worker(record: Record, notice: Notice) -> str:
    person = await record.get(Person, notice.subject)
    return person.key_worker if person else ""


async def _covering(record: Record, absent: str, now: datetime) -> set[str]:
    covers = await record.find(Cover, absent=absent)
    return {each.covering for each in covers if each.holds(now)}


async def leads_of(record: Record, team: str, now: datetime) -> set[str]:
    """A team's managers: asked where nobody is on the rota as duty manager."""
    memberships = await record.find(Membership, team=team, part=Part.LEAD)
    leads = tuple(sorted({each.staff_id for each in memberships if each.holds(now)}))
    staff = await record.find(Staff, id=leads) if leads else []
    return {each.id for each in staff if each.role is Role.MANAGER}


async def _of_staff(record: Record, staff_ids: set[str], now: datetime) -> list[AlertPoint]:
    if not staff_ids:
        return []
    staff = await record.find(Staff, id=tuple(sorted(staff_ids)))
    here = sorted(each.id for each in staff if each.ended_at is None)
    points = await points_of(record, PointOf.STAFF, *here)
    return [each for each in points if each.holds(now)]


async def _line(record: Record, team: str, now: datetime) -> list[AlertPoint]:
    points = await points_of(record, PointOf.TEAM, team)
    return [each for each in points if each.holds(now)]
