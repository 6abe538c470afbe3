"""``companion serve`` by a clock that is set from outside while it runs.

    python -m tests.functional.system.clocked FILE COMMAND…

FILE holds how many seconds the clock is ahead of the machine's; a minus sign for behind.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import bootstrap, cli

AHEAD = Path(sys.argv.pop(1))


class SetFromOutside:
    """The machine's clock, and what the file says."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(AHEAD.read_text("ascii")))


if __name__ == "__main__":
    bootstrap.SystemClock = SetFromOutside  # type: ignore[misc,assignment]
    cli.app()
