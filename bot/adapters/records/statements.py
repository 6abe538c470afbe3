"""Statements that are built once and used for every row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
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

from bot.adapters.records.engines import SQLITE

NOTIFY = select(func.pg_notify("companion", bindparam("name")))
"""Tell every process on this PostgreSQL, at the commit, that a bell was rung."""


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


@cache
def select_one(table: Table, column: str) -> Select[Any]:
    """Whole rows whose column is ``key``."""
    return select(table).where(table.c[column] == bindparam("key"))
