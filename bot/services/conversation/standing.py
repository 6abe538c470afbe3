"""Link 2: standing commands. They work with Rasa stopped and whatever else is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.domain.concerns import Task, TaskKind
from bot.domain.messages import AnsweredBy, Press
from bot.domain.people import PersonState
from bot.domain.wording import plain
from bot.services.conversation import joining, showing, steps
from bot.services.conversation.desk import Turn
from bot.services.conversation.skills import first_aid_buttons
from bot.services.conversation.timers import TASK_DUE_IN

STOP_SKILL = "stop"


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
        turn.work.put.append(replace(turn.person, state=PersonState.ACTIVE))
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
    if turn.person is not None:
        turn.work.put.append(replace(turn.person, state=PersonState.PAUSED))
        turn.audit("pause", "person")
    turn.reply("paused")


async def _leave(turn: Turn) -> None:
    """The person leaves: the team is told by a task, and their record stays theirs."""
    if turn.person is None:
        turn.reply("left_service_guest")
        return
    turn.work.put.append(replace(turn.person, state=PersonState.ENDED))
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

LEAVES_THE_QUESTION = frozenset({"plan", "plan_names", "contacts", "talk", "menu", "who_sees"})
"""After these an open question is not asked again at once."""
