"""Facts about the database itself: whose key ring it is, whether it is a demo."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.adapters.records.engines import SQLITE
from bot.adapters.records.sealing.encryption import MasterKeys, RingIncomplete
from bot.adapters.records.statements import insert_unless_there
from bot.adapters.records.tables import meta, subject_keys
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import BornElsewhere
from bot.domain.errors import WrongKey

_KEY_CHECK = "key check"

ANOTHERS = (
    "It is the ring of another database, or of an earlier one: put the ring back that this one "
    "was begun with, or the database that belongs to this ring. Nothing was changed."
)
INCOMPLETE = (
    "It is an older copy, or keys were retired from it: put the newest copy of the ring back, or "
    "bring its key in from another copy with 'companion keys restore COPY' (for a restored backup "
    "that is 'master.key.retired-…'). Nothing was changed."
)


def fact(connection: Connection, name: str) -> str | None:
    """A fact by its name."""
    value: str | None = connection.execute(
        select(meta.c.value).where(meta.c.name == name)
    ).scalar_one_or_none()
    return value


def faults_of_file(connection: Connection, most: int = 5) -> list[str]:
    """What SQLite finds wrong with its own file, a few lines at most; PostgreSQL has its own way.

    Raises ``RecordUnavailable`` where the file is so damaged that it cannot even be looked at.
    """
    if connection.dialect.name != SQLITE:
        return []
    found = connection.exec_driver_sql(f"PRAGMA quick_check({most})").scalars().all()
    return [str(each) for each in found if each != "ok"]


@dataclass(frozen=True)
class SetFact(BornElsewhere):
    """Keep a fact."""

    name: str
    value: str

    def apply(self, group: Group) -> None:
        """Add the row."""
        group.upsert(meta, {"name": self.name, "value": self.value}, "name")


def check_key(connection: Connection, masters: MasterKeys) -> None:
    """Raise ``WrongKey`` unless the database was begun with this key ring; begin a new one.

    Raises ``RingIncomplete`` for a ring without a key that is needed.
    """
    check = masters.digest(_KEY_CHECK, "")
    into = insert_unless_there(connection.dialect.name, meta)
    if fact(connection, _KEY_CHECK) is None:
        connection.execute(into, {"name": _KEY_CHECK, "value": check})
    if not is_its_ring(connection, masters):
        raise WrongKey(ANOTHERS)
    missing = sorted(each for each in wrapped_by(connection) if not masters.knows(each))
    if missing:
        raise RingIncomplete(f"{', '.join(missing)}. {INCOMPLETE}")


def is_its_ring(connection: Connection, masters: MasterKeys) -> bool:
    """Whether the database was begun with this key ring, or not begun at all."""
    return fact(connection, _KEY_CHECK) in {None, masters.digest(_KEY_CHECK, "")}


def has_its_ring(connection: Connection) -> bool:
    """Whether the database was begun with some ring."""
    return fact(connection, _KEY_CHECK) is not None


def wrapped_by(connection: Connection) -> dict[str, int]:
    """How many data keys each master key wraps, by its id."""
    counts = select(subject_keys.c.key_id, func.count()).group_by(subject_keys.c.key_id)
    return {row[0]: row[1] for row in connection.execute(counts)}
