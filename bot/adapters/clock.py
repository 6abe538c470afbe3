"""The machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The time now, as this machine knows it."""

    def now(self) -> datetime:
        """The time now, UTC, aware."""
        return datetime.now(UTC)
