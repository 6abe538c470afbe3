"""A PostgreSQL server that goes away and comes back."""

from __future__ import annotations

import asyncio
import time

import psycopg
import pytest
from sqlalchemy.engine import make_url

from bot.adapters.clock import SystemClock
from bot.domain.people import Person
from bot.services.ports import Work
from tests.integration.records.conftest import Open
from tests.integration.records.making import add_person, claim_one, entry, said


def _cut(postgresql: str, url: str) -> None:
    """End every connection to the database, as a restart of the server does."""
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [make_url(url).database],
        )


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_goes_on_with_fresh_connections(url: str, opened: Open, postgresql: str) -> None:
    record = opened(url, clock=SystemClock())
    one = await add_person(record)
    await record.accept(said())
    _cut(postgresql, url)

    await record.save(Work(audit=[entry("someone")]))
    assert await record.get(Person, one.id) == one
    assert len(await claim_one(record)) == 1


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_hears_of_others_again(url: str, opened: Open, postgresql: str) -> None:
    record, other = opened(url, clock=SystemClock()), opened(url, clock=SystemClock())
    _cut(postgresql, url)
    await asyncio.sleep(1.5)
    waiting = asyncio.ensure_future(record.wait_for_acts(20))
    await asyncio.sleep(0.1)
    started = time.monotonic()
    await other.accept(said())
    await waiting

    assert time.monotonic() - started < 5
