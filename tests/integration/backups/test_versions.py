"""Backups of earlier and of later versions of the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import MetaData, text

from bot.adapters.keys import KeyRing
from bot.adapters.records.audit.seals import SEALS_FILE
from bot.adapters.records.backups.manifest import KEYS, RECORD
from bot.adapters.records.backups.restoring import check_empty
from bot.adapters.records.backups.taking import Taken
from bot.adapters.records.backups.verifying import verify
from bot.adapters.records.backups.writing import writing
from bot.adapters.records.engines import connect_to
from bot.adapters.records.facts import check_key
from bot.adapters.records.migrating import migrate_engine
from bot.domain.errors import BackupFailed, CompanionError, RecordNewer, RecordOlder
from bot.domain.people import Staff
from bot.domain.structure import Membership
from tests.integration.backups.filling import Backups
from tests.integration.records.conftest import Open
from tests.integration.records.making import START

STAFF = """
INSERT INTO staff (id, username, name, role, team, created_at, password)
VALUES ('s-1', 'ash', 'Ash', 'practitioner', 'north', 1, 'x')
"""


def _first_version(folder: Path, ring: KeyRing) -> str:
    """The address of a database as the first version made it, with a member of staff."""
    url = f"sqlite:///{folder / 'first.db'}"
    engine = connect_to(url)
    migrate_engine(engine, "0001")
    with engine.connect() as connection:
        connection.execute(text(STAFF))
        check_key(connection, ring)
    engine.dispose()
    return url


def _backup_of(url: str, revision: str, backups: Backups) -> Taken:
    """A backup as that version took it."""
    backups.folder.mkdir()
    record, keys = backups.folder / "record-1.backup", backups.folder / "keys-1.backup"
    engine, there = connect_to(url), MetaData()
    with engine.connect() as connection:
        there.reflect(connection)
        with writing(keys, KEYS, revision, START) as file:
            file.table("subject_keys", ["subject", "key_id", "wrapped"], ["wrapped"], [])
            file.finish(backups.ring)
        with writing(record, RECORD, revision, START) as file:
            for table in there.sorted_tables:
                if table.name not in {"alembic_version", "subject_keys"}:
                    rows = [tuple(row) for row in connection.execute(table.select())]
                    file.table(table.name, [each.name for each in table.columns], [], rows)
            file.table(SEALS_FILE, ["line"], [], [])
            made = file.finish(backups.ring)
    engine.dispose()
    return Taken(record, keys, made)


async def test_an_earlier_version_is_migrated(
    other_url: str, backups: Backups, tmp_path: Path, opened: Open
) -> None:
    taken = _backup_of(_first_version(tmp_path, backups.ring), "0001", backups)
    assert verify(taken.record, taken.keys, backups.ring, quick=False).faults == ()
    backups.restore(other_url, taken)
    restored = opened(other_url)

    assert [each.username for each in await restored.find(Staff)] == ["ash"]
    assert [each.staff_id for each in await restored.find(Membership)] == ["s-1"]


def test_a_later_version_is_refused(other_url: str, backups: Backups, tmp_path: Path) -> None:
    taken = _backup_of(_first_version(tmp_path, backups.ring), "9999", backups)
    with pytest.raises(RecordNewer):
        backups.restore(other_url, taken)

    check_empty(other_url)


def test_a_record_that_was_not_migrated_is_not_backed_up(backups: Backups, tmp_path: Path) -> None:
    url = _first_version(tmp_path, backups.ring)
    with pytest.raises(RecordOlder):
        backups.take(url)

    assert list(backups.folder.iterdir()) == []


def test_a_folder_that_cannot_be_written(backups: Backups, sqlite_url: str) -> None:
    backups.folder.write_text("a file, no folder")
    with pytest.raises(CompanionError) as raised:
        backups.take(sqlite_url)

    assert isinstance(raised.value, BackupFailed)
