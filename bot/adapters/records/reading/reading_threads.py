"""The threads that read on PostgreSQL. Each takes all that waits and asks it in one round trip."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from sqlalchemy import ClauseElement, Connection, Engine

from bot.adapters.records.driver import Driver
from bot.adapters.records.engines import DATABASE_ERRORS, is_lost, named
from bot.adapters.records.writing.answering import Answer, Asked, deliver, waiting_group

_THREADS = 2
"""One reads while the other waits for the database; more make smaller groups."""

_GROUP_SIZE = 32
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Reading(Generic[_Result]):
    """The rows of one statement, and what becomes of them. Others may be read along with it."""

    statement: ClauseElement
    values: Mapping[str, Any]
    take: Callable[[Driver, list[Any]], _Result]

    def __call__(self, driver: Driver) -> _Result:
        """Read it by itself."""
        return self.take(driver, driver.read(self.statement, self.values))


class ReadingConnection:
    """A connection, made when it is used and made anew when it was lost."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: tuple[Connection, Driver] | None = None

    @property
    def connection(self) -> Connection:
        """By SQLAlchemy."""
        return self._made()[0]

    @property
    def driver(self) -> Driver:
        """By the driver."""
        return self._made()[1]

    def read(self, read: Callable[[], _Result]) -> _Result:
        """What a function reads; once more when the connection was lost.

        Raises ``RecordUnavailable`` for a database's refusal.
        """
        try:
            try:
                return read()
            except DATABASE_ERRORS as error:
                self.close()
                if not is_lost(error):
                    raise
                return read()
        except DATABASE_ERRORS as error:
            raise named(error) from None

    def close(self) -> None:
        """Close it; the next use makes another."""
        held, self._held = self._held, None
        if held is not None:
            held[0].invalidate()
            held[0].close()

    def _made(self) -> tuple[Connection, Driver]:
        if self._held is None:
            connection = self._engine.connect()
            self._held = (connection, Driver(connection))
        return self._held


class ReadingThreads:
    """Take readings from any event loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: SimpleQueue[Asked[Callable[[Driver], Any]] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name="record-reader", daemon=True)
            for _ in range(_THREADS)
        ]
        for each in self._threads:
            each.start()

    async def read(self, reading: Callable[[Driver], _Result]) -> _Result:
        """What it reads. Raises ``RecordUnavailable``, and what the reading itself raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Result] = loop.create_future()
        self._waiting.put(Asked(reading, loop, future))
        return await future

    def close(self) -> None:
        """Read what waits, then end the threads."""
        for _ in self._threads:
            self._waiting.put(None)
        for each in self._threads:
            each.join()

    def _run(self) -> None:
        held = ReadingConnection(self._engine)
        going = True
        while going:
            group, going = waiting_group(self._waiting, _GROUP_SIZE)
            rows = _read_together(held, group)
            deliver([_answer(held, each, rows.get(place)) for place, each in enumerate(group)])
        held.close()


def _read_together(
    held: ReadingConnection, group: Sequence[Asked[Callable[[Driver], Any]]]
) -> dict[int, list[Any]]:
    """The rows of the group's statements by their place; nothing where one of them failed."""
    readings = {n: each.job for n, each in enumerate(group) if isinstance(each.job, Reading)}
    if len(readings) < 2:
        return {}
    try:
        driver = held.driver
        with driver.together():
            asked = {n: driver.ask(each.statement, each.values) for n, each in readings.items()}
        return {n: rows() for n, rows in asked.items()}
    except DATABASE_ERRORS:
        # Each is read by itself, which makes a fresh connection and says whose fault it was.
        held.close()
        return {}


def _answer(
    held: ReadingConnection, asked: Asked[Callable[[Driver], Any]], rows: list[Any] | None
) -> Answer:
    job = asked.job
    try:
        if rows is not None and isinstance(job, Reading):
            try:
                return Answer(asked, job.take(held.driver, rows))
            except DATABASE_ERRORS:
                held.close()
        return Answer(asked, held.read(lambda: job(held.driver)))
    except Exception as error:
        return Answer(asked, error=error)
