"""Reminders that pause after intent or medical danger: the person alone says how it goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.after_danger import ASKED_AGAIN_AFTER, RemindersPause
from bot.domain.aftermath import at_a_fair_hour, next_day_at, pause_in_force
from bot.domain.people import PersonState
from bot.services.conversation.aftermath.quiet import forget, last_concern, may_begin, remember, say
from bot.services.conversation.desk import Turn
from bot.services.conversation.waking import wake

TIMER = "reminders"

CHOICE = "reminders"
"""Among the dates of what was asked about: when the choice was last put."""

AWAY_FOR = timedelta(days=1)
"""Somebody in hospital, or who has paused messages, is asked when that is over."""

NO_LONGER_HERE = frozenset({PersonState.INVITED, PersonState.ENDED})


async def pause(turn: Turn) -> None:
    """Set reminders aside with the concern; later danger moves the asking, and says no more."""
    found = await turn.desk.record.find(RemindersPause, subject=turn.subject)
    held = pause_in_force(found, turn.now)
    ask_at = at_a_fair_hour(turn.now + ASKED_AGAIN_AFTER)
    if held is None:
        held = RemindersPause(turn.desk.ids.new(), turn.subject, turn.now, ask_at)
        forget(turn, CHOICE)
        turn.audit("pause", "reminders", by="program", id=held.id)
        if turn.replies:
            last = turn.replies[-1]
            note = turn.desk.content.texts["after.reminders_paused"].say
            words = turn.wording("after.reminders_paused", note)
            turn.replies[-1] = replace(last, text=f"{last.text}\n\n{words}")
    _ask_at(turn, held, ask_at)


async def offer_choice(turn: Turn) -> bool:
    """Put the choice once, when there is room for it. Whether it was put."""
    if CHOICE in turn.memory.asked_on:
        return False
    remember(turn, CHOICE)
    found = await turn.desk.record.find(RemindersPause, subject=turn.subject)
    held = pause_in_force(found, turn.now)
    if held is None:
        return False
    say(turn, "reminders_choice", held.id)
    return True


async def answer(turn: Turn, value: str, pause_id: str) -> bool:
    """One of the three answers. False: it is about a pause that is over."""
    held = await turn.desk.record.get(RemindersPause, pause_id)
    if held is None or held.subject != turn.subject or held.until is not None:
        return False
    if value == "reminders_on":
        turn.work.expect.append(held)
        turn.work.put.append(replace(held, until=turn.now))
        turn.work.cancel.append((turn.subject, f"{TIMER}:{held.id}"))
        turn.audit("resume", "reminders", id=held.id)
        say(turn, "reminders_back_on")
    elif value == "reminders_tomorrow":
        _ask_at(turn, held, next_day_at(turn.now))
        say(turn, "reminders_tomorrow")
    else:
        turn.work.cancel.append((turn.subject, f"{TIMER}:{held.id}"))
        say(turn, "reminders_left_off", held.id)
    return True


async def ask_again(turn: Turn, pause_id: str) -> None:
    """The time to ask once more has come."""
    held = await turn.desk.record.get(RemindersPause, pause_id)
    person = turn.person
    if held is None or held.until is not None or person is None:
        return
    if person.state in NO_LONGER_HERE:
        # Should they come back one day, nothing of it is left to wonder about.
        turn.work.expect.append(held)
        turn.work.put.append(replace(held, until=turn.now))
        turn.audit("resume", "reminders", by="program", id=held.id)
    elif turn.memory.ask is not None or not may_begin(turn, None):
        _ask_at(turn, held, at_a_fair_hour(turn.now + AWAY_FOR))
    elif may_begin(turn, await last_concern(turn)):
        say(turn, "reminders_ask", held.id, unasked=True)


def _ask_at(turn: Turn, held: RemindersPause, at: datetime) -> None:
    turn.work.put.append(replace(held, ask_at=at))
    turn.work.cancel.append((turn.subject, f"{TIMER}:{held.id}"))
    wake(turn, f"{TIMER}:{held.id}", at - turn.now)
