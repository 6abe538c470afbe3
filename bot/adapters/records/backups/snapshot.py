"""Everything in a database as it is at one moment, read row by row beside those who write.

One transaction that only reads: on SQLite a reader holds its moment of the write-ahead log and the
writer goes on; on PostgreSQL ``REPEATABLE READ`` and ``COPY``. Nothing is held in memory.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, Table

from bot.adapters.records.engines import DATABASE_ERRORS, SQLITE

_BEGIN = {SQLITE: "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
_TRY_MILLISECONDS = 20
_TRIES = 20
_BETWEEN_TRIES = 0.05


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment only."""
    is_sqlite = engine.dialect.name == SQLITE
    with engine.connect() as connection:
        connection.exec_driver_sql(_BEGIN[engine.dialect.name])
        try:
            yield connection
        finally:
            with suppress(*DATABASE_ERRORS):
                connection.exec_driver_sql("ROLLBACK")
        if is_sqlite:
            with suppress(*DATABASE_ERRORS):
                _shorten_log(connection)


def _shorten_log(connection: Connection) -> None:
    """Clear SQLite's log of what we kept it from clearing: its room, and keys destroyed meanwhile.

    In short tries, because those who write wait during each.
    """
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_TRY_MILLISECONDS}")
    for _ in range(_TRIES):
        connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
        is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        if not is_busy:
            return
        time.sleep(_BETWEEN_TRIES)


def rows_of(connection: Connection, table: Table) -> Generator[tuple[Any, ...], None, None]:
    """A table's rows, in no order."""
    columns = ", ".join(f'"{each.name}"' for each in table.columns)
    select = f'SELECT {columns} FROM "{table.name}"'  # noqa: S608 - names of our own tables
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == SQLITE:
        yield from cursor.execute(select)
        return
    cursor.execute(f"{select} LIMIT 0")
    types = [each.type_code for each in cursor.description]
    with cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT BINARY)") as copy:
        copy.set_types(types)
        yield from copy.rows()
