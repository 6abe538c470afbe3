"""Reading: on held connections, inline on SQLite, in a small pool of threads on PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Select, Table, bindparam, select

from bot.adapters.records.encryption import DataKey, DataKeys, OpenKey, WrappedKey
from bot.adapters.records.engines import SQLITE, named
from bot.adapters.records.mapping import Entity, Mapped, is_storable, to_column
from bot.adapters.records.statements import as_list, one_of, read, select_one_of
from bot.adapters.records.tables import blind_index, subject_keys
from bot.domain.errors import SealBroken

_THREADS = 4
_Result = TypeVar("_Result")
Between = tuple[str, datetime, datetime]


class Readers:
    """Held connections, one a thread."""

    def __init__(self, engine: Engine) -> None:
        self.dialect = engine.dialect.name
        self._engine = engine
        self._pool = (
            None if self.dialect == SQLITE else ThreadPoolExecutor(_THREADS, "record-reader")
        )
        self._mine = threading.local()
        self._all: list[Connection] = []

    async def run(self, reading: Callable[[Connection], _Result]) -> _Result:
        """What ``reading`` finds. Raises ``RecordUnavailable``."""
        if self._pool is None:
            return self.run_here(reading)
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.run_here, reading)

    def run_here(self, reading: Callable[[Connection], _Result]) -> _Result:
        """The same in this thread."""
        try:
            return reading(self._connection())
        except Exception as error:
            other = named(error)
            if other is error:
                raise
            self._forget()
            raise other from None

    def data_version(self) -> int:
        """SQLite's count of changes by other connections, in this thread."""
        driver = self._connection().connection.driver_connection
        if driver is None:
            return 0
        return int(driver.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close all connections."""
        if self._pool is not None:
            self._pool.shutdown()
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._mine = threading.local()

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._engine.connect()
            self._mine.connection = connection
            self._all.append(connection)
        return connection

    def _forget(self) -> None:
        connection: Connection | None = getattr(self._mine, "connection", None)
        if connection is not None:
            self._mine.connection = None
            self._all.remove(connection)
            connection.invalidate()
            connection.close()


class EntityReader:
    """Entities, read and opened."""

    def __init__(self, readers: Readers, data_keys: DataKeys) -> None:
        self._readers = readers
        self._data_keys = data_keys
        self._dialect = readers.dialect

    async def get(self, mapping: Mapped[Entity], key: str) -> Entity | None:
        """One entity by its id."""
        if not is_storable(key):
            return None
        found = await self._read(mapping, select_one(mapping.table, mapping.key), {"key": key})
        return found[0] if found else None

    async def find(
        self,
        mapping: Mapped[Entity],
        *,
        order: str,
        limit: int | None,
        between: Between | None,
        equal: dict[str, object],
    ) -> list[Entity]:
        """Entities by plain fields. Raises ``TypeError`` for a field that is none."""
        parameters: dict[str, object] = {} if limit is None else {"limit": limit}
        shape = []
        for name, value in sorted(equal.items()):
            given = _given(value)
            if not all(is_storable(each) for each in given or [value]):
                return []
            kind = "none" if value is None else "equal" if given is None else "one of"
            shape.append((name, kind))
            if value is not None:
                single = to_column(value)
                listed = as_list(self._dialect, given or [])
                parameters[f"is_{name}"] = single if given is None else listed
        if between:
            parameters["from_"] = to_column(between[1])
            parameters["before"] = to_column(between[2])
        field = between[0] if between else ""
        statement = _select(self._dialect, mapping, tuple(shape), order, limit is not None, field)
        return await self._read(mapping, statement, parameters)

    async def find_by_digest(
        self, mapping: Mapped[Entity], field_name: str, digest: str
    ) -> list[Entity]:
        """Entities by the digest of a sealed field."""
        if mapping.digest and mapping.digest[0] == field_name:
            statement = select_one(mapping.table, "digest")
            return await self._read(mapping, statement, {"key": digest})
        if field_name not in mapping.indexed:
            raise TypeError(f"{mapping.kind.__name__}.{field_name} has no index.")
        parameters: dict[str, object] = {"field": field_name, "digest": digest}
        return await self._read(mapping, _by_index(mapping), parameters)

    async def keys(self, subjects: Iterable[str]) -> OpenKey:
        """Open keys of these subjects. The function raises ``SealBroken`` for one without."""
        wanted = set(subjects)
        missing = {each for each in wanted if self._data_keys.held(each) is None}
        if missing:
            await self._readers.run(lambda connection: self._fetch_keys(connection, missing))
        return self._open_key

    async def _read(
        self, mapping: Mapped[Entity], statement: Select[Any], parameters: dict[str, object]
    ) -> list[Entity]:
        def entities(connection: Connection) -> list[Entity]:
            rows = read(connection, statement, parameters)
            if mapping.sealed and rows:
                self._fetch_missing_keys(connection, mapping, rows)
            return [mapping.from_row(row, self._open_key) for row in rows]

        return await self._readers.run(entities)

    def _fetch_missing_keys(
        self, connection: Connection, mapping: Mapped[Any], rows: Sequence[Any]
    ) -> None:
        at = mapping.columns.index(mapping.subject)
        missing = {row[at] for row in rows if self._data_keys.held(row[at]) is None}
        if missing:
            self._fetch_keys(connection, missing)

    def _fetch_keys(self, connection: Connection, subjects: set[str]) -> None:
        dialect = connection.dialect.name
        listed = {"values": as_list(dialect, subjects)}
        for row in read(connection, select_one_of(dialect, subject_keys, "subject"), listed):
            self._data_keys.unwrapped(WrappedKey(row.subject, row.key_id, row.wrapped))

    def _open_key(self, subject: str) -> DataKey:
        key = self._data_keys.held(subject)
        if key is None:
            raise SealBroken(f"no data key for {subject}")
        return key


def _given(value: object) -> list[object] | None:
    """The values of "one of", or None for a single value."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return None
    return [to_column(each) for each in value]


@cache
def select_one(table: Table, column: str) -> Select[Any]:
    """Rows whose column is ``key``."""
    return select(table).where(table.c[column] == bindparam("key"))


@cache
def _by_index(mapping: Mapped[Any]) -> Select[Any]:
    ids = select(blind_index.c.entity_id).where(
        blind_index.c.field == bindparam("field"), blind_index.c.digest == bindparam("digest")
    )
    return select(mapping.table).where(mapping.table.c[mapping.key].in_(ids))


@cache
def _select(
    dialect: str,
    mapping: Mapped[Any],
    shape: tuple[tuple[str, str], ...],
    order: str,
    limited: bool,
    between: str,
) -> Select[Any]:
    table = mapping.table
    statement = select(table)
    for name, kind in shape:
        column = _plain(mapping, name)
        if kind == "none":
            statement = statement.where(column.is_(None))
        elif kind == "equal":
            statement = statement.where(column == bindparam(f"is_{name}"))
        else:
            statement = statement.where(one_of(dialect, column, f"is_{name}"))
    if between:
        column = _plain(mapping, between)
        statement = statement.where(column >= bindparam("from_"), column < bindparam("before"))
    if order:
        column = _plain(mapping, order.removeprefix("-"))
        down = order.startswith("-")
        key = table.c[mapping.key]
        statement = statement.order_by(*((column.desc(), key.desc()) if down else (column, key)))
    return statement.limit(bindparam("limit")) if limited else statement


def _plain(mapping: Mapped[Any], name: str) -> Any:
    if name not in mapping.plain:
        raise TypeError(
            f"{mapping.kind.__name__}.{name} is no plain field: it cannot be asked for."
        )
    return mapping.table.c[name]
