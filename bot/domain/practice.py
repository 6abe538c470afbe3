"""One person's way through one activity, as the record keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.activities import RunStatus, State
from bot.domain.messages import SubjectId


@dataclass(frozen=True)
class Run:
    """One start of one activity. ``state`` is sealed. At most one run a subject is OPEN."""

    id: str
    subject: SubjectId
    activity: str
    digest: str
    status: RunStatus
    started_at: datetime
    changed_at: datetime
    state: State
