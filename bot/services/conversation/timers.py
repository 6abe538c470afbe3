"""What is done when one of the companion's own timers has run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.activities import Answer
from bot.domain.concerns import Task, TaskKind
from bot.domain.messages import AnsweredBy, Reply, ReplyKind
from bot.services.alerting.duty import times_of
from bot.services.alerting.planning import TELL_PERSON
from bot.services.conversation import aftermath, steps
from bot.services.conversation.alerting import tell_person
from bot.services.conversation.desk import Turn
from bot.services.conversation.safety import ask_buttons, may_write_first, say, words_of
from bot.services.conversation.waking import wake

TASK_DUE_IN = timedelta(hours=24)


async def answer(turn: Turn) -> None:
    """Do what a timer that ran out is for; one whose reason is gone does nothing."""
    what, _, rest = turn.text.partition(":")
    if what == "step" and turn.run is not None:
        run_id, _, step = rest.partition(":")
        if turn.run.id == run_id and turn.run.state.step == step:
            await steps.take(turn, Answer(elapsed=True))
    elif what == "ask":
        await _ask_again(turn, rest)
    elif what == "asktask":
        _make_task(turn, rest)
    elif what == "still_there" and may_write_first(turn):
        say(turn, "still_there")
        turn.answered_by = AnsweredBy.SAFETY_NET
    elif what == TELL_PERSON:
        await tell_person(turn, rest)
    elif what in aftermath.TIMERS:
        await aftermath.ran_out(turn, what, rest)


async def _ask_again(turn: Turn, ask_id: str) -> None:
    """Ask once more; what stays unanswered becomes a task after the team's own time."""
    ask = turn.memory.ask
    if ask is None or ask.id != ask_id or ask.times > 1 or not may_write_first(turn):
        return
    text = words_of(turn, "ask_again", "ask")
    turn.replies.append(Reply(text, ask_buttons(turn, ask.id), ReplyKind.SAFETY))
    turn.memory = replace(turn.memory, ask=replace(ask, times=ask.times + 1))
    turn.answered_by = AnsweredBy.SAFETY_NET
    if turn.person is not None:
        times = await times_of(turn.desk.record, turn.person.team)
        wake(turn, f"asktask:{ask.id}", timedelta(minutes=times.ask_minutes))


def _make_task(turn: Turn, ask_id: str) -> None:
    ask = turn.memory.ask
    if ask is None or ask.id != ask_id or turn.person is None:
        return
    turn.work.put.append(
        Task(
            id=turn.desk.ids.new(),
            subject=turn.subject,
            kind=TaskKind.UNANSWERED_ASK,
            opened_at=turn.now,
            due_at=turn.now + TASK_DUE_IN,
            owner=turn.person.key_worker,
        )
    )
    turn.audit("open", "task", by="program", ask=ask.id)
