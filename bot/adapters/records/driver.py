"""The frequent statements: compiled once, then handed to the database's driver as they are.

SQLAlchemy's own execution compiles an upsert anew each time and costs more than the database does;
it is kept for what is rare.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ClauseElement, Connection, Insert
from sqlalchemy.engine import Dialect

from bot.adapters.records.engines import POSTGRESQL


@dataclass(frozen=True)
class _Compiled:
    """A statement's text, the values that stand in it, and how its rows are named."""

    text: str
    fixed: dict[str, Any]
    row: Callable[[Iterable[Any]], Any]


@lru_cache(maxsize=1024)
def _compiled(
    statement: ClauseElement, dialect: Dialect, columns: tuple[str, ...] | None
) -> _Compiled:
    keys = None if columns is None else list(columns)
    compiled: Any = statement.compile(dialect=dialect, column_keys=keys)
    fixed = {name: each.value for name, each in compiled.binds.items() if not each.required}
    names = [str(each.name) for each in getattr(statement, "exported_columns", ())]
    row = cast(Any, namedtuple)("Row", names, rename=True)
    return _Compiled(str(compiled), fixed, row._make)


class Driver:
    """A connection of the database's driver, in autocommit."""

    def __init__(self, connection: Connection) -> None:
        self.dialect = connection.dialect.name
        self._dialect = connection.dialect
        self._connection: Any = connection.connection.driver_connection
        self._cursor: Any = connection.connection.cursor()

    def run(self, text: str) -> None:
        """Run words without values."""
        self._cursor.execute(text)

    def number(self, text: str) -> int:
        """The number that some words answer."""
        self._cursor.execute(text)
        return int(self._cursor.fetchone()[0])

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send what is asked, written and run inside without waiting for each answer.

        On PostgreSQL one round trip in place of many; SQLite is in this process and has none.
        What went wrong is raised at the end at the latest, and nothing after it was done.
        """
        if self.dialect == POSTGRESQL:
            with self._connection.pipeline():
                yield
        else:
            yield

    def ask(self, statement: ClauseElement, values: Mapping[str, Any]) -> Callable[[], list[Any]]:
        """Begin to read; what this returns gives the rows, after ``together`` has ended."""
        if self.dialect != POSTGRESQL:
            rows = self.read(statement, values)
            return lambda: rows
        compiled = _compiled(statement, self._dialect, None)
        cursor = self._connection.execute(compiled.text, {**compiled.fixed, **values})
        return lambda: list(map(compiled.row, cursor.fetchall()))

    def read(self, statement: ClauseElement, values: Mapping[str, Any]) -> list[Any]:
        """The rows that a statement returns, as named tuples."""
        compiled = _compiled(statement, self._dialect, None)
        self._cursor.execute(compiled.text, {**compiled.fixed, **values})
        return list(map(compiled.row, self._cursor.fetchall()))

    def write(self, statement: ClauseElement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement for each row. All rows have the same keys."""
        columns = tuple(rows[0]) if isinstance(statement, Insert) else None
        compiled = _compiled(statement, self._dialect, columns)
        if len(rows) == 1:
            self._cursor.execute(compiled.text, {**compiled.fixed, **rows[0]})
        elif compiled.fixed:
            self._cursor.executemany(compiled.text, [{**compiled.fixed, **row} for row in rows])
        else:
            self._cursor.executemany(compiled.text, rows)
