"""What the rights need of the record beyond what every use case does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.domain.audit import AuditEntry
from bot.domain.kept_messages import KeptMessage, KeptTimer
from bot.domain.messages import SubjectId
from bot.domain.retention import Shortened
from bot.domain.rights import Erasure
from bot.services.ports import Record


class Archive(Record, Protocol):
    """The record as those see it who answer for a person's rights."""

    async def messages_of(self, subject: SubjectId) -> list[KeptMessage]:
        """All messages that are kept of one person, of both sides, in their order."""
        ...

    async def timers_of(self, subject: SubjectId) -> list[KeptTimer]:
        """The reminders that wait for one person, the one due first in front."""
        ...

    async def erase(self, erasure: Erasure, entry: AuditEntry, ledger: Path) -> None:
        """Forget a person for good; the line in the ledger comes first.

        Raises ``NotAllowedNow`` under a hold or an open concern, ``ChangedMeanwhile``.
        """
        ...

    async def shorten_messages(self, now: datetime) -> Shortened:
        """Take the words of messages that are older than their team keeps them."""
        ...

    async def messages_to_shorten(self, now: datetime) -> dict[str, Shortened]:
        """What ``shorten_messages`` would do, by team."""
        ...
