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
from bot.domain.wording import plain, rating

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
    own values. A step that is no longer in the content starts the activity afresh, with the
    answers kept.
    """
    here = activity.at(state.step)
    if here is None:
        return begin(activity, state.answers)
    if answer.elapsed:
        return _time_is_up(activity, here, state)
    option = _option(here, state, answer)
    if option is not None:
        return _chose(activity, here, state, option)
    if here.kind is StepKind.RATING and answer.value is None:
        number = rating(answer.text, here.lowest, here.highest)
        if number is None:
            number = here.words.get(plain(answer.text))
        if number is not None:
            return _walk(activity, _next(activity, here), {**state.answers, here.saves_as: number})
    if here.kind is StepKind.RATING and answer.value is not None and answer.value.isdecimal():
        number = int(answer.value)
        if here.lowest <= number <= here.highest:
            return _walk(activity, _next(activity, here), {**state.answers, here.saves_as: number})
    if here.kind is StepKind.TEXT and answer.value is None and answer.text.strip():
        kept = {**state.answers, here.saves_as: answer.text.strip()}
        return _walk(activity, _next(activity, here), kept)
    return Moved(state, taken=False, answers=state.answers)


def takes_free_text(activity: Activity, state: State) -> bool:
    """Whether the open step would take any words at all."""
    here = activity.at(state.step)
    return here is not None and here.kind is StepKind.TEXT


def _time_is_up(activity: Activity, here: Step, state: State) -> Moved:
    if here.kind not in {StepKind.TIMER, StepKind.BREATHING}:
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
    counts_options = here.kind in {StepKind.CHOICE, StepKind.OFFER}
    if counts_options and typed.isdecimal() and 1 <= int(typed) <= len(options):
        return options[int(typed) - 1]
    return None


def _chose(activity: Activity, here: Step, state: State, option: Option) -> Moved:
    answers = dict(state.answers)
    is_skip = option.value == "skip"
    is_plain_timer = here.kind in {StepKind.TIMER, StepKind.BREATHING}
    if not is_skip and not is_plain_timer:
        answers[here.saves_as] = option.value
    if is_skip:
        answers.pop(here.saves_as, None)
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
    shown = () if wants_offer else (Line(here.say, (*offered, *here.options), here.buttons, here.id),)
    return Moved(
        state, (*lines, *shown), wait=wait, wants_offer=wants_offer, answers=state.answers
    )


def _branch(here: Step, answers: Answers) -> str | None:
    value = answers.get(here.on or "")
    return next((case.next for case in here.cases if _holds(case, value)), None)


def _holds(case: Case, value: str | int | None) -> bool:
    if case.missing:
        return value is None
    if case.equals is not None:
        return value is not None and str(value) == case.equals
    return isinstance(value, int) and case.at_least is not None and value >= case.at_least
