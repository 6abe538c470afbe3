"""A fresh record for each test, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord, migrate, open_record
from tests.integration.records.making import START, SetClock
from tests.postgresql_server import postgresql_server

Open = Callable[..., SqlRecord]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, with a migrated database to copy."""
    with postgresql_server() as server:
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            # Nothing here outlives the tests: the disk need not hear of each commit.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE migrated")
        migrate(_named(address, "migrated"))
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    return made(request, tmp_path, "template1")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with this version's tables."""
    return made(request, tmp_path, "migrated")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'record.db'}"
    migrate(address)
    return address


def made(request: pytest.FixtureRequest, folder: Path, template: str) -> str:
    """The address of a fresh database of the fixture's kind, as its template is."""
    if request.param == "sqlite":
        address = f"sqlite:///{folder / 'record.db'}"
        if template == "migrated":
            migrate(address)
        return address
    address = request.getfixturevalue("postgresql")
    name = f"test_{os.urandom(6).hex()}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[call-overload]
    return _named(address, name)


def _named(address: str, name: str) -> str:
    start, _, rest = address.partition("?")
    start = start.rpartition("/")[0]
    return f"{start}/{name}?{rest}".replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "master.key"
    KeyRing.create(path, START)
    return path


@pytest.fixture
async def opened(key_file: Path, clock: SetClock) -> AsyncIterator[Open]:
    """Opens records with one key ring and clock, and closes them in the end."""
    records: list[SqlRecord] = []

    def open_one(url: str, **more: Any) -> SqlRecord:
        ring = more.pop("ring", None) or KeyRing.load(key_file)
        record = open_record(url, ring, more.pop("clock", clock), SystemIds(clock), **more)
        records.append(record)
        return record

    yield open_one
    for each in records:
        await each.aclose()


@pytest.fixture
async def record(url: str, opened: Open) -> SqlRecord:
    return opened(url)
