"""The safety reply: thanks, the question or what to do, their own plan, numbers, who is reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.content import SafetyReply
from bot.domain.messages import AnsweredBy, Reply, ReplyKind
from bot.domain.safety_net import Family, Request, Tier
from bot.services.conversation.circumstances import circumstances
from bot.services.conversation.desk import Turn
from bot.services.conversation.safety.asking import keep_asked, opening_of, question_of
from bot.services.conversation.safety.concern import (
    OF_ABUSE,
    join_concern,
    may_write_first,
    note_abuse,
    times_told,
)
from bot.services.conversation.safety.judging import asks_for
from bot.services.conversation.safety.plan_first import called, person_to_ask, plan_steps
from bot.services.conversation.safety.reading import who_reads
from bot.services.conversation.safety.ways import begin_ways
from bot.services.conversation.safety.wording import buttons_of, paragraphs, words_of
from bot.services.conversation.showing import (
    contact_lines,
    contacts_for,
    show_contacts,
    show_people,
    show_plan,
)
from bot.services.conversation.steps import set_aside
from bot.services.conversation.waking import wake

STILL_THERE_AFTER = timedelta(minutes=10)

ASKED_AFTER = frozenset({"crisis", "accident", "parent"})
"""Closings after which silence gets one discreet message."""


async def answer_immediate(turn: Turn, *, reply_as: str = "") -> None:
    """Thank, ask or act; their own plan; numbers; who is reading; and a way to go on.

    ``reply_as`` answers with another family's words than the verdict's.
    """
    family = reply_as or (turn.verdict.family.value if turn.verdict.family else "default")
    reply = reply_for(turn, family)
    turn.answered_by = AnsweredBy.SAFETY_NET
    if reply.sets_aside:
        set_aside(turn)
    plan_shown = await _requests_first(turn)
    note_abuse(turn, family)
    begin_ways(turn)
    text = await _compose(turn, family, reply, plan_shown=plan_shown)
    buttons = buttons_of(turn, turn.desk.content.closings.get(reply.closing, ()))
    turn.replies.append(Reply(text, buttons, ReplyKind.SAFETY))
    join_concern(turn, family, turn.text)
    if reply.closing == "ask":
        keep_asked(turn, family)
    elif reply.closing in ASKED_AFTER and may_write_first(turn):
        wake(turn, "still_there", STILL_THERE_AFTER)


async def answer_unread(turn: Turn) -> None:
    """The net could not read this: say so, with the plan and numbers at hand."""
    turn.answered_by = AnsweredBy.SAFETY_NET
    reply = reply_for(turn, Family.UNREAD.value)
    text = paragraphs(opening_of(turn, reply), await plan_steps(turn), numbers_for(turn, reply))
    buttons = buttons_of(turn, turn.desk.content.closings[reply.closing])
    turn.replies.append(Reply(text, buttons, ReplyKind.SAFETY))


def reply_for(turn: Turn, family: str) -> SafetyReply:
    """How a family is answered; one without words of its own as "default"."""
    replies = turn.desk.content.replies
    return replies.get(family, replies["default"])


def numbers_for(turn: Turn, reply: SafetyReply) -> str:
    """Numbers that are open now, with the person's own ways to reach them in front."""
    lines = contact_lines(contacts_for(turn, reply.numbers)) if reply.numbers else ""
    return f"{words_of(turn, 'numbers')}\n{lines}" if lines else ""


async def _requests_first(turn: Turn) -> bool:
    """A request in the message, recognised by rules, is answered within the safety reply.

    Returns whether the plan was shown.
    """
    asked_for = asks_for(turn)
    if Request.PLAN in asked_for and turn.person is not None:
        await show_plan(turn)
    if Request.CONTACTS in asked_for:
        show_contacts(turn)
    if Request.PERSON in asked_for:
        show_people(turn)
    if Request.DIARY in asked_for:
        turn.reply("diary")
    plan_shown = any(each.kind is ReplyKind.PLAN for each in turn.replies)
    turn.replies = [replace(each, buttons=(), kind=ReplyKind.SAFETY) for each in turn.replies]
    return plan_shown


async def _compose(turn: Turn, family: str, reply: SafetyReply, *, plan_shown: bool) -> str:
    parts = [await _opening(turn, family, reply)]
    if reply.ask:
        parts.append(question_of(turn, reply))
    if reply.plan and not plan_shown:
        parts.append(await plan_steps(turn))
    parts += [numbers_for(turn, reply), await who_reads(turn, family)]
    if circumstances(turn).is_young:
        parts.append(words_of(turn, "young_note"))
    if reply.sets_aside and turn.aside is not None and turn.aside.changed_at == turn.now:
        parts.append(words_of(turn, "aside_note"))
    return paragraphs(*parts)


async def _opening(turn: Turn, family: str, reply: SafetyReply) -> str:
    """The family's opening; what was told before gets other words, and then graver ones.

    What has to be done for the body is said again every time. Nobody on the plan is named
    after abuse was told of: it may be them.
    """
    told = times_told(turn, family)
    if not told or not reply.plan or family in OF_ABUSE:
        return opening_of(turn, reply)
    if family == Family.NOT_HEARD.value:
        return paragraphs(opening_of(turn, reply), await _who_can_be_there(turn))
    again = words_of(turn, "concern_again", "opening") if told == 1 else ""
    if turn.verdict.tier is Tier.IMMEDIATE_MEDICAL:
        again = opening_of(turn, reply)
    return paragraphs(again, await _who_can_be_there(turn) if told > 1 else "")


async def _who_can_be_there(turn: Turn) -> str:
    person, is_named = await person_to_ask(turn)
    if person is None:
        return words_of(turn, "who_can_be_there", "opening")
    if not is_named:
        return words_of(turn, "plan_person_there_hidden", "opening")
    return words_of(turn, "plan_person_there", "opening", person=called(person))
