"""Who may do what: every cell against the reviewed copy, and what no table may ever allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotPermitted
from bot.domain.people import NOT_STAFF, Role, Staff
from bot.domain.permissions import (
    TABLE,
    Action,
    Relation,
    Thing,
    allowed,
    can,
    check_may,
    check_may_give,
    must_say_why,
    read_table,
)
from tests.unit.domain.expected_permissions import (
    EVERY_ASK,
    REVIEWED,
    Ask,
    answers_of,
    is_noticed,
    mutants,
    read_reviewed,
    reviewed_of,
    rows_of,
)

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
MAY, IF_SHARED = read_reviewed(REVIEWED.read_text(encoding="utf-8"))

roles = st.sampled_from(Role)
actions = st.sampled_from(Action)
things = st.sampled_from(Thing)
nearness = st.frozensets(st.sampled_from(Relation), max_size=len(Relation))


def staff(role: Role = Role.PRACTITIONER) -> Staff:
    return Staff("s1", "robin", "Robin Example", role, "north", BEGAN)


def answer(ask: Ask, *, is_shared: bool) -> bool:
    role, near, thing, action = ask
    return allowed(Role(role), Action(action), Thing(thing), Relation(near), is_shared=is_shared)


def expected(ask: Ask, *, is_shared: bool) -> bool:
    """What the reviewed copy says; "anyone" holds whatever else does."""
    asks = {ask, (ask[0], Relation.ANYONE, *ask[2:])}
    return bool(asks & MAY) or (is_shared and bool(asks & IF_SHARED))


# -- the table, cell by cell ---------------------------------------------------------------------


def test_the_table_and_the_reviewed_copy_say_the_same() -> None:
    assert answers_of(TABLE) == (MAY, IF_SHARED)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_shared", [False, True])
def test_every_cell(role: Role, is_shared: bool) -> None:
    asks = [each for each in EVERY_ASK if each[0] == role]
    wrong = [
        each
        for each in asks
        if answer(each, is_shared=is_shared) != expected(each, is_shared=is_shared)
    ]
    assert wrong == []
    assert len(asks) == len(Relation) * len(Thing) * len(Action)


@pytest.mark.parametrize("role", Role)
def test_every_mutant_of_the_table_is_noticed(role: Role) -> None:
    reviewed = reviewed_of(role)
    assert not is_noticed(rows_of(TABLE, role), reviewed)
    noticed = [is_noticed(mutant, reviewed) for mutant in mutants(TABLE, role)]
    assert len(noticed) == len(Relation) * len(Thing) * (len(Action) + 1)
    assert all(noticed)


@given(role=roles, action=actions, thing=things, near=nearness, is_shared=st.booleans())
def test_who_is_near_in_several_ways_may_what_each_way_allows_and_no_more(
    role: Role, action: Action, thing: Thing, near: frozenset[Relation], is_shared: bool
) -> None:
    each_alone = any(
        expected((role, each, thing, action), is_shared=is_shared)
        for each in near | {Relation.ANYONE}
    )
    assert allowed(role, action, thing, *near, is_shared=is_shared) == each_alone


# -- what no table may allow ---------------------------------------------------------------------


def may(action: Action, thing: Thing) -> set[tuple[str, str]]:
    """All who may, with their relation, shared or not."""
    return {
        (role, near)
        for role, near, about, deed in MAY | IF_SHARED
        if (deed, about) == (action, thing)
    }


@pytest.mark.parametrize("role", [Role.PARTNER, Role.JUSTICE, Role.CARER])
def test_who_is_outside_may_nothing_about_a_person_that_is_not_shared(role: Role) -> None:
    assert {(thing, near) for who, near, thing, _ in MAY if who == role} <= {
        (Thing.STAFF, Relation.SELF)
    }


def test_nothing_is_shared_unless_it_is_said_to_be() -> None:
    for role, near, thing, action in EVERY_ASK:
        asked = Role(role), Action(action), Thing(thing), Relation(near)
        assert allowed(*asked) == allowed(*asked, is_shared=False)


def test_justice_sees_nothing_by_default() -> None:
    everywhere = {
        (thing, action)
        for thing in Thing
        for action in Action
        if allowed(Role.JUSTICE, action, thing, *Relation)
    }
    assert everywhere == {(Thing.STAFF, Action.SEE), (Thing.STAFF, Action.WRITE)}


def test_sharing_lets_somebody_see_and_do_nothing_else() -> None:
    assert {action for *_, action in IF_SHARED} == {Action.SEE}
    assert {role for role, *_ in IF_SHARED} == {Role.PARTNER, Role.JUSTICE, Role.CARER}
    for ask in EVERY_ASK - IF_SHARED:
        assert answer(ask, is_shared=True) == answer(ask, is_shared=False)
    for ask in IF_SHARED:
        assert (answer(ask, is_shared=True), answer(ask, is_shared=False)) == (True, False)


def test_what_passes_between_a_person_and_the_companion_is_theirs_alone_to_see() -> None:
    assert may(Action.SEE, Thing.MESSAGE) == {(Role.SERVICE_USER, Relation.SELF)}
    assert not [ask for ask in MAY if ask[2] == Thing.MESSAGE and ask[3] != Action.SEE]


@pytest.mark.parametrize("thing", [Thing.CRISIS_PLAN, Thing.SUMMARY, Thing.CONCERN, Thing.MESSAGE])
def test_a_persons_words_are_never_open_to_everyone(thing: Thing) -> None:
    assert not [ask for ask in MAY | IF_SHARED if ask[1:3] == (Relation.ANYONE, thing)]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR, Role.PRIVACY])
@pytest.mark.parametrize("thing", [Thing.CRISIS_PLAN, Thing.SUMMARY, Thing.CONCERN, Thing.MESSAGE])
def test_who_does_not_work_with_people_never_sees_their_words(role: Role, thing: Thing) -> None:
    assert not [ask for ask in MAY | IF_SHARED if (ask[0], ask[2]) == (role, thing)]


def test_out_of_hours_write_and_close_nothing_of_a_persons() -> None:
    deeds = {(thing, action) for role, _, thing, action in MAY if role == Role.OUT_OF_HOURS}
    assert deeds == {
        (Thing.PERSON, Action.SEE),
        (Thing.CRISIS_PLAN, Action.SEE),
        (Thing.CONCERN, Action.SEE),
        (Thing.CONCERN, Action.TAKE),
        (Thing.SHARING, Action.SEE),
        (Thing.STAFF, Action.SEE),
        (Thing.STAFF, Action.WRITE),
        (Thing.DUTY, Action.SEE),
        (Thing.DUTY, Action.WRITE),
    }


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("thing", Thing)
def test_who_may_act_on_something_may_see_it(action: Action, thing: Thing) -> None:
    assert may(action, thing) <= may(Action.SEE, thing)


@pytest.mark.parametrize("role", sorted(NOT_STAFF))
def test_service_users_and_carers_have_nothing_by_a_relation_of_staff(role: Role) -> None:
    theirs = {near for who, near, *_ in MAY | IF_SHARED if who == role}
    assert theirs == {Relation.SELF if role is Role.SERVICE_USER else Relation.CARER}


# -- staff ---------------------------------------------------------------------------------------


@given(
    role=roles,
    action=actions,
    thing=things,
    near=nearness,
    is_shared=st.booleans(),
    has_left=st.booleans(),
)
def test_the_check_and_the_question_are_one_rule_and_nothing_is_left_to_who_has_left(
    role: Role,
    action: Action,
    thing: Thing,
    near: frozenset[Relation],
    is_shared: bool,
    has_left: bool,
) -> None:
    who = replace(staff(role), ended_at=BEGAN if has_left else None)
    answered = can(who, action, thing, *near, is_shared=is_shared)
    assert answered == (not has_left and allowed(role, action, thing, *near, is_shared=is_shared))
    if answered:
        check_may(who, action, thing, *near, is_shared=is_shared)
    else:
        with pytest.raises(NotPermitted):
            check_may(who, action, thing, *near, is_shared=is_shared)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.JUSTICE])
def test_staff_elsewhere_see_what_is_shared_with_them(role: Role) -> None:
    near = Relation.OTHER_AGENCY
    assert not can(staff(role), Action.SEE, Thing.CRISIS_PLAN, near)
    assert can(staff(role), Action.SEE, Thing.CRISIS_PLAN, near, is_shared=True)
    check_may(staff(role), Action.SEE, Thing.CRISIS_PLAN, near, is_shared=True)
    with pytest.raises(NotPermitted):
        check_may(staff(role), Action.SEE, Thing.CRISIS_PLAN, near)


def test_a_refusal_says_what_was_asked_without_naming_anybody() -> None:
    with pytest.raises(NotPermitted) as alone:
        check_may(staff(), Action.SEE, Thing.SUMMARY)
    assert str(alone.value).endswith("(practitioner: see summary, anyone)")
    with pytest.raises(NotPermitted) as near:
        check_may(staff(), Action.AGREE, Thing.CRISIS_PLAN, Relation.TEAM, Relation.COVERING)
    assert str(near.value).endswith("(practitioner: agree crisis_plan, covering, same team)")
    assert "Robin" not in f"{alone.value}{near.value}"


def test_who_works_with_a_person_or_is_them_need_not_say_why() -> None:
    no_reason = {"own caseload", "covering", "themselves", "carer"}
    for count in range(len(Relation) + 1):
        for near in map(frozenset, combinations(Relation, count)):
            assert must_say_why(near) == (not no_reason & {each.value for each in near})


# -- reading a table -----------------------------------------------------------------------------

HEAD = "who | in relation | thing | may\n"


def test_a_small_table() -> None:
    may_do, shared = read_table(
        HEAD + "manager | same team | staff | see write\n\ncarer|carer|person|see*\n"
    )
    assert may_do == {
        (Role.MANAGER, Relation.TEAM, Thing.STAFF): {Action.SEE, Action.WRITE},
        (Role.CARER, Relation.CARER, Thing.PERSON): frozenset(),
    }
    assert shared == {(Role.CARER, Relation.CARER, Thing.PERSON)}


@pytest.mark.parametrize(
    "row",
    [
        "nobody | same team | staff | see",
        "manager | same street | staff | see",
        "manager | same team | furniture | see",
        "manager | same team | staff | polish",
        "manager | same team | staff | see see*",
        "manager | same team | staff",
        "manager | same team | staff | see | write",
    ],
)
def test_a_word_that_is_none_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match=r"not a valid|unpack"):
        read_table(HEAD + row)


@pytest.mark.parametrize("again", ["see", "write", "see*"])
def test_a_cell_that_is_there_twice_is_refused(again: str) -> None:
    row = "manager | same team | staff | "
    with pytest.raises(ValueError, match=r"twice: .*manager.*same team.*staff"):
        read_table(f"{HEAD}{row}see\n{row}{again}")


@pytest.mark.parametrize("giver", Role)
@pytest.mark.parametrize("role", Role)
def test_nobody_makes_an_account_above_their_own(giver: Role, role: Role) -> None:
    may_make = {
        Role.ADMINISTRATOR: set(Role) - {Role.SERVICE_USER, Role.CARER},
        Role.MANAGER: {Role.PRACTITIONER, Role.SUPERVISOR, Role.REVIEWER},
    }
    if role in may_make.get(giver, set()):
        check_may_give(staff(giver), role)
    else:
        with pytest.raises(NotPermitted) as refused:
            check_may_give(staff(giver), role)
        assert str(refused.value).endswith(f"({giver}: accounts of the role {role})")
