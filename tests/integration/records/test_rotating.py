"""A new master key: online, beside whatever runs, and through any number of kills."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.adapters.keys import KeyFile, KeyRing
from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.adapters.records.sealing import rotating
from bot.adapters.records.sealing.encryption import RingIncomplete
from bot.adapters.records.sealing.key_check import is_begun, look_at_keys
from bot.domain.audit import SERVICE_CHAIN
from bot.domain.errors import NotAllowedNow, SealBroken, WrongKey
from bot.domain.people import Person
from bot.services.key_rotation import Rotation, rotate
from bot.services.ports import Work
from tests.integration.records.conftest import Open
from tests.integration.records.making import START, SetClock, add_person, entry, person

MANY = 3000
KILLS = 6


async def _rotate(record: SqlRecord, key_file: Path, *, retire: bool = False) -> Rotation:
    clock = SetClock()
    # Rings retired in one second would have one name.
    clock.move(seconds=time.monotonic_ns() // 1000)
    ring = record._parts.masters
    assert isinstance(ring, KeyRing)
    return await rotate(record, ring, KeyFile(key_file), clock, retire=retire)


async def _many(record: SqlRecord, number: int) -> list[Person]:
    people = [person(name=f"Person {each}") for each in range(number)]
    ids = [each.id for each in people]
    await record.save(Work(new_keys=ids, put=[*people], audit=[entry("many")]))
    return people


async def _all_open(record: SqlRecord, people: list[Person]) -> None:
    for each in people:
        assert await record.get(Person, each.id) == each


async def _audited(record: SqlRecord) -> list[tuple[str, int]]:
    assert await record.verify_chain(SERVICE_CHAIN) == []
    entries = await record.audit_of(SERVICE_CHAIN)
    return [(each.action, int(each.details.get("number", 0))) for each in entries]


def _run(url: str, statement: str, **values: str) -> None:
    with connect_to(url).connect() as connection:
        assert connection.execute(text(statement), values).rowcount > 0


async def test_every_data_key_is_wrapped_anew(url: str, opened: Open, key_file: Path) -> None:
    record = opened(url)
    people = await _many(record, rotating.BATCH * 2 + 1)
    before = KeyRing.load(key_file).active
    outcome = await _rotate(record, key_file)

    assert outcome.is_new
    assert (outcome.wrapped, outcome.left, outcome.not_opening) == (len(people), {}, ())
    active = KeyRing.load(key_file).active
    assert outcome.active == active != before
    assert await record.wrapped_by() == {active: len(people)}
    await _all_open(opened(url), people)
    counts = [200, 200, 1]
    assert await _audited(record) == [("rotate", 0), *(("wrap", each) for each in counts)]


async def test_what_runs_beside_it_goes_on(url: str, opened: Open, key_file: Path) -> None:
    serving, rotating_ = opened(url), opened(url)
    one = await add_person(serving)
    await _rotate(rotating_, key_file, retire=True)
    other = await add_person(rotating_)

    await _all_open(serving, [one, other])
    newest = await add_person(serving)
    assert set(await serving.wrapped_by()) == {KeyRing.load(key_file).active}
    await _all_open(opened(url), [one, other, newest])


async def test_one_that_looks_while_it_starts_sees_the_new_ring(
    url: str, opened: Open, key_file: Path
) -> None:
    old = KeyRing.load(key_file)
    record = opened(url)
    one = await add_person(record)
    await _rotate(record, key_file)

    await _all_open(opened(url, ring=old), [one])


async def test_a_key_made_with_the_old_ring_is_found_by_the_next(
    url: str, opened: Open, key_file: Path
) -> None:
    # A ring that does not follow the file, as one that comes from a command.
    behind = opened(url, ring=KeyRing.from_json(key_file.read_bytes(), "here"))
    record = opened(url)
    await _rotate(record, key_file)
    late = await add_person(behind)
    active = KeyRing.load(key_file).active

    found = look_at_keys(url, KeyRing.load(key_file))
    assert found is not None
    assert set(found.wrapped_by) - {active}
    again = await _rotate(record, key_file)
    assert not again.is_new
    assert (again.active, again.wrapped) == (active, 1)
    await _all_open(opened(url), [late])


async def test_what_does_not_open_is_left_and_told(url: str, opened: Open, key_file: Path) -> None:
    record = opened(url)
    people = await _many(record, 3)
    broken = people[1].id
    _run(
        url,
        "UPDATE subject_keys SET wrapped = (SELECT wrapped FROM subject_keys"
        " WHERE subject = :other) WHERE subject = :one",
        one=broken,
        other=people[0].id,
    )
    before = KeyRing.load(key_file).active
    outcome = await _rotate(record, key_file)

    assert outcome.not_opening == (broken,)
    assert (outcome.wrapped, outcome.left) == (2, {before: 1})
    found = look_at_keys(url, KeyRing.load(key_file))
    assert found is not None
    assert found.broken == (broken,)
    with pytest.raises(NotAllowedNow, match=f"1 by {before}"):
        await _rotate(record, key_file, retire=True)
    assert KeyRing.load(key_file).knows(before)
    await _all_open(opened(url), [people[0], people[2]])
    with pytest.raises(SealBroken):
        await opened(url).get(Person, broken)


async def test_a_long_transaction_keeps_a_key_from_being_retired(
    opened: Open, url: str, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if url.startswith("sqlite"):
        # Each write there waits for those before it.
        assert (await _rotate(opened(url), key_file, retire=True)).retired
        return
    monkeypatch.setattr(rotating, "_OLDER_SECONDS", 0.2)
    record = opened(url)
    await add_person(record)
    with connect_to(url).connect() as connection:
        connection.execute(text("BEGIN"))
        connection.execute(text("SELECT 1"))
        with pytest.raises(NotAllowedNow, match="at work in the database"):
            await _rotate(record, key_file, retire=True)
        connection.execute(text("ROLLBACK"))
    assert len(KeyRing.load(key_file).ids) == 2
    assert (await _rotate(record, key_file, retire=True)).retired


async def test_an_old_copy_of_the_ring_is_named_and_mended(
    url: str, opened: Open, key_file: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.key"
    KeyFile(copy)._put(copy, KeyFile(key_file).read(), replace=False)
    record = opened(url)
    one = await add_person(record)
    await _rotate(record, key_file)
    active = KeyRing.load(key_file).active

    with pytest.raises(RingIncomplete, match=f"{active}.*companion keys restore"):
        opened(url, ring=KeyRing.load(copy))
    assert KeyFile(copy).take_from(KeyFile(key_file)) == (active,)
    await _all_open(opened(url, ring=KeyRing.load(copy)), [one])


async def test_a_backup_opens_with_the_ring_of_its_time(
    sqlite_url: str, opened: Open, key_file: Path, tmp_path: Path
) -> None:
    record = opened(sqlite_url)
    one = await add_person(record)
    backup = tmp_path / "backup.db"
    _run_backup(tmp_path / "record.db", backup)
    outcome = await _rotate(record, key_file, retire=True)

    with pytest.raises(RingIncomplete):
        opened(f"sqlite:///{backup}")
    assert KeyFile(key_file).take_from(KeyFile(Path(outcome.kept)))
    await _all_open(opened(f"sqlite:///{backup}"), [one])


def _run_backup(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


async def test_another_ring_is_told_from_an_incomplete_one(
    url: str, opened: Open, tmp_path: Path
) -> None:
    await add_person(opened(url))
    other = KeyRing.create(tmp_path / "other.key", START)

    with pytest.raises(WrongKey, match="of another database") as raised:
        opened(url, ring=other)
    assert not isinstance(raised.value, RingIncomplete)
    found = look_at_keys(url, other)
    assert found is not None
    assert not found.is_its_ring
    assert found.wrapped_by == {}


async def test_looking_makes_no_database(empty_url: str, key_file: Path, tmp_path: Path) -> None:
    assert look_at_keys(empty_url, KeyRing.load(key_file)) is None
    assert not is_begun(empty_url)
    assert not (tmp_path / "record.db").exists()


async def test_an_opened_database_is_begun(url: str, opened: Open) -> None:
    assert not is_begun(url)
    opened(url)
    assert is_begun(url)


class Killed:
    """The rotation as a process of its own."""

    def __init__(self, url: str, key_file: Path) -> None:
        worker = "tests.integration.records.rotate_worker"
        self._command = [sys.executable, "-m", worker, url, str(key_file)]

    def run(self, kill_after: float | None, *words: str) -> dict[str, Any] | None:
        """What it came to; None when it was killed first, so many seconds after its start."""
        process = subprocess.Popen([*self._command, *words], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if kill_after is not None:
            time.sleep(kill_after)
            process.kill()
        rest = process.stdout.read()
        process.wait()
        process.stdout.close()
        return json.loads(rest) if rest.endswith("\n") else None


async def test_killed_again_and_again(url: str, key_file: Path, opened: Open) -> None:
    await _kill_again_and_again(url, key_file, opened, KILLS)


@pytest.mark.long
async def test_killed_many_times(url: str, key_file: Path, opened: Open) -> None:
    await _kill_again_and_again(url, key_file, opened, 60)


async def _kill_again_and_again(url: str, key_file: Path, opened: Open, kills: int) -> None:
    serving = opened(url)
    people = await _many(serving, MANY)
    chance, outside = random.Random(11), Killed(url, key_file)
    halfway = 0
    for _ in range(kills):
        run = asyncio.create_task(asyncio.to_thread(outside.run, chance.uniform(0, 0.4)))
        while not run.done():
            people.append(await add_person(serving, name=f"Late {len(people)}"))
            await asyncio.sleep(0.02)
        await run
        halfway += len(await serving.wrapped_by()) > 1
        assert await serving.get(Person, people[-1].id) == people[-1]
        assert len(KeyRing.load(key_file).ids) <= kills + 1
    assert halfway >= kills / 3, "most kills came before or after the work"
    last = await asyncio.to_thread(outside.run, None, "--retire")

    assert last is not None
    assert last["not_opening"] == []
    ring = KeyRing.load(key_file)
    assert ring.ids == (ring.active,)
    assert [each.name for each in key_file.parent.glob(".*.new")] == []
    assert await serving.wrapped_by() == {ring.active: len(people)}
    await _all_open(opened(url), people)
    await _all_open(serving, people)
    wraps = [number for action, number in await _audited(serving) if action == "wrap"]
    assert sum(wraps) >= MANY
