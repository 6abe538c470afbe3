"""Who may do what: the table, read both ways, and what it can never allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotPermitted
from bot.domain.people import Role, Staff
from bot.domain.permissions import (
    TABLE,
    Action,
    Relation,
    Thing,
    can,
    check_may,
    relation,
    relation_to_staff,
)

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)

roles = st.sampled_from(Role)
actions = st.sampled_from(Action)
things = st.sampled_from(Thing)
relations = st.sampled_from(Relation)


def staff(role: Role = Role.PRACTITIONER, team: str = "North", staff_id: str = "s1") -> Staff:
    return Staff(staff_id, f"user-{staff_id}", "Robin Example", role, team, BEGAN)


@pytest.mark.parametrize(
    ("role", "action", "thing", "near"),
    [
        (Role.PRACTITIONER, Action.SEE, Thing.SUMMARY, Relation.OWN),
        (Role.PRACTITIONER, Action.AGREE, Thing.CRISIS_PLAN, Relation.OWN),
        (Role.PRACTITIONER, Action.SEE, Thing.CRISIS_PLAN, Relation.TEAM),
        (Role.PRACTITIONER, Action.TAKE, Thing.CONCERN, Relation.TEAM),
        (Role.MANAGER, Action.WRITE, Thing.STAFF, Relation.TEAM),
        (Role.REVIEWER, Action.SIGN, Thing.CONTENT, Relation.NONE),
        (Role.ADMINISTRATOR, Action.WRITE, Thing.STAFF, Relation.NONE),
        (Role.ADMINISTRATOR, Action.INVITE, Thing.PERSON, Relation.NONE),
    ],
)
def test_what_the_work_needs_is_allowed(
    role: Role, action: Action, thing: Thing, near: Relation
) -> None:
    check_may(staff(role), action, thing, near)


@pytest.mark.parametrize(
    ("role", "action", "thing", "near"),
    [
        (Role.PRACTITIONER, Action.SEE, Thing.SUMMARY, Relation.TEAM),
        (Role.PRACTITIONER, Action.SEE, Thing.PERSON, Relation.NONE),
        (Role.PRACTITIONER, Action.WRITE, Thing.PERSON, Relation.NONE),
        (Role.PRACTITIONER, Action.WRITE, Thing.STAFF, Relation.TEAM),
        (Role.MANAGER, Action.SEE, Thing.CRISIS_PLAN, Relation.NONE),
        (Role.MANAGER, Action.WRITE, Thing.STAFF, Relation.NONE),
        (Role.REVIEWER, Action.SEE, Thing.PERSON, Relation.OWN),
        (Role.ADMINISTRATOR, Action.SIGN, Thing.CONTENT, Relation.NONE),
    ],
)
def test_what_nobody_needs_is_refused(
    role: Role, action: Action, thing: Thing, near: Relation
) -> None:
    with pytest.raises(NotPermitted):
        check_may(staff(role), action, thing, near)


@given(action=actions, thing=st.sampled_from([Thing.CRISIS_PLAN, Thing.SUMMARY, Thing.CONCERN]))
def test_a_persons_words_are_never_open_to_everyone_nor_to_other_roles(
    action: Action, thing: Thing
) -> None:
    assert not any(can(staff(role), action, thing, Relation.NONE) for role in Role)
    for role in (Role.REVIEWER, Role.ADMINISTRATOR):
        assert not any(can(staff(role), action, thing, near) for near in Relation)


@given(role=roles, action=actions, thing=things)
def test_being_nearer_never_takes_anything_away(role: Role, action: Action, thing: Thing) -> None:
    anyone, team, own = (
        can(staff(role), action, thing, near)
        for near in (Relation.NONE, Relation.TEAM, Relation.OWN)
    )
    assert anyone <= team <= own


@given(role=roles, action=actions, thing=things, near=relations)
def test_the_check_and_the_question_are_one_rule(
    role: Role, action: Action, thing: Thing, near: Relation
) -> None:
    if can(staff(role), action, thing, near):
        check_may(staff(role), action, thing, near)
    else:
        with pytest.raises(NotPermitted):
            check_may(staff(role), action, thing, near)


@given(role=roles, action=actions, thing=things, near=relations)
def test_somebody_who_has_left_may_do_nothing(
    role: Role, action: Action, thing: Thing, near: Relation
) -> None:
    assert not can(replace(staff(role), ended_at=BEGAN), action, thing, near)


@given(role=roles, action=actions, thing=things, near=relations)
def test_the_program_and_a_reader_of_the_table_agree(
    role: Role, action: Action, thing: Thing, near: Relation
) -> None:
    place = {Relation.OWN: 2, Relation.TEAM: 3, Relation.NONE: 4}[near]
    rows = [[cell.strip() for cell in line.split("|")] for line in TABLE.splitlines()]
    cells = [row[place] for row in rows if row[:2] == [role.value, thing.value]]
    assert len(cells) <= 1
    assert can(staff(role), action, thing, near) == (bool(cells) and action in cells[0].split())


def test_nearness_to_a_person() -> None:
    north = staff(team="North")
    assert relation(north, team="South", on_caseload=True) is Relation.OWN
    assert relation(north, team="North", on_caseload=False) is Relation.TEAM
    assert relation(north, team="South", on_caseload=False) is Relation.NONE


def test_two_empty_teams_are_not_the_same_team() -> None:
    assert relation(staff(team=""), team="", on_caseload=False) is Relation.NONE


def test_nearness_to_colleagues() -> None:
    me = staff()
    assert relation_to_staff(me, me) is Relation.OWN
    assert relation_to_staff(me, staff(staff_id="s2")) is Relation.TEAM
    assert relation_to_staff(me, staff(staff_id="s2", team="South")) is Relation.NONE


def test_a_refusal_says_who_and_what_without_naming_anybody() -> None:
    with pytest.raises(NotPermitted) as refusal:
        check_may(staff(), Action.SEE, Thing.SUMMARY)
    assert str(refusal.value).endswith("(practitioner: see summary, anyone)")
    assert "Robin" not in str(refusal.value)
