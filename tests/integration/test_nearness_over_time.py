"""The same sequences through the services, on a real record: what staff do is what they may."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Awaitable
from contextlib import ExitStack
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import rule

from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import migrate, open_record
from bot.domain.errors import CompanionError
from bot.domain.messages import SubjectId
from bot.domain.people import Person, PersonState, Role, Staff
from bot.domain.structure import Agency, AgencyKind, Cover, Membership, Part, Region, Team
from bot.services.assigning import Assignments
from bot.services.membership import Memberships
from bot.services.nearness import nearness, nearness_to_staff
from bot.services.people import People
from bot.services.ports import Work
from bot.services.structure import Structure
from tests.integration.records.making import SetClock, entry
from tests.unit.domain.sequences import (
    AGENCIES,
    HOMES,
    PEOPLE,
    REGIONS,
    ROLES,
    START,
    Sequences,
    World,
    staff,
    teams,
)

KINDS = {
    "trust": AgencyKind.HEALTH,
    "council": AgencyKind.SOCIAL_CARE,
    "gaol": AgencyKind.JUSTICE,
}
QUICKLY = (Phase.explicit, Phase.reuse, Phase.generate)
"""A sequence on disk is not made shorter: that would take minutes."""

ADMINISTRATOR = Staff("root", "root", "Root", Role.ADMINISTRATOR, "none", START)


@cache
def _empty() -> Path:
    """A database with this version's tables, made once and copied for each sequence."""
    folder = Path(tempfile.mkdtemp(prefix="nearness-"))
    atexit.register(shutil.rmtree, folder)
    migrate(f"sqlite:///{folder / 'record.db'}")
    return folder


class Services:
    """The record, and the services that write who works where."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="nearness-")))
        shutil.copyfile(_empty() / "record.db", folder / "record.db")
        self._run = self._stack.enter_context(asyncio.Runner()).run
        self._clock = SetClock(START)
        ids = SystemIds(self._clock)
        ring = KeyRing.create(folder / "master.key", START)
        self._record = self._run(self._open(f"sqlite:///{folder / 'record.db'}", ring, ids))
        self._structure = Structure(self._record, self._clock)
        self._memberships = Memberships(self._record, self._clock, ids)
        self._assignments = Assignments(self._record, self._clock, ids)
        self._people = People(self._record, self._clock, ids)
        self._run(self._record.save(_everything()))

    async def _open(self, url: str, ring: KeyRing, ids: SystemIds):  # type: ignore[no-untyped-def]
        return open_record(url, ring, self._clock, ids)

    def close(self) -> None:
        self._run(self._record.aclose())
        self._stack.close()

    def _done(self, work: Awaitable[object]) -> bool:
        async def waited() -> object:
            return await work

        try:
            self._run(waited())
        except CompanionError:
            return False
        return True

    def staff_of(self, who: str) -> Staff:
        found = self._run(self._record.get(Staff, who))
        assert found is not None
        return found

    def _person(self, each: str) -> Person:
        found = self._run(self._record.get(Person, each))
        assert found is not None
        return found

    def join(self, who: str, team: str, part: Part) -> bool:
        return self._done(self._memberships.join(self.staff_of(who), team, by=None, part=part))

    def leave_team(self, who: str, team: str) -> bool:
        return self._done(self._memberships.leave_team(self.staff_of(who), team, by=None))

    def move(self, who: str, team: str) -> bool:
        return self._done(self._memberships.move(self.staff_of(who), team, by=None))

    def put(self, who: str, person: str) -> bool:
        return self._done(self._assignments.put(person, on=self.staff_of(who), by=ADMINISTRATOR))

    def end(self, who: str, person: str) -> bool:
        return self._done(self._assignments.end(person, on=self.staff_of(who), by=ADMINISTRATOR))

    def cover(self, absent: str, covering: str, since: datetime, until: datetime) -> bool:
        pair = self.staff_of(absent), self.staff_of(covering)
        return self._done(self._memberships.cover(*pair, since=since, until=until, by=None))

    def end_cover(self, absent: str, covering: str, since: datetime, until: datetime) -> bool:
        found = self._run(self._record.find(Cover, absent=absent, covering=covering))
        # Cover that was asked for from the past on began when it was asked for.
        one = next(each for each in found if each.since >= since and each.until == until)
        return self._done(self._memberships.end_cover(one, by=None))

    def supervise(self, supervisor: str, who: str, on: bool) -> bool:
        pair = self.staff_of(supervisor), self.staff_of(who)
        return self._done(self._memberships.supervise(*pair, by=None, on=on))

    def move_person(self, person: str, team: str) -> bool:
        return self._done(self._people.move(person, team, by=ADMINISTRATOR))

    def change_agency(self, team: str, agency: str) -> bool:
        return self._done(self._structure.change_team(team, by=None, agency=agency))

    def leave(self, who: str) -> bool:
        return self._done(self._memberships.leave(self.staff_of(who), by=None))

    def pass_time(self, now: datetime) -> bool:
        self._clock.at = now
        return True

    def near(self, who: str, person: str) -> set[str]:
        pair = self.staff_of(who), self._person(person)
        return {*self._run(nearness(self._record, *pair, self._clock.now()))}

    def near_colleague(self, who: str, other: str) -> set[str]:
        pair = self.staff_of(who), self.staff_of(other)
        return {*self._run(nearness_to_staff(self._record, *pair, self._clock.now()))}


def _everything() -> Work:
    """Everybody in their home team, and two people whom nobody works with yet."""
    people = [
        Person(SubjectId(each), each, PersonState.ACTIVE, team, START, each)
        for each, team in PEOPLE.items()
    ]
    members = [
        Membership(
            f"{who}-home",
            who,
            team,
            Part.LEAD if ROLES[who] is Role.MANAGER else Part.MEMBER,
            START,
        )
        for who, team in HOMES.items()
    ]
    return Work(
        new_keys=[each.id for each in people],
        put=[
            *(Agency(each, each, kind) for each, kind in KINDS.items()),
            *(Region(each, each) for each in set(REGIONS.values())),
            *(Team(each, each, AGENCIES[each], REGIONS[each]) for each in AGENCIES),
            *(Staff(who, who, who, role, HOMES[who], START) for who, role in ROLES.items()),
            *members,
            *people,
        ],
        audit=[entry("service"), *(entry(each.id) for each in people)],
    )


class ServicesInAnyOrder(Sequences):
    """The services on SQLite. Moving to another home team is theirs alone."""

    def make(self) -> World:
        self.home = dict(HOMES)
        return Services()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()

    @rule(who=staff, team=teams)
    def move(self, who: str, team: str) -> None:
        home = self.home[who]
        if self._is_here(who) and self.world.move(who, team):
            led = (who, home, Part.LEAD) in self.present.places
            left = {home, team}
            stays = {each for each in self.present.places if each[0] != who or each[1] not in left}
            self.present.places = stays | {(who, team, Part.LEAD if led else Part.MEMBER)}
            self.home[who] = team


def test_each_beginning_and_each_end() -> None:
    """One sequence by hand, since chance may take long to find what seldom goes together."""
    told = ServicesInAnyOrder()
    told.begin()
    here = told.present
    try:
        for step, given in (
            (told.put, {"who": "ash", "person": "robin"}),
            (told.put, {"who": "blake", "person": "kit"}),
            (told.supervise, {"supervisor": "sam", "who": "ash"}),
            (told.supervise, {"supervisor": "sam", "who": "blake"}),
            (told.cover, {"absent": "ash", "covering": "blake", "begins": 0, "lasts": 2}),
            (told.cover, {"absent": "blake", "covering": "ash", "begins": 3, "lasts": 4}),
            (told.pass_time, {"passed": 1}),
            (told.pass_time, {"passed": 1}),
            (told.pass_time, {"passed": 1}),
            (told.end_cover, {"choice": 1}),
            (told.cover, {"absent": "ash", "covering": "blake", "begins": 2, "lasts": 4}),
            (told.end_cover, {"choice": 1}),
            (told.pass_time, {"passed": 3}),
            (told.join, {"who": "sam", "team": "south", "part": Part.LEAD}),
            (told.join, {"who": "max", "team": "south", "part": Part.LEAD}),
            (told.join, {"who": "max", "team": "south", "part": Part.MEMBER}),
            (told.move, {"who": "sam", "team": "night"}),
            (told.move, {"who": "max", "team": "south"}),
            (told.move_person, {"person": "robin", "team": "wing"}),
            (told.change_agency, {"team": "wing", "agency": "trust"}),
            (told.move_person, {"person": "robin", "team": "south"}),
            (told.change_agency, {"team": "south", "agency": "council"}),
            (told.change_agency, {"team": "south", "agency": "trust"}),
            (told.leave, {"who": "ash"}),
            (told.put, {"who": "blake", "person": "robin"}),
            (told.leave, {"who": "ash"}),
            (told.end_supervision, {"choice": 0}),
            (told.end, {"choice": 0}),
            (told.leave_team, {"choice": 0}),
        ):
            step(**given)
            told.everybody_may_what_the_present_and_the_table_say()
            told.colleagues_are_as_near_as_they_are()
        assert here.gone == {"ash"}
        assert here.supervision == set()
        assert here.caseload == {("blake", "robin")}
        assert ("sam", "south", Part.LEAD) in here.places, "no home of theirs, so it stays"
    finally:
        told.teardown()


TestServicesInAnyOrder = ServicesInAnyOrder.TestCase
TestServicesInAnyOrder.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, phases=QUICKLY
)


@pytest.mark.long
class TestServicesInManyOrders(ServicesInAnyOrder.TestCase):
    """The same for longer."""

    settings = settings(max_examples=60, stateful_step_count=30, deadline=None, phases=QUICKLY)
