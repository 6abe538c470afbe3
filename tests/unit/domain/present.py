"""Who is where at work just now, kept as it is said and not as the record keeps it.

There are no rows and no moments in here but those of cover: what ends is taken away, so nothing
that is over can be read by mistake. The relations are worked out from what they are said to be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.people import Role
from bot.domain.structure import Part


@dataclass
class Present:
    """The service as it is at ``now``; staff, people and teams are ids."""

    now: datetime
    roles: dict[str, Role]
    agency: dict[str, str]
    """Of each team."""
    region: dict[str, str]
    """Of each team."""
    team: dict[str, str]
    """Of each person."""
    places: set[tuple[str, str, Part]] = field(default_factory=set)
    """Staff, team, and what they are in it."""
    caseload: set[tuple[str, str]] = field(default_factory=set)
    """Staff and person."""
    cover: list[tuple[str, str, datetime, datetime]] = field(default_factory=list)
    """Who is absent, who covers, from when until when."""
    supervision: set[tuple[str, str]] = field(default_factory=set)
    """Supervisor and supervised."""
    gone: set[str] = field(default_factory=set)
    """Staff who have left the service."""

    def in_team(self, staff: str, team: str) -> bool:
        """Whether somebody is in a team."""
        return any((staff, team, part) in self.places for part in Part)

    def manages(self, staff: str, team: str) -> bool:
        """Whether somebody leads a team and is a manager."""
        return self.roles[staff] is Role.MANAGER and (staff, team, Part.LEAD) in self.places

    def stands_in_for(self, staff: str) -> set[str]:
        """Whom somebody covers at this moment."""
        return {
            absent
            for absent, covering, since, until in self.cover
            if covering == staff and since <= self.now and self.now < until
        }

    def near(self, staff: str, person: str) -> set[str]:
        """The relations to a person, in the table's words."""
        works_with = {each for each, whom in self.caseload if whom == person}
        near = set()
        if staff in works_with:
            near.add("own caseload")
        if works_with & self.stands_in_for(staff):
            near.add("covering")
        team = self.team[person]
        mine = {each for who, each, _ in self.places if who == staff}
        if mine and self.agency[team] not in {self.agency[each] for each in mine}:
            return near | {"other agency"}
        if team in mine:
            near.add("same team")
        if self.manages(staff, team):
            near.add("managed team")
        if any((staff, each) in self.supervision for each in works_with):
            near.add("supervised")
        regions = {self.region[each] for each in mine}
        if self.roles[staff] is Role.OUT_OF_HOURS and self.region[team] in regions:
            near.add("out of hours")
        return near

    def near_colleague(self, staff: str, other: str) -> set[str]:
        """The relations to a colleague, in the table's words."""
        theirs = {team for who, team, _ in self.places if who == other}
        near = set()
        if staff == other:
            near.add("themselves")
        if any(self.in_team(staff, team) for team in theirs):
            near.add("same team")
        if any(self.manages(staff, team) for team in theirs):
            near.add("managed team")
        if (staff, other) in self.supervision:
            near.add("supervised")
        return near

    def join(self, staff: str, team: str, part: Part) -> None:
        """Somebody is in a team from now on, in one part of it."""
        self.leave_team(staff, team)
        self.places.add((staff, team, part))

    def leave_team(self, staff: str, team: str) -> None:
        """Somebody is no longer in a team."""
        self.places -= {(staff, team, part) for part in Part}

    def end_cover(self, number: int) -> None:
        """Cover ends now, or never begins."""
        del self.cover[number]

    def leave(self, staff: str) -> None:
        """Somebody leaves the service."""
        self.gone.add(staff)
        self.places = {each for each in self.places if each[0] != staff}
        self.caseload = {each for each in self.caseload if each[0] != staff}
        self.cover = [each for each in self.cover if staff not in each[:2]]
        self.supervision = {each for each in self.supervision if staff not in each}
