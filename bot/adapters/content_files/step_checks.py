"""What each step of an activity has to hold true, besides the way through them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.adapters.content_files.path_of_steps import Placed, check_path, reached
from bot.adapters.content_files.problems import Problem
from bot.adapters.content_files.steps import (
    BranchStep,
    BreathingStep,
    EndStep,
    RatingStep,
    SayStep,
    TextStep,
    TimerStep,
)
from bot.adapters.content_files.wording import gaps_in, has_stray_brace
from bot.domain.wording import plain

GAPS = frozenset({"name", "skill", "minutes", "before", "after"})
"""Gaps that any activity may use, besides its own answers as {answer.NAME}."""

KNOWN_BEFORE = frozenset({"before", "distress", "need", "guest"})
"""Answers that the program may bring along when an activity begins."""


@dataclass(frozen=True)
class Around:
    """What a step may refer to outside its activity."""

    buttons: frozenset[str]
    cautions: frozenset[str]
    standing: frozenset[str]


def check_activity(steps: Sequence[Placed], own: str, around: Around) -> list[Problem]:
    """Everything that is wrong with one activity. ``own`` is the file that it is about.

    Steps of other files (what opens and closes a skill) are part of the way, but have their own
    checks, and need not be reached here.
    """
    mine = [place for place in steps if place.source.file == own]
    problems = [*check_path(steps), *check_steps(mine, steps, around)]
    if not problems:
        come_to = reached(steps)
        problems += [
            place.problem("no step leads here") for place in mine if place.step.id not in come_to
        ]
    return problems


def check_steps(
    steps: Sequence[Placed], together: Sequence[Placed], around: Around
) -> Iterator[Problem]:
    """What each of the steps has to hold true; ``together`` are those whose answers it may use."""
    for place in steps:
        yield from _check_step(place, together, around)


def check_prefixes(opening: Sequence[Placed], closing: Sequence[Placed]) -> Iterator[Problem]:
    """Ids around every skill begin in a way of their own, so that they meet no skill's."""
    for places, prefix in ((opening, "opening_"), (closing, "closing_")):
        for place in places:
            if not place.step.id.startswith(prefix):
                yield place.problem(f"should begin with '{prefix}'", "id")


def check_own_ids(steps: Sequence[Placed]) -> Iterator[Problem]:
    """A skill's own steps leave those beginnings alone."""
    for place in steps:
        if place.step.id.startswith(("opening_", "closing_")):
            yield place.problem("should not begin as those of opening.yml and closing.yml do", "id")


def _check_step(place: Placed, steps: Sequence[Placed], around: Around) -> Iterator[Problem]:
    yield from _check_gaps(place, steps)
    step = place.step
    if isinstance(step, BranchStep):
        yield from _check_branch(place, step, steps, around)
        return
    for button in step.buttons:
        if button not in around.buttons:
            yield place.problem(f"there is no button '{button}' in messages.yml", "buttons")
    if not isinstance(step, SayStep | EndStep):
        yield from _check_options(place, around)
    if isinstance(step, TextStep | RatingStep) and "skip" not in {o.value for o in step.options}:
        yield place.problem("needs an option with the value 'skip'", "options")
    if isinstance(step, RatingStep):
        yield from _check_rating(place, step)


def _check_options(place: Placed, around: Around) -> Iterator[Problem]:
    step = place.step
    if isinstance(step, BranchStep | SayStep | EndStep):
        return
    values: set[str] = set()
    typed: dict[str, str] = {}
    for at, option in enumerate(step.options):
        if option.value in values:
            yield place.problem(f"the value '{option.value}' is there twice", "options", at)
        values.add(option.value)
        for words in sorted({plain(option.label), plain(option.value), *option.also}):
            if typed.setdefault(words, option.value) != option.value:
                yield place.problem(f"'{words}' would mean two options", "options", at)
        for words in option.also:
            if words in around.standing:
                yield place.problem(
                    f"'{words}' is a standing word and never reaches a step", "options", at, "also"
                )


def _check_rating(place: Placed, step: RatingStep) -> Iterator[Problem]:
    if step.lowest >= step.highest:
        yield place.problem("'from' should be less than 'to'", "from")
    for words, number in step.words.items():
        if not step.lowest <= number <= step.highest:
            yield place.problem(
                f"{number} is not between {step.lowest} and {step.highest}", "words", words
            )


def _check_branch(
    place: Placed, step: BranchStep, steps: Sequence[Placed], around: Around
) -> Iterator[Problem]:
    known = _answers(steps) | KNOWN_BEFORE | {f"caution.{each}" for each in around.cautions}
    if step.on not in known:
        yield place.problem(f"nothing saves an answer '{step.on}'", "on")
    for at, case in enumerate(step.cases):
        conditions = (case.equals, case.at_least, case.missing)
        if sum(each is not None for each in conditions) != 1:
            yield place.problem("needs one of equals, at_least, missing", "cases", at)


def _check_gaps(place: Placed, steps: Sequence[Placed]) -> Iterator[Problem]:
    allowed = GAPS | {f"answer.{name}" for name in _answers(steps)}
    for key, texts in _texts(place).items():
        for text in texts:
            if has_stray_brace(text):
                yield place.problem("a { or } stands alone", key)
            for gap in sorted(gaps_in(text) - allowed):
                yield place.problem(f"there is nothing to fill the gap {{{gap}}} with", key)


def _answers(steps: Sequence[Placed]) -> set[str]:
    return {
        place.step.save or place.step.id
        for place in steps
        if not isinstance(place.step, BranchStep | SayStep | EndStep)
    }


def _texts(place: Placed) -> dict[str, tuple[str, ...]]:
    step = place.step
    if isinstance(step, BranchStep):
        return {}
    texts = {"say": step.say or ()}
    if isinstance(step, TimerStep | BreathingStep):
        texts["after"] = step.after
    if not isinstance(step, SayStep | EndStep) and step.again is not None:
        texts["again"] = (step.again,)
    return texts
