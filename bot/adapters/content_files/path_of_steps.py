"""The way through an activity's steps: that it leads somewhere, and leaves nothing out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.adapters.content_files.problems import Problem
from bot.adapters.content_files.reading import Source
from bot.adapters.content_files.steps import (
    AnyStep,
    BranchStep,
    ChoiceStep,
    EndStep,
    OfferStep,
    SayStep,
)


@dataclass(frozen=True)
class Placed:
    """A step with the file it stands in and its place there (from 0)."""

    step: AnyStep
    source: Source
    index: int

    def problem(self, what: str, *way: str | int) -> Problem:
        """A problem with this step, or with what lies on the way from it."""
        return self.source.problem(what, "steps", self.index, *way)


def placed(source: Source, steps: Sequence[AnyStep]) -> list[Placed]:
    """The steps of one file with their places."""
    return [Placed(step, source, index) for index, step in enumerate(steps)]


def check_path(steps: Sequence[Placed]) -> list[Problem]:
    """Ids used twice, targets that are not there, dead ends, and loops that wait for nobody."""
    problems = list(_twice(steps)) + list(_unknown_targets(steps))
    if problems:
        return problems
    return [*_dead_ends(steps), *_loops(steps)]


def reached(steps: Sequence[Placed]) -> set[str]:
    """The ids of the steps that a person can come to from the first."""
    ways = _ways(steps)
    seen: set[str] = set()
    waiting = [steps[0].step.id]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting += [each for each in ways[here] if each is not None]
    return seen


def _targets(place: Placed) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The ids that a step names as next, each with the way to it in the file."""
    step = place.step
    if not isinstance(step, EndStep) and step.next is not None:
        yield step.next, ("next",)
    if isinstance(step, BranchStep):
        yield from ((case.next, ("cases", at, "next")) for at, case in enumerate(step.cases))
    elif not isinstance(step, EndStep | SayStep):
        for at, option in enumerate(step.options):
            if option.next is not None:
                yield option.next, ("options", at, "next")


def _ways(steps: Sequence[Placed]) -> dict[str, list[str | None]]:
    """Step id → where it may go. None stands for falling off the end."""
    ways: dict[str, list[str | None]] = {}
    for place, after in zip(steps, [*steps[1:], None], strict=True):
        step = place.step
        following = after.step.id if after is not None else None
        named: list[str | None] = [target for target, _ in _targets(place)]
        if isinstance(step, EndStep):
            ways[step.id] = []
        elif step.next is None and _goes_on_by_itself(step):
            ways[step.id] = [*named, following]
        else:
            ways[step.id] = named
    return ways


def _goes_on_by_itself(step: AnyStep) -> bool:
    """Whether a step can lead to the one that follows it, besides what its options name."""
    if isinstance(step, OfferStep):
        return any(option.next is None for option in step.options)
    if isinstance(step, ChoiceStep):
        return bool(step.options_from) or any(option.next is None for option in step.options)
    return True


def _twice(steps: Sequence[Placed]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place in steps:
        if place.step.id in seen:
            yield place.problem(f"there is another step with the id '{place.step.id}'")
        seen.add(place.step.id)


def _unknown_targets(steps: Sequence[Placed]) -> Iterator[Problem]:
    known = {place.step.id for place in steps}
    for place in steps:
        for target, way in _targets(place):
            if target not in known:
                yield place.problem(f"there is no step '{target}' to go to", *way)


def _dead_ends(steps: Sequence[Placed]) -> Iterator[Problem]:
    ways = _ways(steps)
    for place in steps:
        if None in ways[place.step.id]:
            yield place.problem("leads nowhere: give it a 'next', or end with a step of kind 'end'")


def _loops(steps: Sequence[Placed]) -> Iterator[Problem]:
    """A circle of steps that wait for nobody would never stop talking."""
    ways = _ways(steps)
    silent = {place.step.id for place in steps if isinstance(place.step, SayStep | BranchStep)}
    for place in steps:
        here = place.step.id
        if here in silent and here in _onward(here, ways, silent):
            yield place.problem("comes back to itself without a step that waits for an answer")


def _onward(start: str, ways: dict[str, list[str | None]], within: set[str]) -> set[str]:
    seen: set[str] = set()
    waiting = [each for each in ways[start] if each in within]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting += [each for each in ways[here] if each in within]
    return seen
