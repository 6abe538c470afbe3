"""A process that rotates the master key until it is done or killed; run by ``test_rotating``.

    python -m tests.integration.records.rotate_worker DATABASE_URL KEY_FILE [--retire]

Standard output: "ready", then what the rotation came to.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyFile, KeyRing
from bot.adapters.records import open_record
from bot.services.key_rotation import rotate


async def main() -> None:
    clock, file = SystemClock(), KeyFile(Path(sys.argv[2]))
    with file.held():
        ring = KeyRing.load(file.path)
        record = open_record(sys.argv[1], ring, clock, SystemIds(clock))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        outcome = await rotate(record, ring, file, clock, retire="--retire" in sys.argv)
        await record.aclose()
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
