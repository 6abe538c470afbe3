"""The kinds of step, as authors write them. These models are the schema of a file of steps."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from bot.adapters.content_files.wording import AnswerName, Id, Label, Say, Sentence, Typed, Value


class Part(BaseModel):
    """A piece of a content file. Nothing unknown is allowed in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OptionPart(Part):
    """One answer: what is stored, what its button says, other ways to type it."""

    value: Value
    label: Label
    also: tuple[Typed, ...] = ()
    next: Id | None = None


class CasePart(Part):
    """One way out of a branch: exactly one condition."""

    equals: Value | None = None
    at_least: int | None = None
    missing: Literal[True] | None = None
    next: Id


class _Step(Part):
    id: Id
    buttons: tuple[str, ...] = ()
    next: Id | None = None


class SayStep(_Step):
    """Says something and goes on."""

    kind: Literal["say"]
    say: Say


class _Question(_Step):
    say: Say
    again: Sentence | None = None
    save: AnswerName | None = None


class ChoiceStep(_Question):
    """Asks for one of its options. ``options_from`` puts a list of the program's before them."""

    kind: Literal["choice"]
    options: Annotated[tuple[OptionPart, ...], Field(min_length=1)]
    options_from: Literal["needs"] | None = None


class TextStep(_Question):
    """Takes any words."""

    kind: Literal["text"]
    options: Annotated[tuple[OptionPart, ...], Field(min_length=1)]


class RatingStep(_Question):
    """Takes a number, or a word that stands for one."""

    kind: Literal["rating"]
    lowest: Annotated[int, Field(alias="from", ge=0)] = 0
    highest: Annotated[int, Field(alias="to", le=10)] = 10
    words: dict[Typed, int] = Field(default_factory=dict)
    options: Annotated[tuple[OptionPart, ...], Field(min_length=1)]


class TimerStep(_Question):
    """Waits a while, then says ``after``."""

    kind: Literal["timer"]
    seconds: Annotated[int, Field(ge=5, le=3600)]
    after: Say
    options: Annotated[tuple[OptionPart, ...], Field(min_length=1)]


class PacePart(Part):
    """Seconds of each part of a breath, and how many breaths."""

    breathe_in: Annotated[int, Field(ge=2, le=6)]
    hold: Literal[0] = 0
    breathe_out: Annotated[int, Field(ge=2, le=8)]
    rounds: Annotated[int, Field(ge=1, le=20)]


class BreathingStep(_Question):
    """Keeps a breathing pace, then says ``after``. There are no holds."""

    kind: Literal["breathing"]
    pace: PacePart
    after: Say
    options: Annotated[tuple[OptionPart, ...], Field(min_length=1)]


class BranchStep(Part):
    """Goes one way or another by an answer. ``next`` is where it goes when no case holds."""

    id: Id
    kind: Literal["branch"]
    on: AnswerName
    cases: Annotated[tuple[CasePart, ...], Field(min_length=1)]
    next: Id | None = None


class OfferStep(_Question):
    """Waits on what the program suggests; its own options come after that."""

    kind: Literal["offer"]
    options: Annotated[tuple[OptionPart, ...], Field(min_length=1)]


class EndStep(Part):
    """The end, with or without a last word."""

    id: Id
    kind: Literal["end"]
    say: Say | None = None
    buttons: tuple[str, ...] = ()


AnyStep = Annotated[
    SayStep
    | ChoiceStep
    | TextStep
    | RatingStep
    | TimerStep
    | BreathingStep
    | BranchStep
    | OfferStep
    | EndStep,
    Field(discriminator="kind"),
]

Steps = Annotated[tuple[AnyStep, ...], Field(min_length=1)]

Minutes = PositiveInt
