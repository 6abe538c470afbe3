"""What a check of a backup finds, and what a backup holds."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, text

from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord
from bot.adapters.records.backups.sealed_columns import sealed_columns
from bot.adapters.records.backups.verifying import verify
from bot.adapters.records.columns import metadata
from bot.adapters.records.engines import connect_to
from bot.domain.errors import BackupBroken, WrongKey
from tests.integration.backups.filling import SEALED_VALUES, WORDS, Backups, fill, unpacked
from tests.integration.records.conftest import Open
from tests.integration.records.making import START


def change(url: str, *statements: str) -> None:
    """Change rows as somebody with the database in hand can."""
    with connect_to(url).connect() as connection:
        if url.startswith("sqlite"):
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_no_{verb}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        for each in statements:
            connection.execute(text(each))


async def test_a_whole_backup_has_no_faults(record: SqlRecord, url: str, backups: Backups) -> None:
    await fill(record)
    await fill(record, "chat-2")
    await record.seal_heads(backups.home / "audit-seals.log")
    taken = backups.take(url)
    found = verify(taken.record, taken.keys, backups.ring, quick=False)

    assert (found.faults, found.unchecked, found.chains) == ((), (), 2)
    assert found.opened == 2 * SEALED_VALUES
    assert found.manifest == taken.manifest


async def test_what_was_not_checked_is_said(record: SqlRecord, url: str, backups: Backups) -> None:
    await fill(record)
    taken = backups.take(url)
    keyless = verify(taken.record, None, backups.ring, quick=False)
    quick = verify(taken.record, taken.keys, backups.ring, quick=True)

    assert (keyless.opened, keyless.unchecked) == (
        0,
        ("no file of keys: no sealed value was opened",),
    )
    assert 0 < quick.opened < SEALED_VALUES
    assert quick.unchecked == ("sealed values: one row in 50 was opened",)
    assert keyless.faults == quick.faults == ()


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        (
            "UPDATE persons SET names = (SELECT names FROM persons AS o WHERE o.id <> persons.id)",
            "does not open: person.names",
        ),
        ("UPDATE persons SET names = identity", "does not open: person.names"),
        ("UPDATE audit SET action = 'other' WHERE place = 2", "entry at 2"),
        ("DELETE FROM audit WHERE place = 1", "order at 1"),
        ("UPDATE audit_heads SET place = 1", "head at"),
        ("DELETE FROM subject_keys", "have no key"),
    ],
)
async def test_a_tampered_database_shows_in_its_backup(
    record: SqlRecord, url: str, backups: Backups, tamper: str, fault: str
) -> None:
    await fill(record)
    await fill(record, "chat-2")
    change(url, tamper)
    taken = backups.take(url)

    assert any(
        fault in each for each in verify(taken.record, taken.keys, backups.ring, quick=False).faults
    )


async def test_a_database_that_was_replaced_shows_by_the_seals(
    record: SqlRecord, url: str, backups: Backups
) -> None:
    await fill(record)
    await record.seal_heads(backups.home / "audit-seals.log")
    change(url, "DELETE FROM audit", "DELETE FROM audit_heads", "DELETE FROM audit_seals")
    taken = backups.take(url)

    assert verify(taken.record, taken.keys, backups.ring, quick=False).faults == (
        "audit-seals.log: line 1 is not borne out",
    )


async def test_half_a_file_is_none(opened: Open, sqlite_url: str, backups: Backups) -> None:
    await fill(opened(sqlite_url))
    taken = backups.take(sqlite_url)
    for path in (taken.record, taken.keys):
        whole, text_ = path.read_bytes(), unpacked(path)
        lines = text_.splitlines(keepends=True)
        for length in {*range(0, len(whole), 97), len(whole) - 1}:
            path.write_bytes(whole[:length])
            with pytest.raises(BackupBroken):
                verify(taken.record, taken.keys, backups.ring, quick=True)
        for number in range(len(lines)):
            path.write_bytes(gzip.compress(b"".join(lines[:number])))
            with pytest.raises(BackupBroken):
                verify(taken.record, taken.keys, backups.ring, quick=True)
        path.write_bytes(whole)
    verify(taken.record, taken.keys, backups.ring, quick=True)


async def test_a_changed_file_is_none(opened: Open, sqlite_url: str, backups: Backups) -> None:
    await fill(opened(sqlite_url))
    taken = backups.take(sqlite_url)
    whole = unpacked(taken.record)
    manifest = json.loads(whole.splitlines()[-1])
    changes = [
        whole.replace(b'"active"', b'"paused"', 1),
        whole.replace(b'"revision": "', b'"revision": "1'),
        whole.replace(manifest["signature"].encode(), b"0" * 64),
        whole + whole.splitlines(keepends=True)[-1],
        b"nonsense\n",
        b"",
    ]
    for each in changes:
        assert each != whole
        taken.record.write_bytes(gzip.compress(each))
        with pytest.raises(BackupBroken):
            verify(taken.record, None, backups.ring, quick=True)
    taken.record.write_bytes(b"no gzip")
    with pytest.raises(BackupBroken):
        verify(taken.record, None, backups.ring, quick=True)


async def test_the_wrong_file_or_ring_is_said(
    opened: Open, sqlite_url: str, backups: Backups, tmp_path: Path
) -> None:
    await fill(opened(sqlite_url))
    taken = backups.take(sqlite_url)
    with pytest.raises(BackupBroken, match="holds the keys"):
        verify(taken.keys, None, backups.ring, quick=True)
    with pytest.raises(BackupBroken, match="There is no file"):
        verify(tmp_path / "none", None, backups.ring, quick=True)
    with pytest.raises(WrongKey):
        verify(taken.record, None, KeyRing.create(tmp_path / "other.key", START), quick=True)


async def test_the_record_file_holds_no_key_and_neither_any_words(
    record: SqlRecord, url: str, backups: Backups
) -> None:
    gone = await fill(record)
    with connect_to(url).connect() as connection:
        keys = connection.execute(text("SELECT wrapped FROM subject_keys")).scalars().all()
        names = connection.execute(text("SELECT names FROM persons")).scalar_one()
    taken = backups.take(url)
    held, of_keys = unpacked(taken.record), unpacked(taken.keys)

    assert b64encode(names) in held
    assert gone.id.encode() in held
    for key in keys:
        assert b64encode(key) in of_keys
        for form in (key, b64encode(key), key.hex().encode(), b64encode(key)[4:-4]):
            assert form not in held
            assert form not in taken.record.read_bytes()
    for text_ in (held, of_keys):
        assert WORDS.encode() not in text_
        assert b64encode(WORDS.encode())[:-4] not in text_
        assert b"csrf" not in text_.replace(b'"csrf"', b"")
    for path in backups.folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0
    assert backups.folder.stat().st_mode & 0o077 == 0


def test_every_sealed_column_is_opened() -> None:
    binary = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    known = {(name, each.column) for name, some in sealed_columns().items() for each in some}

    assert binary - known == {("subject_keys", "wrapped")}
