"""Link 3: the open question. An activity takes a valid answer itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.activities import (
    Activity,
    ActivityKind,
    Answer,
    Line,
    Moved,
    RunStatus,
    State,
    StepKind,
)
from bot.domain.content import Content, Skill
from bot.domain.engagement import EventKind
from bot.domain.messages import AnsweredBy, Button, Press, Reply
from bot.domain.practice import Run
from bot.domain.stepping import ask_again, begin, show_offer, step, takes_free_text
from bot.domain.wording import plain
from bot.services.conversation import joining
from bot.services.conversation.desk import Turn
from bot.services.conversation.skills import may_start, offer_for
from bot.services.conversation.waking import step_label, wake

Answers = Mapping[str, str | int]

COULD_NOT = "closing_cannot"
"""The end of a practice that the person could not do this time."""


def activity_in(content: Content, run: Run) -> Activity | None:
    """The content that a run is of; None where it was taken away."""
    skill = content.skills.get(run.activity)
    return skill.activity if skill else content.activities.get(run.activity)


def activity_of(turn: Turn, run: Run) -> Activity | None:
    """The content that a run of this turn is of."""
    return activity_in(turn.desk.content, run)


async def start(turn: Turn, activity: Activity, answers: Answers | None = None) -> None:
    """Begin an activity; one that was open is set aside, and kept."""
    set_aside(turn)
    moved = begin(activity, answers)
    run = Run(
        id=turn.desk.ids.new(),
        subject=turn.subject,
        activity=activity.id,
        digest=activity.digest,
        status=RunStatus.OPEN,
        started_at=turn.now,
        changed_at=turn.now,
        state=moved.state if moved.state is not None else State(activity.steps[0].id),
    )
    turn.set_run(run)
    await _go_on(turn, run, activity, moved)


async def start_skill(
    turn: Turn, skill: Skill, answers: Answers | None = None, *, named: bool
) -> None:
    """Begin a skill unless a caution or the distress stands against it; then say so instead.

    ``named``: the person asked for this very skill.
    """
    if not may_start(turn, skill, answers or {}, named=named):
        return
    known = {key: value for key, value in turn.joining.items() if key.startswith("caution.")}
    known_of_guests = {"guest": "yes"} if turn.person is None else {}
    await start(turn, skill.activity, {**known, **known_of_guests, **(answers or {})})


def set_aside(turn: Turn) -> None:
    """Keep what is open for later. Finding a skill is simply left: it starts afresh next time."""
    run = turn.run
    if run is None:
        return
    activity = activity_of(turn, run)
    kept = activity is not None and activity.kind is not ActivityKind.FINDING
    status = RunStatus.SET_ASIDE if kept else RunStatus.STOPPED
    turn.work.cancel.append((turn.subject, f"step:{run.id}:"))
    turn.set_run(replace(run, status=status, changed_at=turn.now))
    if activity is not None and activity.kind is ActivityKind.SKILL:
        # Taken up again and finished, the practice takes this event's place.
        finish_practice(turn, run, to_its_end=False)


async def take(turn: Turn, answer: Answer) -> bool:
    """Give the open step an answer. False: it is not one of the step's own."""
    run = turn.run
    if run is None:
        return False
    activity = activity_of(turn, run)
    if activity is None:
        turn.set_run(replace(run, status=RunStatus.STOPPED, changed_at=turn.now))
        return False
    moved = step(activity, run.state, answer)
    if not moved.taken:
        return False
    turn.answered_by = AnsweredBy.ACTIVITY
    if not answer.elapsed:
        turn.work.cancel.append((turn.subject, f"step:{run.id}:"))
    await _go_on(turn, run, activity, moved)
    return True


def would_take(turn: Turn) -> bool:
    """Whether the words are one of the open step's own values (free text is not)."""
    run = turn.run
    activity = activity_of(turn, run) if run else None
    if run is None or activity is None or activity.at(run.state.step) is None:
        return False
    if not takes_free_text(activity, run.state):
        return step(activity, run.state, Answer(text=turn.text)).taken
    here = activity.at(run.state.step)
    typed = plain(turn.text)
    return here is not None and any(
        typed in {plain(each.label), *(plain(also) for also in each.also)} for each in here.options
    )


def takes_anything(turn: Turn) -> bool:
    """Whether the open step takes free text."""
    activity = activity_of(turn, turn.run) if turn.run else None
    return (
        activity is not None and turn.run is not None and takes_free_text(activity, turn.run.state)
    )


async def carry_on(turn: Turn) -> bool:
    """Take up what is open, or else what was set aside last."""
    run = turn.run or turn.aside
    activity = activity_of(turn, run) if run else None
    if run is None or activity is None:
        return False
    turn.aside = None if turn.aside is run else turn.aside
    opened = replace(run, status=RunStatus.OPEN, changed_at=turn.now)
    turn.set_run(opened)
    moved = ask_again(activity, opened.state)
    await _go_on(turn, opened, activity, moved)
    return True


async def repeat_question(turn: Turn, *, again: bool) -> None:
    """Ask the open step's question once more, after something else was answered.

    ``again``: the answer was not one of the step's own, so its own re-ask comes first.
    """
    run = turn.run
    activity = activity_of(turn, run) if run else None
    if run is None or activity is None:
        return
    here = activity.at(run.state.step)
    if here is None:
        return
    line = ask_again(activity, run.state).lines[-1]
    options = tuple(_answers_to_tap(activity, run, line))
    if again:
        words = here.again or turn.wording("step_again", turn.desk.content.texts["step_again"].say)
        if here.kind is StepKind.RATING and here.again is None:
            text = turn.desk.content.texts["step_again_rating"]
            words = turn.wording(
                "step_again_rating", text.say, **{"from": str(here.lowest), "to": str(here.highest)}
            )
        turn.replies.append(Reply(words, options))
        return
    kept = turn.wording("question_kept", turn.desk.content.texts["question_kept"].say)
    asked = turn.wording(
        f"{activity.id}.{here.id}", line.say, **_gaps(turn, activity, run.state.answers)
    )
    turn.replies.append(Reply(f"{kept}\n\n{asked}", options))


async def _go_on(turn: Turn, run: Run, activity: Activity, moved: Moved) -> None:
    """Keep the new state, say what comes next, and finish what is over."""
    _say(turn, activity, run, moved)
    if activity.kind is ActivityKind.JOINING:
        joining.keep(turn, moved.answers)
    if moved.state is not None:
        run = replace(run, state=moved.state, changed_at=turn.now)
        turn.set_run(run)
        if moved.wait is not None:
            wake(turn, step_label(run.id, moved.state.step), moved.wait)
        if moved.wants_offer:
            await _offer(turn, run, activity)
        return
    run = replace(
        run,
        status=RunStatus.FINISHED,
        changed_at=turn.now,
        state=replace(run.state, answers=moved.answers, offered=()),
    )
    turn.set_run(run)
    if activity.kind is ActivityKind.SKILL:
        was_left = bool(moved.lines) and moved.lines[-1].step == COULD_NOT
        finish_practice(turn, run, to_its_end=not was_left)
    elif moved.chosen is not None:
        skill = turn.desk.content.skills[moved.chosen]
        distress = moved.answers.get("distress")
        known = {} if distress is None else {"before": distress}
        await start_skill(turn, skill, known, named=False)
        return
    await _offer_to_carry_on(turn)


async def _offer(turn: Turn, run: Run, activity: Activity) -> None:
    offer = await offer_for(turn, run.state.answers)
    if not offer:
        turn.set_run(replace(run, status=RunStatus.FINISHED, changed_at=turn.now))
        turn.reply("skills_none")
        return
    turn.memory = replace(
        turn.memory, offered=(*turn.memory.offered, *(value for value, _ in offer))
    )
    moved = show_offer(activity, run.state, offer)
    await _go_on(turn, run, activity, moved)


def finish_practice(turn: Turn, run: Run, *, to_its_end: bool = True) -> None:
    """Keep what a practice was like: skill, distress before and after, what the person said."""
    finished = "yes" if to_its_end else "no"
    details: dict[str, str | int] = {"skill": run.activity, "finished": finished}
    for name in ("before", "after", "result"):
        if name in run.state.answers:
            details[name] = run.state.answers[name]
    turn.note(EventKind.PRACTICE, event_id=run.id, **details)


async def _offer_to_carry_on(turn: Turn) -> None:
    """After something ended: what was set aside before it is still there."""
    if turn.aside is None or not turn.replies:
        return
    activity = activity_of(turn, turn.aside)
    if activity is None or turn.aside.id in turn.changed_runs:
        return
    turn.reply("resume_offer", skill=activity.title)


def _say(turn: Turn, activity: Activity, run: Run, moved: Moved) -> None:
    """Say what a move led to as one message, with the buttons of its last question."""
    gaps = _gaps(turn, activity, moved.answers)
    said = [
        turn.wording(f"{activity.id}.{line.step}", line.say, **gaps)
        for line in moved.lines
        if line.say
    ]
    buttons = [each for line in moved.lines for each in _answers_to_tap(activity, run, line)]
    buttons += [turn.named_button(key) for line in moved.lines for key in line.buttons]
    if said:
        turn.replies.append(Reply("\n\n".join(said), tuple(buttons)))


def _answers_to_tap(activity: Activity, run: Run, line: Line) -> list[Button]:
    """The step's own answers as buttons; a rating's numbers are among them."""
    here = activity.at(line.step)
    values = [(each.value, each.label) for each in line.options]
    if here is not None and here.kind is StepKind.RATING:
        numbers = range(here.lowest, here.highest + 1)
        values = [(str(number), str(number)) for number in numbers] + values
    ref = f"{run.id}:{line.step}"
    return [Button(label, Press("step", value, ref)) for value, label in values]


def _gaps(turn: Turn, activity: Activity, answers: Answers) -> dict[str, str]:
    skill = turn.desk.content.skills.get(activity.id)
    gaps = {"skill": activity.title, "minutes": str(skill.minutes) if skill else ""}
    for key, value in answers.items():
        gaps[f"answer.{key}"] = str(value)
        if key in {"before", "after"}:
            gaps[key] = str(value)
    return gaps
