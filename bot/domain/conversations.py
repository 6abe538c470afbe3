"""What the record remembers of a conversation between two turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.messages import Button, SubjectId


@dataclass(frozen=True)
class OpenAsk:
    """The safety net's direct question while it waits for an answer.

    ``once``: raised only by a request, good news or something past; asked once and makes no
    task. ``times``: how often it was asked. ``cause`` and ``family`` are for the machine.
    """

    id: str
    asked_at: datetime
    family: str
    cause: str
    once: bool = False
    times: int = 1


@dataclass(frozen=True)
class Conversation:
    """One subject's thread, sealed as a whole in the record.

    ``epoch`` goes up with each fresh start of Rasa's thread, ``in_epoch`` counts its messages.
    ``earlier`` holds the person's last messages (at most five, oldest first) for the safety net.
    ``buttons`` are those last shown.
    ``said`` maps a text's key to the alternative used last, so that none comes twice running.
    ``asked_on`` maps a cause to the date (ISO) it was last asked about. ``offered`` are skill ids
    of the last offer. ``waiting_to_join`` holds an invitation's id between code and "Join".
    """

    subject: SubjectId
    epoch: int = 0
    in_epoch: int = 0
    earlier: tuple[tuple[datetime, str], ...] = ()
    buttons: tuple[Button, ...] = ()
    said: dict[str, int] = field(default_factory=dict)
    ask: OpenAsk | None = None
    asked_on: dict[str, str] = field(default_factory=dict)
    offered: tuple[str, ...] = ()
    waiting_to_join: str = ""
    contact_on: str = ""
