"""Statements that are built once and used for every row."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Delete, Insert, Select, Table, bindparam, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

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


@cache
def select_one_of(table: Table, column: str) -> Select[Any]:
    """Whole rows whose column is one of ``values``."""
    return select(table).where(table.c[column].in_(bindparam("values", expanding=True)))
