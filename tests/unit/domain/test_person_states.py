"""States of a person: every pair of them, and what each stops, asked by what is stopped."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.concerns import TaskKind
from bot.domain.errors import NotAllowedNow
from bot.domain.people import PersonState
from bot.domain.person_states import (
    EFFECTS,
    MOVES,
    STILL_DUE_AFTER_DEATH,
    Replies,
    Timers,
    check_can_move,
    state_on_joining,
)

INVITED, ACTIVE, PAUSED, HOSPITAL, CUSTODY, MOVING, ENDED, DIED = PersonState

EVERY_PAIR = list(product(PersonState, PersonState))


def may_follow(before: PersonState, after: PersonState) -> bool:
    """The same rule in other words."""
    if before is after:
        return False
    if before is DIED:
        return after is ACTIVE
    if before is ENDED:
        return after in {ACTIVE, INVITED, DIED}
    if after is INVITED:
        return False
    return not (before is INVITED and after is PAUSED)


@pytest.mark.parametrize(("before", "after"), EVERY_PAIR)
def test_every_pair(before: PersonState, after: PersonState) -> None:
    if may_follow(before, after):
        check_can_move(before, after)
    else:
        with pytest.raises(NotAllowedNow, match=f"from '{before}' to '{after}'"):
            check_can_move(before, after)


def test_every_state_is_in_both_tables() -> None:
    assert set(EFFECTS) == set(MOVES) == set(PersonState)


@pytest.mark.parametrize("state", [each for each in PersonState if each is not DIED])
def test_somebody_can_die_or_leave_from_any_state(state: PersonState) -> None:
    assert DIED in MOVES[state]
    assert state is ENDED or ENDED in MOVES[state]


def test_no_state_but_death_recorded_rightly_is_a_dead_end() -> None:
    for state in PersonState:
        assert ACTIVE in MOVES[state] | {state}


@given(st.lists(st.sampled_from(PersonState), min_size=1, max_size=12))
def test_any_walk_that_ends_in_death_leaves_it_by_one_door(wanted: list[PersonState]) -> None:
    walk = [INVITED]
    for each in wanted:
        if each in MOVES[walk[-1]]:
            check_can_move(walk[-1], each)
            walk.append(each)
    assert all(after is ACTIVE for before, after in pairwise(walk) if before is DIED)
    assert INVITED not in [after for before, after in pairwise(walk) if before is not ENDED]


def states(**equal: object) -> set[PersonState]:
    return {
        state
        for state, effects in EFFECTS.items()
        if all(getattr(effects, name) == value for name, value in equal.items())
    }


def test_reminders_that_the_person_chose_go_out_in_two_states_only() -> None:
    assert states(prompts=True) == {ACTIVE, MOVING}
    assert states(prompts=False) == set(PersonState) - {ACTIVE, MOVING}


def test_which_reminders_of_its_own_the_companion_keeps() -> None:
    assert states(timers=Timers.ALL) == {ACTIVE, PAUSED, MOVING}
    assert states(timers=Timers.SAFETY) == {INVITED, HOSPITAL, CUSTODY, ENDED}
    assert states(timers=Timers.NONE) == {DIED}


def test_who_writes_is_answered_in_every_state() -> None:
    assert states(replies=Replies.SAFETY) == {DIED}
    assert states(replies=Replies.LEFT) == {ENDED}
    assert states(replies=Replies.ALL) == set(PersonState) - {DIED, ENDED}


def test_what_the_key_worker_has_to_do() -> None:
    assert states(task=TaskKind.HANDOVER) == {MOVING}
    assert states(task_after=TaskKind.BACK_FROM) == {HOSPITAL, CUSTODY}
    assert states(task=None) == set(PersonState) - {MOVING}
    assert states(task_after=None) == set(PersonState) - {HOSPITAL, CUSTODY}


def test_after_a_death_nothing_goes_out_and_no_task_begins() -> None:
    effects = EFFECTS[DIED]
    assert (effects.prompts, effects.timers) == (False, Timers.NONE)
    assert effects.task is effects.task_after is None
    assert {TaskKind.RIGHTS, TaskKind.WROTE_AFTER} == STILL_DUE_AFTER_DEATH


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (INVITED, ACTIVE),
        (ACTIVE, ACTIVE),
        (PAUSED, ACTIVE),
        (HOSPITAL, HOSPITAL),
        (CUSTODY, CUSTODY),
        (MOVING, MOVING),
        (ENDED, ACTIVE),
        (DIED, DIED),
    ],
)
def test_joining_begins_or_goes_on_and_never_undoes_what_staff_recorded(
    before: PersonState, after: PersonState
) -> None:
    assert state_on_joining(before) is after
    assert after is before or after in MOVES[before]
