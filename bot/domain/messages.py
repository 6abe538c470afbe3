"""What comes in from a person and what goes out to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

SubjectId = NewType("SubjectId", str)
"""Whose conversation it is: a person who joined, or a guest who has not."""


class ActKind(StrEnum):
    """What an inbound act is, as far as a channel can tell."""

    TEXT = "text"
    BUTTON = "button"
    EDITED = "edited"
    STICKER = "sticker"
    VOICE = "voice"
    PICTURE = "picture"
    OTHER = "other"
    GROUP = "group"
    """Written in a chat with several people in it, where nothing personal is ever said."""
    TIMER = "timer"
    """The companion's own reminder to itself: a timer step ran out, a question was left open."""


class AnsweredBy(StrEnum):
    """Which link of the chain produced the main text."""

    SAFETY_NET = "safety_net"
    COMMAND = "command"
    ACTIVITY = "activity"
    RASA = "rasa"
    FALLBACK = "fallback"


class ReplyKind(StrEnum):
    """How a late reply is treated: safety replies and plans go out late, others are withheld."""

    ORDINARY = "ordinary"
    PLAN = "plan"
    SAFETY = "safety"


@dataclass(frozen=True)
class Press:
    """What a button answers.

    ``to``: "command" (``value`` is a standing command), "skill" (a skill id to start), "step"
    (an activity's step: ``ref`` is the run's id and step), "ask" (the safety net's direct
    question: ``ref`` is its id), "concern" (a safety reply's closing buttons) or "after" (what
    follows danger: ``ref`` is the id of a pause of reminders or of an offer to look back).
    """

    to: str
    value: str
    ref: str = ""


@dataclass(frozen=True)
class Button:
    """One thing to tap. ``press`` is what it does, before it is signed for a channel."""

    label: str
    press: Press


@dataclass(frozen=True)
class Reply:
    """One message to the person: text, and the buttons below it."""

    text: str
    buttons: tuple[Button, ...] = ()
    kind: ReplyKind = ReplyKind.ORDINARY


@dataclass(frozen=True)
class Act:
    """One inbound act, as the inbox keeps it.

    ``sent_at`` is when the person sent it (the channel's word), ``received_at`` when the inbox
    took it, both UTC. For a button ``text`` is its label where the channel tells it, and
    ``press`` what its signed token held (None: unknown or forged). For a timer ``text`` is empty.
    """

    id: str
    subject: SubjectId
    channel: str
    address_id: str
    kind: ActKind
    text: str
    sent_at: datetime
    received_at: datetime
    token: str = ""
    attempts: int = 0


@dataclass(frozen=True)
class Outbound:
    """One message in the outbox. ``body`` is sealed in the record; ``due_at`` UTC."""

    id: str
    subject: SubjectId
    channel: str
    address_id: str
    reply: Reply
    kind: ReplyKind
    created_at: datetime
    in_reply_to: str | None = None
    place: int = 0
    attempts: int = 0


@dataclass(frozen=True)
class Said:
    """What a channel hands to the inbox: one act before it has an id and a subject."""

    channel: str
    address: str
    provider_id: str
    kind: ActKind
    sent_at: datetime
    text: str = ""
    token: str = ""


LONGEST_TEXT = 65_536
"""Characters of one act that are kept. No channel that people write on takes as many."""


def within_bounds(text: str) -> str:
    """A text as it is kept: beyond any bounds its beginning and its end.

    What is left is still too long for the safety net to read all of it, and the reply says so.
    """
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return text[:half] + text[-half:]
