"""How near staff are: from dated rows, at any moment, whatever came before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings

from bot.domain.messages import SubjectId
from bot.domain.nearness import Standing, relations, relations_to_staff
from bot.domain.people import CaseloadEntry, Person, PersonState, Role, Staff
from bot.domain.permissions import Relation
from bot.domain.structure import Cover, Membership, Part, Supervision, Team
from tests.unit.domain.sequences import (
    AGENCIES,
    HOMES,
    PEOPLE,
    REGIONS,
    ROLES,
    START,
    Sequences,
    World,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
EARLIER, LATER = NOON - timedelta(days=1), NOON + timedelta(days=1)

NORTH = Team("north", "North team", "trust", "dale")
SOUTH = Team("south", "South team", "trust", "peak")
NIGHT = Team("night", "Night team", "trust", "dale")
HOUSE = Team("house", "Housing", "council", "dale")
TEAMS = (NORTH, SOUTH, NIGHT, HOUSE)

ROBIN = Person(SubjectId("robin"), "R1", PersonState.ACTIVE, "north", EARLIER, "Robin Example")


def somebody(role: Role = Role.PRACTITIONER, staff_id: str = "ash") -> Staff:
    return Staff(staff_id, staff_id, "Ash Example", role, "north", EARLIER)


def member(
    team: Team, part: Part = Part.MEMBER, who: str = "ash", until: datetime | None = None
) -> Membership:
    return Membership(f"{who}-{team.id}-{part}", who, team.id, part, EARLIER, until)


def works_with(who: str, subject: str = "robin", until: datetime | None = None) -> CaseloadEntry:
    return CaseloadEntry(f"{who}-{subject}", who, SubjectId(subject), EARLIER, until)


def stands(
    staff: Staff,
    *memberships: Membership,
    covers: Iterable[Cover] = (),
    supervisions: Iterable[Supervision] = (),
    now: datetime = NOON,
) -> Standing:
    return Standing.now(
        staff,
        now,
        memberships=memberships,
        covers=covers,
        supervisions=supervisions,
        teams=TEAMS,
    )


def near(
    standing: Standing, *caseload: CaseloadEntry, team: Team = NORTH, now: datetime = NOON
) -> frozenset[Relation]:
    return relations(standing, ROBIN, team, caseload, now)


# -- each relation, alone ------------------------------------------------------------------------


def test_somebody_without_a_team_or_a_caseload_is_not_near() -> None:
    assert near(stands(somebody()), works_with("blake")) == set()


def test_own_caseload_wherever_the_person_is() -> None:
    mine = works_with("ash")
    assert near(stands(somebody()), mine) == {Relation.OWN}
    assert near(stands(somebody(), member(SOUTH)), mine) == {Relation.OWN}
    assert near(stands(somebody()), works_with("ash", "kit")) == set()


def test_same_team_and_no_other() -> None:
    assert near(stands(somebody(), member(NORTH))) == {Relation.TEAM}
    assert near(stands(somebody(), member(SOUTH), member(NORTH))) == {Relation.TEAM}
    assert near(stands(somebody(), member(SOUTH))) == set()
    assert near(stands(somebody(), member(NORTH, who="blake"))) == set()


@pytest.mark.parametrize("role", Role)
def test_only_a_manager_manages_and_only_what_they_lead(role: Role) -> None:
    led = near(stands(somebody(role), member(NORTH, Part.LEAD)))
    assert (Relation.MANAGED in led) == (role is Role.MANAGER)
    assert near(stands(somebody(role), member(NORTH))) <= {Relation.TEAM, Relation.OUT_OF_HOURS}
    elsewhere = stands(somebody(role), member(NORTH), member(SOUTH, Part.LEAD))
    assert Relation.MANAGED not in near(elsewhere)


@pytest.mark.parametrize("role", Role)
def test_only_out_of_hours_staff_are_out_of_hours_and_only_in_their_region(role: Role) -> None:
    by_night = near(stands(somebody(role), member(NIGHT)))
    assert by_night == ({Relation.OUT_OF_HOURS} if role is Role.OUT_OF_HOURS else set())
    assert near(stands(somebody(role), member(NIGHT)), team=SOUTH) == set()
    assert near(stands(somebody(role)), team=Team("alone", "Alone")) == set()


def test_covering_is_about_the_people_of_whoever_is_absent() -> None:
    cover = [Cover("c", "blake", "ash", EARLIER, LATER)]
    standing = stands(somebody(), covers=cover)
    assert near(standing, works_with("blake")) == {Relation.COVERING}
    assert near(standing, works_with("sam")) == set()
    assert near(standing, works_with("blake"), works_with("ash")) == {
        Relation.COVERING,
        Relation.OWN,
    }
    assert near(stands(somebody(staff_id="sam"), covers=cover), works_with("blake")) == set()
    assert near(stands(somebody(staff_id="blake"), covers=cover), works_with("ash")) == set()


def test_cover_is_not_handed_on() -> None:
    chain = [
        Cover("c1", "blake", "sam", EARLIER, LATER),
        Cover("c2", "sam", "ash", EARLIER, LATER),
    ]
    assert near(stands(somebody(), covers=chain), works_with("blake")) == set()


def test_supervision_is_about_the_people_of_whoever_is_supervised() -> None:
    held = [Supervision("s", "ash", "blake", EARLIER)]
    standing = stands(somebody(), supervisions=held)
    assert near(standing, works_with("blake")) == {Relation.SUPERVISED}
    assert near(standing, works_with("sam")) == set()
    turned = stands(somebody(staff_id="blake"), supervisions=held)
    assert near(turned, works_with("ash")) == set()


@pytest.mark.parametrize("role", Role)
def test_another_agency_is_no_nearer_than_that(role: Role) -> None:
    elsewhere = stands(
        somebody(role),
        member(HOUSE, Part.LEAD),
        supervisions=[Supervision("s", "ash", "blake", EARLIER)],
    )
    assert near(elsewhere, works_with("blake")) == {Relation.OTHER_AGENCY}
    assert near(elsewhere, works_with("blake"), works_with("ash")) == {
        Relation.OTHER_AGENCY,
        Relation.OWN,
    }


def test_another_agency_that_covers_is_covering() -> None:
    elsewhere = stands(
        somebody(), member(HOUSE), covers=[Cover("c", "blake", "ash", EARLIER, LATER)]
    )
    assert near(elsewhere, works_with("blake")) == {Relation.OTHER_AGENCY, Relation.COVERING}


def test_who_works_in_two_agencies_is_of_both() -> None:
    both = stands(somebody(), member(HOUSE), member(NORTH))
    assert near(both) == {Relation.TEAM}
    assert near(both, team=SOUTH) == set()


# -- moments -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (NOON - TICK, False),
        (NOON, True),
        (LATER - TICK, True),
        (LATER, False),
        (LATER + TICK, False),
    ],
)
def test_everything_begins_at_its_beginning_and_is_over_at_its_end(
    now: datetime, holds: bool
) -> None:
    ash, noor = somebody(Role.MANAGER), somebody(Role.OUT_OF_HOURS)
    span = (NOON, LATER)
    own = CaseloadEntry("c", "ash", ROBIN.id, *span)
    theirs = works_with("blake")
    found = [
        near(stands(ash, now=now), own, now=now),
        near(stands(ash, Membership("m", "ash", "north", Part.LEAD, *span), now=now), now=now),
        near(stands(noor, Membership("m", "ash", "night", Part.MEMBER, *span), now=now), now=now),
        near(stands(ash, Membership("m", "ash", "house", Part.LEAD, *span), now=now), now=now),
        near(stands(ash, covers=[Cover("v", "blake", "ash", *span)], now=now), theirs, now=now),
        near(
            stands(ash, supervisions=[Supervision("s", "ash", "blake", *span)], now=now),
            theirs,
            now=now,
        ),
    ]
    assert found == (
        [
            {Relation.OWN},
            {Relation.TEAM, Relation.MANAGED},
            {Relation.OUT_OF_HOURS},
            {Relation.OTHER_AGENCY},
            {Relation.COVERING},
            {Relation.SUPERVISED},
        ]
        if holds
        else [set()] * 6
    )


def test_cover_ends_with_the_caseload_that_it_is_about() -> None:
    standing = stands(somebody(), covers=[Cover("c", "blake", "ash", EARLIER, LATER)])
    assert near(standing, works_with("blake", until=NOON)) == set()
    assert near(standing, works_with("blake", until=NOON + TICK)) == {Relation.COVERING}


# -- colleagues ----------------------------------------------------------------------------------


def test_oneself() -> None:
    assert relations_to_staff(stands(somebody()), somebody(), []) == {Relation.SELF}
    assert relations_to_staff(stands(somebody()), somebody(staff_id="blake"), []) == set()


def test_colleagues_by_team_lead_and_supervision() -> None:
    blake = somebody(staff_id="blake")
    held = [Supervision("s", "ash", "blake", EARLIER)]
    assert relations_to_staff(stands(somebody(), member(NORTH)), blake, ["north"]) == {
        Relation.TEAM
    }
    assert relations_to_staff(stands(somebody(), member(NORTH)), blake, ["south"]) == set()
    assert relations_to_staff(stands(somebody(), supervisions=held), blake, []) == {
        Relation.SUPERVISED
    }
    assert relations_to_staff(stands(blake, supervisions=held), somebody(), []) == set()


@pytest.mark.parametrize("role", Role)
def test_only_managers_manage_colleagues(role: Role) -> None:
    lead = stands(somebody(role), member(NORTH, Part.LEAD))
    found = relations_to_staff(lead, somebody(staff_id="blake"), iter(["north", "south"]))
    assert found == {Relation.TEAM} | ({Relation.MANAGED} if role is Role.MANAGER else set())


# -- any sequence --------------------------------------------------------------------------------


class Rows:
    """Rows as the record keeps them: what ends stays, with its end."""

    def __init__(self) -> None:
        self.now = START
        self.staff = {
            who: Staff(who, who, who, role, HOMES[who], START) for who, role in ROLES.items()
        }
        self.teams = {team: Team(team, team, AGENCIES[team], REGIONS[team]) for team in AGENCIES}
        self.people = {
            each: Person(SubjectId(each), each, PersonState.ACTIVE, team, START, each)
            for each, team in PEOPLE.items()
        }
        self.memberships: list[Membership] = []
        self.caseload: list[CaseloadEntry] = []
        self.covers: list[Cover] = []
        self.supervisions: list[Supervision] = []
        for who, team in HOMES.items():
            self.join(who, team, Part.LEAD if ROLES[who] is Role.MANAGER else Part.MEMBER)

    def _end(self, rows: list[Any], **equal: object) -> bool:
        for number, row in enumerate(rows):
            same = all(getattr(row, name) == value for name, value in equal.items())
            if same and (row.until is None or row.until > self.now):
                rows[number] = replace(row, until=max(self.now, row.since))
        return True

    def join(self, who: str, team: str, part: Part) -> bool:
        self.leave_team(who, team)
        self.memberships.append(Membership("", who, team, part, self.now))
        return True

    def leave_team(self, who: str, team: str) -> bool:
        return self._end(self.memberships, staff_id=who, team=team)

    def put(self, who: str, person: str) -> bool:
        self.caseload.append(CaseloadEntry("", who, SubjectId(person), self.now))
        return True

    def end(self, who: str, person: str) -> bool:
        return self._end(self.caseload, staff_id=who, subject=person)

    def cover(self, absent: str, covering: str, since: datetime, until: datetime) -> bool:
        self.covers.append(Cover(f"{len(self.covers)}", absent, covering, since, until))
        return True

    def end_cover(self, absent: str, covering: str, since: datetime, until: datetime) -> bool:
        same = {"absent": absent, "covering": covering, "since": since, "until": until}
        one = next(each for each in self.covers if all(getattr(each, k) == same[k] for k in same))
        return self._end(self.covers, id=one.id)

    def supervise(self, supervisor: str, who: str, on: bool) -> bool:
        if on:
            self.supervisions.append(Supervision("", supervisor, who, self.now))
            return True
        return self._end(self.supervisions, supervisor=supervisor, staff_id=who)

    def move_person(self, person: str, team: str) -> bool:
        self.people[person] = replace(self.people[person], team=team)
        return True

    def change_agency(self, team: str, agency: str) -> bool:
        self.teams[team] = replace(self.teams[team], agency=agency)
        return True

    def leave(self, who: str) -> bool:
        self.staff[who] = replace(self.staff[who], ended_at=self.now)
        for rows, name in (
            (self.memberships, "staff_id"),
            (self.caseload, "staff_id"),
            (self.covers, "absent"),
            (self.covers, "covering"),
            (self.supervisions, "supervisor"),
            (self.supervisions, "staff_id"),
        ):
            self._end(rows, **{name: who})
        return True

    def pass_time(self, now: datetime) -> bool:
        self.now = now
        return True

    def _standing(self, who: str) -> Standing:
        return Standing.now(
            self.staff[who],
            self.now,
            memberships=self.memberships,
            covers=self.covers,
            supervisions=self.supervisions,
            teams=self.teams.values(),
        )

    def near(self, who: str, person: str) -> set[str]:
        about = self.people[person]
        team = self.teams[about.team]
        return {*relations(self._standing(who), about, team, self.caseload, self.now)}

    def near_colleague(self, who: str, other: str) -> set[str]:
        teams = [
            each.team
            for each in self.memberships
            if each.staff_id == other and each.holds(self.now)
        ]
        return {*relations_to_staff(self._standing(who), self.staff[other], teams)}

    def staff_of(self, who: str) -> Staff:
        return self.staff[who]


class RowsInAnyOrder(Sequences):
    """The domain's own rows."""

    def make(self) -> World:
        return Rows()


TestRowsInAnyOrder = RowsInAnyOrder.TestCase
TestRowsInAnyOrder.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)


def test_no_relation_outlives_what_it_came_from() -> None:
    ash = somebody(Role.MANAGER)
    everything = {
        "memberships": [member(NORTH, Part.LEAD), member(HOUSE)],
        "covers": [Cover("c", "blake", "ash", EARLIER, NOON)],
        "supervisions": [Supervision("s", "ash", "blake", EARLIER, NOON)],
    }
    ended = [replace(each, until=NOON) for each in everything["memberships"]]
    mine, theirs = works_with("ash", until=NOON), works_with("blake")

    def at(now: datetime, memberships: list[Membership]) -> frozenset[Relation]:
        rows = everything | {"memberships": memberships}
        return near(Standing.now(ash, now, teams=TEAMS, **rows), mine, theirs, now=now)

    assert at(NOON - TICK, ended) == {
        Relation.OWN,
        Relation.COVERING,
        Relation.TEAM,
        Relation.MANAGED,
        Relation.SUPERVISED,
    }
    for moment in (NOON, LATER, LATER + timedelta(days=4000)):
        assert at(moment, ended) == set()
