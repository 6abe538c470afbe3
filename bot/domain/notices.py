"""Notices: the alerts that leave the screen. None holds anything about a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Rung(StrEnum):
    """Whom a notice is for, in the order in which they are asked."""

    OWNER = "owner"
    COVER = "cover"
    DUTY = "duty"
    NEXT = "next"
    MANAGER = "manager"
    TELL_PERSON = "tell_person"
    """Nobody has picked up in time: the person is told."""
    DAILY = "daily"
    """The synthetic alert that proves the path."""


class NoticeStatus(StrEnum):
    """What has become of a notice."""

    WAITING = "waiting"
    SENT = "sent"
    """Taken by the mail server or by the provider."""
    DELIVERED = "delivered"
    FAILED = "failed"
    NOT_NEEDED = "not_needed"
    """Somebody had picked up before it was due."""
    NO_ADDRESS = "no_address"
    """Nobody stands on this rung, or nowhere to send it to is known."""


GONE = frozenset({NoticeStatus.SENT, NoticeStatus.DELIVERED})
"""What has left for somebody."""


@dataclass(frozen=True)
class Notice:
    """One alert to one place. It is planned with its concern and goes out when it is due (UTC).

    ``about`` is the id of a concern, or empty for the daily one; ``team`` is whose path it is.
    ``sent_to`` holds the id of the alert point once it has gone, ``staff_id`` who is there (empty:
    a duty line); ``reference`` is the provider's id. ``subject`` is empty for the daily one.
    """

    id: str
    subject: str
    about: str
    team: str
    rung: Rung
    due_at: datetime
    status: NoticeStatus = NoticeStatus.WAITING
    sent_to: str = ""
    staff_id: str = ""
    channel: str = ""
    reference: str = ""
    tries: int = 0
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
