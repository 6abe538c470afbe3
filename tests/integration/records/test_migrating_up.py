"""Up from every earlier revision with data in it: nothing lost, and nothing half when killed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from bot.adapters.keys import KeyRing
from bot.adapters.records.engines import connect_to
from bot.adapters.records.entities import MAPPINGS
from bot.adapters.records.migrating import config_of_migrations
from bot.domain.errors import RecordOlder
from bot.domain.people import Person, Staff
from bot.domain.structure import Membership, Part, Team
from tests.integration.records.conftest import Open
from tests.integration.records.making import said
from tests.integration.records.revisions.kept import KEPT, kept, plant
from tests.integration.records.revisions.make import fields_of

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
def old_url(revision: str, empty_url: str, key_file: Path) -> str:
    """A database of an earlier revision with its data, under this test's key ring."""
    plant(empty_url, revision, KeyRing.load(key_file))
    return empty_url


async def test_all_that_was_there_is_there(old_url: str, revision: str, opened: Open) -> None:
    record = opened(old_url, upgrade=True)
    kinds = {each.__name__: each for each in MAPPINGS}
    held = kept(revision)["held"]
    assert held
    for each in held:
        kind = kinds[each["kind"]]
        found = await record.get(kind, each["fields"][MAPPINGS[kind].key])
        assert found is not None, each["kind"]
        now = fields_of(found)
        assert {name: now[name] for name in each["fields"]} == each["fields"]


async def test_what_waited_is_handled_and_known(old_url: str, opened: Open) -> None:
    record = opened(old_url, upgrade=True)
    claimed = {acts[0].subject: [act.text for act in acts] for acts in await record.claim(10)}
    assert sorted(claimed.values()) == [["hello"], ["message 0", "message 1", "message 2"]]


async def test_people_are_found_by_what_only_a_digest_tells(old_url: str, opened: Open) -> None:
    record = opened(old_url, upgrade=True)
    (person,) = await record.find(Person)
    assert await record.find_by_index(Person, "nhs_number", "943 476 5919") == [person]
    accepted = await record.accept(said("again", "chat-1"))
    assert accepted.subject == person.id


async def test_the_audit_stays_whole(old_url: str, revision: str, opened: Open) -> None:
    record = opened(old_url, upgrade=True)
    for chain in await record.chains():
        assert await record.verify_chain(chain) == []
    entries = [each for each in kept(revision)["tables"]["audit"] if each["chain"] == "subject-1"]
    found = await record.audit_of("subject-1")
    assert found
    assert [each.details for each in found] == [each["details"] for each in entries]


@pytest.mark.parametrize("revision", ["0001"])
async def test_teams_and_homes_come_from_their_names(old_url: str, opened: Open) -> None:
    record = opened(old_url, upgrade=True)
    (staff,) = await record.find(Staff)
    (person,) = await record.find(Person)
    assert {each.id for each in await record.find(Team)} >= {staff.team, person.team}
    (home,) = [e for e in await record.find(Membership) if e.id.startswith("home-")]
    assert (home.staff_id, home.team, home.part) == (staff.id, staff.team, Part.MEMBER)


async def test_an_older_database_is_not_opened_unasked(old_url: str, opened: Open) -> None:
    with pytest.raises(RecordOlder):
        opened(old_url)


@pytest.mark.parametrize("after", [1, 4, 9])
async def test_killed_in_the_middle_it_is_what_it_was(
    old_url: str, revision: str, opened: Open, after: int
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
    await test_all_that_was_there_is_there(old_url, revision, opened)


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
