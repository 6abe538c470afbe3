"""Proving a backup: whole, signed, every sealed value opens, the audit's chains hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from bot.adapters.records.audit.audit_tables import audit, audit_heads, audit_seals
from bot.adapters.records.audit.chains import chains, faults_of
from bot.adapters.records.audit.seals import SEALS_FILE, broken_lines
from bot.adapters.records.backups.loading import load
from bot.adapters.records.backups.manifest import KEYS, RECORD, Manifest
from bot.adapters.records.backups.reading import Backup, StoredTable, open_backup
from bot.adapters.records.backups.sealed_columns import SealedIn, sealed_columns
from bot.adapters.records.columns import metadata
from bot.adapters.records.engines import connect_to
from bot.adapters.records.sealing.encryption import (
    DataKeys,
    MasterKeys,
    Place,
    RingIncomplete,
    WrappedKey,
)
from bot.domain.errors import SealBroken

_AUDIT = (audit, audit_heads, audit_seals)
_QUICKLY = 50
"""A quick look opens the first value of each of so many rows."""


@dataclass(frozen=True)
class Verified:
    """What was found. ``faults`` and ``unchecked`` hold ids and codes only."""

    manifest: Manifest
    opened: int
    chains: int
    faults: tuple[str, ...]
    unchecked: tuple[str, ...]


@dataclass
class _Found:
    opened: int = 0
    chains: int = 0
    faults: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    keyless: Counter[str] = field(default_factory=Counter)


def verify(record: Path, keys: Path | None, masters: MasterKeys, *, quick: bool) -> Verified:
    """Check a backup. Without its keys no sealed value is opened, and it says so.

    Raises ``BackupBroken``, ``WrongKey``, ``RingIncomplete`` (keys of before a rotation).
    """
    backup = open_backup(record, masters, RECORD)
    found = _Found()
    opener, is_same_moment = None, False
    if keys is None:
        found.unchecked.append("no file of keys: no sealed value was opened")
    else:
        of_keys = open_backup(keys, masters, KEYS)
        opener = _Opener(of_keys, masters, found, every=_QUICKLY if quick else 1)
        if quick:
            found.unchecked.append(f"sealed values: one row in {_QUICKLY} was opened")
        is_same_moment = of_keys.manifest.sha256 == backup.manifest.keys_sha256
    with TemporaryDirectory(prefix="companion-verify-") as folder:
        _walk(backup, Path(folder), masters, opener, found)
    if found.keyless:
        words = f"{sum(found.keyless.values())} values of {len(found.keyless)} people have no key"
        # A newer file of keys lacks those who were erased since: that is what it is for.
        (found.faults if is_same_moment else found.unchecked).append(words)
    return Verified(
        backup.manifest, found.opened, found.chains, tuple(found.faults), tuple(found.unchecked)
    )


class _Opener:
    """Opens the sealed values of tables."""

    def __init__(self, keys: Backup, masters: MasterKeys, found: _Found, every: int) -> None:
        self._data_keys = DataKeys(masters)
        self._found = found
        self._every = every
        self._places = sealed_columns()
        self._wrapped = {
            kept.subject: kept
            for table in keys.tables()
            for kept in (WrappedKey(*each) for each in table.rows)
        }
        for kept in self._wrapped.values():
            if not masters.knows(kept.key_id):
                raise RingIncomplete(f"{kept.key_id}.")

    def open_all(self, table: StoredTable) -> None:
        """Open what is sealed in a table."""
        at = {name: place for place, name in enumerate(table.columns)}
        places = [each for each in self._places.get(table.name, ()) if each.column in at]
        if not places:
            return
        for number, row in enumerate(table.rows):
            if number % self._every == 0:
                for each in places:
                    if row[at[each.column]] is not None:
                        self._open(each, row, at)

    def _open(self, each: SealedIn, row: list[object], at: dict[str, int]) -> None:
        subject, row_id = str(row[at[each.subject]]), str(row[at[each.row_id]])
        kept = self._wrapped.get(subject)
        if kept is None:
            self._found.keyless[subject] += 1
            return
        try:
            sealed = row[at[each.column]]
            key = self._data_keys.unwrapped(kept)
            key.open(Place(subject, each.label, row_id), sealed)  # type: ignore[arg-type]
            self._found.opened += 1
        except SealBroken:
            self._found.faults.append(f"does not open: {each.label} {row_id}")


def _walk(
    backup: Backup, folder: Path, masters: MasterKeys, opener: _Opener | None, found: _Found
) -> None:
    """Open what is sealed; bring the audit into a database of its own, and walk it there."""
    seals = folder / SEALS_FILE
    engine = connect_to(f"sqlite:///{folder / 'audit.sqlite'}")
    try:
        with engine.connect() as connection:
            metadata.create_all(connection, _AUDIT)
            connection.exec_driver_sql("BEGIN")
            for table in backup.tables():
                if table.name in {each.name for each in _AUDIT}:
                    load(connection, table)
                elif table.name == SEALS_FILE:
                    with seals.open("w", encoding="ascii") as file:
                        file.writelines(f"{line}\n" for (line,) in table.rows)
                elif opener is not None:
                    opener.open_all(table)
            connection.exec_driver_sql("COMMIT")
            _walk_audit(connection, seals, masters, backup.manifest, found)
    finally:
        engine.dispose()


def _walk_audit(
    connection: Connection, seals: Path, masters: MasterKeys, manifest: Manifest, found: _Found
) -> None:
    for chain in chains(connection):
        found.chains += 1
        for fault in faults_of(connection, chain, masters):
            found.faults.append(f"audit of {chain}: {fault.what} at {fault.place}")
    kept = {
        each.chain: (each.place, each.hash) for each in connection.execute(audit_heads.select())
    }
    if kept != manifest.heads:
        found.faults.append("the audit's heads are not the manifest's")
    for number in broken_lines(connection, seals, masters):
        found.faults.append(f"{SEALS_FILE}: line {number} is not borne out")
