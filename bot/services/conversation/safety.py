"""Link 1: the safety net. It sees every act first, and its replies never wait for Rasa."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.activities import RunStatus
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
from bot.services.conversation.waking import wake

log = structlog.get_logger(__name__)

ASK_LIVES = timedelta(hours=24)
"""After this a bare "yes" no longer answers the direct question."""

ASK_AGAIN_AFTER = timedelta(minutes=15)

STILL_THERE_AFTER = timedelta(minutes=10)

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


async def answer_immediate(turn: Turn) -> None:
    """Thank, ask or act; their own plan; numbers; who is reading; and a way to go on."""
    family = turn.verdict.family.value if turn.verdict.family else "default"
    reply = turn.desk.content.replies.get(family, turn.desk.content.replies["default"])
    turn.answered_by = AnsweredBy.SAFETY_NET
    if reply.sets_aside and turn.run is not None:
        turn.set_run(replace(turn.run, status=RunStatus.SET_ASIDE, changed_at=turn.now))
    plan_shown = await _requests_first(turn)
    text = await _compose(turn, family, reply, plan_shown=plan_shown)
    buttons = _closing(turn, reply)
    turn.replies.append(Reply(text, buttons, ReplyKind.SAFETY))
    if turn.person is not None:
        answered = "\n\n".join(each.text for each in turn.replies)
        concern_changes(
            turn.work,
            turn.concern,
            turn.subject,
            now=turn.now,
            tier=turn.verdict.tier.value,
            family=family,
            words=turn.text,
            answered=answered,
            ids=turn.desk.ids,
        )
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
        if turn.press.to != "ask" or not ask.id.endswith(turn.press.ref):
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
    key = "safety.ask_yes" if answer is Answer.YES else "safety.ask_not_sure"
    family = Family.INTENT if answer is Answer.YES else Family.PASSIVE
    turn.verdict = Verdict(Tier.IMMEDIATE_CRISIS, family, ("answer_to_ask",), (), ask_once=False)
    if key in turn.desk.content.texts and answer is Answer.UNSURE:
        turn.reply(key, kind=ReplyKind.SAFETY)
    await answer_immediate(turn)


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
    """After what was asked or answered: one short direct question, with its answers as buttons."""
    family = turn.verdict.family.value if turn.verdict.family else ""
    cause = turn.verdict.rules[0] if turn.verdict.rules else family
    if turn.verdict.ask_once and turn.memory.asked_on.get(family) == turn.today:
        return
    ask = open_ask(turn)
    times = ask.times if ask else 1
    fresh = OpenAsk(
        ask.id if ask else turn.desk.ids.new(),
        turn.now,
        family,
        cause,
        turn.verdict.ask_once and (ask is None or ask.once),
        times,
    )
    text = turn.wording("safety.ask", turn.desk.content.texts["safety.ask"].say)
    turn.replies.append(Reply(text, _ask_buttons(turn, fresh.id), ReplyKind.SAFETY))
    turn.memory = replace(
        turn.memory, ask=fresh, asked_on={**turn.memory.asked_on, family: turn.today}
    )
    if ask is None and not fresh.once:
        wake(turn, f"ask:{fresh.id}", ASK_AGAIN_AFTER)


async def answer_closing(turn: Turn, value: str) -> None:
    """One of the four buttons below a reply to intent, attempt or danger to the body."""
    turn.answered_by = AnsweredBy.SAFETY_NET
    turn.reply(f"safety.closing_{value}", kind=ReplyKind.SAFETY)
    if value == "cannot_ring":
        parts = [turn.replies.pop().text]
        steps = await _plan_steps(turn)
        numbers = [each for each in contacts_for(turn, ("crisis", "deaf")) if "text" in each.reach]
        parts += [steps, contact_lines(numbers)]
        text = "\n\n".join(each for each in parts if each)
        turn.replies.append(Reply(text, (turn.named_button("plan"),), ReplyKind.SAFETY))
    if turn.concern is not None:
        concern_changes(
            turn.work,
            turn.concern,
            turn.subject,
            now=turn.now,
            tier=turn.concern.tier,
            family=turn.concern.family,
            words=turn.text or value.replace("_", " "),
            answered=turn.replies[-1].text,
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
    opening = turn.wording(f"opening.{family}", reply.opening)
    parts = [opening]
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


def _ask_buttons(turn: Turn, ask_id: str) -> tuple[Button, ...]:
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
        turn.replies.append(replace(last, buttons=_ask_buttons(turn, ask.id)))
        return
    if reply.closing == "crisis":
        wake(turn, "still_there", STILL_THERE_AFTER)
