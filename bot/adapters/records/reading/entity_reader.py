"""Entities, read and opened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from bot.adapters.records.driver import Driver
from bot.adapters.records.mapping import Entity, Mapped, is_storable, to_column
from bot.adapters.records.reading.damage import UNREADABLE, Damage
from bot.adapters.records.reading.readers import Readers
from bot.adapters.records.reading.reading_threads import Reading
from bot.adapters.records.sealing.encryption import DataKey, DataKeys, OpenKey, WrappedKey
from bot.adapters.records.statements import as_list, one_of, select_one, select_one_of
from bot.adapters.records.tables import blind_index, subject_keys
from bot.domain.errors import CompanionError, SealBroken, WrongKey

Between = tuple[str, datetime, datetime]


class EntityReader:
    """Reads entities of every class."""

    def __init__(self, readers: Readers, data_keys: DataKeys, damage: Damage) -> None:
        self._readers = readers
        self._damage = damage
        self._data_keys = data_keys
        self._dialect = readers.dialect

    async def get(self, mapping: Mapped[Entity], key: str) -> Entity | None:
        """One entity by its id. Raises ``SealBroken``, which is audited."""
        if not is_storable(key):
            return None
        statement = select_one(mapping.table, mapping.key)
        found, damaged = await self._read(mapping, statement, {"key": key})
        if damaged:
            raise SealBroken(f"{mapping.table.name} {key}")
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
        """Entities by plain fields. Raises ``TypeError`` for a field that is none.

        One that does not open is left out and audited; ``limit`` counts those that do.
        """
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
        found, damaged = await self._read(mapping, statement, parameters)
        while limit is not None and damaged and len(found) < limit:
            # Those left out took the place of others that open.
            before, more = damaged, {"limit": limit + damaged}
            found, damaged = await self._read(mapping, statement, parameters | more)
            if damaged <= before:
                break
        return found if limit is None else found[:limit]

    async def find_by_digest(
        self, mapping: Mapped[Entity], field_name: str, digest: str
    ) -> list[Entity]:
        """Entities by the digest of a sealed field; one that does not open is left out."""
        if mapping.digest and mapping.digest[0] == field_name:
            statement = select_one(mapping.table, "digest")
            return (await self._read(mapping, statement, {"key": digest}))[0]
        if field_name not in mapping.indexed:
            raise TypeError(f"{mapping.kind.__name__}.{field_name} has no index.")
        parameters: dict[str, object] = {"field": field_name, "digest": digest}
        return (await self._read(mapping, _by_index(mapping), parameters))[0]

    async def keys(self, subjects: Iterable[str]) -> OpenKey:
        """Gives the data keys of these subjects; raises for one alone what is wrong with it."""
        wanted = set(subjects)
        missing = {each for each in wanted if self._data_keys.held(each) is None}
        if not missing:
            return self._opener({})
        return self._opener(
            await self._readers.run(lambda driver: self._fetch_keys(driver, missing))
        )

    async def drop_lost_keys(self) -> None:
        """Let go of keys at hand that the database has no more: another process erased someone."""
        held = self._data_keys.subjects()
        if not held:
            return
        statement = select(subject_keys.c.subject).where(
            one_of(self._dialect, subject_keys.c.subject, "values")
        )
        listed = {"values": as_list(self._dialect, held)}
        rows = await self._readers.run(lambda driver: driver.read(statement, listed))
        for subject in set(held) - {row.subject for row in rows}:
            self._data_keys.drop(subject)

    async def _read(
        self, mapping: Mapped[Entity], statement: Select[Any], parameters: dict[str, object]
    ) -> tuple[list[Entity], int]:
        """The entities that open, and how many do not."""
        damaged: list[tuple[str, str]] = []

        def entities(driver: Driver, rows: list[Any]) -> list[Entity]:
            damaged.clear()
            open_key = self._opener(self._fetch_missing_keys(driver, mapping, rows))
            found = []
            for row in rows:
                try:
                    found.append(mapping.from_row(row, open_key))
                except UNREADABLE:
                    damaged.append(mapping.place_of(row))
            return found

        found = await self._readers.run(Reading(statement, parameters, entities))
        if damaged:
            await self._damage.note(mapping, damaged)
        return found, len(damaged)

    def _fetch_missing_keys(
        self, driver: Driver, mapping: Mapped[Any], rows: Sequence[Any]
    ) -> dict[str, CompanionError]:
        if not mapping.sealed:
            return {}
        at = mapping.columns.index(mapping.subject)
        missing = {row[at] for row in rows if self._data_keys.held(row[at]) is None}
        return self._fetch_keys(driver, missing) if missing else {}

    def _fetch_keys(self, driver: Driver, subjects: set[str]) -> dict[str, CompanionError]:
        """Have these at hand; what is wrong with some of them."""
        refused: dict[str, CompanionError] = {}
        dialect = driver.dialect
        listed = {"values": as_list(dialect, subjects)}
        for row in driver.read(select_one_of(dialect, subject_keys, "subject"), listed):
            try:
                self._data_keys.unwrapped(WrappedKey(row.subject, row.key_id, row.wrapped))
            except (SealBroken, WrongKey) as error:
                refused[row.subject] = error
        return refused

    def _opener(self, refused: dict[str, CompanionError]) -> OpenKey:
        found: dict[str, DataKey] = {}

        def open_key(subject: str) -> DataKey:
            key = found.get(subject) or self._data_keys.held(subject)
            if key is None:
                raise refused.get(subject) or SealBroken(f"no data key for {subject}")
            found[subject] = key
            return key

        return open_key


def _given(value: object) -> list[object] | None:
    """The values of "one of", or None for a single value."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return None
    return [to_column(each) for each in value]


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
