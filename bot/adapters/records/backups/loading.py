"""Rows of a backup into empty tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from bot.adapters.records.backups.reading import StoredTable
from bot.adapters.records.engines import SQLITE

_ROWS_AT_ONCE = 1000


def load(connection: Connection, table: StoredTable) -> None:
    """Add a table's rows, inside the caller's transaction."""
    names = ", ".join(f'"{each}"' for each in table.columns)
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == SQLITE:
        marks = ", ".join("?" * len(table.columns))
        insert = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608
        for rows in _in_lots(table.rows):
            cursor.executemany(insert, rows)
        return
    with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in table.rows:
            copy.write_row(row)
    if "seq" in table.columns:
        _go_on_counting(cursor, table.name)


def _in_lots(rows: Iterator[list[Any]]) -> Iterator[Sequence[list[Any]]]:
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        yield some


def _go_on_counting(cursor: Any, table: str) -> None:
    """PostgreSQL counts by itself: it has to know how far the loaded rows came."""
    cursor.execute(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'seq'), max(seq)) "  # noqa: S608
        f'FROM "{table}" HAVING max(seq) IS NOT NULL'
    )
