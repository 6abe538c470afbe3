"""Facts about the database itself: whose key ring it is, whether it is a demo."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.adapters.records.encryption import MasterKeys
from bot.adapters.records.group import Group
from bot.adapters.records.jobs import Job
from bot.adapters.records.statements import insert_unless_there
from bot.adapters.records.tables import meta, subject_keys
from bot.domain.errors import WrongKey

_KEY_CHECK = "key check"


def fact(connection: Connection, name: str) -> str | None:
    """A fact by its name."""
    value: str | None = connection.execute(
        select(meta.c.value).where(meta.c.name == name)
    ).scalar_one_or_none()
    return value


@dataclass(frozen=True)
class SetFact(Job):
    """Keep a fact."""

    name: str
    value: str

    @property
    def durable(self) -> bool:
        """Born elsewhere than the inbox, which could do it again."""
        return True

    @property
    def lane(self) -> str:
        """In order with its like."""
        return "facts"

    def apply(self, group: Group) -> None:
        """Add the row."""
        group.upsert(meta, {"name": self.name, "value": self.value}, "name")


def check_key(connection: Connection, masters: MasterKeys) -> None:
    """Raise ``WrongKey`` unless the database was begun with this key ring; begin a new one."""
    check = masters.digest(_KEY_CHECK, "")
    into = insert_unless_there(connection.dialect.name, meta)
    if fact(connection, _KEY_CHECK) is None:
        connection.execute(into, {"name": _KEY_CHECK, "value": check})
    if fact(connection, _KEY_CHECK) != check:
        raise WrongKey
    for key_id in connection.execute(select(subject_keys.c.key_id).distinct()).scalars():
        if not masters.knows(key_id):
            raise WrongKey(f"It lacks the key {key_id}.")
