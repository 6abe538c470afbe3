"""Migrations: all or nothing, once, and never on a database from the future."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from bot.adapters.records import migrate
from bot.adapters.records.columns import metadata
from bot.adapters.records.engines import connect_to
from bot.domain.errors import RecordNewer, RecordOlder, RecordUnavailable, SettingsError
from tests.integration.records.conftest import Open

SLOW_MIGRATION = """
import sys, time
from alembic import op
from bot.adapters.records import migrate

make = op.create_table
made = []

def slowly(name, *columns, **more):
    made.append(make(name, *columns, **more))
    if len(made) == 9:
        print("in the middle", flush=True)
        time.sleep(60)

op.create_table = slowly
migrate(sys.argv[1])
"""


def _tables(url: str) -> set[str]:
    engine = connect_to(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_makes_all_tables_as_the_code_has_them(empty_url: str) -> None:
    migrate(empty_url)
    with connect_to(empty_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        _compare_conditions(connection)


def _compare_conditions(connection: Connection) -> None:
    """Alembic does not compare the conditions of partial indexes."""
    sqlite = connection.dialect.name == "sqlite"
    query = (
        "SELECT name, sql FROM sqlite_master WHERE sql LIKE '%WHERE%'"
        if sqlite
        else "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%WHERE%'"
    )
    found = {name for name, _ in connection.execute(text(query))}
    wanted = {
        index.name
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    assert found == wanted


def test_a_second_time_changes_nothing(empty_url: str) -> None:
    migrate(empty_url)
    before = _tables(empty_url)
    migrate(empty_url)
    assert _tables(empty_url) == before


async def test_a_database_without_tables_is_older(empty_url: str, opened: Open) -> None:
    with pytest.raises(RecordOlder):
        opened(empty_url)
    opened(empty_url, upgrade=True)


async def test_a_newer_database_is_left_alone(url: str, opened: Open) -> None:
    with connect_to(url).connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(RecordNewer):
        opened(url)
    with pytest.raises(RecordNewer):
        opened(url, upgrade=True)
    with pytest.raises(RecordNewer):
        migrate(url)


async def test_two_processes_at_once(empty_url: str) -> None:
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import sys; from bot.adapters.records import migrate; migrate(sys.argv[1])",
            empty_url,
        )
        for _ in range(3)
    ]
    assert [await each.wait() for each in started] == [0, 0, 0]
    assert set(metadata.tables) <= _tables(empty_url)


def test_killed_in_the_middle_leaves_nothing_half(empty_url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_MIGRATION, empty_url], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle\n"
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 20
    while _tables(empty_url) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert _tables(empty_url) == set()
    migrate(empty_url)
    assert set(metadata.tables) <= _tables(empty_url)


@pytest.mark.parametrize(
    "address", ["garbage", "mysql://localhost/x", "sqlite://", "sqlite:///:memory:"]
)
def test_other_databases_are_refused(address: str) -> None:
    with pytest.raises(SettingsError):
        migrate(address)


def test_a_database_that_cannot_be_reached_is_named_so() -> None:
    with pytest.raises(RecordUnavailable):
        migrate("sqlite:////proc/nowhere/record.db")
    with pytest.raises(RecordUnavailable):
        migrate("postgresql+psycopg://nobody@127.0.0.1:1/nothing")


def test_a_file_that_is_no_database_is_named_so(tmp_path: object) -> None:
    path = f"{tmp_path}/record.db"
    with open(path, "wb") as file:
        file.write(b"not a database" * 1000)
    with pytest.raises(RecordUnavailable):
        migrate(f"sqlite:///{path}")
