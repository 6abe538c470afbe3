"""Connections for reading: used inline on SQLite, in a small pool of threads on PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

from bot.adapters.records.driver import Driver
from bot.adapters.records.engines import DATABASE_ERRORS, SQLITE, is_lost, named
from bot.domain.errors import RecordUnavailable

_THREADS = 4
_Result = TypeVar("_Result")


class Readers:
    """Held connections, one a thread. All raise ``RecordUnavailable`` for a database's refusal."""

    def __init__(self, engine: Engine) -> None:
        self.dialect = engine.dialect.name
        self._engine = engine
        self._pool = (
            None if self.dialect == SQLITE else ThreadPoolExecutor(_THREADS, "record-reader")
        )
        self._mine = threading.local()
        self._all: list[Connection] = []
        self._is_open = True

    async def run(self, reading: Callable[[Driver], _Result]) -> _Result:
        """What a function reads by the driver."""
        return await self._in_pool(lambda: self._named(lambda: reading(self._held()[1])))

    async def run_core(self, reading: Callable[[Connection], _Result]) -> _Result:
        """What a function reads by SQLAlchemy."""
        return await self._in_pool(lambda: self.run_here(reading))

    def run_here(self, reading: Callable[[Connection], _Result]) -> _Result:
        """The same in this thread."""
        return self._named(lambda: reading(self._held()[0]))

    def data_version(self) -> int:
        """SQLite's count of changes by other connections, in this thread."""
        return self._named(lambda: self._held()[1].number("PRAGMA data_version"))

    def close(self) -> None:
        """Close all connections."""
        self._is_open = False
        if self._pool is not None:
            self._pool.shutdown()
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._mine = threading.local()

    async def _in_pool(self, read: Callable[[], _Result]) -> _Result:
        if not self._is_open:
            raise RecordUnavailable("(closed)")
        if self._pool is None:
            return read()
        return await asyncio.get_running_loop().run_in_executor(self._pool, read)

    def _named(self, read: Callable[[], _Result]) -> _Result:
        try:
            try:
                return read()
            except DATABASE_ERRORS as error:
                self._forget()
                if not is_lost(error):
                    raise
                return read()
        except DATABASE_ERRORS as error:
            raise named(error) from None

    def _held(self) -> tuple[Connection, Driver]:
        held: tuple[Connection, Driver] | None = getattr(self._mine, "held", None)
        if held is None:
            if not self._is_open:
                raise RecordUnavailable("(closed)")
            connection = self._engine.connect()
            held = (connection, Driver(connection))
            self._mine.held = held
            self._all.append(connection)
        return held

    def _forget(self) -> None:
        held: tuple[Connection, Driver] | None = getattr(self._mine, "held", None)
        if held is not None:
            self._mine.held = None
            self._all.remove(held[0])
            held[0].invalidate()
            held[0].close()
