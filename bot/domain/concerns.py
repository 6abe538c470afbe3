"""Concerns and tasks: what a person at work has to look at, with the words and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.messages import SubjectId


class ConcernStatus(StrEnum):
    """A concern is open until the staff member who took it closes it."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


@dataclass(frozen=True)
class ConcernNote:
    """One thing that joined a concern: the person's words, what was answered, when (UTC)."""

    at: datetime
    words: str
    answered: str = ""
    family: str = ""


@dataclass(frozen=True)
class Concern:
    """One open look-with-a-reason a person; later messages join it. ``notes`` are sealed.

    ``tier`` and ``family`` are for the machine and appear on no screen.
    """

    id: str
    subject: SubjectId
    opened_at: datetime
    status: ConcernStatus
    tier: str
    family: str
    notes: tuple[ConcernNote, ...]
    owner: str = ""
    taken_at: datetime | None = None
    closed_at: datetime | None = None
    closing_note: str = ""


class TaskKind(StrEnum):
    """Why somebody has to look."""

    UNANSWERED_ASK = "unanswered_ask"
    LEAVING = "leaving"
    UNANSWERABLE = "unanswerable"
    """A message that the companion could not answer, though it tried."""
    NOT_DELIVERED = "not_delivered"
    """A safety reply or a plan that the channel would not take."""
    BACK_FROM = "back_from"
    """Home from hospital or custody: time to look at the plan together."""
    HANDOVER = "handover"
    """Moving to another team."""
    WROTE_AFTER = "wrote_after"
    """A message from the account of somebody who is recorded as having died."""
    LOOKING_BACK = "looking_back"
    """The person would like to look back on a crisis together."""
    RIGHTS = "rights"
    """A request about their record that a named person has to decide."""


@dataclass(frozen=True)
class Task:
    """Something for a named member of staff, with a due time (UTC). ``about`` is sealed."""

    id: str
    subject: SubjectId
    kind: TaskKind
    opened_at: datetime
    due_at: datetime
    owner: str
    about: str = ""
    done_at: datetime | None = None
    done_by: str = ""
