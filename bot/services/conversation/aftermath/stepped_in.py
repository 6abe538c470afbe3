"""While a member of staff is in the conversation: ordinary messages are theirs to answer."""

from __future__ import annotations

from bot.domain.after_danger import TakeOver
from bot.domain.messages import AnsweredBy
from bot.domain.people import Staff
from bot.services.conversation.aftermath.quiet import say
from bot.services.conversation.desk import Turn
from bot.services.take_overs import first_name, who_has

TIMER = "take_over"


async def somebody_reads(turn: Turn) -> bool:
    """Whether a member of staff has this conversation; the first message is told so."""
    if turn.person is None:
        return False
    held = await who_has(turn.desk.record, turn.subject, turn.now)
    if held is None:
        return False
    turn.answered_by = AnsweredBy.COMMAND
    if not any(at > held.since for at, _ in turn.memory.earlier):
        say(turn, "somebody_reads", staff=await _name(turn, held))
    return True


async def tell_of_the_end(turn: Turn, take_over_id: str) -> None:
    """The time is over and was not made longer: the person is told."""
    held = await turn.desk.record.get(TakeOver, take_over_id)
    if held is None or held.until is None or held.until > turn.now or turn.person is None:
        return
    turn.audit("end", "take_over", by="program", id=held.id)
    say(turn, "take_over_ends", unasked=True, staff=await _name(turn, held))


async def _name(turn: Turn, held: TakeOver) -> str:
    staff = await turn.desk.record.get(Staff, held.staff_id)
    return first_name(staff)
