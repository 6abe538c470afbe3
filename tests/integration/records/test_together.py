"""What goes to PostgreSQL in one go, and what becomes of it when one part cannot be done."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy import Float, bindparam, func, select

from bot.adapters.clock import SystemClock
from bot.adapters.records import SqlRecord
from bot.adapters.records.driver import Driver
from bot.adapters.records.engines import BEGIN, DATABASE_ERRORS, connect_to
from bot.adapters.records.reading.readers import Readers
from bot.adapters.records.reading.reading_threads import Reading
from bot.adapters.records.statements import insert_into
from bot.adapters.records.tables import meta
from bot.domain.errors import RecordUnavailable
from bot.domain.people import Person
from bot.services.ports import Work
from tests.integration.records.conftest import Open
from tests.integration.records.making import add_person, entry

_ON_POSTGRESQL = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


@pytest.fixture
def driver(url: str) -> Iterator[Driver]:
    """A connection in a transaction."""
    engine = connect_to(url)
    with engine.connect() as connection:
        made = Driver(connection)
        made.run(BEGIN[made.dialect])
        yield made
        made.run("ROLLBACK")
    engine.dispose()


def _rows(driver: Driver, *names: str) -> None:
    driver.write(insert_into(meta), [{"name": name, "value": "1"} for name in names])


def test_what_is_asked_sees_what_was_written_before_it(driver: Driver) -> None:
    statement = select(meta.c.name).where(meta.c.value == "1").order_by(meta.c.name)
    with driver.together():
        _rows(driver, "a")
        first = driver.ask(statement, {})
        _rows(driver, "b", "c")
        second = driver.ask(statement, {})

    assert [row.name for row in first()] == ["a"]
    assert [row.name for row in second()] == ["a", "b", "c"]


def test_what_fails_is_raised_and_nothing_after_it_is_done(driver: Driver) -> None:
    _rows(driver, "a")
    driver.run("SAVEPOINT before")
    with pytest.raises(DATABASE_ERRORS):
        _write_together(driver, "a", "b")
    driver.run("ROLLBACK TO SAVEPOINT before")

    statement = select(meta.c.name).where(meta.c.value == "1")
    assert [row.name for row in driver.read(statement, {})] == ["a"]


def _write_together(driver: Driver, *names: str) -> None:
    with driver.together():
        for name in names:
            _rows(driver, name)


@pytest.fixture
def readers(url: str) -> Iterator[Readers]:
    """Readers of a record, which have nothing to do yet."""
    engine = connect_to(url)
    made = Readers(engine)
    yield made
    made.close()
    engine.dispose()


async def _in_one_group(readers: Readers, *readings: Reading[Any]) -> list[Any]:
    """What these came to, asked while every thread was busy with something else."""
    go_on = threading.Event()
    busy = [asyncio.ensure_future(readers.run(lambda _: go_on.wait(20))) for _ in range(2)]
    await asyncio.sleep(0.1)
    reading = [asyncio.ensure_future(readers.run(each)) for each in readings]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*busy)
    return await asyncio.gather(*reading, return_exceptions=True)


def _root_of(number: float) -> Reading[float]:
    statement = select(func.sqrt(bindparam("number", type_=Float)))
    return Reading(statement, {"number": number}, lambda _, rows: float(rows[0][0]))


@_ON_POSTGRESQL
async def test_readings_of_a_group_are_each_answered(readers: Readers) -> None:
    assert await _in_one_group(readers, _root_of(4), _root_of(9), _root_of(16)) == [2, 3, 4]


@_ON_POSTGRESQL
async def test_a_reading_that_cannot_be_done_fails_alone(readers: Readers) -> None:
    two, failed, four = await _in_one_group(readers, _root_of(4), _root_of(-1), _root_of(16))

    assert (two, four) == (2, 4)
    assert isinstance(failed, RecordUnavailable)


@_ON_POSTGRESQL
async def test_a_reading_whose_words_make_no_sense_fails_alone(readers: Readers) -> None:
    odd: Reading[None] = Reading(select(meta), {}, lambda _, rows: 1 // len(rows[:0]))  # type: ignore[arg-type,return-value]
    two, failed = await _in_one_group(readers, _root_of(4), odd)

    assert two == 2
    assert isinstance(failed, ZeroDivisionError)


@contextmanager
def _holding(url: str, person: Person) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Somebody else's transaction that has changed this person's row."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        _touch(connection, person)
        yield connection


def _touch(connection: psycopg.Connection[tuple[object, ...]], person: Person) -> None:
    with suppress(psycopg.errors.DeadlockDetected):
        connection.execute("UPDATE persons SET team = team WHERE id = %s", [person.id])


async def _two_people(record: SqlRecord) -> tuple[Person, Person]:
    return await add_person(record), await add_person(record)


def _moved(*people: Person) -> Work:
    moved = [replace(each, team="south") for each in people]
    return Work(put=[*moved], audit=[entry("someone")])


async def _until_it_waits(url: str) -> None:
    """Until a connection of the record's waits for somebody else's lock."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while connection.execute(waiting).fetchone() == (0,):
            await asyncio.sleep(0.01)


@_ON_POSTGRESQL
async def test_a_deadlock_is_tried_again(url: str, opened: Open) -> None:
    record = opened(url, clock=SystemClock())
    one, two = await _two_people(record)
    with _holding(url, two) as other:
        saving = asyncio.ensure_future(record.save(_moved(one, two)))
        await _until_it_waits(url)
        # Each now waits for the other; the server ends one of them, the record's as a rule.
        crossing = threading.Thread(target=_touch, args=(other, one))
        crossing.start()
        crossing.join()
        other.rollback()
        await saving

    assert [(await record.get(Person, each.id)).team for each in (one, two)] == ["south"] * 2  # type: ignore[union-attr]


@_ON_POSTGRESQL
async def test_a_write_that_may_have_been_made_is_not_made_again(
    url: str, opened: Open, postgresql: str
) -> None:
    record = opened(url, clock=SystemClock())
    one, two = await _two_people(record)
    first = await add_person(record)
    with _holding(url, one):
        with _holding(url, first):
            before = asyncio.ensure_future(record.save(_moved(first)))
            await _until_it_waits(url)
            # Both wait behind it, and so become one group.
            group = [asyncio.ensure_future(record.save(_moved(each))) for each in (one, two)]
            await asyncio.sleep(0.05)
        await before
        await _until_it_waits(url)
        with psycopg.connect(postgresql, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")
        async with asyncio.timeout(10):
            answers = await asyncio.gather(*group, return_exceptions=True)

    assert all(isinstance(each, RecordUnavailable) for each in answers)
    assert [await record.get(Person, each.id) for each in (one, two)] == [one, two]
