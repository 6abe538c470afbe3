"""The direct question after a value that may be a sign of danger: once, and kindly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.after_danger import SafetyValue
from bot.domain.conversations import OpenAsk
from bot.domain.messages import AnsweredBy, Button, Press, Reply, ReplyKind
from bot.domain.safety_values import rule_for
from bot.services.conversation.aftermath.quiet import remember
from bot.services.conversation.desk import Turn
from bot.services.conversation.waking import wake

TIMER = "value"

ASK_AGAIN_AFTER = timedelta(minutes=15)


async def ask_about(turn: Turn, value_id: str) -> None:
    """Ask about a value that was saved, unless that was done.

    That it was asked is written with the question, in one piece of work. A direct question that
    is open already is put in these words instead, and goes on as that one does.
    """
    value = await turn.desk.record.get(SafetyValue, value_id)
    if value is None or value.asked_at is not None or turn.person is None:
        return
    rule = rule_for(value.source, value.item, value.value)
    if rule is None:
        return
    before = turn.memory.ask
    ask = OpenAsk(
        before.id if before else turn.desk.ids.new(),
        turn.now,
        rule.family.value,
        rule.family.value,
        times=before.times if before else 1,
    )
    key = f"after.{rule.words}"
    say = turn.desk.content.texts[key].say
    text = turn.wording(key, say, value=str(value.value))
    turn.replies.append(Reply(text, _answers(turn, ask), ReplyKind.SAFETY))
    turn.answered_by = AnsweredBy.SAFETY_NET
    turn.memory = replace(turn.memory, ask=ask)
    remember(turn, rule.family.value)
    turn.work.expect.append(value)
    turn.work.put.append(replace(value, asked_at=turn.now))
    turn.audit("ask", "safety_value", by="program", id=value.id)
    if before is None or before.once:
        wake(turn, f"ask:{ask.id}", ASK_AGAIN_AFTER)


def _answers(turn: Turn, ask: OpenAsk) -> tuple[Button, ...]:
    closing = turn.desk.content.closings["ask"]
    return tuple(
        Button(label, Press(to, value, ask.id if to == "ask" else ""))
        for label, to, value in closing
    )
