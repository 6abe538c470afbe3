"""Link 2: standing commands. They work with Rasa stopped and whatever else is open."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.engagement import EventKind
from bot.domain.messages import AnsweredBy, Button, Press
from bot.domain.people import PersonState
from bot.domain.concerns import Task, TaskKind
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
    """Do a standing command."""
    turn.answered_by = AnsweredBy.COMMAND
    match command:
        case "plan":
            await showing.show_plan(turn)
            _offer_to_carry_on(turn)
        case "plan_names":
            await showing.show_plan(turn, with_names=True)
        case "contacts":
            showing.show_contacts(turn)
            _offer_to_carry_on(turn)
        case "talk":
            showing.show_people(turn)
            _offer_to_carry_on(turn)
        case "skills":
            await find_skill(turn)
        case "menu":
            turn.reply("menu" if turn.person else "guest_welcome")
            if turn.person is None:
                turn.add_buttons(*first_aid_buttons(turn))
            _offer_to_carry_on(turn)
        case "who_sees":
            turn.reply("who_sees" if turn.person else "who_sees_guest")
            _offer_to_carry_on(turn)
        case "details":
            await joining.change_details(turn)
        case "stop":
            stop(turn)
        case "resume":
            await resume(turn)
        case "not_now":
            turn.reply("not_now")
        case "another":
            await find_skill(turn)
        case "practise_stop":
            skill = turn.desk.content.skills[STOP_SKILL]
            await steps.start_skill(turn, skill, named=True)
        case "pause":
            _pause(turn)
        case "leave":
            turn.reply("leave_confirm" if turn.person else "left_service_guest")
        case "leave_yes":
            _leave(turn)
        case "join" | "join_not_now":
            await joining.decide(turn, yes=command == "join")
        case _:
            turn.reply("old_button")


async def find_skill(turn: Turn, **known: str | int) -> None:
    """Start finding a skill, with what the person said already. Guests have two to choose from."""
    if turn.person is None:
        turn.reply("guest_skills")
        turn.add_buttons(*first_aid_buttons(turn))
        return
    if not known:
        turn.memory = replace(turn.memory, offered=())
    await steps.start(turn, turn.desk.content.activities["find_skill"], known)


async def resume(turn: Turn) -> None:
    """Carry on with what is open or was set aside."""
    if turn.person is not None and turn.person.state is PersonState.PAUSED:
        turn.work.put.append(replace(turn.person, state=PersonState.ACTIVE))
        turn.audit("resume", "person")
        turn.reply("resumed")
        return
    if not await steps.carry_on(turn):
        turn.reply("nothing_to_carry_on")


def stop(turn: Turn) -> None:
    """Inside an activity: leave it, kept. Outside: ask which of three things is meant."""
    if turn.run is not None:
        activity = steps.activity_of(turn, turn.run)
        steps.set_aside(turn)
        turn.reply("stop_left_activity", skill=activity.title if activity else "")
        return
    turn.reply("stop_menu")


def _pause(turn: Turn) -> None:
    if turn.person is not None:
        turn.work.put.append(replace(turn.person, state=PersonState.PAUSED))
        turn.audit("pause", "person")
    turn.reply("paused")


def _leave(turn: Turn) -> None:
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


def _offer_to_carry_on(turn: Turn) -> None:
    """Something is open: one tap goes back to it."""
    if turn.run is not None and turn.replies:
        turn.add_buttons(turn.named_button("carry_on"))


def feedback(turn: Turn, result: str) -> None:
    """Something helped, made no difference or made it worse, said outside a step."""
    turn.note(EventKind.FEEDBACK, result=result)


def press_for_typed_label(turn: Turn) -> Press | None:
    """A typed label of a button that was shown last is a press of it; so is its number."""
    typed = plain(turn.text)
    shown: tuple[Button, ...] = turn.memory.buttons
    if not typed:
        return None
    return next((each.press for each in shown if plain(each.label) == typed), None)
