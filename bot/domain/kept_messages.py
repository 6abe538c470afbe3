"""Messages as the record keeps them after they were answered or sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class KeptMessage:
    """One message of either side. ``words`` is None once they are no longer kept.

    ``at`` is when the person sent it, or when the answer was written (UTC). ``noted`` is what the
    safety net made of it, empty for what the companion said.
    """

    id: str
    is_theirs: bool
    at: datetime
    channel: str
    kind: str
    state: str
    words: str | None
    buttons: tuple[str, ...] = ()
    noted: str = ""
    answered_by: str = ""


@dataclass(frozen=True)
class KeptTimer:
    """A reminder that waits. ``label`` says what for, in ids and codes."""

    id: str
    due_at: datetime
    label: str
