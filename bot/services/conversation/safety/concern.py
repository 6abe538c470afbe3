"""What is kept for people at work, and what is left unsaid after somebody told of abuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.safety_net import Family
from bot.services.alerts import concern_changes
from bot.services.conversation.desk import Turn

SAID_AGAIN = timedelta(hours=1)
"""Within this the same statement again is met as a repeated one, in other words."""

OF_ABUSE = frozenset({Family.ABUSE_NOW.value, Family.ABUSE_PAST.value, Family.AT_RISK.value})

ITS_DAYS = timedelta(days=1)
"""The day of a disclosure and the one after it."""

_TOLD_OF_ABUSE = "told of abuse"
"""Kept among the dates of what was asked about: the last day that it was told."""


def join_concern(turn: Turn, family: str, words: str) -> None:
    """Open a concern, or add these words and what was answered to the one that is open."""
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


def times_told(turn: Turn, family: str) -> int:
    """How often this was told within the hour. Not having been heard counts whatever it was."""
    if turn.concern is None:
        return 0
    is_any = family == Family.NOT_HEARD.value
    return sum(
        (is_any or note.family == family) and turn.now - note.at < SAID_AGAIN
        for note in turn.concern.notes
    )


def note_abuse(turn: Turn, family: str) -> None:
    """After abuse was told of nothing is sent unasked: what waits to be sent is taken back."""
    if family not in OF_ABUSE:
        return
    turn.work.cancel += [(turn.subject, "still_there"), (turn.subject, "ask:")]
    turn.memory = replace(
        turn.memory, asked_on={**turn.memory.asked_on, _TOLD_OF_ABUSE: turn.today}
    )


def may_write_first(turn: Turn) -> bool:
    """Whether a message may follow that nobody asked for: not on the days of such a disclosure."""
    told = turn.memory.asked_on.get(_TOLD_OF_ABUSE)
    if told is None:
        return True
    return date.fromisoformat(turn.today) - date.fromisoformat(told) > ITS_DAYS
