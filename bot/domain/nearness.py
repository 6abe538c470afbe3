"""How near a member of staff is to a person just now: worked out from dated rows, never stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import CaseloadEntry, Person, Role, Staff
from bot.domain.permissions import Relation
from bot.domain.structure import Cover, Membership, Part, Supervision, Team


@dataclass(frozen=True)
class Standing:
    """Where a member of staff stands now.

    ``in_teams`` and ``leads`` are ids of teams; ``regions`` and ``agencies`` those of their
    teams ("" where the service has one only); ``covers`` and ``supervises`` are ids of colleagues.
    """

    staff: Staff
    in_teams: frozenset[str]
    leads: frozenset[str]
    regions: frozenset[str]
    agencies: frozenset[str]
    covers: frozenset[str]
    supervises: frozenset[str]

    @classmethod
    def now(
        cls,
        staff: Staff,
        moment: datetime,
        *,
        memberships: Iterable[Membership],
        covers: Iterable[Cover],
        supervisions: Iterable[Supervision],
        teams: Iterable[Team],
    ) -> Standing:
        """The standing at a moment, from rows of any time and any colleague."""
        mine = [each for each in memberships if each.staff_id == staff.id and each.holds(moment)]
        in_teams = frozenset(each.team for each in mine)
        own = [each for each in teams if each.id in in_teams]
        return cls(
            staff,
            in_teams,
            frozenset(each.team for each in mine if each.part is Part.LEAD),
            frozenset(each.region for each in own),
            frozenset(each.agency for each in own),
            frozenset(
                each.absent for each in covers if each.covering == staff.id and each.holds(moment)
            ),
            frozenset(
                each.staff_id
                for each in supervisions
                if each.supervisor == staff.id and each.holds(moment)
            ),
        )


def relations(
    standing: Standing, person: Person, team: Team, caseload: Iterable[CaseloadEntry], now: datetime
) -> frozenset[Relation]:
    """All relations that hold now between a member of staff and a person of ``team``.

    ``caseload`` are the entries about this person. Who works for another agency has no other
    relation than that one, unless the person is on a caseload that is theirs or that they cover.
    """
    staff = standing.staff
    workers = {each.staff_id for each in caseload if each.subject == person.id and each.holds(now)}
    near = set()
    if staff.id in workers:
        near.add(Relation.OWN)
    if workers & standing.covers:
        near.add(Relation.COVERING)
    if team.agency not in standing.agencies and standing.agencies:
        return frozenset({*near, Relation.OTHER_AGENCY})
    if team.id in standing.in_teams:
        near.add(Relation.TEAM)
    if team.id in standing.leads and staff.role is Role.MANAGER:
        near.add(Relation.MANAGED)
    if workers & standing.supervises:
        near.add(Relation.SUPERVISED)
    if staff.role is Role.OUT_OF_HOURS and team.region in standing.regions:
        near.add(Relation.OUT_OF_HOURS)
    return frozenset(near)


def relations_to_staff(
    standing: Standing, other: Staff, teams_of_other: Iterable[str]
) -> frozenset[Relation]:
    """All relations that hold now to a colleague, or to oneself."""
    near = set()
    theirs = frozenset(teams_of_other)
    if standing.staff.id == other.id:
        near.add(Relation.SELF)
    if theirs & standing.in_teams:
        near.add(Relation.TEAM)
    if theirs & standing.leads and standing.staff.role is Role.MANAGER:
        near.add(Relation.MANAGED)
    if other.id in standing.supervises:
        near.add(Relation.SUPERVISED)
    return frozenset(near)
