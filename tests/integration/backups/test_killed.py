"""Killed or out of room in the middle: half a backup is none, half a restore left nothing."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.adapters.records import SqlRecord
from bot.adapters.records.backups.restoring import check_empty
from bot.adapters.records.backups.taking import Taken
from bot.adapters.records.backups.verifying import verify
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.errors import AlreadyThere, BackupFailed, RecordNotEmpty
from bot.domain.people import Person
from bot.services.ports import Work
from tests.integration.backups.filling import Backups, contents, fill
from tests.integration.records.conftest import Open
from tests.integration.records.making import IDS, START, entry

KILLS = 4
EVENTS = 6000


async def _fill_well(record: SqlRecord) -> Person:
    """Enough that a backup and a restore take their time."""
    one = await fill(record)
    for _ in range(EVENTS // 1000):
        events = [
            EngagementEvent(IDS.new(), one.id, EventKind.MOOD, START, {"rating": n})
            for n in range(1000)
        ]
        await record.save(Work(put=events, audit=[entry(one.id, "counted")]))
    return one


def _start(backups: Backups, key_file: Path, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.integration.backups.worker"]
    command += [str(each) for each in (key_file, backups.home, *words)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def _end(process: subprocess.Popen[str]) -> tuple[int, str]:
    told, _ = process.communicate(timeout=60)
    return process.returncode, told


def _length(backups: Backups, key_file: Path, *words: object) -> float:
    """How long the work takes when nobody kills it."""
    process = _start(backups, key_file, *words)
    began = time.monotonic()
    assert _end(process) == (0, "")
    return time.monotonic() - began


def _kill(process: subprocess.Popen[str], after: float) -> bool:
    """Whether it was still at work then."""
    time.sleep(after)
    process.kill()
    return _end(process)[0] != 0


async def test_half_a_backup_is_never_taken_for_a_whole_one(
    record: SqlRecord, url: str, backups: Backups, key_file: Path
) -> None:
    await _fill_well(record)
    chance, killed = random.Random(7), 0
    whole = _length(backups, key_file, "take", url, backups.folder)
    for _ in range(KILLS):
        process = _start(backups, key_file, "take", url, backups.folder)
        killed += _kill(process, chance.uniform(0, whole))
        # Two in one second have one name.
        time.sleep(1)
    for file in backups.folder.glob("record-*.backup"):
        keys = file.with_name(file.name.replace("record", "keys"))
        assert verify(file, keys, backups.ring, quick=True).faults == ()
    assert killed > 0
    taken = backups.take(url)
    assert not list(backups.folder.glob("*.part"))
    assert verify(taken.record, taken.keys, backups.ring, quick=False).faults == ()


async def test_half_a_restore_left_nothing_and_can_begin_again(
    record: SqlRecord, url: str, other_url: str, backups: Backups, key_file: Path, opened: Open
) -> None:
    one = await _fill_well(record)
    taken = backups.take(url)
    chance, killed = random.Random(11), 0
    for number in range(KILLS):
        process = _start(backups, key_file, "restore", other_url, taken.record, taken.keys)
        # The first soon, then later and later: the last may have come to its end.
        if not _kill(process, chance.uniform(0.02, 0.1) * (number + 1)) or _is_there(other_url):
            break
        killed += 1
    assert killed > 0
    if not _is_there(other_url):
        backups.restore(other_url, taken)
    restored = opened(other_url)
    assert await restored.get(Person, one.id) == one
    assert len(await restored.find(EngagementEvent, subject=one.id)) == EVENTS + 1
    for chain in await restored.chains():
        assert await restored.verify_chain(chain) == []


def _is_there(url: str) -> bool:
    """Whether something is restored; PostgreSQL waits for a transaction whose client is dead."""
    try:
        check_empty(url)
    except RecordNotEmpty:
        return True
    return False


async def test_no_room_for_a_backup(
    record: SqlRecord, url: str, backups: Backups, key_file: Path
) -> None:
    one = await _fill_well(record)
    before = contents(url)
    code, told = _end(_start(backups, key_file, "take", url, backups.folder, "full"))

    assert (code, told) == (1, f"{BackupFailed(f'{backups.folder}: File too large.')}\n")
    assert list(backups.folder.iterdir()) == []
    assert contents(url) == before
    assert await record.get(Person, one.id) == one


async def test_no_room_for_a_restore(
    record: SqlRecord, url: str, backups: Backups, key_file: Path, tmp_path: Path
) -> None:
    await _fill_well(record)
    taken = backups.take(url)
    other = f"sqlite:///{tmp_path / 'other.db'}"
    code, told = _end(_start(backups, key_file, "restore", other, taken.record, taken.keys, "full"))

    assert code == 1
    assert told.startswith("The record cannot be read or written just now. (SQLITE_")
    assert list(tmp_path.glob("other.db*")) == []


async def test_two_at_once_do_not_mix(opened: Open, sqlite_url: str, backups: Backups) -> None:
    import fcntl
    import os

    await fill(opened(sqlite_url))
    backups.folder.mkdir()
    handle = os.open(backups.folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(BackupFailed, match="Another one is being written"):
        backups.take(sqlite_url)
    os.close(handle)
    first: Taken = backups.take(sqlite_url)
    backups.clock.move(seconds=-1)
    with pytest.raises(AlreadyThere):
        backups.take(sqlite_url)
    assert verify(first.record, first.keys, backups.ring, quick=False).faults == ()
