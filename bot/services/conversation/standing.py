"""Link 2: standing commands. They work with Rasa stopped and whatever else is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.concerns import Task, TaskKind
from bot.domain.looks import in_words, looks
from bot.domain.messages import AnsweredBy, Press
from bot.domain.opening_hours import LOCAL, date_words
from bot.domain.people import PersonState, Staff
from bot.domain.person_states import EFFECTS, Replies
from bot.domain.wording import plain
from bot.services.conversation import joining, showing, steps
from bot.services.conversation.desk import Turn
from bot.services.conversation.skills import first_aid_buttons
from bot.services.conversation.timers import TASK_DUE_IN
from bot.services.person_states import change_state

STOP_SKILL = "stop"

LOOKS_SHOWN = 10
"""As many as can be read on a small phone."""


def asked_for(turn: Turn) -> str | None:
    """The standing command that this act is, as a whole, or None."""
    if turn.press is not None:
        return turn.press.value if turn.press.to == "command" else None
    return turn.desk.content.standing.get(plain(turn.text))


async def answer(turn: Turn, command: str) -> None:
    """Do a standing command; where a question is open, one tap goes back to it."""
    turn.answered_by = AnsweredBy.COMMAND
    do = COMMANDS.get(command)
    if do is None:
        turn.reply("old_button")
        return
    if command in PRACTICE and has_left(turn):
        after_leaving(turn)
        return
    await do(turn)
    if command in LEAVES_THE_QUESTION and turn.run is not None and turn.replies:
        turn.add_buttons(turn.named_button("carry_on"))


async def _plan(turn: Turn) -> None:
    await showing.show_plan(turn)


async def _plan_with_names(turn: Turn) -> None:
    await showing.show_plan(turn, with_names=True)


async def _contacts(turn: Turn) -> None:
    showing.show_contacts(turn)


async def _talk(turn: Turn) -> None:
    showing.show_people(turn)


async def _menu(turn: Turn) -> None:
    if turn.person is None:
        turn.reply("guest_welcome")
        turn.add_buttons(*first_aid_buttons(turn))
    else:
        turn.reply("menu")


async def _who_sees(turn: Turn) -> None:
    turn.reply("who_sees" if turn.person else "who_sees_guest")


async def _who_looked(turn: Turn) -> None:
    """Who at work has looked at the person's things, and why, from the audit."""
    if turn.person is None:
        turn.reply("who_sees_guest")
        return
    found = looks(await turn.desk.record.audit_of(turn.subject))
    if not found:
        turn.reply("who_looked_none")
        return
    shown = found[:LOOKS_SHOWN]
    staff = await turn.desk.record.find(Staff, id=tuple({each.staff_id for each in shown}))
    names = {each.id: each.name for each in staff}
    lines = [in_words(each, names, _when(turn, each.at)) for each in shown]
    earlier = len(found) - len(shown)
    if earlier:
        more = turn.desk.content.texts["who_looked_more"].say
        lines.append(turn.wording("who_looked_more", more, number=str(earlier)))
    turn.reply("who_looked", looks="\n".join(lines))
    turn.audit("see", "looks")


def _when(turn: Turn, at: datetime) -> str:
    local = at.astimezone(LOCAL)
    today = turn.now.astimezone(LOCAL).date()
    day = {0: "today", 1: "yesterday"}.get((today - local.date()).days, date_words(local.date()))
    return f"{day}, {local:%H.%M}"


async def _not_now(turn: Turn) -> None:
    turn.reply("not_now")


async def _practise_stop(turn: Turn) -> None:
    await steps.start_skill(turn, turn.desk.content.skills[STOP_SKILL], named=True)


async def _ask_about_leaving(turn: Turn) -> None:
    turn.reply("leave_confirm" if turn.person else "left_service_guest")


async def find_skill(
    turn: Turn, known: Mapping[str, str | int] | None = None, *, more: bool = False
) -> None:
    """Start finding a skill, with what the person said already. Guests have two to choose from.

    ``more``: leave out what was offered a moment ago.
    """
    if turn.person is None:
        turn.reply("guest_skills")
        turn.add_buttons(*first_aid_buttons(turn))
        return
    if not more:
        turn.memory = replace(turn.memory, offered=())
    await steps.start(turn, turn.desk.content.activities["find_skill"], known)


async def _find(turn: Turn) -> None:
    await find_skill(turn)


async def resume(turn: Turn) -> None:
    """Carry on with what is open or was set aside."""
    if turn.person is not None and turn.person.state is PersonState.PAUSED:
        await _change(turn, PersonState.ACTIVE)
        turn.audit("resume", "person")
        turn.reply("resumed")
        return
    if not await steps.carry_on(turn):
        turn.reply("nothing_to_carry_on")


async def stop(turn: Turn) -> None:
    """Inside an activity: leave it, kept. Outside: ask which of three things is meant."""
    if turn.run is not None:
        activity = steps.activity_of(turn, turn.run)
        steps.set_aside(turn)
        turn.reply("stop_left_activity", skill=activity.title if activity else "")
        return
    turn.reply("stop_menu")


async def _pause(turn: Turn) -> None:
    # In hospital nothing is sent first anyway, and that they are there must not be lost.
    if turn.person is not None and EFFECTS[turn.person.state].prompts:
        await _change(turn, PersonState.PAUSED)
        turn.audit("pause", "person")
    turn.reply("paused")


async def _leave(turn: Turn) -> None:
    """The person leaves: the team is told by a task, and their record stays theirs."""
    if turn.person is None:
        turn.reply("left_service_guest")
        return
    if has_left(turn):
        turn.reply("left_service")
        return
    if turn.run is not None:
        steps.set_aside(turn)
    await _change(turn, PersonState.ENDED)
    turn.work.put.append(
        Task(
            id=turn.desk.ids.new(),
            subject=turn.subject,
            kind=TaskKind.LEAVING,
            opened_at=turn.now,
            due_at=turn.now + TASK_DUE_IN,
            owner=turn.person.key_worker,
        )
    )
    turn.audit("leave", "person")
    turn.reply("left_service")


async def _change(turn: Turn, to: PersonState) -> None:
    """Change the person's state, with what follows from it."""
    person = turn.person
    if person is None:
        return
    tasks = await turn.desk.record.find(Task, subject=turn.subject, done_at=None)
    work = change_state(person, to, tasks=tasks, now=turn.now, ids=turn.desk.ids, by="person")
    turn.work.put += work.put
    turn.work.cancel += work.cancel
    turn.work.audit += work.audit


def has_left(turn: Turn) -> bool:
    """Whether practice is over for this person."""
    return turn.person is not None and EFFECTS[turn.person.state].replies is Replies.LEFT


def after_leaving(turn: Turn) -> None:
    """What is still there for somebody who has left: the plan, numbers, first aid."""
    turn.reply("after_leaving")
    turn.add_buttons(*first_aid_buttons(turn))


def press_for_typed_label(turn: Turn) -> Press | None:
    """A typed label of a button that was shown last is a press of it.

    Labels of an open step or of the direct question are left to those, who know what is current.
    """
    typed = plain(turn.text)
    if not typed:
        return None
    shown = (each for each in turn.memory.buttons if each.press.to not in {"step", "ask"})
    return next((each.press for each in shown if plain(each.label) == typed), None)


async def _join(turn: Turn) -> None:
    await joining.decide(turn, yes=True)


async def _do_not_join(turn: Turn) -> None:
    await joining.decide(turn, yes=False)


COMMANDS: dict[str, Callable[[Turn], Awaitable[None]]] = {
    "plan": _plan,
    "plan_names": _plan_with_names,
    "contacts": _contacts,
    "talk": _talk,
    "skills": _find,
    "another": _find,
    "menu": _menu,
    "who_sees": _who_sees,
    "who_looked": _who_looked,
    "details": joining.change_details,
    "stop": stop,
    "resume": resume,
    "not_now": _not_now,
    "practise_stop": _practise_stop,
    "pause": _pause,
    "leave": _ask_about_leaving,
    "leave_yes": _leave,
    "join": _join,
    "join_not_now": _do_not_join,
}

PRACTICE = frozenset({"skills", "another", "resume", "details", "pause"})
"""What there is no more of for somebody who has left."""

LEAVES_THE_QUESTION = frozenset(
    {"plan", "plan_names", "contacts", "talk", "menu", "who_sees", "who_looked"}
)
"""After these an open question is not asked again at once."""
