"""A kind message on the day after, to those who agreed to one beforehand."""

from __future__ import annotations

from datetime import date, time, timedelta

from bot.domain.after_danger import SafetyChoices
from bot.domain.aftermath import next_day_at
from bot.domain.concerns import Concern
from bot.domain.opening_hours import LOCAL
from bot.services.conversation.aftermath.quiet import may_begin, say
from bot.services.conversation.desk import Turn
from bot.services.conversation.waking import wake

TIMER = "check_in"

NOT_INTO_TALK = timedelta(hours=1)
"""Somebody who has spoken of danger within this is in conversation already."""


async def plan(turn: Turn, concern: Concern) -> None:
    """Set the timer for tomorrow, once for a concern and day."""
    choices = await turn.desk.record.get(SafetyChoices, turn.subject)
    if choices is None or not choices.check_in_at:
        return
    at = next_day_at(turn.now, time.fromisoformat(choices.check_in_at))
    label = f"{TIMER}:{concern.id}:{at.astimezone(LOCAL).date().isoformat()}"
    turn.work.cancel.append((turn.subject, label))
    wake(turn, label, at - turn.now)


async def write(turn: Turn, rest: str) -> None:
    """Write, if it is still the day, still agreed to, and nothing stands against it now."""
    concern_id, _, day = rest.partition(":")
    concern = await turn.desk.record.get(Concern, concern_id)
    choices = await turn.desk.record.get(SafetyChoices, turn.subject)
    if concern is None or choices is None or not choices.check_in_at:
        return
    is_day = date.fromisoformat(day) == turn.now.astimezone(LOCAL).date()
    is_in_talk = any(turn.now - each.at < NOT_INTO_TALK for each in concern.notes)
    if is_day and not is_in_talk and may_begin(turn, concern):
        say(turn, "check_in", unasked=True)
