"""What a person did here, as their team is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.messages import SubjectId


class EventKind(StrEnum):
    """One kind of thing that happened."""

    CONTACT = "contact"
    """A message from the person (one a day is kept)."""
    PRACTICE = "practice"
    """A skill practised, to its end or not."""
    FEEDBACK = "feedback"
    """Said outside a practice that something helped, made no difference or made it worse."""
    PLAN_OPENED = "plan_opened"
    MOOD = "mood"
    JOINED = "joined"


class Result(StrEnum):
    """What the person said of a practice."""

    HELPED = "helped"
    NO_DIFFERENCE = "no_difference"
    WORSE = "worse"


@dataclass(frozen=True)
class EngagementEvent:
    """One event. ``details`` is sealed: skill, before and after (0–10), result, finished."""

    id: str
    subject: SubjectId
    kind: EventKind
    at: datetime
    details: Mapping[str, str | int] = field(default_factory=dict)
