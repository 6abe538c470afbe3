"""Link 4: what Rasa understood, done. Every word comes from content."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.domain.activities import Answer, RunStatus, StepKind
from bot.domain.commands import Command, CommandName
from bot.domain.content import Skill
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.messages import AnsweredBy
from bot.domain.practice import Run
from bot.domain.suggest import HIGH_DISTRESS
from bot.services.conversation import showing, standing, steps
from bot.services.conversation.desk import Turn
from bot.services.conversation.skills import first_aid_buttons

SAYS: dict[CommandName, str] = {
    CommandName.DIARY: "diary",
    CommandName.HOMEWORK: "homework",
    CommandName.GOALS: "goals",
    CommandName.PROMPTS: "prompts",
    CommandName.APPOINTMENT: "appointment",
    CommandName.MEDICATION: "medication",
    CommandName.SUMMARY: "summary",
    CommandName.WHO_READS: "who_reads",
    CommandName.WHAT_ARE_YOU: "what_are_you",
    CommandName.THANKS: "thanks",
    CommandName.GOODBYE: "goodbye",
    CommandName.OFF_TOPIC: "off_topic",
    CommandName.AFFIRM: "affirm_lost",
    CommandName.DENY: "deny_lost",
    CommandName.NOT_UNDERSTOOD: "not_understood",
}
"""Commands that are answered by one text."""

SAYS_TO_GUESTS = {"who_reads": "who_sees_guest", "summary": "who_sees_guest"}
"""Nothing of what a guest does here goes to any team."""

NOT_AN_ANSWER = frozenset(
    {CommandName.OFF_TOPIC, CommandName.NOT_UNDERSTOOD, CommandName.AFFIRM, CommandName.DENY}
)
"""With a question open these are no more than an answer that the step did not know."""

REQUESTS = frozenset(
    {
        CommandName.SHOW_PLAN,
        CommandName.SHOW_CONTACTS,
        CommandName.TALK_TO_SOMEONE,
        CommandName.PRACTISE_SKILL,
        CommandName.DIARY,
        CommandName.HOMEWORK,
        CommandName.GOALS,
        CommandName.PROMPTS,
        CommandName.APPOINTMENT,
        CommandName.MEDICATION,
        CommandName.SUMMARY,
        CommandName.WHO_READS,
        CommandName.WHAT_ARE_YOU,
    }
)
"""What is done first when the safety net wants to ask something as well: clear requests.

"Not now", a mood or a need is no such request: there the question comes alone and kindly.
"""

_LEAVES_THE_QUESTION = frozenset(
    {CommandName.SHOW_PLAN, CommandName.SHOW_CONTACTS, CommandName.TALK_TO_SOMEONE}
)
"""After these the question is not asked again at once: one button goes back to it."""


async def answer(turn: Turn, command: Command) -> None:
    """Do what was understood; with a question open, come back to it afterwards."""
    open_run = turn.run
    if open_run is not None and command.name in NOT_AN_ANSWER:
        turn.answered_by = AnsweredBy.ACTIVITY
        await steps.repeat_question(turn, again=True)
        return
    turn.answered_by = AnsweredBy.RASA
    await _do(turn, command)
    still_open = turn.run is not None and open_run is not None and turn.run == open_run
    if not still_open:
        return
    if command.name in _LEAVES_THE_QUESTION:
        turn.add_buttons(turn.named_button("carry_on"))
    else:
        await steps.repeat_question(turn, again=False)


async def _do(turn: Turn, command: Command) -> None:
    do = _DOES.get(command.name)
    if do is not None:
        await do(turn, command)
        return
    key = SAYS[command.name]
    turn.reply(key if turn.person else SAYS_TO_GUESTS.get(key, key))


async def _plan(turn: Turn, _: Command) -> None:
    await showing.show_plan(turn)


async def _contacts(turn: Turn, _: Command) -> None:
    showing.show_contacts(turn)


async def _people(turn: Turn, _: Command) -> None:
    showing.show_people(turn)


async def _stop(turn: Turn, _: Command) -> None:
    await standing.stop(turn)


async def _greet(turn: Turn, _: Command) -> None:
    turn.reply("greeting" if turn.person else "guest_welcome")


async def _not_now(turn: Turn, _: Command) -> None:
    steps.set_aside(turn)
    turn.reply("not_now")


async def _find(turn: Turn, command: Command) -> None:
    known: dict[str, str | int] = {}
    emotion = command.slots.get("emotion", "")
    need = command.slots.get("need") or next(
        (each.id for each in turn.desk.content.needs.values() if emotion in each.emotions), None
    )
    if need:
        known["need"] = need
    if command.distress is not None:
        known["distress"] = command.distress
    await standing.find_skill(turn, known)


async def _practise(turn: Turn, command: Command) -> None:
    skill = turn.desk.content.skills.get(command.slots.get("skill", ""))
    if skill is None:
        turn.reply("skill_unknown")
        turn.add_buttons(turn.named_button("skills"))
        return
    known = {} if command.distress is None else {"before": command.distress}
    await steps.start_skill(turn, skill, known, named=True)


async def _mood(turn: Turn, command: Command) -> None:
    low = command.slots.get("mood") != "good"
    turn.note(EventKind.MOOD, mood="low" if low else "good")
    turn.reply("mood_low" if low else "mood_good")
    if low and (command.distress or 0) >= HIGH_DISTRESS:
        turn.add_buttons(*first_aid_buttons(turn))


async def _feedback(turn: Turn, command: Command) -> None:
    """Said of an open practice it closes it; else it belongs to the last practice, if any."""
    result = command.slots.get("result", "")
    if result not in {"helped", "no_difference", "worse"}:
        turn.reply("not_understood")
        return
    skill = _open_skill(turn)
    if skill is not None and turn.run is not None:
        kept = {**turn.run.state.answers, "result": result}
        run = replace(
            turn.run,
            status=RunStatus.FINISHED,
            changed_at=turn.now,
            state=replace(turn.run.state, answers=kept),
        )
        turn.work.cancel.append((turn.subject, f"step:{run.id}:"))
        turn.set_run(run)
        steps.finish_practice(turn, run)
    else:
        last = await _last_practice(turn)
        if last is not None and "result" not in last.details:
            turn.work.put.append(replace(last, details={**last.details, "result": result}))
        else:
            known = {"skill": str(last.details["skill"])} if last is not None else {}
            turn.note(EventKind.FEEDBACK, result=result, **known)
    turn.reply(f"feedback_{result}" if turn.person else "thanks")


async def _last_practice(turn: Turn) -> EngagementEvent | None:
    if turn.person is None:
        return None
    events = await turn.desk.record.find(
        EngagementEvent, subject=turn.subject, kind=EventKind.PRACTICE, order="-at", limit=1
    )
    is_fresh = bool(events) and (turn.now - events[0].at).total_seconds() < 24 * 3600
    return events[0] if is_fresh else None


async def _another(turn: Turn, _: Command) -> None:
    if await steps.take(turn, Answer(value="another")):
        turn.answered_by = AnsweredBy.RASA
        return
    last = []
    if turn.person is not None:
        last = await turn.desk.record.find(
            Run, subject=turn.subject, activity="find_skill", order="-changed_at", limit=1
        )
    if not last or not turn.memory.offered:
        turn.reply("another_lost")
        return
    known = {key: value for key, value in last[0].state.answers.items() if key != "offered"}
    await standing.find_skill(turn, known or {"need": "not_sure"}, more=True)


async def _choose(turn: Turn, command: Command) -> None:
    option = command.slots.get("option", "")
    run = turn.run
    activity = steps.activity_of(turn, run) if run else None
    here = activity.at(run.state.step) if run and activity else None
    if run is None or here is None or here.kind not in {StepKind.OFFER, StepKind.CHOICE}:
        turn.reply("choose_lost")
        return
    count = len(run.state.offered) or len(here.options)
    number = str(count) if option == "last" else option
    if number.isdecimal() and int(number) <= count:
        taken = await steps.take(turn, Answer(text=number))
        turn.answered_by = AnsweredBy.RASA
        if taken:
            return
    turn.reply("choose_lost")


async def _explain(turn: Turn, command: Command) -> None:
    """Why that, or how long: of the skill that is open, that was named, or offered last."""
    skills = turn.desk.content.skills
    offered = turn.memory.offered[-1:]
    named = skills.get(command.slots.get("skill", ""))
    skill = _open_skill(turn) or named or (skills.get(offered[0]) if offered else None)
    why = command.name is CommandName.WHY_THAT
    if skill is None:
        turn.reply("why_lost" if why else "how_long_lost")
    elif why:
        turn.reply("why_skill", skill=skill.title, why=skill.why)
    else:
        turn.reply("how_long_skill", skill=skill.title, minutes=str(skill.minutes))


def _open_skill(turn: Turn) -> Skill | None:
    return turn.desk.content.skills.get(turn.run.activity) if turn.run else None


_DOES: dict[CommandName, Callable[[Turn, Command], Awaitable[None]]] = {
    CommandName.SHOW_PLAN: _plan,
    CommandName.SHOW_CONTACTS: _contacts,
    CommandName.TALK_TO_SOMEONE: _people,
    CommandName.FIND_SKILL: _find,
    CommandName.PRACTISE_SKILL: _practise,
    CommandName.FEEDBACK: _feedback,
    CommandName.MOOD: _mood,
    CommandName.STOP: _stop,
    CommandName.GREETING: _greet,
    CommandName.ANOTHER_ONE: _another,
    CommandName.CHOOSE_OPTION: _choose,
    CommandName.WHY_THAT: _explain,
    CommandName.HOW_LONG: _explain,
    CommandName.NOT_NOW: _not_now,
}
