"""The stepper: an activity, where a person is in it, and an answer, to what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.activities import (
    Activity,
    Answer,
    Case,
    Line,
    Moved,
    Offer,
    Option,
    State,
    Step,
    StepKind,
)
from bot.domain.wording import plain, rating, whole_number

_WAITING = frozenset(
    {
        StepKind.CHOICE,
        StepKind.TEXT,
        StepKind.RATING,
        StepKind.TIMER,
        StepKind.BREATHING,
        StepKind.OFFER,
    }
)
_TIMED = frozenset({StepKind.TIMER, StepKind.BREATHING})

_COUNTED = frozenset({StepKind.CHOICE, StepKind.OFFER})
"""Where a number is the place of an option; elsewhere it is an answer, or none."""

Answers = Mapping[str, str | int]


def begin(activity: Activity, answers: Answers | None = None) -> Moved:
    """Start at the first step, with what is known already."""
    return _walk(activity, activity.steps[0].id, dict(answers or {}))


def ask_again(activity: Activity, state: State) -> Moved:
    """Say the open step once more, as when a practice is taken up again."""
    step = activity.at(state.step)
    if step is None:
        return begin(activity, state.answers)
    return _stand(step, state, ())


def show_offer(activity: Activity, state: State, offer: Offer) -> Moved:
    """Put the caller's suggestions into the OFFER step that was reached."""
    step = activity.at(state.step)
    if step is None or step.kind is not StepKind.OFFER:
        raise ValueError(state.step)
    return _stand(step, replace(state, offered=tuple(offer)), ())


def step(activity: Activity, state: State, answer: Answer) -> Moved:
    """Take an answer at the open step.

    Returns ``taken=False`` and the unchanged state where the answer is not one of the step's
    own values. A skip leaves what was answered before under that name as it is. A step that is
    no longer in the content starts the activity afresh, with the answers kept. Raises
    ``ValueError`` where the content goes round without ever waiting for the person.
    """
    here = activity.at(state.step)
    if here is None:
        return begin(activity, state.answers)
    if answer.elapsed:
        return _time_is_up(activity, here, state)
    option = _option(here, state, answer)
    if option is not None:
        return _chose(activity, here, state, option)
    own = _own_value(here, answer)
    if own is not None:
        return _walk(activity, _next(activity, here), {**state.answers, here.saves_as: own})
    return Moved(state, taken=False, answers=state.answers)


def takes_free_text(activity: Activity, state: State) -> bool:
    """Whether the open step would take any words at all."""
    here = activity.at(state.step)
    return here is not None and here.kind is StepKind.TEXT


def _time_is_up(activity: Activity, here: Step, state: State) -> Moved:
    if here.kind not in _TIMED:
        return Moved(state, taken=False, answers=state.answers)
    said = (Line(here.after, step=f"{here.id}_after"),) if here.after else ()
    return _walk(activity, _next(activity, here), dict(state.answers), said)


def _option(here: Step, state: State, answer: Answer) -> Option | None:
    offered = tuple(Option(value, label) for value, label in state.offered)
    options = (*offered, *here.options)
    if answer.value is not None:
        return next((each for each in options if each.value == answer.value), None)
    typed = plain(answer.text)
    if not typed:
        return None
    for each in options:
        if typed in {plain(each.label), plain(each.value), *(plain(also) for also in each.also)}:
            return each
    number = whole_number(answer.text) if here.kind in _COUNTED else None
    return options[number - 1] if number is not None and 1 <= number <= len(options) else None


def _own_value(here: Step, answer: Answer) -> str | int | None:
    """The words of a free text, or the number of a rating; None for what is neither."""
    if here.kind is StepKind.TEXT and answer.value is None:
        return answer.text.strip() or None
    if here.kind is not StepKind.RATING:
        return None
    said = answer.text if answer.value is None else answer.value
    number = rating(said, here.lowest, here.highest)
    words = {plain(word): stands_for for word, stands_for in here.words.items()}
    return number if number is not None else words.get(plain(said))


def _chose(activity: Activity, here: Step, state: State, option: Option) -> Moved:
    answers = dict(state.answers)
    if option.value != "skip" and here.kind not in _TIMED:
        is_number = here.kind is StepKind.RATING and option.value.isdecimal()
        answers[here.saves_as] = int(option.value) if is_number else option.value
    offered = {value for value, _ in state.offered}
    if here.kind is StepKind.OFFER and option.value in offered:
        return Moved(None, chosen=option.value, answers=answers)
    return _walk(activity, option.next or _next(activity, here), answers)


def _next(activity: Activity, here: Step) -> str | None:
    return here.next or activity.following(here)


def _walk(
    activity: Activity,
    step_id: str | None,
    answers: dict[str, str | int],
    said: tuple[Line, ...] = (),
) -> Moved:
    """Go on until a step waits for the person, or the activity ends."""
    lines = said
    for _ in range(2 * len(activity.steps) + 1):
        here = activity.at(step_id) if step_id is not None else None
        if here is None:
            return Moved(None, lines, answers=answers)
        if here.kind is StepKind.END:
            ending = (Line(here.say, buttons=here.buttons, step=here.id),) if here.say else ()
            return Moved(None, (*lines, *ending), answers=answers)
        if here.kind in _WAITING:
            return _stand(here, State(here.id, answers), lines)
        if here.kind is StepKind.SAY:
            lines = (*lines, Line(here.say, buttons=here.buttons, step=here.id))
            step_id = _next(activity, here)
        else:
            step_id = _branch(here, answers) or _next(activity, here)
    raise ValueError(activity.id)


def _stand(here: Step, state: State, lines: tuple[Line, ...]) -> Moved:
    wait = None
    if here.kind is StepKind.TIMER:
        wait = timedelta(seconds=here.seconds)
    elif here.pace is not None:
        wait = timedelta(seconds=here.pace.seconds)
    offered = tuple(Option(value, label) for value, label in state.offered)
    wants_offer = here.kind is StepKind.OFFER and not state.offered
    shown = (
        () if wants_offer else (Line(here.say, (*offered, *here.options), here.buttons, here.id),)
    )
    return Moved(state, (*lines, *shown), wait=wait, wants_offer=wants_offer, answers=state.answers)


def _branch(here: Step, answers: Answers) -> str | None:
    value = answers.get(here.on or "")
    return next((case.next for case in here.cases if _holds(case, value)), None)


def _holds(case: Case, value: str | int | None) -> bool:
    if case.missing:
        return value is None
    if case.equals is not None:
        return str(value) == case.equals
    return isinstance(value, int) and case.at_least is not None and value >= case.at_least
