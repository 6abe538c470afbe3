"""The threads that write: one on SQLite, a few on PostgreSQL. Each commits in groups.

A thread takes all jobs that wait, applies them in one transaction and wakes their callers
together. When a group fails its jobs are done again one by one, so that one cannot lose the rest.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.adapters.records.encryption import DataKeys
from bot.adapters.records.engines import BEGIN, POSTGRESQL, SQLITE, named
from bot.adapters.records.group import Group, Job, Wanted
from bot.domain.errors import RecordUnavailable

_GROUP_SIZE = 256
_POSTGRESQL_THREADS = 3
_TRIES = 3
_CLASHES = {"40001", "40P01"}
"""PostgreSQL's codes for a serialisation failure and a deadlock."""


@dataclass(frozen=True)
class _Waiting:
    job: Job
    loop: asyncio.AbstractEventLoop | None
    future: asyncio.Future[Any] | concurrent.futures.Future[Any]


@dataclass(frozen=True)
class _Done:
    waiting: _Waiting
    result: Any = None
    error: Exception | None = None


class _Lane:
    """One thread with its own connection."""

    def __init__(
        self, engine: Engine, data_keys: DataKeys, ring: Callable[[set[str]], None]
    ) -> None:
        self.jobs: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._engine = engine
        self._data_keys = data_keys
        self._ring = ring
        self._connection: Connection | None = None
        self._synchronous = ""
        self.thread = threading.Thread(target=self._run, name="record-writer", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        going = True
        while going:
            first = self.jobs.get()
            group: list[_Waiting] = []
            while True:
                if first is None:
                    going = False
                    break
                group.append(first)
                if len(group) == _GROUP_SIZE:
                    break
                try:
                    first = self.jobs.get_nowait()
                except Empty:
                    break
            if group:
                _wake(self._write(group))
        self._drop_connection()

    def _write(self, group: Sequence[_Waiting]) -> list[_Done]:
        try:
            return self._commit(group)
        except Exception as error:
            if len(group) == 1:
                return [self._alone(group[0], error)]
        return [self._alone(each) for each in group]

    def _alone(self, waiting: _Waiting, failed: Exception | None = None) -> _Done:
        tries = 0 if failed is None else 1
        while failed is None or (tries < _TRIES and _may_help(failed)):
            tries += 1
            try:
                return self._commit([waiting])[0]
            except Exception as error:
                failed = error
        return _Done(waiting, error=named(failed))

    def _commit(self, group: Sequence[_Waiting]) -> list[_Done]:
        connection = self._ready(durable=any(each.job.durable for each in group))
        connection.exec_driver_sql(BEGIN[self._engine.dialect.name])
        try:
            done, held = self._apply(connection, group)
            connection.exec_driver_sql("COMMIT")
        except Exception:
            self._roll_back()
            raise
        for each in held.after_commit:
            each()
        self._ring(held.rings)
        return done

    def _apply(
        self, connection: Connection, group: Sequence[_Waiting]
    ) -> tuple[list[_Done], Group]:
        held = Group(connection, self._data_keys)
        wanted = Wanted()
        for each in group:
            each.job.wants(wanted)
        held.read(wanted)
        done = []
        for each in sorted(group, key=lambda each: each.job.alone):
            if each.job.alone:
                held.flush()
            done.append(_Done(each, each.job.apply(held)))
        held.flush()
        if held.rings and self._engine.dialect.name == POSTGRESQL:
            rows = [{"name": name} for name in sorted(held.rings)]
            connection.execute(text("SELECT pg_notify('companion', :name)"), rows)
        return done, held

    def _ready(self, durable: bool) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._synchronous = ""
        level = "FULL" if durable else "NORMAL"
        if self._synchronous != level:
            name = self._engine.dialect.name
            if name == SQLITE:
                self._connection.exec_driver_sql(f"PRAGMA synchronous={level}")
            else:
                on = "on" if durable else "off"
                self._connection.exec_driver_sql(f"SET synchronous_commit={on}")
            self._synchronous = level
        return self._connection

    def _roll_back(self) -> None:
        if self._connection is None:
            return
        try:
            self._connection.exec_driver_sql("ROLLBACK")
        except Exception:
            # SQLite ends some failed transactions itself; a lost server has none. A fresh
            # connection is right for both.
            self._drop_connection()

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except DBAPIError:
                connection.invalidate()


class Writer:
    """Takes jobs from any event loop and answers when they are committed."""

    def __init__(
        self, engine: Engine, data_keys: DataKeys, ring: Callable[[set[str]], None]
    ) -> None:
        number = 1 if engine.dialect.name == SQLITE else _POSTGRESQL_THREADS
        self._lanes = [_Lane(engine, data_keys, ring) for _ in range(number)]
        self._open = True
        self._lock = threading.Lock()

    async def do(self, job: Job) -> Any:
        """Commit a job. Raises what it failed with; ``RecordUnavailable`` after ``close``."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._put(_Waiting(job, loop, future))
        return await future

    def do_now(self, job: Job) -> Any:
        """The same for a thread without an event loop: it waits."""
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self._put(_Waiting(job, None, future))
        return future.result()

    def close(self) -> None:
        """Commit what waits, then end the threads."""
        with self._lock:
            if self._open:
                self._open = False
                for lane in self._lanes:
                    lane.jobs.put(None)
        for lane in self._lanes:
            lane.thread.join()

    def _put(self, waiting: _Waiting) -> None:
        lane = self._lanes[zlib.crc32(waiting.job.lane.encode()) % len(self._lanes)]
        with self._lock:
            if not self._open:
                raise RecordUnavailable("(closed)")
            lane.jobs.put(waiting)


def _may_help(error: Exception) -> bool:
    """Whether trying again can end otherwise: another process was quicker with the same row."""
    if isinstance(error, IntegrityError):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _CLASHES


def _wake(done: Sequence[_Done]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop | None, list[_Done]] = defaultdict(list)
    for each in done:
        by_loop[each.waiting.loop].append(each)
    for loop, of_loop in by_loop.items():
        if loop is None:
            _answer(of_loop)
            continue
        try:
            loop.call_soon_threadsafe(_answer, of_loop)
        except RuntimeError:
            # The loop has ended: nobody waits there any more.
            continue


def _answer(done: Sequence[_Done]) -> None:
    for each in done:
        if each.waiting.future.done():
            continue
        if each.error is not None:
            each.waiting.future.set_exception(each.error)
        else:
            each.waiting.future.set_result(each.result)
