"""Another process is noticed; what every store promises of waiting is in ``contract``."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.adapters.clock import SystemClock
from bot.adapters.records import SqlRecord
from tests.integration.records.conftest import Open

LONG = 20.0

OTHER_PROCESS = """
import asyncio, sys, time
from pathlib import Path
from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import open_record
from tests.integration.records.making import said

async def main() -> None:
    clock = SystemClock()
    ring = KeyRing.load(Path(sys.argv[2]))
    record = open_record(sys.argv[1], ring, clock, SystemIds(clock))
    for line in sys.stdin:
        accepted = await record.accept(said(line.strip(), address=line.strip()))
        print(f"{accepted.subject} {time.monotonic()}", flush=True)
    await record.aclose()

asyncio.run(main())
"""


@pytest.fixture
def record(url: str, opened: Open) -> SqlRecord:
    return opened(url, clock=SystemClock())


async def test_another_process_is_noticed_in_milliseconds(
    record: SqlRecord, url: str, key_file: Path
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, url, str(key_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdin is not None
    assert other.stdout is not None
    late = []
    try:
        for each in range(15):
            waiting = asyncio.ensure_future(record.wait_for_acts(LONG))
            await asyncio.sleep(0.02)
            other.stdin.write(f"{each}\n")
            other.stdin.flush()
            await waiting
            noticed = time.monotonic()
            subject, wrote = (await asyncio.to_thread(other.stdout.readline)).split()
            late.append(noticed - float(wrote))
            (acts,) = await record.claim(9)
            assert acts[0].subject == subject
    finally:
        other.stdin.close()
        other.stdout.close()
        other.wait(timeout=20)
    # The poll is each 5 ms; the rest of the room is for a busy machine.
    assert sorted(late)[len(late) // 2] < 0.05
