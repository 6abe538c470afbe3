"""Link 1: the safety net. It sees every act first, and its replies never wait for Rasa."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.content import SafetyReply
from bot.domain.conversations import OpenAsk
from bot.domain.crisis_plan import PlanStatus
from bot.domain.messages import ActKind, AnsweredBy, Button, Press, Reply, ReplyKind
from bot.domain.opening_hours import TEAM_HOURS, is_open, next_seen
from bot.domain.plan_text import first_steps
from bot.domain.safety_net import Answer, Family, Request, Tier, Verdict
from bot.services.alerts import concern_changes
from bot.services.conversation.desk import Turn
from bot.services.conversation.showing import (
    contact_lines,
    contacts_for,
    own_plan,
    show_contacts,
    show_people,
    show_plan,
    wants_names_hidden,
)
from bot.services.conversation.steps import set_aside
from bot.services.conversation.waking import wake

log = structlog.get_logger(__name__)

ASK_LIVES = timedelta(hours=24)
"""After this a bare "yes" no longer answers the direct question."""

ASK_AGAIN_AFTER = timedelta(minutes=15)

STILL_THERE_AFTER = timedelta(minutes=10)

SAID_AGAIN = timedelta(hours=1)
"""Within this the same statement again is met as a repeated one, in other words."""

GOES_ON = {"stronger": Family.INTENT, "on_purpose": Family.OVERDOSE_ON_PURPOSE}
"""Answers to a safety reply that are met as a sign of danger of their own."""

ASKED_AFTER = frozenset({"crisis", "accident", "parent"})
"""Closings after which silence gets one discreet message. Never after abuse was told of."""

UNREAD = Verdict(Tier.CHECK, Family.UNREAD, (), (), ask_once=True)


def judge(turn: Turn) -> Verdict:
    """The net's verdict on this act; an exception inside it is never silence and never "none"."""
    earlier = tuple(words for _, words in turn.memory.earlier)
    try:
        return turn.desk.net.judge(turn.text, earlier)
    except Exception as problem:  # the net must not fail open, whatever is wrong with it
        log.error("safety_net_failed", act=turn.act.id, problem=type(problem).__name__)
        return UNREAD


def is_immediate(verdict: Verdict) -> bool:
    """Whether the safety reply comes instead of everything else."""
    return verdict.tier not in {Tier.NONE, Tier.CHECK}


def open_ask(turn: Turn) -> OpenAsk | None:
    """The direct question that still waits for an answer."""
    ask = turn.memory.ask
    return ask if ask is not None and turn.now - ask.asked_at < ASK_LIVES else None


async def answer_immediate(turn: Turn, *, reply_as: str = "") -> None:
    """Thank, ask or act; their own plan; numbers; who is reading; and a way to go on.

    ``reply_as`` answers with another family's words than the verdict's.
    """
    family = reply_as or (turn.verdict.family.value if turn.verdict.family else "default")
    reply = turn.desk.content.replies.get(family, turn.desk.content.replies["default"])
    turn.answered_by = AnsweredBy.SAFETY_NET
    if reply.sets_aside:
        set_aside(turn)
    plan_shown = await _requests_first(turn)
    text = await _compose(turn, family, reply, plan_shown=plan_shown)
    buttons = _closing(turn, reply)
    turn.replies.append(Reply(text, buttons, ReplyKind.SAFETY))
    _join_concern(turn, family, turn.text)
    _wait_for_answer(turn, family, reply)


async def answer_unread(turn: Turn) -> None:
    """The net could not read this: say so, with the plan and numbers at hand."""
    turn.answered_by = AnsweredBy.SAFETY_NET
    turn.reply("unread", kind=ReplyKind.SAFETY)
    lines = contact_lines(contacts_for(turn, ("crisis",)))
    last = turn.replies.pop()
    turn.replies.append(replace(last, text=f"{last.text}\n\n{lines}"))


def read_answer(turn: Turn) -> Answer | None:
    """What a typed or tapped reply says to the open direct question, if it is one."""
    ask = open_ask(turn)
    if ask is None:
        return None
    if turn.press is not None:
        if turn.press.to != "ask" or turn.press.ref != ask.id:
            return None
        values = {"yes": Answer.YES, "no": Answer.NO, "not_sure": Answer.UNSURE}
        return values.get(turn.press.value)
    return turn.desk.net.answer_to_ask(turn.text)


async def answer_ask(turn: Turn, answer: Answer) -> None:
    """Take the answer to the direct question: a clear no closes it, anything else goes on."""
    ask = open_ask(turn)
    if ask is None:
        return
    turn.memory = replace(turn.memory, ask=None)
    turn.work.cancel.append((turn.subject, f"ask:{ask.id}"))
    turn.answered_by = AnsweredBy.SAFETY_NET
    if answer is Answer.NO:
        await _say_no_was_heard(turn, ask)
        return
    turn.verdict = _went_on(Family.INTENT, "answer_to_ask")
    if answer is Answer.YES:
        await answer_immediate(turn)
        return
    turn.reply("safety.ask_not_sure", kind=ReplyKind.SAFETY)
    await answer_immediate(turn, reply_as="default")


def _went_on(family: Family, rule: str) -> Verdict:
    """A verdict that the conversation itself gave, not the words of one message."""
    return Verdict(Tier.IMMEDIATE_CRISIS, family, (rule,), (), ask_once=False)


async def _say_no_was_heard(turn: Turn, ask: OpenAsk) -> None:
    own = {
        Family.URGE.value: "safety.urge_no",
        Family.PASSIVE.value: "safety.passive_no",
    }.get(ask.family, "safety.ask_no")
    key = own if own in turn.desk.content.texts else "safety.ask_no"
    turn.reply(key)
    if own != "safety.ask_no":
        steps = await _plan_steps(turn)
        last = turn.replies.pop()
        turn.replies.append(replace(last, text="\n\n".join(p for p in (last.text, steps) if p)))


def ask_now(turn: Turn) -> None:
    """One short direct question, with its answers as buttons.

    After something that was asked or answered it is the question alone; where there was nothing
    of the kind, the family's own opening comes before it.
    """
    family = turn.verdict.family.value if turn.verdict.family else ""
    if turn.verdict.ask_once and turn.memory.asked_on.get(family) == turn.today:
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
    if alone and own is not None and own.ask:
        opening = turn.wording(f"opening.{family}", own.opening)
        text = f"{opening}\n\n{turn.wording(f'ask.{family}', own.ask)}"
    else:
        text = turn.wording("safety.ask", turn.desk.content.texts["safety.ask"].say)
    turn.replies.append(Reply(text, ask_buttons(turn, fresh.id), ReplyKind.SAFETY))
    turn.memory = replace(
        turn.memory, ask=fresh, asked_on={**turn.memory.asked_on, family: turn.today}
    )
    if ask is None and not fresh.once:
        wake(turn, f"ask:{fresh.id}", ASK_AGAIN_AFTER)


async def answer_closing(turn: Turn, value: str) -> None:
    """One of the buttons below a safety reply. Each answer joins the concern."""
    key = f"safety.closing_{value}"
    if key not in turn.desk.content.texts:
        turn.reply("old_button")
        return
    turn.answered_by = AnsweredBy.SAFETY_NET
    turn.reply(key, kind=ReplyKind.SAFETY)
    if value in GOES_ON:
        turn.verdict = _went_on(GOES_ON[value], f"closing_{value}")
        await answer_immediate(turn)
        return
    if value == "safe_here":
        said = turn.replies.pop()
        numbers = contact_lines(contacts_for(turn, ("abuse",)))
        turn.replies.append(replace(said, text=f"{said.text}\n\n{numbers}"))
    if value == "cannot_ring":
        said = turn.replies.pop()
        by_text = [each for each in contacts_for(turn, ("crisis", "deaf")) if "text" in each.reach]
        parts = (said.text, await _plan_steps(turn), contact_lines(by_text))
        text = "\n\n".join(each for each in parts if each)
        turn.replies.append(replace(said, text=text))
    if turn.concern is not None:
        _join_concern(turn, turn.concern.family, turn.text or value.replace("_", " "))


def _join_concern(turn: Turn, family: str, words: str) -> None:
    if turn.person is None:
        return
    concern_changes(
        turn.work,
        turn.concern,
        turn.subject,
        now=turn.now,
        tier=turn.verdict.tier.value,
        family=family,
        words=words,
        answered="\n\n".join(each.text for each in turn.replies),
        ids=turn.desk.ids,
    )


async def _requests_first(turn: Turn) -> bool:
    """A request in the message, recognised by rules, is answered within the safety reply.

    Returns whether the plan was shown.
    """
    asked_for = turn.desk.net.requests(turn.text) if turn.act.kind is ActKind.TEXT else frozenset()
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
    said_before = turn.concern is not None and any(
        note.family == family and turn.now - note.at < SAID_AGAIN for note in turn.concern.notes
    )
    if said_before:
        again = turn.desk.content.texts["safety.concern_again"].say
        parts = [turn.wording("safety.concern_again", again)]
    else:
        parts = [turn.wording(f"opening.{family}", reply.opening)]
    if reply.ask:
        parts.append(turn.wording(f"ask.{family}", reply.ask))
    if reply.plan and not plan_shown:
        parts.append(await _plan_steps(turn))
    numbers = contact_lines(contacts_for(turn, reply.numbers)) if reply.numbers else ""
    if numbers:
        parts.append(f"{turn.desk.content.texts['safety.numbers'].say[0]}\n{numbers}")
    parts.append(_who_reads(turn))
    if reply.sets_aside and turn.aside is not None and turn.aside.changed_at == turn.now:
        parts.append(turn.desk.content.texts["safety.aside_note"].say[0])
    return "\n\n".join(each for each in parts if each)


async def _plan_steps(turn: Turn) -> str:
    plan = await own_plan(turn)
    if plan is None or plan.status is not PlanStatus.AGREED:
        return ""
    steps = first_steps(plan.contents, names=not wants_names_hidden(turn))
    if not steps:
        return ""
    turn.audit("see", "crisis_plan", version=str(plan.version))
    return f"{turn.desk.content.texts['safety.plan_first'].say[0]}\n{steps}"


def _who_reads(turn: Turn) -> str:
    texts = turn.desk.content.texts
    if turn.person is None:
        return turn.wording("safety.reading_guest", texts["safety.reading_guest"].say)
    key = "safety.reading_hours" if is_open(TEAM_HOURS, turn.now) else "safety.reading_nobody"
    return turn.wording(key, texts[key].say, when=next_seen(turn.now))


def _closing(turn: Turn, reply: SafetyReply) -> tuple[Button, ...]:
    if reply.closing == "ask":
        return ()
    closing = turn.desk.content.closings.get(reply.closing, ())
    return tuple(Button(label, Press(to, value)) for label, to, value in closing)


def ask_buttons(turn: Turn, ask_id: str) -> tuple[Button, ...]:
    """The answers to the direct question, bound to it."""
    closing = turn.desk.content.closings["ask"]
    return tuple(
        Button(label, Press(to, value, ask_id if to == "ask" else ""))
        for label, to, value in closing
    )


def _wait_for_answer(turn: Turn, family: str, reply: SafetyReply) -> None:
    """An urge or a passive thought waits for yes or no; intent gets one message in 10 minutes."""
    if reply.closing == "ask":
        ask = OpenAsk(turn.desk.ids.new(), turn.now, family, family)
        if turn.memory.ask is not None:
            turn.work.cancel.append((turn.subject, f"ask:{turn.memory.ask.id}"))
        turn.memory = replace(turn.memory, ask=ask)
        last = turn.replies.pop()
        turn.replies.append(replace(last, buttons=ask_buttons(turn, ask.id)))
        return
    if reply.closing in ASKED_AFTER:
        wake(turn, "still_there", STILL_THERE_AFTER)
