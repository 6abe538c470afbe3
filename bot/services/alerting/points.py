"""Alert points: the addresses at work that alerts go to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.domain.errors import BadInput, NotFound
from bot.domain.on_call import AlertPoint, PointChannel, PointOf
from bot.domain.people import Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.services.nearness import nearness_to_staff, nearness_to_team
from bot.services.ports import Clock, Ids, Record, Work
from bot.services.structure import change_entry, find_team

LONGEST_ADDRESS = 254

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_MOBILE = re.compile(r"(?:\+447\d{9}|07\d{9}|\+(?!44)\d{8,15})")


def checked_address(channel: PointChannel, address: str) -> str:
    """An address in the form in which it is kept. Raises ``BadInput``."""
    if channel is PointChannel.EMAIL:
        given = address.strip()
        if len(given) > LONGEST_ADDRESS or not _EMAIL.fullmatch(given):
            raise BadInput("This is not an e-mail address.")
        return given
    given = re.sub(r"[ ()-]", "", address)
    if not _MOBILE.fullmatch(given):
        raise BadInput("This is not a mobile number, as 07700 900123 or +44 7700 900123.")
    return given


async def points_of(record: Record, of: PointOf, *of_ids: str) -> list[AlertPoint]:
    """Every point of these members of staff or teams, of any time."""
    return await record.find(AlertPoint, of=of, of_id=of_ids, order="id") if of_ids else []


@dataclass(frozen=True)
class AlertPoints:
    """Where alerts reach staff and duty lines. ``by`` None is the operator."""

    record: Record
    clock: Clock
    ids: Ids

    async def add_of_staff(
        self, staff: Staff, channel: PointChannel, address: str, *, by: Staff | None
    ) -> AlertPoint:
        """Let alerts for a colleague, or for oneself, go to an address as well.

        Raises ``NotPermitted``, ``BadInput``.
        """
        await self._check_staff(staff, by)
        return await self._add(PointOf.STAFF, staff.id, channel, address, by)

    async def add_of_team(
        self, team_id: str, channel: PointChannel, address: str, *, by: Staff | None
    ) -> AlertPoint:
        """Let alerts for a team's duty line go to an address as well.

        Raises ``NotPermitted``, ``NotFound``, ``BadInput``.
        """
        await find_team(self.record, team_id)
        await self._check_team(team_id, by)
        return await self._add(PointOf.TEAM, team_id, channel, address, by)

    async def end(self, point_id: str, *, by: Staff | None) -> None:
        """Send nothing there any more. Raises ``NotPermitted``, ``NotFound``."""
        point = await self.record.get(AlertPoint, point_id)
        now = self.clock.now()
        if point is None or not point.holds(now):
            raise NotFound("There is no such alert point.")
        if point.of is PointOf.TEAM:
            await self._check_team(point.of_id, by)
        else:
            owner = await self.record.get(Staff, point.of_id)
            if owner is None:
                raise NotFound("Nobody is reached there.")
            await self._check_staff(owner, by)
        entry = change_entry(by, now, "end", "alert_point", id=point.id, of=point.of_id)
        ended = replace(point, until=now)
        await self.record.save(Work(expect=[point], put=[ended], audit=[entry]))

    async def of(self, of: PointOf, of_id: str) -> list[AlertPoint]:
        """The points that hold now."""
        now = self.clock.now()
        return [each for each in await points_of(self.record, of, of_id) if each.holds(now)]

    async def _add(
        self, of: PointOf, of_id: str, channel: PointChannel, address: str, by: Staff | None
    ) -> AlertPoint:
        address = checked_address(channel, address)
        for each in await self.of(of, of_id):
            if (each.channel, each.address) == (channel, address):
                return each
        now = self.clock.now()
        point = AlertPoint(self.ids.new(), of, of_id, channel, address, now)
        entry = change_entry(
            by, now, "add", "alert_point", id=point.id, of=of_id, channel=channel.value
        )
        await self.record.save(Work(put=[point], audit=[entry]))
        return point

    async def _check_staff(self, staff: Staff, by: Staff | None) -> None:
        if by is not None:
            near = await nearness_to_staff(self.record, by, staff, self.clock.now())
            check_may(by, Action.WRITE, Thing.DUTY, *near)

    async def _check_team(self, team_id: str, by: Staff | None) -> None:
        if by is not None:
            near = await nearness_to_team(self.record, by, team_id, self.clock.now())
            check_may(by, Action.WRITE, Thing.DUTY, *near)
