"""The kept revisions: what was in a database of each, in plain, and putting it into one again.

REVISION.json holds the rows by table. What hangs on a key ring stands there as what it is made of:
``{"sealed": [subject, label, row id], "plain": …}``, ``{"digest": [purpose, text]}``, a data key
as its subject alone, the audit without hashes and signatures. A ring of the test's own makes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.adapters.keys import KeyRing
from bot.adapters.records.audit.reasons import seal_reason
from bot.adapters.records.audit.seals import Seal
from bot.adapters.records.backups.loading import load
from bot.adapters.records.backups.reading import StoredTable
from bot.adapters.records.engines import BEGIN, connect_to
from bot.adapters.records.mapping import from_micros
from bot.adapters.records.migrating import migrate_engine
from bot.adapters.records.sealing.encryption import DataKeys, Place
from bot.domain.audit import FIRST, AuditEntry, entry_hash

FOLDER = Path(__file__).parent
KEPT = sorted(each.stem for each in FOLDER.glob("*.json"))

Row = dict[str, Any]


def kept(revision: str) -> Row:
    """What was kept of a revision: "tables" (rows by table) and "held" (the entities in them)."""
    found: Row = json.loads((FOLDER / f"{revision}.json").read_text(encoding="utf-8"))
    return found


def plant(url: str, revision: str, ring: KeyRing) -> None:
    """Bring an empty database to a revision, with the rows that were kept of it."""
    engine = connect_to(url)
    migrate_engine(engine, revision)
    with engine.connect() as connection:
        connection.exec_driver_sql(BEGIN[connection.dialect.name])
        for table in _Made(kept(revision)["tables"], ring).tables():
            load(connection, table)
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


class _Made:
    """Kept rows, with all that hangs on a key ring made by this one."""

    def __init__(self, tables: dict[str, list[Row]], ring: KeyRing) -> None:
        self._tables = tables
        self._ring = ring
        subjects = [each["subject"] for each in tables["subject_keys"]]
        self._keys = {each: DataKeys(ring).fresh(each) for each in subjects}
        self._hashes: dict[tuple[str, int], str] = {}

    def tables(self) -> Iterator[StoredTable]:
        """Each table with its rows."""
        audit = self._tables["audit"]
        made = {"audit": [self._entry(each) for each in sorted(audit, key=lambda e: e["place"])]}
        for name, rows in self._tables.items():
            whole = made.get(name) or [self._row(name, each) for each in rows]
            if whole:
                yield StoredTable(name, [*whole[0]], iter([[*each.values()] for each in whole]))

    def _row(self, table: str, row: Row) -> Row:
        if table == "subject_keys":
            wrapped = self._keys[row["subject"]][1]
            return row | {"key_id": wrapped.key_id, "wrapped": wrapped.wrapped}
        if table in {"audit_heads", "audit_seals"}:
            row = row | {"hash": self._hashes[row["chain"], row["place"]]}
        if table == "audit_seals":
            seal = Seal(row["chain"], row["place"], row["hash"], from_micros(row["at"]))
            row = row | {"signature": seal.sign(self._ring).signature}
        return {name: self._value(value) for name, value in row.items()}

    def _value(self, value: Any) -> Any:
        match value:
            case {"sealed": [subject, label, row_id], "plain": plain}:
                place = Place(subject, label, row_id)
                return self._keys[subject][0].seal(place, json.dumps(plain).encode())
            case {"digest": [purpose, text]}:
                return self._ring.digest(purpose, text)
        return value

    def _entry(self, row: Row) -> Row:
        chain, place = row["chain"], row["place"]
        rest = (row["by"], row["action"], row["thing"], row["details"])
        given = AuditEntry(chain, from_micros(row["at"]), *rest)
        entry = seal_reason(given, place, lambda subject: self._keys[subject][0])
        hashed = entry_hash(self._hashes.get((chain, place - 1), FIRST), place, entry)
        self._hashes[chain, place] = hashed
        return row | {"details": json.dumps(entry.details), "hash": hashed}
