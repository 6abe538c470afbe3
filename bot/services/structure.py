"""Agencies, regions and teams: what there is, and who may shape it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry
from bot.domain.errors import AlreadyThere, BadInput, NotFound
from bot.domain.people import Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.structure import MESSAGE_DAYS, Agency, AgencyKind, Region, Team
from bot.services.nearness import nearness_to_staff, nearness_to_team
from bot.services.ports import Clock, Record, Work

MESSAGE_DAYS_ALLOWED = range(1, 366)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}")


async def find_team(record: Record, team_id: str) -> Team:
    """A team. Raises ``NotFound``."""
    team = await record.get(Team, team_id)
    if team is None:
        raise NotFound(f"There is no team '{team_id}'.")
    return team


async def check_may_shape(
    record: Record, by: Staff | None, team_id: str, now: datetime, about: Staff | None = None
) -> None:
    """Raise ``NotPermitted`` unless ``by`` may change a team, or a colleague's place in it."""
    if by is None:
        return
    near = await nearness_to_team(record, by, team_id, now)
    if about is not None:
        near |= await nearness_to_staff(record, by, about, now)
    check_may(by, Action.WRITE, Thing.STRUCTURE, *near)


def change_entry(
    by: Staff | None, now: datetime, action: str, thing: str, **details: str
) -> AuditEntry:
    """What a change of the service's shape leaves in its audit."""
    who = f"staff:{by.id}" if by else PROGRAM
    return AuditEntry(SERVICE_CHAIN, now, who, action, thing, details)


@dataclass(frozen=True)
class Structure:
    """The service's own shape. ``by`` None is the operator at the machine's own command line."""

    record: Record
    clock: Clock

    async def add_agency(
        self, agency_id: str, name: str, kind: AgencyKind, *, by: Staff | None
    ) -> Agency:
        """Add an agency. Raises ``NotPermitted``, ``BadInput``, ``AlreadyThere``."""
        agency = Agency(_checked(agency_id), _named(name), kind)
        await self._add(agency, by, kind=kind.value)
        return agency

    async def add_region(self, region_id: str, name: str, *, by: Staff | None) -> Region:
        """Add a region. Raises ``NotPermitted``, ``BadInput``, ``AlreadyThere``."""
        region = Region(_checked(region_id), _named(name))
        await self._add(region, by)
        return region

    async def add_team(
        self,
        team_id: str,
        name: str,
        *,
        by: Staff | None,
        agency: str = "",
        region: str = "",
        message_days: int = MESSAGE_DAYS,
    ) -> Team:
        """Add a team. Raises ``NotPermitted``, ``BadInput``, ``AlreadyThere``, ``NotFound``."""
        team = Team(_checked(team_id), _named(name), agency, region, message_days)
        await self._check(team)
        await self._add(team, by)
        return team

    async def change_team(
        self,
        team_id: str,
        *,
        by: Staff | None,
        agency: str | None = None,
        region: str | None = None,
        message_days: int | None = None,
    ) -> Team:
        """Change what is given of a team. Raises ``NotPermitted``, ``BadInput``, ``NotFound``."""
        team = await find_team(self.record, team_id)
        changes: dict[str, str | int | None] = {
            "agency": agency,
            "region": region,
            "message_days": message_days,
        }
        given = {name: value for name, value in changes.items() if value is not None}
        changed = replace(team, **given)  # type: ignore[arg-type]
        if by is not None and (changed.agency, changed.region) != (team.agency, team.region):
            # Which agency and region it is decides who else may see its people.
            check_may(by, Action.WRITE, Thing.STRUCTURE)
        now = self.clock.now()
        await check_may_shape(self.record, by, team_id, now)
        await self._check(changed)
        details = {name: str(value) for name, value in given.items()}
        entry = change_entry(by, now, "write", "team", team=team_id, **details)
        await self.record.save(Work(put=[changed], audit=[entry]))
        return changed

    async def teams(self) -> list[Team]:
        """All teams, by id."""
        return await self.record.find(Team, order="id")

    async def _add(self, made: Agency | Region | Team, by: Staff | None, **details: str) -> None:
        if by is not None:
            check_may(by, Action.WRITE, Thing.STRUCTURE)
        kind = type(made).__name__.lower()
        if await self.record.get(type(made), made.id) is not None:
            raise AlreadyThere(f"There is a {kind} '{made.id}'.")
        entry = change_entry(by, self.clock.now(), "add", kind, id=made.id, **details)
        await self.record.save(Work(put=[made], audit=[entry]))

    async def _check(self, team: Team) -> None:
        if team.message_days not in MESSAGE_DAYS_ALLOWED:
            raise BadInput("The words of messages are kept from 1 to 365 days.")
        if team.agency and await self.record.get(Agency, team.agency) is None:
            raise NotFound(f"There is no agency '{team.agency}'.")
        if team.region and await self.record.get(Region, team.region) is None:
            raise NotFound(f"There is no region '{team.region}'.")


def _checked(made_id: str) -> str:
    if not _ID.fullmatch(made_id):
        raise BadInput("An id has 1 to 60 letters, numbers, blanks, dots, hyphens or underscores.")
    return made_id


def _named(name: str) -> str:
    if not name.strip():
        raise BadInput("It has a name.")
    return name.strip()
