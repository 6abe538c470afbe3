"""The queue of a named safety reviewer: what the net said, for somebody to agree or disagree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.messages import SubjectId


class ReviewStatus(StrEnum):
    """Where an item is."""

    WAITING = "waiting"
    REVIEWED = "reviewed"
    GONE = "gone"
    """Its words were no longer kept when it was opened."""


class Reviewed(StrEnum):
    """What the reviewer found."""

    NOT_YET = ""
    RIGHT = "right"
    TOO_LOW = "too_low"
    TOO_HIGH = "too_high"
    OTHER_FAMILY = "other_family"
    UNSURE = "unsure"


@dataclass(frozen=True)
class ReviewItem:
    """One message to review: a pointer to it, never its words.

    ``act_id`` is the message in the inbox; ``stratum`` says why it was picked; ``rules``, ``spans``
    and ``versions`` are what the net said at the time. ``family``, ``rules``, ``spans``, ``note``
    are sealed.
    """

    id: str
    subject: SubjectId
    act_id: str
    at: datetime
    tier: str
    stratum: str
    family: str = ""
    rules: str = ""
    spans: str = ""
    versions: str = ""
    status: ReviewStatus = ReviewStatus.WAITING
    finding: Reviewed = Reviewed.NOT_YET
    reviewer: str = ""
    reviewed_at: datetime | None = None
    note: str = ""
