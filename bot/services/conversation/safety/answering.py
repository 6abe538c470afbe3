"""What an answer to the direct question leads to."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.domain.conversations import OpenAsk
from bot.domain.messages import AnsweredBy
from bot.domain.safety_net import Answer, Family
from bot.services.conversation.desk import Turn
from bot.services.conversation.safety.asking import open_ask
from bot.services.conversation.safety.judging import went_on
from bot.services.conversation.safety.plan_first import plan_steps
from bot.services.conversation.safety.replying import answer_immediate
from bot.services.conversation.safety.wording import say

log = structlog.get_logger(__name__)

OWN_NO = {Family.URGE.value: "urge_no", Family.PASSIVE.value: "passive_no"}
"""Families where a "no" is where help begins; everybody else's is thanked for."""


def read_answer(turn: Turn) -> Answer | None:
    """What a typed or tapped reply says to the open direct question, if it is one.

    A "no" that was on its way before the question was asked does not answer it.
    """
    ask = open_ask(turn)
    if ask is None:
        return None
    if turn.press is not None:
        if turn.press.to != "ask" or turn.press.ref != ask.id:
            return None
        values = {"yes": Answer.YES, "no": Answer.NO, "not_sure": Answer.UNSURE}
        return values.get(turn.press.value)
    try:
        answer = turn.desk.net.answer_to_ask(turn.text)
    except Exception as problem:  # an answer that cannot be read is no answer, and no "no"
        log.error("answer_not_read", act=turn.act.id, problem=type(problem).__name__)
        return None
    was_before = turn.late and turn.act.sent_at < ask.asked_at
    return None if was_before and answer is Answer.NO else answer


async def answer_ask(turn: Turn, answer: Answer) -> None:
    """Take the answer to the direct question: a clear no closes it, anything else goes on."""
    ask = open_ask(turn)
    if ask is None:
        return
    turn.memory = replace(turn.memory, ask=None)
    turn.work.cancel += [(turn.subject, f"ask:{ask.id}"), (turn.subject, f"asktask:{ask.id}")]
    turn.answered_by = AnsweredBy.SAFETY_NET
    if answer is Answer.NO:
        await _say_no_was_heard(turn, ask)
        return
    turn.verdict = went_on(Family.INTENT, "answer_to_ask")
    if answer is Answer.YES:
        await answer_immediate(turn)
        return
    say(turn, "ask_not_sure")
    await answer_immediate(turn, reply_as="default")


async def _say_no_was_heard(turn: Turn, ask: OpenAsk) -> None:
    own = OWN_NO.get(ask.family)
    if own is None:
        say(turn, "ask_no")
    else:
        say(turn, own, await plan_steps(turn))
