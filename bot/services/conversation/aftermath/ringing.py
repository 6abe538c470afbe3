"""Which of these timers does what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.domain.messages import AnsweredBy
from bot.services.conversation.aftermath import (
    check_in,
    looking_back,
    reminders,
    stepped_in,
    values,
)
from bot.services.conversation.desk import Turn

TIMERS: Mapping[str, Callable[[Turn, str], Awaitable[None]]] = {
    values.TIMER: values.ask_about,
    check_in.TIMER: check_in.write,
    reminders.TIMER: reminders.ask_again,
    looking_back.TIMER: looking_back.offer_by_timer,
    looking_back.AGAIN: looking_back.offer_again,
    stepped_in.TIMER: stepped_in.tell_of_the_end,
}
"""The first word of a label → what is done with the rest of it."""


async def ran_out(turn: Turn, what: str, rest: str) -> None:
    """Do what a timer is for; one whose reason is gone says nothing."""
    await TIMERS[what](turn, rest)
    if turn.replies:
        turn.answered_by = AnsweredBy.SAFETY_NET
