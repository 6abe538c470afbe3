"""The ledger outside the database: signed, whole line by whole line, and replayed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.adapters.records.rights.ledger import append_erasure, carry_over, read_ledger
from bot.domain.errors import NotFound
from bot.domain.people import Person
from bot.domain.rights import Erasure, ErasureKind
from bot.services.ports import Work
from tests.integration.records.making import IDS, START, SetClock, add_person, entry, person


def erasure(subject: str, **more: object) -> Erasure:
    values = {
        "id": IDS.new(),
        "subject": subject,
        "at": START,
        "by": "staff:ash",
        "request": "r-1",
        "kind": ErasureKind.REQUESTED,
    }
    return Erasure(**values | more)  # type: ignore[arg-type]


@pytest.fixture
def ring(key_file: Path) -> KeyRing:
    return KeyRing.load(key_file)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "erasures.log"


def test_what_is_appended_is_read(path: Path, ring: KeyRing) -> None:
    first, second = erasure("one"), erasure("two", kind=ErasureKind.RETENTION)
    append_erasure(path, first, ring)
    append_erasure(path, second, ring)

    assert read_ledger(path, ring) == ([first, second], [])
    assert path.stat().st_mode & 0o077 == 0


def test_one_that_was_begun_twice_counts_once(path: Path, ring: KeyRing) -> None:
    once = erasure("one")
    append_erasure(path, once, ring)
    append_erasure(path, once, ring)

    assert read_ledger(path, ring) == ([once], [])


def test_a_half_written_line_spoils_itself_alone(path: Path, ring: KeyRing) -> None:
    first, second = erasure("one"), erasure("two")
    append_erasure(path, first, ring)
    whole = path.read_bytes()
    append_erasure(path, second, ring)
    for cut in range(len(whole) + 1, len(path.read_bytes()) - 1):
        (path.parent / "cut").write_bytes(path.read_bytes()[:cut])
        assert read_ledger(path.parent / "cut", ring) == ([first], [2])
    append_erasure(path.parent / "cut", second, ring)

    assert read_ledger(path.parent / "cut", ring) == ([first, second], [2])


@pytest.mark.parametrize("change", [("one", "two"), ("staff:ash", "staff:elm"), ("2030", "2031")])
def test_a_changed_line_is_none(path: Path, ring: KeyRing, change: tuple[str, str]) -> None:
    append_erasure(path, erasure("one"), ring)
    path.write_text(path.read_text().replace(*change))

    assert read_ledger(path, ring) == ([], [1])


def test_another_ring_signs_otherwise(path: Path, ring: KeyRing, tmp_path: Path) -> None:
    append_erasure(path, erasure("one"), KeyRing.create(tmp_path / "other.key", START))

    assert read_ledger(path, ring) == ([], [1])


def test_two_copies_become_one(path: Path, ring: KeyRing, tmp_path: Path) -> None:
    older, newer, both = erasure("older"), erasure("newer"), erasure("both")
    copy = tmp_path / "copy.log"
    append_erasure(path, both, ring)
    carry_over(path, copy)
    append_erasure(path, newer, ring)
    append_erasure(copy, older, ring)
    carry_over(path, copy)
    carry_over(path, copy)
    carry_over(tmp_path / "not there", copy)

    assert read_ledger(copy, ring) == ([both, older, newer], [])


async def test_a_replay_forgets_who_is_still_known(
    record: SqlRecord, url: str, path: Path, ring: KeyRing
) -> None:
    gone, stays = await add_person(record, nhs_number="9434765919"), await add_person(record)
    unknown = erasure("never was here")
    ledger = [erasure(gone.id), unknown]
    for each in ledger:
        append_erasure(path, each, ring)

    assert await record.replay_erasures(path) == 2
    assert await record.get(Person, gone.id) is None
    assert await record.get(Person, stays.id) == stays
    assert set(await record.find(Erasure)) == set(ledger)
    with connect_to(url).connect() as connection:
        keyed = set(connection.execute(text("SELECT subject FROM subject_keys")).scalars())
        indexed = connection.execute(text("SELECT count(*) FROM blind_index")).scalar()
    assert (keyed, indexed) == ({stays.id}, 0)
    with pytest.raises(NotFound):
        await record.save(Work(put=[replace(gone, code="x")], audit=[entry(gone.id)]))
    told = (await record.audit_of(gone.id))[-1]
    assert (told.by, told.action) == ("program", "erasure_replayed")
    assert told.details == {"request": "r-1"}
    assert await record.verify_chain(gone.id) == []


async def test_a_second_replay_finds_nothing_to_do(
    record: SqlRecord, path: Path, ring: KeyRing
) -> None:
    assert await record.replay_erasures(path) == 0
    one = await add_person(record)
    append_erasure(path, erasure(one.id), ring)
    assert await record.replay_erasures(path) == 1
    assert await record.replay_erasures(path) == 0
    assert len(await record.audit_of(one.id)) == 2


async def test_an_erasure_cut_short_is_completed(
    record: SqlRecord, path: Path, ring: KeyRing, clock: SetClock
) -> None:
    """The row is there, and so is the key: whichever of them stood, the person is forgotten."""
    one = person()
    tombstone = erasure(one.id)
    await record.save(Work(new_keys=[one.id], put=[one, tombstone], audit=[entry(one.id)]))
    append_erasure(path, tombstone, ring)

    assert await record.replay_erasures(path) == 1
    assert await record.get(Person, one.id) is None
