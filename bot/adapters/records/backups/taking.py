"""Taking a backup: one moment of the record, in two files that are kept for different times.

The wrapped keys stand apart. Without them nothing in the other file can be opened; so once the
files of keys from before an erasure are gone, no backup opens the erased person's words. Whoever
was not erased is in a newer file of keys, which opens older backups too.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Table

from bot.adapters.records.audit.audit_tables import audit_heads
from bot.adapters.records.audit.seals import SEALS_FILE
from bot.adapters.records.backups.manifest import KEYS, RECORD, Manifest
from bot.adapters.records.backups.snapshot import rows_of, snapshot
from bot.adapters.records.backups.writing import PART, BackupWriter, writing
from bot.adapters.records.columns import metadata
from bot.adapters.records.engines import DATABASE_ERRORS, connect_to, named
from bot.adapters.records.migrating import check_version, version_of
from bot.adapters.records.rights.ledger import LEDGER_FILE, carry_over
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.adapters.records.tables import subject_keys
from bot.domain.errors import BackupFailed

PASSING = frozenset({"leases", "sessions", "held_parts"})
"""Tables of what is so at the moment only: a restored record begins without."""


@dataclass(frozen=True)
class Taken:
    """The two files of a backup, and what the larger one holds."""

    record: Path
    keys: Path
    manifest: Manifest


def take_backup(
    url: str, masters: MasterKeys, home: Path, folder: Path, now: datetime, keys_folder: Path
) -> Taken:
    """Take a backup of the database at an address into a folder; it may be written to meanwhile.

    A copy of the home's ledger of erasures goes beside it. Raises ``BackupFailed`` (nothing half
    is left), ``AlreadyThere``, ``RecordUnavailable``, ``RecordOlder``.
    """
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    record, keys = folder / f"record-{stamp}.backup", keys_folder / f"keys-{stamp}.backup"
    engine = connect_to(url)
    try:
        with _alone_in({folder.resolve(), keys_folder.resolve()}), ExitStack() as undo:
            # As long as it was before the moment itself: the audit then bears every seal out.
            seals = _seals_in(home / SEALS_FILE)
            with snapshot(engine) as connection:
                check_version(connection)
                revision = version_of(connection)
                with writing(keys, KEYS, revision, now) as file:
                    _write(file, connection, subject_keys)
                    of_keys = file.finish(masters)
                undo.callback(keys.unlink)
                with writing(record, RECORD, revision, now) as file:
                    heads = _write_all(file, connection, seals)
                    made = file.finish(masters, heads=heads, keys_sha256=of_keys.sha256)
                undo.callback(record.unlink)
            carry_over(home / LEDGER_FILE, folder / LEDGER_FILE)
            undo.pop_all()
    except OSError as error:
        raise BackupFailed(f"{error.filename or folder}: {error.strerror}.") from None
    except DATABASE_ERRORS as error:
        raise named(error) from None
    finally:
        engine.dispose()
    return Taken(record, keys, made)


def _write_all(
    file: BackupWriter, connection: Connection, seals: Iterator[list[str]]
) -> dict[str, tuple[int, str]]:
    """Write all but the keys; the audit's heads."""
    for table in metadata.sorted_tables:
        if table is not subject_keys and table.name not in PASSING:
            _write(file, connection, table)
    file.table(SEALS_FILE, ["line"], [], seals)
    heads = connection.execute(audit_heads.select())
    return {each.chain: (each.place, each.hash) for each in heads}


def _write(file: BackupWriter, connection: Connection, table: Table) -> None:
    columns = [each.name for each in table.columns]
    sealed = [each.name for each in table.columns if each.type.python_type is bytes]
    # Closed here: what is read half would keep the connection from ending its transaction.
    with closing(rows_of(connection, table)) as rows:
        file.table(table.name, columns, sealed, rows)


def _seals_in(path: Path) -> Iterator[list[str]]:
    """The lines of the seals' file, as far as it goes now."""
    length = path.stat().st_size if path.exists() else 0
    return _lines_of(path, length)


def _lines_of(path: Path, length: int) -> Iterator[list[str]]:
    read = 0
    if not length:
        return
    with path.open("rb") as file:
        while read < length and (line := file.readline()).endswith(b"\n"):
            read += len(line)
            yield [line.decode("ascii", "replace").rstrip("\n")]


@contextmanager
def _alone_in(folders: Iterable[Path]) -> Iterator[None]:
    """Be the only one who writes backups into these folders; halves in them are then nobody's."""
    with ExitStack() as held:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(folder, os.O_RDONLY)
            held.callback(os.close, handle)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupFailed(f"Another one is being written into {folder}.") from None
            for half in folder.glob(f"*.backup{PART}"):
                half.unlink()
        yield
