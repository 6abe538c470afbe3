"""Night routes: what each team has signed about concerns outside its working hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.errors import BadInput, NotAllowedNow
from bot.domain.ladder import CONCERN_FAMILIES, EVERYTHING_ELSE
from bot.domain.night_route import NightPickup, NightRoute
from bot.domain.on_call import DutyPlace, PointOf
from bot.domain.people import Person, PersonState, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.structure import Team
from bot.services.alerting.duty import shifts_of
from bot.services.alerting.points import points_of
from bot.services.nearness import nearness_to_team
from bot.services.ports import Clock, Ids, Record, Work
from bot.services.structure import change_entry, find_team

LONGEST_WITHIN = 240
"""Minutes: longer than four hours is not picking up."""

NOT_HERE = (PersonState.ENDED, PersonState.DIED)


async def route_of(record: Record, team: str, family: str, now: datetime) -> NightRoute | None:
    """The route in force for a family of concerns; for one without its own, the default's."""
    families = {family, EVERYTHING_ELSE}
    found = await record.find(NightRoute, team=team, family=tuple(sorted(families)))
    # Of two, the one that had begun by then: the last one stays where there is no other.
    in_order = sorted(found, key=lambda each: each.since <= now)
    held = {each.family: each for each in in_order if each.holds(now)}
    return held.get(family) or held.get(EVERYTHING_ELSE)


async def has_line(record: Record, team: str, now: datetime) -> bool:
    """Whether a duty line, or somebody who is first on the rota, can be reached for a team."""
    if any(each.holds(now) for each in await points_of(record, PointOf.TEAM, team)):
        return True
    shifts = await shifts_of(record, team, now)
    first = {each.staff_id for each in shifts if each.place is DutyPlace.FIRST}
    points = await points_of(record, PointOf.STAFF, *sorted(first))
    return any(each.holds(now) for each in points)


async def people_of(record: Record, team: str, limit: int | None = None) -> list[Person]:
    """Service users of a team, those who have left or died left out."""
    states = tuple(each for each in PersonState if each not in NOT_HERE)
    return await record.find(Person, team=team, state=states, limit=limit)


@dataclass(frozen=True)
class NightRoutes:
    """Signing and reading night routes."""

    record: Record
    clock: Clock
    ids: Ids

    async def sign(
        self,
        team_id: str,
        families: Sequence[str],
        pickup: NightPickup,
        within_minutes: int = 0,
        *,
        by: Staff,
    ) -> list[NightRoute]:
        """Sign a team's choice for these families; what was signed before ends.

        Raises ``NotPermitted``, ``NotFound``, ``BadInput``, and ``NotAllowedNow`` where a
        round-the-clock team has no line to be reached on.
        """
        await find_team(self.record, team_id)
        now = self.clock.now()
        near = await nearness_to_team(self.record, by, team_id, now)
        check_may(by, Action.SIGN, Thing.NIGHT_ROUTE, *near)
        for each in families:
            if each not in CONCERN_FAMILIES:
                raise BadInput(f"No concern opens for '{each}': see 'companion night-route show'.")
        if not families:
            raise BadInput("Name a family of concerns, or all.")
        if pickup is NightPickup.ROUND_THE_CLOCK:
            if not 0 < within_minutes <= LONGEST_WITHIN:
                raise BadInput(f"Picked up within 1 to {LONGEST_WITHIN} minutes.")
            if not await has_line(self.record, team_id, now):
                raise NotAllowedNow(
                    "Nobody could be reached: first give the team a duty line, or somebody who is "
                    "first on its rota an alert point ('companion duty --help')."
                )
        elif within_minutes:
            raise BadInput("Nobody picks up, so there are no minutes.")
        held = [each for each in await self.of(team_id) if each.family in families]
        signed = [
            NightRoute(self.ids.new(), team_id, each, pickup, within_minutes, by.id, now)
            for each in dict.fromkeys(families)
        ]
        entry = change_entry(
            by, now, "sign", "night_route", team=team_id, families=" ".join(families),
            pickup=pickup.value, within=str(within_minutes),
        )  # fmt: skip
        ended = [replace(each, until=now) for each in held]
        await self.record.save(Work(expect=[*held], put=[*ended, *signed], audit=[entry]))
        return signed

    async def of(self, team_id: str) -> list[NightRoute]:
        """The routes of a team that are in force."""
        now = self.clock.now()
        found = await self.record.find(NightRoute, team=team_id, order="family")
        return [each for each in found if each.holds(now)]

    async def missing(self, team_id: str) -> list[str]:
        """Families for which a team has signed nothing."""
        signed = {each.family for each in await self.of(team_id)}
        return [each for each in CONCERN_FAMILIES if each not in signed]

    async def teams_with_people(self) -> list[Team]:
        """Teams that somebody is with: those that need their routes signed."""
        teams = await self.record.find(Team, order="id")
        return [each for each in teams if await people_of(self.record, each.id, limit=1)]
