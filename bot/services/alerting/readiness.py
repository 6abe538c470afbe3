"""What has to be settled before a companion serves people: who is told, how, and at night."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.night_route import NightPickup
from bot.domain.on_call import DutyPlace, PointOf
from bot.domain.structure import Team
from bot.services.alerting.duty import shifts_of
from bot.services.alerting.night_routes import NightRoutes, has_line, people_of
from bot.services.alerting.points import points_of
from bot.services.alerting.recipients import leads_of
from bot.services.ports import Clock, Record


@dataclass(frozen=True)
class AlertReadiness:
    """Asked once at the start of a live home. ``has_sender``: whether e-mail or SMS is set up."""

    record: Record
    clock: Clock
    routes: NightRoutes
    has_sender: bool

    async def missing(self) -> list[str]:
        """What is missing, a line each, with the command or the setting that mends it."""
        lines = [] if self.has_sender else ["a way to send alerts: SMTP_URL or NOTIFY_API_KEY"]
        for team in await self.routes.teams_with_people():
            lines += await self._of_team(team)
        return lines

    async def _of_team(self, team: Team) -> list[str]:
        unsigned = await self.routes.missing(team.id)
        if unsigned:
            named = ", ".join(unsigned[:3]) + (" …" if len(unsigned) > 3 else "")
            return [
                f"team '{team.id}': a signed night route for {len(unsigned)} families ({named}): "
                "'companion night-route sign'"
            ]
        lines = []
        pickups = {each.pickup for each in await self.routes.of(team.id)}
        now = self.clock.now()
        if NightPickup.ROUND_THE_CLOCK in pickups and not await has_line(self.record, team.id, now):
            lines.append(
                f"team '{team.id}': a duty line or somebody first on the rota with an alert point, "
                "for its round-the-clock route: 'companion duty point'"
            )
        if not await self._is_reached_by_day(team.id):
            lines.append(
                f"team '{team.id}': an alert point of its duty line, of a duty manager, or of each "
                "key worker: 'companion duty point'"
            )
        return lines

    async def _is_reached_by_day(self, team: str) -> bool:
        now = self.clock.now()
        if await has_line(self.record, team, now):
            return True
        shifts = await shifts_of(self.record, team, now)
        managers = {each.staff_id for each in shifts if each.place is DutyPlace.MANAGER}
        if await self._reached(managers | await leads_of(self.record, team, now)):
            return True
        people = await people_of(self.record, team)
        workers = {each.key_worker for each in people}
        return workers == await self._reached(workers)

    async def _reached(self, staff_ids: set[str]) -> set[str]:
        now = self.clock.now()
        points = await points_of(self.record, PointOf.STAFF, *sorted(staff_ids))
        return {each.of_id for each in points if each.holds(now)}
