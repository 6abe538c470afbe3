"""Any order of joining, moving, covering and leaving, told to a world and to the present alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Protocol, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.people import Role, Staff
from bot.domain.permissions import Action, Relation, Thing, can
from bot.domain.structure import Part
from tests.unit.domain.expected_permissions import REVIEWED, read_reviewed
from tests.unit.domain.present import Present

START = datetime(2030, 3, 1, 9, tzinfo=UTC)
MAY, IF_SHARED = read_reviewed(REVIEWED.read_text(encoding="utf-8"))

ROLES = {
    "ash": Role.PRACTITIONER,
    "blake": Role.PRACTITIONER,
    "sam": Role.SUPERVISOR,
    "max": Role.MANAGER,
    "noor": Role.OUT_OF_HOURS,
    "pat": Role.PARTNER,
    "jo": Role.JUSTICE,
    "vic": Role.PRIVACY,
}
AGENCIES = {
    "north": "trust",
    "south": "trust",
    "night": "trust",
    "house": "council",
    "wing": "gaol",
}
REGIONS = {"north": "dale", "south": "peak", "night": "dale", "house": "dale", "wing": "dale"}
HOMES = {
    "ash": "north",
    "blake": "south",
    "sam": "north",
    "max": "north",
    "noor": "night",
    "pat": "house",
    "jo": "wing",
    "vic": "south",
}
PEOPLE = {"robin": "north", "kit": "south"}

WITH_CASELOAD = ("ash", "blake", "sam", "max")

staff = st.sampled_from(tuple(ROLES))
workers = st.sampled_from(WITH_CASELOAD)
people = st.sampled_from(tuple(PEOPLE))
teams = st.sampled_from(tuple(AGENCIES))
hours = st.integers(1, 4)
numbers = st.integers(0, 99)

Row = TypeVar("Row", bound=tuple[str, ...])


def _one(those: set[Row], choice: int) -> Row:
    """One of them, the same for the same choice."""
    return sorted(those)[choice % len(those)]


class World(Protocol):
    """What a sequence is told to. ``True`` where it was done, ``False`` where it was refused."""

    def join(self, who: str, team: str, part: Part) -> bool: ...
    def leave_team(self, who: str, team: str) -> bool: ...
    def put(self, who: str, person: str) -> bool: ...
    def end(self, who: str, person: str) -> bool: ...
    def cover(self, absent: str, covering: str, since: datetime, until: datetime) -> bool: ...
    def end_cover(self, absent: str, covering: str, since: datetime, until: datetime) -> bool: ...
    def supervise(self, supervisor: str, who: str, on: bool) -> bool: ...
    def move_person(self, person: str, team: str) -> bool: ...
    def change_agency(self, team: str, agency: str) -> bool: ...
    def leave(self, who: str) -> bool: ...
    def pass_time(self, now: datetime) -> bool: ...
    def staff_of(self, who: str) -> Staff: ...
    def near(self, who: str, person: str) -> set[str]: ...
    def near_colleague(self, who: str, other: str) -> set[str]: ...


@cache
def allowed(role: Role, near: frozenset[str], *, is_shared: bool) -> frozenset[tuple[str, str]]:
    """What the reviewed copy of the table lets somebody so near do: thing and action."""
    asked = MAY | IF_SHARED if is_shared else MAY
    everywhere = near | {"anyone"}
    return frozenset(
        (thing, deed) for who, how, thing, deed in asked if who == role and how in everywhere
    )


@cache
def deeds_of(staff: Staff, near: frozenset[str], is_shared: bool) -> frozenset[tuple[str, str]]:
    """What the program lets a member of staff who is so near do: thing and action."""
    how = [Relation(each) for each in near]
    return frozenset(
        (thing, action)
        for thing in Thing
        for action in Action
        if can(staff, action, thing, *how, is_shared=is_shared)
    )


class Sequences(RuleBasedStateMachine):
    """Steps in any order; after each, everybody may exactly what the present and the table say."""

    def make(self) -> World:
        """A world in which everybody is in their home team and nothing else is so."""
        raise NotImplementedError

    @initialize()
    def begin(self) -> None:
        self.world = self.make()
        self.present = Present(START, dict(ROLES), dict(AGENCIES), dict(REGIONS), dict(PEOPLE))
        for who, team in HOMES.items():
            part = Part.LEAD if ROLES[who] is Role.MANAGER else Part.MEMBER
            self.present.join(who, team, part)

    def _is_here(self, *those: str) -> bool:
        return not self.present.gone & set(those)

    @rule(who=staff, team=teams, part=st.sampled_from(Part))
    def join(self, who: str, team: str, part: Part) -> None:
        if self._is_here(who) and self.world.join(who, team, part):
            self.present.join(who, team, part)

    @precondition(lambda self: self.present.places)
    @rule(choice=numbers)
    def leave_team(self, choice: int) -> None:
        who, team, _ = _one(self.present.places, choice)
        if self.world.leave_team(who, team):
            self.present.leave_team(who, team)

    @rule(who=workers, person=people)
    def put(self, who: str, person: str) -> None:
        if self._is_here(who) and self.world.put(who, person):
            self.present.caseload.add((who, person))

    @precondition(lambda self: self.present.caseload)
    @rule(choice=numbers)
    def end(self, choice: int) -> None:
        who, person = _one(self.present.caseload, choice)
        if self.world.end(who, person):
            self.present.caseload.remove((who, person))

    @rule(absent=workers, covering=staff, begins=st.integers(-1, 3), lasts=hours)
    def cover(self, absent: str, covering: str, begins: int, lasts: int) -> None:
        since = self.present.now + timedelta(hours=begins)
        until = self.present.now + timedelta(hours=max(begins, 0) + lasts)
        if self._is_here(absent, covering) and self.world.cover(absent, covering, since, until):
            self.present.cover.append((absent, covering, since, until))

    @precondition(lambda self: self.present.cover)
    @rule(choice=numbers)
    def end_cover(self, choice: int) -> None:
        number = choice % len(self.present.cover)
        if self.world.end_cover(*self.present.cover[number]):
            self.present.end_cover(number)

    @rule(supervisor=st.sampled_from(("sam", "ash")), who=workers)
    def supervise(self, supervisor: str, who: str) -> None:
        pair = (supervisor, who)
        if self._is_here(*pair) and self.world.supervise(*pair, True):
            self.present.supervision.add(pair)

    @precondition(lambda self: self.present.supervision)
    @rule(choice=numbers)
    def end_supervision(self, choice: int) -> None:
        pair = _one(self.present.supervision, choice)
        if self.world.supervise(*pair, False):
            self.present.supervision.remove(pair)

    @rule(person=people, team=teams)
    def move_person(self, person: str, team: str) -> None:
        if self.world.move_person(person, team):
            self.present.team[person] = team

    @rule(team=teams, agency=st.sampled_from(["trust", "council", "gaol"]))
    def change_agency(self, team: str, agency: str) -> None:
        if self.world.change_agency(team, agency):
            self.present.agency[team] = agency

    @rule(who=staff)
    def leave(self, who: str) -> None:
        if self._is_here(who) and self.world.leave(who):
            self.present.leave(who)

    @rule(passed=hours)
    def pass_time(self, passed: int) -> None:
        self.present.now += timedelta(hours=passed)
        self.world.pass_time(self.present.now)

    @invariant()
    def everybody_may_what_the_present_and_the_table_say(self) -> None:
        for who, role in ROLES.items():
            member = self.world.staff_of(who)
            for person in PEOPLE:
                found = self.world.near(who, person)
                near = self.present.near(who, person)
                assert found == near, (who, person)
                for is_shared in (False, True):
                    wanted = allowed(role, frozenset(near), is_shared=is_shared)
                    deeds = deeds_of(member, frozenset(found), is_shared)
                    assert deeds == (wanted if self._is_here(who) else set()), (who, person)

    @invariant()
    def colleagues_are_as_near_as_they_are(self) -> None:
        for who in filter(self._is_here, WITH_CASELOAD):
            for other in ROLES:
                near = self.present.near_colleague(who, other)
                assert self.world.near_colleague(who, other) == near, (who, other)
