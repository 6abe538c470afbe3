"""Looking at how a database's data keys are wrapped, without changing or opening anything else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.adapters.records.engines import SQLITE, connect_to, named
from bot.adapters.records.facts import has_its_ring, is_its_ring
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.adapters.records.tables import meta, subject_keys
from bot.domain.errors import SealBroken, SettingsError, WrongKey

_PAGE = 2000


@dataclass(frozen=True)
class Wrappings:
    """The data keys of a database: how many each master key wraps, and whose do not open.

    ``is_its_ring``: the database was begun with the ring that was asked. ``broken`` leaves those
    out whose master key the ring lacks.
    """

    is_its_ring: bool
    wrapped_by: dict[str, int]
    broken: tuple[str, ...]


def is_there(url: str) -> bool:
    """Whether there is a database to look at: no file is made by asking.

    Raises ``SettingsError`` for what is no address.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        # Its text can hold a password.
        raise SettingsError("DATABASE_URL is no address of a database.") from None
    return address.get_backend_name() != SQLITE or Path(address.database or "").exists()


def is_begun(url: str) -> bool:
    """Whether there is a database that some ring has to open. Raises ``RecordUnavailable``."""
    if not is_there(url):
        return False
    engine = connect_to(url)
    try:
        with engine.connect() as connection:
            tables = inspect(connection)
            return tables.has_table(meta.name) and has_its_ring(connection)
    except Exception as error:
        raise named(error) from None
    finally:
        engine.dispose()


def look_at_keys(url: str, masters: MasterKeys) -> Wrappings | None:
    """Try every data key; None where no record was begun. Raises ``RecordUnavailable``."""
    if not is_there(url):
        return None
    engine = connect_to(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(subject_keys.name):
                return None
            return _look(connection, masters)
    except Exception as error:
        raise named(error) from None
    finally:
        engine.dispose()


def _look(connection: Connection, masters: MasterKeys) -> Wrappings:
    if not is_its_ring(connection, masters):
        return Wrappings(False, {}, ())
    wrapped_by: dict[str, int] = {}
    broken: list[str] = []
    page = select(subject_keys).order_by(subject_keys.c.subject).limit(_PAGE)
    after = ""
    while rows := connection.execute(page.where(subject_keys.c.subject > after)).all():
        for row in rows:
            wrapped_by[row.key_id] = wrapped_by.get(row.key_id, 0) + 1
            try:
                masters.unwrap(row.subject, row.key_id, row.wrapped)
            except SealBroken:
                broken.append(row.subject)
            except WrongKey:
                continue
        after = rows[-1].subject
    return Wrappings(True, wrapped_by, tuple(broken))
