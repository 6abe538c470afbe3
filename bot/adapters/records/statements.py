"""Statements that are built and compiled once, then handed to the driver for every row.

SQLAlchemy's own execution compiles an upsert anew each time and costs more than the database does;
it is kept for what is rare.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    ClauseElement,
    ColumnElement,
    Connection,
    Delete,
    FromClause,
    Insert,
    Select,
    Table,
    any_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from bot.adapters.records.engines import SQLITE


@cache
def insert_into(table: Table) -> Insert:
    """Insert rows of a table."""
    return insert(table)


@cache
def upsert_into(dialect: str, table: Table, *key: str) -> Any:
    """Insert rows, or replace those with the same key."""
    into = sqlite.insert(table) if dialect == SQLITE else postgresql.insert(table)
    rest = {each.name: into.excluded[each.name] for each in table.columns if each.name not in key}
    return into.on_conflict_do_update(index_elements=list(key), set_=rest)


@cache
def insert_unless_there(dialect: str, table: Table) -> Any:
    """Insert rows whose key is not there yet; leave the others alone."""
    into = sqlite.insert(table) if dialect == SQLITE else postgresql.insert(table)
    return into.on_conflict_do_nothing()


@cache
def delete_where(table: Table, *columns: str) -> Delete:
    """Delete rows by columns, given as ``the_COLUMN``."""
    return delete(table).where(*(table.c[each] == bindparam(f"the_{each}") for each in columns))


def is_waiting(rows: FromClause) -> ColumnElement[bool]:
    """That a queue's row waits: in words, so that the index of waiting rows is used."""
    return rows.c.state == literal_column("'waiting'")


def is_open(rows: FromClause) -> ColumnElement[bool]:
    """That a queue's row waits or is claimed: in words, for the same reason."""
    return rows.c.state.in_([literal_column("'waiting'"), literal_column("'claimed'")])


def one_of(dialect: str, column: Any, name: str) -> ColumnElement[bool]:
    """That a column is one of a list, which is one parameter: see ``as_list``."""
    if dialect == SQLITE:
        each = func.json_each(bindparam(name)).table_valued("value")
        return cast(ColumnElement[bool], column.in_(select(each.c.value)))
    return cast(ColumnElement[bool], column == any_(bindparam(name, type_=ARRAY(column.type))))


def as_list(dialect: str, values: Iterable[Any]) -> object:
    """A list as ``one_of`` takes it."""
    return json.dumps(list(values)) if dialect == SQLITE else list(values)


@cache
def select_one_of(dialect: str, table: Table, column: str) -> Select[Any]:
    """Whole rows whose column is one of the list ``values``."""
    return select(table).where(one_of(dialect, table.c[column], "values"))


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


def write(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement for each row by the driver itself. All rows have the same keys."""
    columns = tuple(rows[0]) if isinstance(statement, Insert) else None
    compiled = _compiled(statement, connection.dialect, columns)
    cursor = connection.connection.cursor()
    if len(rows) == 1:
        cursor.execute(compiled.text, {**compiled.fixed, **rows[0]})
    elif compiled.fixed:
        cursor.executemany(compiled.text, [{**compiled.fixed, **row} for row in rows])
    else:
        cursor.executemany(compiled.text, rows)


def read(connection: Connection, statement: Any, values: Mapping[str, Any]) -> list[Any]:
    """The rows that a statement returns, as named tuples, by the driver itself."""
    compiled = _compiled(statement, connection.dialect, None)
    cursor = connection.connection.cursor()
    cursor.execute(compiled.text, {**compiled.fixed, **values})
    return list(map(compiled.row, cursor.fetchall()))
