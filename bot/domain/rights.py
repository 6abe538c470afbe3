"""A person's rights over their record: requests, holds, erasures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.messages import SubjectId

ANSWER_WITHIN = timedelta(days=30)
"""UK GDPR article 12(3) gives one month; thirty days is never later than that but in February."""


class RequestKind(StrEnum):
    """What a person asks for."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"


class RequestStatus(StrEnum):
    """Where a request is. Only a named person moves it on from ``OPEN``."""

    OPEN = "open"
    DRAFTED = "drafted"
    RELEASED = "released"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class RightsRequest:
    """One request. ``about`` (their words) and ``decision`` (the reason given) are sealed.

    ``withheld`` are items of a draft that the reviewer leaves out, each with its reason:
    "third_party" or "serious_harm". ``by`` is "person" or "staff:ID".
    """

    id: str
    subject: SubjectId
    kind: RequestKind
    status: RequestStatus
    asked_at: datetime
    due_at: datetime
    by: str
    decided_by: str = ""
    decided_at: datetime | None = None
    about: str = ""
    decision: str = ""
    withheld: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class Hold:
    """A legal hold: while it stands, nothing of the person is erased or shortened."""

    id: str
    subject: SubjectId
    by: str
    at: datetime
    reason: str
    lifted_at: datetime | None = None
    lifted_by: str = ""


class ErasureKind(StrEnum):
    """Why somebody's record was erased."""

    REQUESTED = "requested"
    RETENTION = "retention"


@dataclass(frozen=True)
class Erasure:
    """The tombstone: that a record was here and is erased. It holds nothing personal."""

    id: str
    subject: SubjectId
    at: datetime
    by: str
    request: str
    kind: ErasureKind
