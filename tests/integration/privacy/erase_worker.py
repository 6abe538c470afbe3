"""A process that erases somebody and is killed at a step of it; run by ``test_killed``.

python -m tests.integration.privacy.erase_worker DATABASE_URL KEY_FILE LEDGER STEP
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import open_record
from bot.adapters.records.rights.erasing import Erase
from bot.adapters.records.rights.ledger import append_erasure
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.domain.audit import AuditEntry
from bot.domain.messages import SubjectId
from bot.domain.rights import Erasure, ErasureKind
from tests.integration.records.making import START, SetClock

SUBJECT = SubjectId("subject-asha")
ERASURE = Erasure("erasure-1", SUBJECT, START, "staff:pru", "", ErasureKind.REQUESTED)
STEPS = ("before the line", "half the line", "after the line", "before the commit", "committed")


def die() -> None:
    """As the power does: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Dying(Erase):
    """The job as it is, killed when all its statements have run and none is committed."""

    step: str = ""

    def apply(self, group: Any) -> None:
        super().apply(group)
        if self.step == "before the commit":
            group.flush()
            die()


def main() -> None:
    url, key_file, ledger, step = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    ring, clock = KeyRing.load(key_file), SetClock()
    record = open_record(url, ring, clock, SystemIds(clock))

    def append(erasure: Erasure, masters: MasterKeys) -> None:
        if step == "before the line":
            die()
        append_erasure(ledger, erasure, masters)
        if step == "half the line":
            os.truncate(ledger, ledger.stat().st_size // 2)
            die()
        if step == "after the line":
            die()

    entry = AuditEntry(SUBJECT, START, "staff:pru", "erase", f"erasure:{ERASURE.id}")
    job = Dying(ERASURE, entry, ring, append, step)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    asyncio.run(record._parts.writer.do(job))
    die()


if __name__ == "__main__":
    main()
