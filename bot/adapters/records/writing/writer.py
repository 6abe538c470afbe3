"""The thread that writes: one a process, on SQLite and on PostgreSQL. It commits in groups.

It takes all jobs that wait, applies them in one transaction and wakes their callers together.
When a group fails its jobs are done again one by one, so that one cannot lose the rest. More
threads would make smaller groups, and more commits and switches between threads for each job.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine

from bot.adapters.records.driver import Driver
from bot.adapters.records.engines import (
    BEGIN,
    DATABASE_ERRORS,
    SQLITE,
    may_end_otherwise,
    named,
)
from bot.adapters.records.sealing.encryption import DataKeys
from bot.adapters.records.statements import NOTIFY
from bot.adapters.records.writing.answering import Answer, Asked, deliver, waiting_group
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import Job, Wanted
from bot.adapters.records.writing.syncing import Syncer
from bot.domain.errors import RecordUnavailable

_GROUP_SIZE = 256
_TRIES = 3
_RELAXED = "; SET LOCAL synchronous_commit TO OFF"
"""PostgreSQL's way not to wait for the disk; on SQLite see ``syncing``."""

Ring = Callable[[set[str]], None]


class _Unsure(RecordUnavailable):
    """The database went away during a commit: whether it was made is not known."""


class _Thread:
    """One thread with its own connection."""

    def __init__(
        self, engine: Engine, data_keys: DataKeys, ring: Ring, syncer: Syncer | None
    ) -> None:
        self.jobs: SimpleQueue[Asked[Job] | None] = SimpleQueue()
        self._engine = engine
        self._data_keys = data_keys
        self._ring = ring
        self._syncer = syncer
        self._held: tuple[Connection, Driver] | None = None
        self.thread = threading.Thread(target=self._run, name="record-writer", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        going = True
        while going:
            group, going = waiting_group(self.jobs, _GROUP_SIZE)
            if group:
                self._deliver(self._write(group))
        self._drop_connection()

    def _deliver(self, answers: Sequence[Answer]) -> None:
        if self._syncer is None:
            deliver(answers)
            return
        held = [each for each in answers if each.asked.job.durable and each.error is None]
        if held:
            self._syncer.deliver(held)
        if len(held) < len(answers):
            deliver([each for each in answers if each not in held] if held else answers)

    def _write(self, group: Sequence[Asked[Job]]) -> list[Answer]:
        try:
            return self._commit(group)
        except _Unsure as error:
            # Doing it again could do it twice.
            return [Answer(each, error=error) for each in group]
        except Exception as error:
            if len(group) == 1:
                return [self._alone(group[0], error)]
        return [self._alone(each) for each in group]

    def _alone(self, asked: Asked[Job], failed: Exception | None = None) -> Answer:
        tries = 0 if failed is None else 1
        while failed is None or (tries < _TRIES and may_end_otherwise(failed)):
            tries += 1
            try:
                return self._commit([asked])[0]
            except Exception as error:
                failed = error
        return Answer(asked, error=named(failed))

    def _commit(self, group: Sequence[Asked[Job]]) -> list[Answer]:
        connection, driver = self._begin(durable=any(each.job.durable for each in group))
        try:
            held = Group(connection, driver, self._data_keys)
            answers = self._apply(held, group)
            self._end(held)
        except Exception:
            self._roll_back(driver)
            raise
        for each in held.after_commit:
            each()
        if held.has_destroyed_keys and self._syncer is not None:
            # The log still holds them; a reader at this moment keeps it until the next time.
            with suppress(*DATABASE_ERRORS):
                driver.run("PRAGMA wal_checkpoint(TRUNCATE)")
        self._ring(held.rings)
        return answers

    def _apply(self, held: Group, group: Sequence[Asked[Job]]) -> list[Answer]:
        wanted = Wanted()
        for each in group:
            each.job.wants(wanted)
        held.read(wanted)
        answers = []
        for each in sorted(group, key=lambda each: each.job.alone):
            if each.job.alone:
                held.flush()
            answers.append(Answer(each, each.job.apply(held)))
        return answers

    def _begin(self, durable: bool) -> tuple[Connection, Driver]:
        words = BEGIN[self._engine.dialect.name]
        if self._syncer is None and not durable:
            words += _RELAXED
        if self._held is not None:
            try:
                self._held[1].run(words)
                return self._held
            except DATABASE_ERRORS:
                # A server that was restarted: nothing was begun, so a fresh one will do.
                self._drop_connection()
        connection = self._engine.connect()
        self._held = (connection, Driver(connection))
        if self._syncer is not None:
            self._held[1].run("PRAGMA synchronous=NORMAL")
        self._held[1].run(words)
        return self._held

    def _end(self, held: Group) -> None:
        try:
            with held.driver.together():
                held.write()
                if held.rings and self._syncer is None:
                    held.driver.write(NOTIFY, [{"name": name} for name in sorted(held.rings)])
                held.driver.run("COMMIT")
        except psycopg.OperationalError as error:
            if may_end_otherwise(error):
                raise
            raise _Unsure from error

    def _roll_back(self, driver: Driver) -> None:
        try:
            driver.run("ROLLBACK")
        except DATABASE_ERRORS:
            # SQLite ends some failed transactions itself; a lost server has none. A fresh
            # connection is right for both.
            self._drop_connection()

    def _drop_connection(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held[0].invalidate()
            held[0].close()


class Writer:
    """Takes jobs from any event loop and answers when they are committed."""

    def __init__(self, engine: Engine, data_keys: DataKeys, ring: Ring) -> None:
        on_sqlite = engine.dialect.name == SQLITE
        self._syncer = Syncer(Path(str(engine.url.database))) if on_sqlite else None
        self._writing = _Thread(engine, data_keys, ring, self._syncer)
        self._open = True
        self._lock = threading.Lock()

    async def do(self, job: Job) -> Any:
        """Commit a job. Raises what it failed with; ``RecordUnavailable`` after ``close``."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._put(Asked(job, loop, future))
        return await future

    def do_now(self, job: Job) -> Any:
        """The same for a thread without an event loop: it waits."""
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self._put(Asked(job, None, future))
        return future.result()

    def close(self) -> None:
        """Commit what waits, then end the thread."""
        with self._lock:
            if not self._open:
                return
            self._open = False
        self._writing.jobs.put(None)
        self._writing.thread.join()
        if self._syncer is not None:
            self._syncer.close()

    def _put(self, asked: Asked[Job]) -> None:
        with self._lock:
            if not self._open:
                raise RecordUnavailable("(closed)")
            self._writing.jobs.put(asked)
