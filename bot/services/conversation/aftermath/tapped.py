"""The buttons of what follows: each is bound to the pause or the offer that it answers."""

from __future__ import annotations

from bot.domain.messages import AnsweredBy, Press
from bot.services.conversation.aftermath import looking_back, reminders
from bot.services.conversation.desk import Turn

ANSWERS = {
    **dict.fromkeys(("reminders_on", "reminders_tomorrow", "reminders_off"), reminders.answer),
    **dict.fromkeys(("review_yes", "review_later", "review_no"), looking_back.answer),
}


async def answer(turn: Turn, press: Press) -> None:
    """Take an answer; one that is no longer current gets a clear word."""
    turn.answered_by = AnsweredBy.COMMAND
    take = ANSWERS.get(press.value)
    if take is None or not await take(turn, press.value, press.ref):
        turn.reply("old_button")
