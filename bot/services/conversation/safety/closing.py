"""The buttons below a safety reply, and what follows each: tapped, or said in words."""

from __future__ import annotations

from bot.domain.messages import AnsweredBy, Press
from bot.domain.safety_net import Family
from bot.domain.typed_answers import meant
from bot.services.conversation.desk import Turn
from bot.services.conversation.safety.concern import SAID_AGAIN, join_concern
from bot.services.conversation.safety.judging import went_on
from bot.services.conversation.safety.replying import answer_immediate
from bot.services.conversation.safety.ways import next_way
from bot.services.conversation.safety.wording import say
from bot.services.conversation.showing import contact_lines, contacts_for

GOES_ON = {"stronger": Family.INTENT, "on_purpose": Family.OVERDOSE_ON_PURPOSE}
"""Answers to a safety reply that are met as a sign of danger of their own."""

FOUR = frozenset({"rung", "with_someone", "cannot_ring", "not_now"})
"""The closing buttons that words are taken for within the hour, whatever was shown since."""


async def answer_closing(turn: Turn, value: str) -> None:
    """One of the buttons below a safety reply. Each answer joins the concern."""
    key = f"closing_{value}"
    if f"safety.{key}" not in turn.desk.content.texts:
        turn.reply("old_button")
        return
    turn.answered_by = AnsweredBy.SAFETY_NET
    if value == "cannot_ring":
        say(turn, key, await next_way(turn))
    elif value == "safe_here":
        say(turn, key, contact_lines(contacts_for(turn, ("abuse",))))
    else:
        say(turn, key)
    if value in GOES_ON:
        turn.verdict = went_on(GOES_ON[value], key)
        await answer_immediate(turn)
    elif turn.concern is not None:
        # Of no family: an answer is not the danger said once more.
        join_concern(turn, "", turn.text or value.replace("_", " "))


def typed_closing(turn: Turn) -> Press | None:
    """The closing button that the words mean, where such buttons were shown or are not long ago."""
    shown = {each.press.value for each in turn.memory.buttons if each.press.to == "concern"}
    concern = turn.concern
    if concern is not None and turn.now - concern.notes[-1].at < SAID_AGAIN:
        shown |= FOUR
    typed = turn.desk.content.typed_closings
    value = meant(turn.text, {each: typed[each] for each in typed if each in shown})
    return Press("concern", value) if value else None
