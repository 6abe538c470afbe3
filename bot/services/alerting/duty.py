"""The rota and the times of a team: who is on duty, and when the team is at work."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.errors import BadInput, NotAllowedNow, NotFound
from bot.domain.on_call import DutyPlace, DutyShift, TeamTimes
from bot.domain.people import Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.services.nearness import nearness_to_team
from bot.services.ports import Clock, Ids, Record, Work
from bot.services.structure import change_entry, find_team

LONGEST_SHIFT = timedelta(days=31)

LONGEST_WAIT = 24 * 60
"""Minutes until any rung at most."""

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DAYS = re.compile(r"[1-7]{1,7}")


async def times_of(record: Record, team_id: str) -> TeamTimes:
    """When a team is at work: what it has set, else Monday to Friday, 9 to 5."""
    return await record.get(TeamTimes, team_id) or TeamTimes(team_id)


async def shifts_of(record: Record, team_id: str, now: datetime) -> list[DutyShift]:
    """Shifts of a team that go on now or are to come, the first to begin in front."""
    found = await record.find(DutyShift, team=team_id, order="since")
    return [each for each in found if each.until > now]


@dataclass(frozen=True)
class Duty:
    """A team's rota and times. ``by`` None is the operator at the machine's own command line."""

    record: Record
    clock: Clock
    ids: Ids

    async def add_shift(
        self,
        team_id: str,
        staff: Staff,
        place: DutyPlace,
        *,
        since: datetime,
        until: datetime,
        by: Staff | None,
    ) -> DutyShift:
        """Put a colleague on a team's rota. Raises ``NotPermitted``, ``NotFound``, ``BadInput``,
        ``NotAllowedNow`` for one who has left.
        """
        await find_team(self.record, team_id)
        await self._check_may(team_id, by)
        if staff.ended_at is not None:
            raise NotAllowedNow(f"{staff.username} has left.")
        now = self.clock.now()
        if not since < until or until <= now:
            raise BadInput("A shift ends after it begins, and not in the past.")
        if until - since > LONGEST_SHIFT:
            raise BadInput("A shift lasts a month at most.")
        shift = DutyShift(self.ids.new(), team_id, staff.id, place, since, until)
        times = {"since": since.isoformat(), "until": until.isoformat()}
        entry = change_entry(
            by, now, "add", "shift", id=shift.id, team=team_id, staff=staff.id,
            place=place.value, **times,
        )  # fmt: skip
        await self.record.save(Work(put=[shift], audit=[entry]))
        return shift

    async def end_shift(self, shift_id: str, *, by: Staff | None) -> None:
        """End a shift now; one that has not begun never will. Raises ``NotPermitted``,
        ``NotFound``.
        """
        shift, now = await self.record.get(DutyShift, shift_id), self.clock.now()
        if shift is None or shift.until <= now:
            raise NotFound("There is no such shift.")
        await self._check_may(shift.team, by)
        ended = replace(shift, until=max(now, shift.since))
        entry = change_entry(by, now, "end", "shift", id=shift.id, team=shift.team)
        await self.record.save(Work(expect=[shift], put=[ended], audit=[entry]))

    async def shifts(self, team_id: str) -> list[DutyShift]:
        """Shifts that go on or are to come. Raises ``NotFound``."""
        await find_team(self.record, team_id)
        return await shifts_of(self.record, team_id, self.clock.now())

    async def times(self, team_id: str) -> TeamTimes:
        """When a team is at work. Raises ``NotFound``."""
        await find_team(self.record, team_id)
        return await times_of(self.record, team_id)

    async def set_times(
        self, team_id: str, *, by: Staff | None, **given: str | int | None
    ) -> TeamTimes:
        """Change what is given of a team's times. Raises ``NotPermitted``, ``NotFound``,
        ``BadInput``.
        """
        await find_team(self.record, team_id)
        await self._check_may(team_id, by)
        changes = {name: value for name, value in given.items() if value is not None}
        times = replace(await times_of(self.record, team_id), **changes)  # type: ignore[arg-type]
        check_times(times)
        details = {name: str(value) for name, value in changes.items()}
        entry = change_entry(by, self.clock.now(), "write", "team_times", team=team_id, **details)
        await self.record.save(Work(put=[times], audit=[entry]))
        return times

    async def _check_may(self, team_id: str, by: Staff | None) -> None:
        if by is not None:
            near = await nearness_to_team(self.record, by, team_id, self.clock.now())
            check_may(by, Action.WRITE, Thing.DUTY, *near)


def check_times(times: TeamTimes) -> None:
    """Raise ``BadInput`` for times by which no team could work."""
    if not _DAYS.fullmatch(times.days) or len(set(times.days)) < len(times.days):
        raise BadInput("Days are weekdays as digits, Monday 1 to Sunday 7, as 12345.")
    if not (_TIME.fullmatch(times.opens) and _TIME.fullmatch(times.closes)):
        raise BadInput("Times are as 09:00.")
    if times.closes != "00:00" and times.opens >= times.closes:
        raise BadInput("A team opens before it closes; it may close at 00:00.")
    waits = (times.cover_minutes, times.duty_minutes, times.manager_minutes)
    if not 0 < waits[0] <= waits[1] <= waits[2] <= LONGEST_WAIT:
        raise BadInput("Minutes to cover, duty line and duty manager rise, to a day at most.")
    if not 0 < times.ask_minutes <= LONGEST_WAIT:
        raise BadInput("Minutes to the task are from 1 to a day.")
