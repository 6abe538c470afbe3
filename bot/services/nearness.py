"""How near somebody at work is to a person, read from the record."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime

from bot.domain import nearness as domain
from bot.domain.errors import NotFound
from bot.domain.nearness import Standing
from bot.domain.people import CaseloadEntry, Person, Role, Staff
from bot.domain.permissions import Relation
from bot.domain.structure import Cover, Membership, Supervision, Team
from bot.services.ports import Record


async def find_person(record: Record, code: str) -> Person:
    """The person with that code. Raises ``NotFound``."""
    found = await record.find(Person, code=code, limit=1)
    if not found:
        raise NotFound("Nobody has this code.")
    return found[0]


async def standing_of(record: Record, staff: Staff, now: datetime) -> Standing:
    """Where a member of staff stands now."""
    memberships, covers, supervisions = await asyncio.gather(
        record.find(Membership, staff_id=staff.id),
        record.find(Cover, covering=staff.id),
        record.find(Supervision, supervisor=staff.id),
    )
    teams = tuple({each.team for each in memberships if each.holds(now)})
    return Standing.now(
        staff,
        now,
        memberships=memberships,
        covers=covers,
        supervisions=supervisions,
        teams=await record.find(Team, id=teams) if teams else (),
    )


async def team_of(record: Record, team_id: str) -> Team:
    """A team by its id; one that the record does not know is a team of its own."""
    return await record.get(Team, team_id) or Team(team_id, team_id)


async def nearness(
    record: Record, staff: Staff, person: Person, now: datetime
) -> frozenset[Relation]:
    """All relations that hold now between a member of staff and a person."""
    standing, caseload, team = await asyncio.gather(
        standing_of(record, staff, now),
        record.find(CaseloadEntry, subject=person.id),
        team_of(record, person.team),
    )
    return domain.relations(standing, person, team, caseload, now)


async def nearness_to_team(
    record: Record, staff: Staff, team: str, now: datetime
) -> frozenset[Relation]:
    """The relations that a member of staff has to whoever is in a team, by the team alone."""
    standing = await standing_of(record, staff, now)
    near = set()
    if team in standing.in_teams:
        near.add(Relation.TEAM)
    if team in standing.leads and staff.role is Role.MANAGER:
        near.add(Relation.MANAGED)
    return frozenset(near)


async def nearness_to_staff(
    record: Record, staff: Staff, other: Staff, now: datetime
) -> frozenset[Relation]:
    """All relations that hold now to a colleague, or to oneself."""
    standing = await standing_of(record, staff, now)
    memberships = await record.find(Membership, staff_id=other.id)
    teams: Iterable[str] = (each.team for each in memberships if each.holds(now))
    return domain.relations_to_staff(standing, other, teams)
