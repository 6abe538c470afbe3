"""The chain: safety net, standing commands, open question, Rasa, fallback. In this order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.activities import Answer
from bot.domain.messages import Act, ActKind, AnsweredBy, Press, ReplyKind
from bot.domain.safety_net import Family, Request, Tier
from bot.domain.wording import plain
from bot.services.buttons import unseal
from bot.services.conversation import (
    aftermath,
    alerting,
    joining,
    reviewing,
    safety,
    showing,
    standing,
    steps,
    timers,
    understood,
)
from bot.services.conversation.desk import Desk, Turn
from bot.services.conversation.died import answer_for_the_dead
from bot.services.conversation.turns import close, load

RASA_READS = 1_000
"""Characters of one message that Rasa is given; the safety net reads all of it."""

TOO_LONG = 4_000

LONGEST_THREAD = 20
"""Messages in one thread of Rasa's: it slows with each (8 ms at first, 120 ms after 300)."""

THREAD_ENDS_AFTER = timedelta(minutes=30)

_BY_KIND = {
    ActKind.STICKER: "sticker",
    ActKind.VOICE: "voice",
    ActKind.PICTURE: "picture",
    ActKind.EDITED: "edited",
    ActKind.OTHER: "other",
}


async def handle(desk: Desk, act: Act, *, barely: bool = False) -> Turn:
    """Answer one act. What came of it is in the turn's ``work``, not yet in the record.

    ``barely``: without what is planned to follow, where that is what failed.
    """
    turn = await load(desk, act)
    if act.kind is ActKind.TIMER:
        await timers.answer(turn)
    elif act.kind is ActKind.GROUP:
        turn.reply("group_chat")
    else:
        turn.work.cancel.append((turn.subject, "still_there"))
        await _answer(turn)
    if not barely:
        await aftermath.follow(turn)
        await alerting.plan(turn)
        await reviewing.pick(turn)
    close(turn)
    return turn


async def _answer(turn: Turn) -> None:
    _read_press(turn)
    closed = _is_closed_answer(turn)
    if not closed:
        turn.verdict = await safety.judge(turn)
        turn.judged = True
    if turn.late:
        turn.reply("late_note")
    if turn.died is not None:
        await answer_for_the_dead(turn, turn.died)
        return
    if turn.verdict.family is Family.UNREAD:
        await safety.answer_unread(turn)
    elif safety.is_immediate(turn.verdict):
        await safety.answer_immediate(turn)
    elif await _answer_ordinary(turn) and turn.verdict.tier is Tier.CHECK:
        safety.ask_now(turn)


async def _answer_ordinary(turn: Turn) -> bool:
    """Everything that is not an immediate reply. Returns whether the net may ask after it."""
    answer = safety.read_answer(turn)
    if answer is not None:
        await safety.answer_ask(turn, answer)
        if turn.run is not None and turn.verdict.tier in {Tier.NONE, Tier.CHECK}:
            await steps.repeat_question(turn, again=False)
        return False
    if turn.press is None and not turn.act.token:
        turn.press = safety.typed_closing(turn)
    if turn.press is not None or turn.act.token:
        await _press(turn)
        return False
    if turn.act.kind in _BY_KIND:
        turn.reply(_BY_KIND[turn.act.kind])
        return True
    command = standing.asked_for(turn)
    if command is not None:
        await standing.answer(turn, command)
        return False
    if await joining.take_code(turn):
        return False
    return await _answer_words(turn)


async def _answer_words(turn: Turn) -> bool:
    """Words that are no button, command or code: theirs who stepped in, a step's, or Rasa's."""
    if await aftermath.somebody_reads(turn):
        await _requested(turn, safety.asks_for(turn))
        return True
    if not plain(turn.text):
        turn.reply("empty" if not turn.text.strip() else "not_understood")
        return True
    if not turn.late and await _open_question(turn):
        return True
    if turn.text.strip().lower() in {"/start", "start"}:
        turn.answered_by = AnsweredBy.COMMAND
        turn.reply("greeting" if turn.person else "guest_welcome")
        return True
    return await _understand(turn)


def _read_press(turn: Turn) -> None:
    if turn.act.token:
        turn.press = unseal(turn.act.token, turn.subject, turn.desk.secrets)
    elif turn.act.kind is ActKind.TEXT:
        turn.press = standing.press_for_typed_label(turn)


def _is_closed_answer(turn: Turn) -> bool:
    """Buttons, standing words and a step's own values have their verdict ready: none."""
    if turn.press is not None or turn.act.token or not turn.text.strip():
        return True
    if turn.act.kind is not ActKind.TEXT:
        return False
    return standing.asked_for(turn) is not None or steps.would_take(turn)


async def _press(turn: Turn) -> None:
    """A button: one that is no longer current gets a clear word and the way on."""
    press = turn.press
    if press is None:
        turn.reply("old_button")
        return
    turn.answered_by = AnsweredBy.COMMAND
    if press.to == "command":
        if press.value == "was_question":
            await _it_was_a_question(turn)
        else:
            await standing.answer(turn, press.value)
    elif press.to == "skill" and press.value in turn.desk.content.skills:
        skill = turn.desk.content.skills[press.value]
        await steps.start_skill(turn, skill, named=press.ref != "anyway")
    elif press.to == "concern":
        await safety.answer_closing(turn, press.value)
    elif press.to == "after":
        await aftermath.answer(turn, press)
    elif press.to == "step" and not turn.late and _is_current(turn, press):
        if not await steps.take(turn, Answer(value=press.value)):
            turn.reply("old_button")
    else:
        turn.reply("old_button")
        if turn.run is not None:
            await steps.repeat_question(turn, again=False)


def _is_current(turn: Turn, press: Press) -> bool:
    run_id, _, step = press.ref.partition(":")
    run = turn.run
    return run is not None and run.id.endswith(run_id) and run.state.step == step


async def _open_question(turn: Turn) -> bool:
    """Link 3. A free-text step takes words unless Rasa is sure that they ask for something."""
    if turn.run is None:
        return False
    if not steps.takes_anything(turn) or steps.would_take(turn):
        return await steps.take(turn, Answer(text=turn.text))
    run = turn.run
    desk = turn.desk
    aside = await desk.understanding.asks_for(turn.text[:RASA_READS])
    if aside is not None:
        await understood.answer(turn, aside)
        return True
    await steps.take(turn, Answer(text=turn.text))
    if desk.understanding.state() != "ready" and turn.replies:
        _, to, value = desk.content.buttons["was_question"]
        ref = f"{run.id}:{run.state.step}"
        turn.add_buttons(replace(turn.named_button("was_question"), press=Press(to, value, ref)))
    return True


async def _it_was_a_question(turn: Turn) -> None:
    """The words that a step took were a question: give them back, and answer them."""
    run = turn.run
    if run is not None and turn.press is not None:
        run_id, _, step = turn.press.ref.partition(":")
        activity = steps.activity_of(turn, run)
        here = activity.at(step) if activity else None
        if here is not None and run.id.endswith(run_id):
            taken = here.saves_as
            answers = {key: value for key, value in run.state.answers.items() if key != taken}
            state = replace(run.state, step=step, answers=answers, offered=())
            turn.set_run(replace(run, state=state, changed_at=turn.now))
    words = turn.memory.earlier[-1][1] if turn.memory.earlier else ""
    turn.text = words
    await _understand(turn)


async def _understand(turn: Turn) -> bool:
    """Links 4 and 5, with the rules of a check: what was asked comes first, else only the ask."""
    is_check = turn.verdict.tier is Tier.CHECK and not safety.was_asked_today(turn)
    asked_for = safety.asks_for(turn) if is_check else frozenset()
    if asked_for:
        await _requested(turn, asked_for)
        return True
    if standing.has_left(turn):
        turn.answered_by = AnsweredBy.COMMAND
        standing.after_leaving(turn)
        return True
    if len(turn.text) > TOO_LONG:
        turn.reply("too_long")
        return True
    thread = _thread(turn)
    command = await turn.desk.understanding.understand(turn.text[:RASA_READS], thread)
    if command is None:
        turn.memory = replace(turn.memory, epoch=turn.memory.epoch + 1, in_epoch=0)
    if is_check and (command is None or command.name not in understood.REQUESTS):
        turn.answered_by = AnsweredBy.SAFETY_NET
        return True
    if command is not None:
        await understood.answer(turn, command)
    elif turn.run is not None:
        turn.answered_by = AnsweredBy.ACTIVITY
        await steps.repeat_question(turn, again=True)
    else:
        turn.answered_by = AnsweredBy.FALLBACK
        turn.reply("fallback_menu")
    return True


def _thread(turn: Turn) -> str:
    """The pseudonymous thread of this message; a new one after a pause or many messages."""
    memory = turn.memory
    silent = not memory.earlier or turn.now - memory.earlier[-1][0] > THREAD_ENDS_AFTER
    repeated = turn.act.attempts > 1
    if memory.in_epoch and (silent or repeated or memory.in_epoch >= LONGEST_THREAD):
        memory = replace(memory, epoch=memory.epoch + 1, in_epoch=0)
    turn.memory = replace(memory, in_epoch=memory.in_epoch + 1)
    again = f":{turn.act.attempts}" if repeated else ""
    return f"{turn.subject}:{turn.memory.epoch}{again}"


async def _requested(turn: Turn, asked_for: frozenset[Request]) -> None:
    turn.answered_by = AnsweredBy.COMMAND
    if Request.PLAN in asked_for:
        await showing.show_plan(turn)
    if Request.CONTACTS in asked_for:
        showing.show_contacts(turn)
    if Request.PERSON in asked_for:
        showing.show_people(turn)
    if Request.DIARY in asked_for:
        turn.reply("diary")


def apology(turn: Turn) -> None:
    """What a person gets when this program failed at their message, three times over."""
    turn.reply("could_not_handle", kind=ReplyKind.SAFETY)
    last = turn.replies.pop()
    numbers = showing.contact_lines(showing.contacts_for(turn, ("crisis",)))
    turn.replies.append(replace(last, text=f"{last.text}\n\n{numbers}"))
