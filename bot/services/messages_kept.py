"""The record with what was written and answered, as long as it is kept."""

from __future__ import annotations

from typing import Protocol

from bot.domain.kept_messages import KeptMessage
from bot.domain.messages import SubjectId
from bot.services.ports import Record


class Messages(Record, Protocol):
    """A record whose messages can be read."""

    async def messages_of(self, subject: SubjectId) -> list[KeptMessage]:
        """All messages that are kept of one person, of both sides, in their order."""
        ...
