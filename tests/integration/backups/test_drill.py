"""The drill goes the whole way, says what it found, and leaves nothing behind."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.adapters.records import SqlRecord
from bot.adapters.records.backups.drilling import Drill, Drilled
from bot.adapters.records.backups.restoring import check_empty
from bot.adapters.records.rights.ledger import append_erasure
from bot.domain.errors import RecordNotEmpty
from tests.integration.backups.filling import SEALED_VALUES, WORDS, Backups, contents, fill
from tests.integration.backups.test_ledger import erasure
from tests.integration.backups.test_verifying import change
from tests.integration.records.making import IDS


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


async def _drill(backups: Backups, url: str, into: str = "") -> Drilled:
    return await Drill(url, backups.ring, backups.home, backups.clock, IDS).run(into)


async def test_the_whole_way(record: SqlRecord, url: str, backups: Backups, scratch: Path) -> None:
    one = await fill(record)
    await record.seal_heads(backups.home / "audit-seals.log")
    before = contents(url)
    found = await _drill(backups, url)

    assert (found.faults, found.plan, found.opened) == ([], "read", SEALED_VALUES)
    assert list(found.seconds) == ["backup", "verify", "restore", "read"]
    assert found.rows > SEALED_VALUES
    assert list(scratch.iterdir()) == []
    assert contents(url) == before
    assert not any(each in repr(asdict(found)) for each in (WORDS, one.id, one.code))


async def test_into_a_database_that_is_emptied_again(
    record: SqlRecord, url: str, other_url: str, backups: Backups, scratch: Path
) -> None:
    await fill(record)
    if other_url.startswith("sqlite"):
        other_url = f"sqlite:///{scratch / 'given.db'}"
    for _ in range(2):
        found = await _drill(backups, url, other_url)
        assert (found.faults, found.plan) == ([], "read")
        if not other_url.startswith("sqlite"):
            check_empty(other_url)
            assert contents(other_url) == {}
        (scratch / "given.db").unlink(missing_ok=True)


async def test_a_database_in_use_is_left_alone(
    record: SqlRecord, url: str, backups: Backups, scratch: Path
) -> None:
    await fill(record)
    before = contents(url)
    with pytest.raises(RecordNotEmpty):
        await _drill(backups, url, url)

    assert contents(url) == before


async def test_a_fault_is_told_and_nothing_is_left(
    record: SqlRecord, url: str, backups: Backups, scratch: Path
) -> None:
    await fill(record)
    change(url, "UPDATE audit SET action = 'other' WHERE place = 1")
    found = await _drill(backups, url)

    assert any("entry" in each for each in found.faults)
    assert any("restored audit" in each for each in found.faults)
    assert list(scratch.iterdir()) == []


async def test_erasures_are_made_again(
    record: SqlRecord, url: str, backups: Backups, scratch: Path
) -> None:
    """A line without its erasure: what the next start completes, the drill's copy has done."""
    one = await fill(record)
    append_erasure(backups.home / "erasures.log", erasure(one.id), backups.ring)
    found = await _drill(backups, url)

    assert (found.replayed, found.faults, found.plan) == (1, [], "none in this record")


async def test_a_record_without_plans(
    record: SqlRecord, url: str, backups: Backups, scratch: Path
) -> None:
    found = await _drill(backups, url)

    assert (found.faults, found.plan, found.opened) == ([], "none in this record", 0)
