"""Activities: what a person goes through step by step, and the pure stepper that moves them on.

An activity is content: a file of steps. Its state belongs to the record, so that a practice
survives a restart, a week or a change of channel. ``step`` is a function of its arguments
alone; clocks, the record and what to suggest are its callers'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class ActivityKind(StrEnum):
    """What a file of steps is for."""

    SKILL = "skill"
    FINDING = "finding"
    JOINING = "joining"


class StepKind(StrEnum):
    """How a step is answered. SAY, BRANCH and END wait for nobody."""

    SAY = "say"
    CHOICE = "choice"
    TEXT = "text"
    RATING = "rating"
    TIMER = "timer"
    BREATHING = "breathing"
    BRANCH = "branch"
    OFFER = "offer"
    END = "end"


@dataclass(frozen=True)
class Option:
    """One answer of a step: its stored value, the button's label, other ways to type it."""

    value: str
    label: str
    also: tuple[str, ...] = ()
    next: str | None = None


@dataclass(frozen=True)
class Case:
    """One way out of a branch. The first case that holds is taken."""

    next: str
    equals: str | None = None
    at_least: int | None = None
    missing: bool = False


@dataclass(frozen=True)
class Pace:
    """A breathing pace in seconds; ``hold`` is 0 where there is no hold."""

    breathe_in: int
    breathe_out: int
    rounds: int
    hold: int = 0

    @property
    def seconds(self) -> int:
        """How long all rounds take."""
        return (self.breathe_in + self.hold + self.breathe_out) * self.rounds


@dataclass(frozen=True)
class Step:
    """One step of an activity.

    ``say`` holds one or more alternatives of the same meaning. ``save`` names the answer that
    the step keeps (its own id unless the file says otherwise). ``lowest``/``highest`` bound a
    rating. ``after`` is said when a timer or a breathing pace has run out. ``next`` is None for
    the step that follows in the file.
    """

    id: str
    kind: StepKind
    say: tuple[str, ...] = ()
    again: str | None = None
    save: str | None = None
    options: tuple[Option, ...] = ()
    lowest: int = 0
    highest: int = 10
    words: Mapping[str, int] = field(default_factory=dict)
    seconds: int = 0
    pace: Pace | None = None
    after: tuple[str, ...] = ()
    on: str | None = None
    cases: tuple[Case, ...] = ()
    buttons: tuple[str, ...] = ()
    next: str | None = None

    @property
    def saves_as(self) -> str:
        """The name under which the answer is kept."""
        return self.save or self.id


@dataclass(frozen=True)
class Activity:
    """A file of steps with what is known of it. ``digest`` is the content's hash."""

    id: str
    version: int
    kind: ActivityKind
    title: str
    steps: tuple[Step, ...]
    digest: str

    def at(self, step_id: str) -> Step | None:
        """The step of that id, or None where the content has changed under a practice."""
        return next((each for each in self.steps if each.id == step_id), None)

    def following(self, step: Step) -> str | None:
        """The id of the step after this one in the file."""
        place = [each.id for each in self.steps].index(step.id) + 1
        return self.steps[place].id if place < len(self.steps) else None


class RunStatus(StrEnum):
    """Where a person is with an activity."""

    OPEN = "open"
    SET_ASIDE = "set_aside"
    FINISHED = "finished"
    STOPPED = "stopped"


@dataclass(frozen=True)
class State:
    """Where a run stands: the step it waits at and the answers so far.

    ``offered`` are the (value, label) pairs that an OFFER step waits on; ``answers`` maps a
    step's saved name to its value (a number for ratings, text else).
    """

    step: str
    answers: Mapping[str, str | int] = field(default_factory=dict)
    offered: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What reached an activity: words as typed, or the value of its button, or its own timer."""

    text: str = ""
    value: str | None = None
    elapsed: bool = False


@dataclass(frozen=True)
class Line:
    """One thing to say: alternatives, and the step's options and named buttons to show with it.

    ``buttons`` are keys of named buttons in content; ``step`` is the step that the options answer.
    """

    say: tuple[str, ...]
    options: tuple[Option, ...] = ()
    buttons: tuple[str, ...] = ()
    step: str = ""


@dataclass(frozen=True)
class Moved:
    """What a step led to.

    ``state`` is None when the activity is over. ``taken`` is False when the answer was not the
    step's: nothing moved, and ``lines`` is empty. ``chosen`` is the offered value that was taken.
    ``wants_offer``: an OFFER step was reached, and the caller has to bring what to offer.
    ``answers`` are all answers so far, also when the activity is over.
    """

    state: State | None
    lines: tuple[Line, ...] = ()
    taken: bool = True
    wait: timedelta | None = None
    chosen: str | None = None
    wants_offer: bool = False
    answers: Mapping[str, str | int] = field(default_factory=dict)


Offer = Sequence[tuple[str, str]]
"""What an OFFER step is given to show: (value, label) pairs."""
