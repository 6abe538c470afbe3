"""A process that backs up or restores until it is killed; run by ``test_killed``.

    python -m tests.integration.backups.worker KEY_FILE HOME take URL FOLDER
    python -m tests.integration.backups.worker KEY_FILE HOME restore URL RECORD KEYS

A last word ``full``: no file may grow past 64 KB, as on a full disk. What was raised by name is
printed.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.adapters.keys import KeyRing
from bot.adapters.records.backups.restoring import Replay, restore
from bot.adapters.records.backups.taking import take_backup
from bot.domain.errors import CompanionError

FULL = 64 * 1024


def main() -> None:
    key_file, home, what, url, *more = sys.argv[1:]
    if more[-1] == "full":
        more.pop()
        resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, FULL))
    ring, now = KeyRing.load(Path(key_file)), SystemClock().now()
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    try:
        if what == "take":
            take_backup(url, ring, Path(home), Path(more[0]), now, Path(more[0]))
        else:
            files = (Path(more[0]), Path(more[1]))
            restore(url, ring, files, Replay(), now, Path(home) / "restored" / "audit-seals.log")
    except CompanionError as error:
        sys.stdout.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
