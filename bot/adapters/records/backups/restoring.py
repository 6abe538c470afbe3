"""Restoring a backup into an empty place: all of it, or nothing is there.

One transaction brings the tables to the backup's version, loads, migrates to this version, forgets
whom the ledger names and keeps back what was not sent. On SQLite it is made in a file beside, which
gets its name in the end. So a restore that was cut short has left nothing that could be served.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from filecmp import cmp
from pathlib import Path

from sqlalchemy import Connection, Engine, make_url, text, update

from bot.adapters.records.audit.seals import SEALS_FILE
from bot.adapters.records.backups.loading import load
from bot.adapters.records.backups.manifest import KEYS, RECORD, Manifest
from bot.adapters.records.backups.reading import Backup, open_backup
from bot.adapters.records.driver import Driver
from bot.adapters.records.engines import BEGIN, SQLITE, connect_to, named
from bot.adapters.records.facts import check_key
from bot.adapters.records.migrating import keep_others_waiting, upgrade_within
from bot.adapters.records.on_disk import sync
from bot.adapters.records.queue.queue_tables import outbox
from bot.adapters.records.rights.replaying import ReplayErasures
from bot.adapters.records.sealing.encryption import DataKeys, MasterKeys
from bot.adapters.records.tables import subject_keys
from bot.adapters.records.writing.group import Group
from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry
from bot.domain.errors import RecordNotEmpty, RecordUnavailable
from bot.domain.messages import ReplyKind
from bot.domain.rights import Erasure

RESTORING = ".restoring"
"""The ending of an SQLite file that is being restored."""

_OPEN = outbox.c.state.in_(("waiting", "claimed"))
_ORDINARY = outbox.c.kind == ReplyKind.ORDINARY.value


@dataclass(frozen=True)
class Replay:
    """The erasures to make again; or, without a ledger, why there is none."""

    ledger: Sequence[Erasure] = ()
    broken_lines: int = 0
    no_ledger_because: str = ""


@dataclass(frozen=True)
class Restored:
    """What was restored. ``withheld`` replies are not sent again; ``waiting`` acts are answered."""

    manifest: Manifest
    replayed: int
    withheld: int
    waiting: int


def restore(
    url: str,
    masters: MasterKeys,
    files: tuple[Path, Path],
    replay: Replay,
    now: datetime,
    seals: Path,
) -> Restored:
    """Restore the files (record, keys) into the empty database at an address; audited.

    ``seals`` is where the audit's seals go; a file that is there is kept under another name.
    Raises ``RecordNotEmpty``, ``BackupBroken``, ``WrongKey``, ``RecordNewer``,
    ``RecordUnavailable``.
    """
    check_empty(url)
    backups = [open_backup(files[0], masters, RECORD), open_backup(files[1], masters, KEYS)]
    try:
        with _place(url) as engine, engine.connect() as connection:
            if engine.dialect.name == SQLITE:
                # All of it has to be in the file itself once it is committed.
                connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
            connection.exec_driver_sql(BEGIN[engine.dialect.name])
            found = _fill(connection, masters, backups, replay, now, seals)
            connection.exec_driver_sql("COMMIT")
    except OSError as error:
        raise RecordUnavailable(f"{error.filename}: {error.strerror}.") from None
    except Exception as error:
        raise named(error) from None
    return found


def check_empty(url: str) -> None:
    """Raise ``RecordNotEmpty`` where the database at an address, or its file, is there already."""
    address = make_url(url)
    if address.get_backend_name() == SQLITE:
        file = Path(str(address.database))
        for each in (file, *(Path(f"{file}{ending}") for ending in ("-wal", "-journal"))):
            if each.exists() and each.stat().st_size:
                raise RecordNotEmpty(f"Move {each} away first.")
        return
    engine = connect_to(url)
    try:
        with engine.connect() as connection:
            _check_no_tables(connection)
    except Exception as error:
        raise named(error) from None
    finally:
        engine.dispose()


def _check_no_tables(connection: Connection) -> None:
    if connection.dialect.name == SQLITE:
        return
    there = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
    if connection.execute(text(there)).scalar_one():
        raise RecordNotEmpty("Name an empty PostgreSQL database.")


@contextmanager
def _place(url: str) -> Iterator[Engine]:
    """Where to load: PostgreSQL itself, or a file beside SQLite's that gets its name in the end."""
    address = make_url(url)
    if address.get_backend_name() != SQLITE:
        engine = connect_to(url)
        try:
            yield engine
        finally:
            engine.dispose()
        return
    file = Path(str(address.database))
    beside = file.with_name(file.name + RESTORING)
    _remove(beside)
    engine = connect_to(f"sqlite:///{beside}")
    try:
        yield engine
        engine.dispose()
        sync(beside)
        check_empty(url)
        beside.rename(file)
        sync(file.parent)
    finally:
        engine.dispose()
        _remove(beside)


def _fill(
    connection: Connection,
    masters: MasterKeys,
    backups: Sequence[Backup],
    replay: Replay,
    now: datetime,
    seals: Path,
) -> Restored:
    record, keys = backups
    keep_others_waiting(connection)
    _check_no_tables(connection)
    upgrade_within(connection, record.manifest.revision)
    fresh_seals = seals.with_name(seals.name + RESTORING)
    erased = {each.subject for each in replay.ledger}
    for backup in backups:
        for table in backup.tables():
            if table.name == SEALS_FILE:
                _write_lines(fresh_seals, (line for (line,) in table.rows))
            elif table.name == subject_keys.name:
                load(connection, table.without("subject", erased))
            else:
                load(connection, table)
    upgrade_within(connection)
    check_key(connection, masters)
    withheld = connection.execute(update(outbox).where(_OPEN, _ORDINARY).values(state="withheld"))
    connection.execute(update(outbox).where(_OPEN).values(state="waiting", owner="", lease_until=0))
    group = Group(connection, Driver(connection), DataKeys(masters))
    replayed = ReplayErasures(replay.ledger, now).apply(group)
    details = {
        "made_at": record.manifest.made_at.isoformat(),
        "revision": record.manifest.revision,
        "sha256": record.manifest.sha256,
        "keys_made_at": keys.manifest.made_at.isoformat(),
        "replayed": str(replayed),
        "withheld": str(withheld.rowcount),
        "broken_lines": str(replay.broken_lines),
        "no_ledger_because": replay.no_ledger_because,
    }
    group.audit(AuditEntry(SERVICE_CHAIN, now, PROGRAM, "restored", "record", details))
    group.flush()
    waiting = "SELECT count(*) FROM inbox WHERE state = 'waiting' AND kind <> 'timer'"
    number = connection.execute(text(waiting)).scalar_one()
    _put_seals(fresh_seals, seals, now)
    return Restored(record.manifest, replayed, withheld.rowcount, number)


def _write_lines(path: Path, lines: Iterator[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(handle)


def _put_seals(fresh: Path, path: Path, now: datetime) -> None:
    """Put the seals of the backup in place; those that know of later are kept aside."""
    if path.exists() and not cmp(fresh, path, shallow=False):
        path.rename(path.with_name(f"{path.stem}-until-{now:%Y%m%dT%H%M%SZ}{path.suffix}"))
    fresh.rename(path)
    sync(path.parent)


def _remove(file: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            Path(f"{file}{ending}").unlink()
