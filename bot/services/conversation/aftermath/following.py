"""The end of an answer: what goes with a concern, or what is said once it has become quiet."""

from __future__ import annotations

from bot.domain.aftermath import is_intent_or_medical
from bot.domain.concerns import Concern
from bot.domain.ladder import may_write
from bot.domain.messages import ActKind
from bot.services.conversation.aftermath import check_in, looking_back, reminders
from bot.services.conversation.aftermath.quiet import DANGER, is_quiet, remember
from bot.services.conversation.desk import Turn

WRITTEN_FIRST = (check_in.TIMER, reminders.TIMER, looking_back.TIMER, looking_back.AGAIN)
"""Timers by which the companion would write unasked: after abuse was told of, none of them goes."""


async def follow(turn: Turn) -> None:
    """Add what follows to the turn's own work, so that it is written with the concern or not."""
    if turn.person is None or turn.act.kind is ActKind.GROUP:
        return
    concerns = [each for each in turn.work.put if isinstance(each, Concern)]
    concern = concerns[-1] if concerns else None
    if concern is not None and not may_write(concern.notes):
        turn.work.cancel += [(turn.subject, f"{each}:") for each in WRITTEN_FIRST]
    if concern is None or not turn.verdict.tier.is_immediate:
        await _once_quiet(turn)
        return
    if may_write(concern.notes):
        await check_in.plan(turn, concern)
    if is_intent_or_medical(turn.verdict.tier, concern.notes[-1].family):
        await reminders.pause(turn)
        remember(turn, DANGER)


async def _once_quiet(turn: Turn) -> None:
    """One thing at a time, and nothing for those who have had no danger: no look-up either."""
    if DANGER not in turn.memory.asked_on or not is_quiet(turn):
        return
    if not await reminders.offer_choice(turn):
        await looking_back.offer_on_contact(turn)
