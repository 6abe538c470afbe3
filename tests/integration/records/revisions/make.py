"""Keep what a database of the present revision holds, for the migration tests of later ones.

Run it before a new revision is begun: ``python -m tests.integration.records.revisions.make``. It
writes REVISION.json, in the form that ``kept`` reads.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Table

from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import open_record
from bot.adapters.records.audit.chains import entries_of
from bot.adapters.records.audit.reasons import open_reason
from bot.adapters.records.backups.sealed_columns import sealed_columns
from bot.adapters.records.columns import metadata
from bot.adapters.records.engines import connect_to
from bot.adapters.records.migrating import version_of
from bot.adapters.records.sealing.encryption import DataKey, DataKeys, Place, WrappedKey
from bot.adapters.records.tables import subject_keys
from bot.domain.audit import AuditEntry
from bot.domain.messages import ActKind, Said, SubjectId
from bot.services.ports import Work
from tests.integration.records.revisions.kept import FOLDER, Row

AT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)

MADE_BY_A_RING = {
    "subject_keys": {"key_id", "wrapped"},
    "audit": {"hash"},
    "audit_heads": {"hash"},
    "audit_seals": {"hash", "signature"},
}


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return AT


class Remembering(KeyRing):
    """A key ring that knows of each digest what it was made of."""

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self.made_of: dict[str, tuple[str, str]] = {}

    def digest(self, purpose: str, value: str) -> str:
        found = super().digest(purpose, value)
        self.made_of[found] = (purpose, value)
        return found


def fields_of(entity: Any) -> Row:
    """An entity's fields as JSON holds them."""
    found: Row = json.loads(json.dumps(asdict(entity), default=str))
    return found


async def make(whole: list[Any], folder: Path) -> None:
    """Write the file of this revision. ``whole`` holds one entity of each class."""
    with TemporaryDirectory() as name:
        working = Path(name)
        ring = Remembering.create(working / "master.key", AT)
        assert isinstance(ring, Remembering)
        url = f"sqlite:///{working / 'record.sqlite'}"
        await _fill(url, ring, whole, working)
        engine = connect_to(url)
        with engine.connect() as connection:
            revision = version_of(connection)
            tables = tables_of(connection, ring)
        engine.dispose()
    held = [{"kind": type(each).__name__, "fields": fields_of(each)} for each in whole]
    text = json.dumps({"tables": tables, "held": held}, indent=1, ensure_ascii=False)
    (folder / f"{revision}.json").write_text(text + "\n", encoding="utf-8")


async def _fill(url: str, ring: KeyRing, whole: list[Any], working: Path) -> None:
    record = open_record(url, ring, Still(), SystemIds(Still()), upgrade=True)
    subject = SubjectId("subject-1")
    details = {"how": "by a test", "reason": "typed by hand"}
    entry = AuditEntry(subject, AT, "staff:staff-1", "made", "person", details)
    await record.save(Work(new_keys=[subject], put=[*whole], audit=[entry]))
    for number in range(3):
        text_of = f"message {number}"
        said = Said("telegram", "chat-1", f"update-{number}", ActKind.TEXT, AT, text_of)
        await record.accept(said)
    await record.accept(Said("telegram", "chat-of-a-guest", "update-9", ActKind.TEXT, AT, "hello"))
    await record.seal_heads(working / "seals.log")
    await record.aclose()


def tables_of(connection: Connection, ring: Remembering) -> dict[str, list[Row]]:
    """The rows of all tables, with what their ring made of it taken apart again."""
    data_keys = DataKeys(ring)
    keys = {
        each.subject: data_keys.unwrapped(WrappedKey(each.subject, each.key_id, each.wrapped))
        for each in connection.execute(subject_keys.select())
    }
    found = {
        table.name: [
            _plain(table, dict(row), ring, keys)
            for row in connection.execute(table.select()).mappings()
        ]
        for table in metadata.sorted_tables
    }
    for row in found["audit"]:
        entry = entries_of(connection, row["chain"])[row["place"] - 1]
        row["details"] = dict(open_reason(entry, row["place"], keys.__getitem__).details)
    return found


def _plain(table: Table, row: Row, ring: Remembering, keys: dict[str, DataKey]) -> Row:
    plain = {name: row[name] for name in row if name not in MADE_BY_A_RING.get(table.name, ())}
    for name, value in plain.items():
        if value in ring.made_of:
            plain[name] = {"digest": [*ring.made_of[value]]}
    for each in sealed_columns().get(table.name, ()):
        if (sealed := row[each.column]) is not None:
            place = Place(row[each.subject], each.label, row[each.row_id])
            opened = json.loads(keys[place.subject].open(place, sealed))
            plain[each.column] = {"sealed": [*place], "plain": opened}
    return plain


if __name__ == "__main__":
    from tests.integration.records.contract.test_entities import WHOLE

    asyncio.run(make([*WHOLE], Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
