"""What follows a safety reply: reminders paused, a check-in agreed beforehand, looking back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.messages import SubjectId

URGE_FROM = 4
"""The urge (0–5) from which a diary value is asked about, until another number is agreed."""

ASKED_AGAIN_AFTER = timedelta(hours=72)
"""After this, somebody whose reminders are paused is asked whether they would like them back."""


@dataclass(frozen=True)
class SafetyChoices:
    """What a person has agreed to while calm; sealed as a whole. One for each person.

    ``urge_from``: see ``URGE_FROM``. ``check_in_at`` is the local time ("10:00") of a kind message
    on the day after; empty when none was agreed.
    """

    subject: SubjectId
    urge_from: int = URGE_FROM
    check_in_at: str = ""
    agreed_at: datetime | None = None
    agreed_with: str = ""


@dataclass(frozen=True)
class RemindersPause:
    """Reminders set aside after intent or medical danger, from and until (UTC).

    ``ask_at`` is when the person is asked again whether they would like them back.
    """

    id: str
    subject: SubjectId
    since: datetime
    ask_at: datetime
    until: datetime | None = None


class ReviewAnswer(StrEnum):
    """What a person said to the offer of looking back together."""

    NONE = ""
    YES = "yes"
    LATER = "later"
    NO = "no"


@dataclass(frozen=True)
class AfterReview:
    """The offer to look back on a crisis, when it is over, and what came of it."""

    id: str
    subject: SubjectId
    concern: str
    offered_at: datetime
    answer: ReviewAnswer = ReviewAnswer.NONE
    answered_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str = ""


@dataclass(frozen=True)
class TakeOver:
    """A member of staff who has stepped into a conversation, from and until (UTC)."""

    id: str
    subject: SubjectId
    staff_id: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class SafetyValue:
    """A value that may be a sign of danger: saved first, then asked about once.

    ``source`` and ``item`` say where it comes from ("diary", "urge_self_harm"); ``value`` is
    sealed. ``asked_at`` is when the direct question was put, if it was.
    """

    id: str
    subject: SubjectId
    source: str
    item: str
    value: int
    at: datetime
    asked_at: datetime | None = None
