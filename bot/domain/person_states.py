"""What a state of a person stops and changes, and which state may follow which: two tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.concerns import TaskKind
from bot.domain.errors import NotAllowedNow
from bot.domain.people import PersonState


class Replies(StrEnum):
    """What a person who writes is answered."""

    ALL = "all"
    LEFT = "left"
    """Danger, plan, numbers, people, standing words; practice no longer."""
    SAFETY = "safety"
    """Danger, and a quiet word with numbers: somebody else may hold the phone."""


class Timers(StrEnum):
    """Which of the companion's reminders to itself go on."""

    ALL = "all"
    SAFETY = "safety"
    """A practice's own stop; an unanswered question still becomes somebody's task."""
    NONE = "none"


@dataclass(frozen=True)
class Effects:
    """What a state means.

    ``prompts``: whether reminders that the person chose go out. ``timers``: which of the
    companion's own reminders go on. ``task``: what the key worker has to do about it when it
    begins; ``task_after``: when it is over.
    """

    prompts: bool
    timers: Timers
    replies: Replies
    task: TaskKind | None = None
    task_after: TaskKind | None = None


_TABLE = """
state       | prompts | timers | replies | task when it begins | task when it is over
invited     | no      | safety | all     | -                   | -
active      | yes     | all    | all     | -                   | -
paused      | no      | all    | all     | -                   | -
in_hospital | no      | safety | all     | -                   | back_from
in_custody  | no      | safety | all     | -                   | back_from
moving_team | yes     | all    | all     | handover            | -
ended       | no      | safety | left    | -                   | -
died        | no      | none   | safety  | -                   | -
"""

_MOVES = """
invited     | active in_hospital in_custody moving_team ended died
active      | paused in_hospital in_custody moving_team ended died
paused      | active in_hospital in_custody moving_team ended died
in_hospital | active paused in_custody moving_team ended died
in_custody  | active paused in_hospital moving_team ended died
moving_team | active paused in_hospital in_custody ended died
ended       | active invited died
died        | active
"""
"""From "died" there is one way back, for what was recorded in error."""

STILL_DUE_AFTER_DEATH = frozenset({TaskKind.RIGHTS, TaskKind.WROTE_AFTER})
"""All other open tasks end when somebody has died: nobody rings about a questionnaire then."""


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.split("\n") if line]


def _task(word: str) -> TaskKind | None:
    return None if word == "-" else TaskKind(word)


EFFECTS = {
    PersonState(state): Effects(
        prompts == "yes", Timers(timers), Replies(replies), _task(task), _task(after)
    )
    for state, prompts, timers, replies, task, after in _rows(_TABLE)[1:]
}

MOVES = {
    PersonState(state): frozenset(map(PersonState, after.split())) for state, after in _rows(_MOVES)
}


def state_on_joining(before: PersonState) -> PersonState:
    """The state of somebody who joins, also once more or from a second phone.

    Being in hospital, in custody or on the way to another team goes on.
    """
    begins = {PersonState.INVITED, PersonState.PAUSED, PersonState.ENDED}
    return PersonState.ACTIVE if before in begins else before


def check_can_move(before: PersonState, after: PersonState) -> None:
    """Raise ``NotAllowedNow`` unless the one state may follow the other."""
    if after not in MOVES[before]:
        raise NotAllowedNow(f"Nobody goes from '{before}' to '{after}'.")
