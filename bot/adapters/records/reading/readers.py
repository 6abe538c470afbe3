"""Connections for reading: used inline on SQLite, by a few threads on PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

from bot.adapters.records.driver import Driver
from bot.adapters.records.engines import SQLITE
from bot.adapters.records.reading.reading_threads import ReadingConnection, ReadingThreads
from bot.domain.errors import RecordUnavailable

_THREADS = 2
"""For what is read by SQLAlchemy: rare, and sometimes long."""

_Result = TypeVar("_Result")


class Readers:
    """Held connections, one a thread. All raise ``RecordUnavailable`` for a database's refusal."""

    def __init__(self, engine: Engine) -> None:
        self.dialect = engine.dialect.name
        self._engine = engine
        on_sqlite = self.dialect == SQLITE
        self._threads = None if on_sqlite else ReadingThreads(engine)
        self._pool = None if on_sqlite else ThreadPoolExecutor(_THREADS, "record-core-reader")
        self._mine = threading.local()
        self._all: list[ReadingConnection] = []
        self._is_open = True

    async def run(self, reading: Callable[[Driver], _Result]) -> _Result:
        """What a function, or better a ``Reading``, reads by the driver."""
        self._check_open()
        if self._threads is None:
            held = self._held()
            return held.read(lambda: reading(held.driver))
        return await self._threads.read(reading)

    async def run_core(self, reading: Callable[[Connection], _Result]) -> _Result:
        """What a function reads by SQLAlchemy."""
        self._check_open()
        if self._pool is None:
            return self.run_here(reading)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: self.run_here(reading))

    def run_here(self, reading: Callable[[Connection], _Result]) -> _Result:
        """The same in this thread."""
        held = self._held()
        return held.read(lambda: reading(held.connection))

    def data_version(self) -> int:
        """SQLite's count of changes by other connections, in this thread."""
        held = self._held()
        return held.read(lambda: held.driver.number("PRAGMA data_version"))

    def close(self) -> None:
        """Close all connections."""
        self._is_open = False
        if self._threads is not None:
            self._threads.close()
        if self._pool is not None:
            self._pool.shutdown()
        for each in self._all:
            each.close()
        self._all.clear()
        self._mine = threading.local()

    def _check_open(self) -> None:
        if not self._is_open:
            raise RecordUnavailable("(closed)")

    def _held(self) -> ReadingConnection:
        held: ReadingConnection | None = getattr(self._mine, "held", None)
        if held is None:
            self._check_open()
            held = ReadingConnection(self._engine)
            self._mine.held = held
            self._all.append(held)
        return held
