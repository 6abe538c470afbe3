"""Up from every earlier revision with data in it: nothing lost, and nothing half when killed."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.adapters.records.entities import MAPPINGS
from bot.adapters.records.migrating import config_of_migrations, migrate_engine
from bot.domain.errors import RecordOlder
from bot.domain.people import Person, Staff
from bot.domain.structure import Membership, Part, Team
from tests.integration.records.conftest import Open
from tests.integration.records.revisions.make import fields_of

FOLDER = Path(__file__).parent / "revisions"
KEPT = sorted(each.stem for each in FOLDER.glob("*.sqlite"))

KILLED = """
import sys, time
from alembic import op
from bot.adapters.records import migrate

done = []

def slowly(call):
    def at_last(*words, **more):
        result = call(*words, **more)
        done.append(1)
        if len(done) == int(sys.argv[2]):
            print("in the middle", flush=True)
            time.sleep(60)
        return result
    return at_last

for name in ("create_table", "create_index", "add_column", "execute"):
    setattr(op, name, slowly(getattr(op, name)))
migrate(sys.argv[1])
"""


def test_every_earlier_revision_was_kept() -> None:
    scripts = ScriptDirectory.from_config(config_of_migrations())
    earlier = {each.revision for each in scripts.walk_revisions()} - {scripts.get_current_head()}
    assert set(KEPT) >= earlier


@pytest.fixture(params=KEPT)
def revision(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old_url(revision: str, empty_url: str, tmp_path: Path) -> str:
    """A database of an earlier revision with its data, as it was kept."""
    kept = tmp_path / "kept.sqlite"
    shutil.copyfile(FOLDER / f"{revision}.sqlite", kept)
    if empty_url.startswith("sqlite"):
        shutil.copyfile(kept, empty_url.removeprefix("sqlite:///"))
        return empty_url
    engine = connect_to(empty_url)
    migrate_engine(engine, revision)
    _copy(kept, engine)
    engine.dispose()
    return empty_url


def _copy(kept: Path, engine: Any) -> None:
    """Every row of the kept file, into the same tables elsewhere."""
    source = sqlite3.connect(kept)
    with engine.begin() as target:
        for table in inspect(target).get_table_names():
            rows = source.execute(f"SELECT * FROM {table}")
            names = [each[0] for each in rows.description]
            target.execute(
                text(f"DELETE FROM {table}" if table == "alembic_version" else "SELECT 1")
            )
            quoted = ", ".join(f'"{name}"' for name in names)
            gaps = ", ".join(f":{name}" for name in names)
            insert = f"INSERT INTO {table} ({quoted}) OVERRIDING SYSTEM VALUE VALUES ({gaps})"
            for row in rows.fetchall():
                target.execute(text(insert), dict(zip(names, row, strict=True)))
    source.close()


async def _opened(url: str, revision: str, opened: Open, tmp_path: Path) -> SqlRecord:
    keys = tmp_path / "kept.key"
    shutil.copyfile(FOLDER / f"{revision}.key.json", keys)
    keys.chmod(0o600)
    return opened(url, ring=KeyRing.load(keys), upgrade=True)


async def test_all_that_was_there_is_there(
    old_url: str, revision: str, opened: Open, tmp_path: Path
) -> None:
    record = await _opened(old_url, revision, opened, tmp_path)
    kinds = {each.__name__: each for each in MAPPINGS}
    held = json.loads((FOLDER / f"{revision}.held.json").read_text())
    assert held
    for each in held:
        kind = kinds[each["kind"]]
        found = await record.get(kind, each["fields"][MAPPINGS[kind].key])
        assert found is not None, each["kind"]
        now = fields_of(found)
        assert {name: now[name] for name in each["fields"]} == each["fields"]


async def test_what_waited_is_handled_and_known(
    old_url: str, revision: str, opened: Open, tmp_path: Path
) -> None:
    record = await _opened(old_url, revision, opened, tmp_path)
    claimed = {acts[0].subject: [act.text for act in acts] for acts in await record.claim(10)}
    assert sorted(claimed.values()) == [["hello"], ["message 0", "message 1", "message 2"]]


async def test_the_audit_stays_whole(
    old_url: str, revision: str, opened: Open, tmp_path: Path
) -> None:
    record = await _opened(old_url, revision, opened, tmp_path)
    for chain in await record.chains():
        assert await record.verify_chain(chain) == []
    assert await record.audit_of("subject-1")


async def test_teams_and_homes_come_from_their_names(
    old_url: str, revision: str, opened: Open, tmp_path: Path
) -> None:
    record = await _opened(old_url, revision, opened, tmp_path)
    (staff,) = await record.find(Staff)
    (person,) = await record.find(Person)
    assert {each.id for each in await record.find(Team)} >= {staff.team, person.team}
    (home,) = [e for e in await record.find(Membership) if e.id.startswith("home-")] or [None]
    if home is not None:
        assert (home.staff_id, home.team, home.part) == (staff.id, staff.team, Part.MEMBER)


async def test_an_older_database_is_not_opened_unasked(
    old_url: str, revision: str, opened: Open
) -> None:
    with pytest.raises(RecordOlder):
        opened(old_url)


@pytest.mark.parametrize("after", [1, 4, 9])
async def test_killed_in_the_middle_it_is_what_it_was(
    old_url: str, revision: str, opened: Open, tmp_path: Path, after: int
) -> None:
    before = _rows(old_url)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, old_url, str(after)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle\n"
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 20
    while _rows(old_url) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _rows(old_url) == before
    await test_all_that_was_there_is_there(old_url, revision, opened, tmp_path)


def _rows(url: str) -> dict[str, int]:
    """How many rows each table has."""
    engine = connect_to(url)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        counted = {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in names
        }
    engine.dispose()
    return counted
