"""Killed at any step of an erasure: it was not begun, or it is completed at the next start."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.domain.people import Person
from bot.domain.rights import Erasure
from tests.integration.privacy.erase_worker import ERASURE, STEPS, SUBJECT
from tests.integration.privacy.left import STAYS, tables_with
from tests.integration.privacy.world import World
from tests.integration.records.conftest import Open

NOT_BEGUN = {"before the line", "half the line"}


def _command(url: str, key_file: Path, ledger: Path, step: str) -> list[str]:
    worker = "tests.integration.privacy.erase_worker"
    return [sys.executable, "-m", worker, url, str(key_file), str(ledger), step]


@pytest.mark.parametrize("step", STEPS)
async def test_at_each_step(
    step: str, world: World, url: str, key_file: Path, opened: Open
) -> None:
    await world.record.aclose()
    killed = subprocess.run(_command(url, key_file, world.ledger, step), check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL

    again = opened(url)
    completed = await again.replay_erasures(world.ledger)
    if step in NOT_BEGUN:
        assert completed == 0
        assert await again.get(Person, SUBJECT) == world.asha
        assert await again.messages_of(SUBJECT)
        # Nothing stands in the way of doing it now.
        entries = await again.audit_of(SUBJECT)
        await again.erase(ERASURE, entries[-1], world.ledger)
    else:
        assert completed == (0 if step == "committed" else 1)
    assert tables_with(url, SUBJECT) == STAYS
    assert [each.id for each in await again.find(Erasure)] == [ERASURE.id]
    assert await again.verify_chain(SUBJECT) == []
    assert await again.replay_erasures(world.ledger) == 0


async def test_at_any_moment(world: World, url: str, key_file: Path, opened: Open) -> None:
    """Whole or gone, never half; and whom the ledger names is gone after the next start."""
    await world.record.aclose()
    whole = tables_with(url, SUBJECT)
    for milliseconds in (0, 1, 2, 4, 8, 16, 1000):
        words = _command(url, key_file, world.ledger, "any")
        process = subprocess.Popen(words, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(milliseconds / 1000)
        process.kill()
        process.wait()
        process.stdout.close()
        assert tables_with(url, SUBJECT) in (whole, STAYS)
        record = opened(url)
        await record.replay_erasures(world.ledger)
        is_gone = await record.get(Person, SUBJECT) is None
        await record.aclose()
        named = world.ledger.exists() and world.ledger.read_bytes().endswith(b"\n")
        assert is_gone == named
        if is_gone:
            break
    assert tables_with(url, SUBJECT) == STAYS
