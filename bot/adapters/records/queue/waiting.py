"""Waiting for rows: woken by this process's commits, another's, or a time that has come."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine

from bot.adapters.records.reading.readers import Readers
from bot.adapters.records.writing.jobs import ACTS, OUTGOING
from bot.domain.errors import RecordUnavailable

POLL_SECONDS = 0.005
_LISTEN_SECONDS = 0.5
_AGAIN_SECONDS = 1.0
CHANNEL = "companion"

_Waiter = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class Bells:
    """Rung by any thread; heard by those who wait in any event loop."""

    def __init__(self) -> None:
        self._waiters: dict[str, set[_Waiter]] = defaultdict(set)
        self._lock = threading.Lock()

    def add(self, name: str, waiter: _Waiter) -> None:
        """Hear a bell from now on."""
        with self._lock:
            self._waiters[name].add(waiter)

    def remove(self, name: str, waiter: _Waiter) -> None:
        """Hear it no more."""
        with self._lock:
            self._waiters[name].discard(waiter)

    def ring(self, names: set[str]) -> None:
        """Wake those who wait for these."""
        with self._lock:
            woken = [each for name in names for each in self._waiters[name]]
        for loop, event in woken:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(event.set)

    def ring_all(self) -> None:
        """Wake everybody: somebody else has written something."""
        self.ring({ACTS, OUTGOING})

    def waits_in(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether anybody waits in this loop."""
        with self._lock:
            return any(each[0] is loop for waiters in self._waiters.values() for each in waiters)


class Waiting:
    """Waits until something is due, by a question that says how long it is until then."""

    def __init__(self, bells: Bells, watch: Callable[[asyncio.AbstractEventLoop], None]) -> None:
        self._bells = bells
        self._watch = watch

    async def wait(
        self, name: str, timeout: float, due_in: Callable[[], Awaitable[float | None]]
    ) -> None:
        """Return when ``due_in`` says 0 (seconds), or after ``timeout`` seconds.

        ``due_in`` is asked at the start, whenever the bell rings, and when its time has come.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        waiter = (loop, asyncio.Event())
        self._bells.add(name, waiter)
        try:
            self._watch(loop)
            while True:
                waiter[1].clear()
                due = await due_in()
                left = end - loop.time()
                if left <= 0 or (due is not None and due <= 0):
                    return
                with suppress(TimeoutError):
                    async with asyncio.timeout(left if due is None else min(left, due)):
                        await waiter[1].wait()
        finally:
            self._bells.remove(name, waiter)


class SqliteWatch:
    """Notices what other processes commit: SQLite counts a file's changes for each connection.

    One timer for each event loop, and only while somebody waits in it.
    """

    def __init__(self, readers: Readers, bells: Bells) -> None:
        self._readers = readers
        self._bells = bells
        self._seen: dict[asyncio.AbstractEventLoop, int] = {}

    def __call__(self, loop: asyncio.AbstractEventLoop) -> None:
        """See to it that this loop's file is looked at while anybody waits."""
        if loop not in self._seen:
            self._seen[loop] = self._readers.data_version()
            loop.call_later(POLL_SECONDS, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._bells.waits_in(loop):
            del self._seen[loop]
            return
        try:
            version = self._readers.data_version()
        except RecordUnavailable:
            # Those who wait are told by their own question.
            version = -1
        if version != self._seen[loop]:
            self._seen[loop] = version
            self._bells.ring_all()
        loop.call_later(POLL_SECONDS, self._look, loop)


class PostgresqlWatch:
    """Hears what any process commits, by LISTEN, on a connection and a thread of its own."""

    def __init__(self, engine: Engine, bells: Bells) -> None:
        self._engine = engine
        self._bells = bells
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="record-listener", daemon=True)
        self._thread.start()

    def __call__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The thread listens always."""

    def close(self) -> None:
        """Hear nothing more."""
        self._ended.set()
        with suppress(Exception), self._engine.connect() as connection:
            connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._listen()
            except Exception:
                # The server went away. Whoever waits asks again by their own timeout.
                self._ended.wait(_AGAIN_SECONDS)

    def _listen(self) -> None:
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            try:
                driver.execute(f"LISTEN {CHANNEL}")
                self._bells.ring_all()
                while not self._ended.is_set():
                    for heard in driver.notifies(timeout=_LISTEN_SECONDS, stop_after=1):
                        self._bells.ring({heard.payload})
            finally:
                # It still listens: not for anybody else's use.
                connection.invalidate()
