"""The direct question: asking it once, and keeping it until it is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.content import SafetyReply
from bot.domain.conversations import OpenAsk
from bot.domain.messages import AnsweredBy, Button, Reply, ReplyKind
from bot.domain.safety_net import Family
from bot.services.conversation.desk import Turn
from bot.services.conversation.safety.concern import may_write_first
from bot.services.conversation.safety.wording import buttons_of, next_words, paragraphs, words_of
from bot.services.conversation.showing import contact_lines, contacts_for
from bot.services.conversation.waking import wake

ASK_LIVES = timedelta(hours=24)
"""After this a bare "yes" no longer answers the direct question."""

ASK_AGAIN_AFTER = timedelta(minutes=15)

MET_FIRST = frozenset({Family.GOOD_NEWS.value, Family.PAST.value})
"""What is said gets a word of its own before anything else, also where something was asked."""


def open_ask(turn: Turn) -> OpenAsk | None:
    """The direct question that still waits for an answer."""
    ask = turn.memory.ask
    return ask if ask is not None and turn.now - ask.asked_at < ASK_LIVES else None


def was_asked_today(turn: Turn) -> bool:
    """Whether this check is one that is asked about once a day, and was."""
    family = turn.verdict.family.value if turn.verdict.family else ""
    return turn.verdict.ask_once and turn.memory.asked_on.get(family) == turn.today


def ask_now(turn: Turn) -> None:
    """One short direct question, with its answers as buttons.

    After something that was asked or answered it is the question alone; where there was nothing
    of the kind, the family's own opening comes before it. Good news is met before all else.
    """
    if was_asked_today(turn):
        return
    family = turn.verdict.family.value if turn.verdict.family else ""
    if _is_worry(turn, family):
        return
    ask = open_ask(turn)
    fresh = OpenAsk(
        ask.id if ask else turn.desk.ids.new(),
        turn.now,
        family,
        family,
        turn.verdict.ask_once and (ask is None or ask.once),
        ask.times if ask else 1,
    )
    own = turn.desk.content.replies.get(family)
    alone = turn.answered_by is AnsweredBy.SAFETY_NET
    opening = ""
    if own is not None and (alone or family in MET_FIRST):
        opening = _check_opening(turn, own)
    if opening and not alone:
        turn.replies.insert(0, Reply(opening))
        opening = ""
    text = paragraphs(opening, question_of(turn, own))
    turn.replies.append(Reply(text, ask_buttons(turn, fresh.id), ReplyKind.SAFETY))
    turn.memory = replace(
        turn.memory, ask=fresh, asked_on={**turn.memory.asked_on, family: turn.today}
    )
    if ask is None and not fresh.once and may_write_first(turn):
        wake(turn, f"ask:{fresh.id}", ASK_AGAIN_AFTER)


def keep_asked(turn: Turn, family: str) -> None:
    """The last reply asked directly: its buttons are the answers, until there is one."""
    ask = OpenAsk(turn.desk.ids.new(), turn.now, family, family)
    if turn.memory.ask is not None:
        turn.work.cancel.append((turn.subject, f"ask:{turn.memory.ask.id}"))
    turn.memory = replace(turn.memory, ask=ask)
    last = turn.replies.pop()
    turn.replies.append(replace(last, buttons=ask_buttons(turn, ask.id)))


def ask_buttons(turn: Turn, ask_id: str) -> tuple[Button, ...]:
    """The answers to the direct question, bound to it."""
    return buttons_of(turn, turn.desk.content.closings["ask"], ask_id)


def opening_of(turn: Turn, reply: SafetyReply) -> str:
    """The next opening of a family."""
    return next_words(turn, f"opening.{reply.family}", reply.opening, "opening")


def question_of(turn: Turn, reply: SafetyReply | None) -> str:
    """The direct question in the family's own next words, or in everybody's."""
    own = (reply.check_ask or reply.ask) if reply is not None else ()
    if reply is not None and own:
        return next_words(turn, f"ask.{reply.family}", own, "ask")
    return words_of(turn, "ask", "ask")


def _check_opening(turn: Turn, reply: SafetyReply) -> str:
    """What comes before the question where danger is only possible."""
    own = reply.check_opening or (reply.opening if reply.ask else ())
    return next_words(turn, f"check.{reply.family}", own, "opening") if own else ""


def _is_worry(turn: Turn, family: str) -> bool:
    """Worry about somebody else: people and numbers for it, and no question about themselves."""
    reply = turn.desk.content.replies.get(family)
    if reply is None or not reply.check_opening or reply.check_ask:
        return False
    numbers = contact_lines(contacts_for(turn, reply.numbers))
    text = paragraphs(_check_opening(turn, reply), f"{words_of(turn, 'numbers')}\n{numbers}")
    buttons = buttons_of(turn, turn.desk.content.closings[reply.closing])
    turn.replies.append(Reply(text, buttons, ReplyKind.SAFETY))
    return True
