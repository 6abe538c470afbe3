"""The net's word on an act, and what the act asks for. Neither ever fails."""

from __future__ import annotations

import asyncio

import structlog

from bot.domain.messages import ActKind
from bot.domain.safety_net import MODEL_FAILED, Family, Request, Tier, Verdict
from bot.services.conversation.desk import Turn

log = structlog.get_logger(__name__)

UNREAD = Verdict(Tier.CHECK, Family.UNREAD, (), (), ask_once=True)
"""What is said of a message that the net broke on."""


async def judge(turn: Turn) -> Verdict:
    """The net's verdict on this act; an exception inside it is never silence and never "none"."""
    net, text = turn.desk.net, turn.text
    earlier = tuple(words for _, words in turn.memory.earlier)
    try:
        if not net.has_model:
            return net.judge(text, earlier)
        # The model computes for milliseconds outside the interpreter: others go on meanwhile.
        verdict = await asyncio.to_thread(net.judge, text, earlier)
        if MODEL_FAILED in verdict.rules:
            log.error("safety_net_model_failed", act=turn.act.id)
        return verdict
    except Exception as problem:  # the net must not fail open, whatever is wrong with it
        log.error("safety_net_failed", act=turn.act.id, problem=type(problem).__name__)
        return UNREAD


def is_immediate(verdict: Verdict) -> bool:
    """Whether the safety reply comes instead of everything else."""
    return verdict.tier not in {Tier.NONE, Tier.CHECK}


def asks_for(turn: Turn) -> frozenset[Request]:
    """What the words ask for, by rules; nothing where the rules broke on them."""
    if turn.act.kind is not ActKind.TEXT:
        return frozenset()
    try:
        return turn.desk.net.requests(turn.text)
    except Exception as problem:
        log.error("requests_not_read", act=turn.act.id, problem=type(problem).__name__)
        return frozenset()


def went_on(family: Family, rule: str) -> Verdict:
    """A verdict that the conversation itself gave, not the words of one message."""
    return Verdict(Tier.IMMEDIATE_CRISIS, family, (rule,), (), ask_once=False)
