"""What a person agreed to and what they share, with whom, item by item, from when until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.messages import SubjectId
from bot.domain.people import holds

PLAN = "plan"
"""Items of a plan are shared field by field: "plan.FIELD"."""
SUMMARY = "summary"
USE = "use"
"""That the person uses the companion at all."""


class SharedWith(StrEnum):
    """Whom something is shared with."""

    CARER = "carer"
    AGENCY = "agency"


@dataclass(frozen=True)
class Carer:
    """Somebody close to the person, by the person's agreement. Who they are is sealed."""

    id: str
    subject: SubjectId
    since: datetime
    name: str
    relationship: str = ""
    contact: str = ""
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether the agreement stands now."""
        return holds(self.since, self.until, now)


@dataclass(frozen=True)
class Share:
    """One item that the person shares with one carer or agency (``with_id``).

    ``by`` is who recorded the person's choice: "person" or "staff:ID".
    """

    id: str
    subject: SubjectId
    item: str
    with_kind: SharedWith
    with_id: str
    by: str
    since: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is shared now."""
        return holds(self.since, self.until, now)


class Answer(StrEnum):
    """What a person answered to a choice."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class Consent:
    """What was said to a person, and what they answered.

    ``said`` is the id of the text and ``said_digest`` the hash of the words as they stood, so
    that it can be shown years later what somebody agreed to.
    """

    id: str
    subject: SubjectId
    about: str
    answer: Answer
    said: str
    said_digest: str
    at: datetime
    withdrawn_at: datetime | None = None
