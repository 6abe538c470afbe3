"""A row that was damaged or moved is refused and told of once; the others live."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.adapters.records.entities import mapped
from bot.domain.concerns import Concern, ConcernNote, ConcernStatus
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.errors import RecordUnavailable, SealBroken
from bot.domain.people import Address, CaseloadEntry, Person, Role, Staff
from bot.services.caseloads import Caseloads
from bot.services.ports import Work
from tests.integration.records.conftest import Open
from tests.integration.records.making import START, SetClock, add_person, entry, person, said

Log = list[Any]


@pytest.fixture
def log() -> Iterator[Log]:
    with capture_logs() as lines:
        yield lines


def _run(url: str, statement: str, **values: str) -> None:
    with connect_to(url).connect() as connection:
        assert connection.execute(text(statement), values).rowcount > 0


async def _unreadable(record: SqlRecord, chain: str) -> list[str]:
    entries = [each for each in await record.audit_of(chain) if each.action == "unreadable"]
    assert {each.by for each in entries} <= {"program"}
    assert await record.verify_chain(chain) == []
    return [each.thing for each in entries]


def _told(log: Log) -> list[str]:
    return [line["row"] for line in log if line["event"] == "unreadable"]


async def _events(record: SqlRecord, number: int = 3) -> Person:
    one = await add_person(record)
    events = [
        EngagementEvent(f"e{each}", one.id, EventKind.MOOD, START + timedelta(hours=each), {})
        for each in range(number)
    ]
    await record.save(Work(put=events, audit=[entry(one.id)]))
    return one


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE persons SET names = (SELECT names FROM persons WHERE code = 'one')"
        " WHERE code = 'other'",
        "UPDATE persons SET joining = (SELECT joining FROM persons WHERE code = 'one')"
        " WHERE code = 'other'",
        "UPDATE persons SET names = joining WHERE code = 'other'",
        "UPDATE persons SET identity = names, names = identity WHERE code = 'other'",
        "UPDATE persons SET identity = '' WHERE code = 'other'",
        "UPDATE persons SET state = 'no such state' WHERE code = 'other'",
    ],
    ids=["person", "alike of a person", "field", "two fields", "empty", "plain"],
)
async def test_moved_between_people_and_fields(
    record: SqlRecord, url: str, log: Log, change: str
) -> None:
    one = await add_person(record, code="one", name="Robin")
    other = await add_person(record, code="other", nhs_number="9434765919")
    _run(url, change)

    with pytest.raises(SealBroken) as raised:
        await record.get(Person, other.id)
    assert "Example" not in str(raised.value)
    assert await record.find(Person, order="code") == [one]
    assert await record.find(Person, id=[one.id, other.id]) == [one]
    assert await record.find(Person, code="other") == []
    assert await record.find_by_index(Person, "nhs_number", "9434765919") == []
    assert await _unreadable(record, other.id) == [f"persons:{other.id}"]
    assert await _unreadable(record, one.id) == []
    assert _told(log) == [f"persons:{other.id}"]
    assert "Example" not in str(log)


async def test_swapped_between_rows_of_one_person(record: SqlRecord, url: str, log: Log) -> None:
    one = await _events(record)
    with connect_to(url).connect() as connection:
        rows = connection.execute(text("SELECT id, details FROM events")).all()
        held = {row.id: row.details for row in rows}
        for row_id, other in (("e0", "e1"), ("e1", "e0")):
            connection.execute(
                text("UPDATE events SET details = :other WHERE id = :id"),
                {"other": held[other], "id": row_id},
            )

    found = await record.find(EngagementEvent, subject=one.id, order="at")
    assert [each.id for each in found] == ["e2"]
    for row_id in ("e0", "e1"):
        with pytest.raises(SealBroken):
            await record.get(EngagementEvent, row_id)
    assert sorted(await _unreadable(record, one.id)) == ["events:e0", "events:e1"]
    assert sorted(_told(log)) == ["events:e0", "events:e1"]


async def test_a_row_given_to_another_person(record: SqlRecord, url: str) -> None:
    await _events(record)
    other = await add_person(record)
    _run(url, "UPDATE events SET subject = :other WHERE id = 'e1'", other=other.id)

    assert await record.find(EngagementEvent, subject=other.id) == []
    assert await _unreadable(record, other.id) == ["events:e1"]


async def test_it_is_noted_once_in_a_process(url: str, opened: Open, log: Log) -> None:
    record = opened(url)
    one = await _events(record)
    _run(url, "UPDATE events SET details = '' WHERE id = 'e1'")

    await asyncio.gather(*(record.find(EngagementEvent, subject=one.id) for _ in range(5)))
    await record.find(EngagementEvent, order="at")
    assert await _unreadable(record, one.id) == ["events:e1"]
    assert _told(log) == ["events:e1"]
    await opened(url).find(EngagementEvent, subject=one.id)
    assert await _unreadable(record, one.id) == ["events:e1"] * 2


async def test_the_limit_counts_those_that_open(record: SqlRecord, url: str) -> None:
    one = await _events(record, number=5)
    _run(url, "UPDATE events SET details = '' WHERE id IN ('e0', 'e1', 'e4')")

    async def ids(order: str, limit: int) -> list[str]:
        found = await record.find(EngagementEvent, subject=one.id, order=order, limit=limit)
        return [each.id for each in found]

    assert await ids("at", 1) == ["e2"]
    assert await ids("-at", 1) == ["e3"]
    assert await ids("at", 2) == ["e2", "e3"]
    assert await ids("at", 3) == ["e2", "e3"]
    assert await ids("at", 0) == []


async def test_a_lost_key_is_noted_and_not_all_that_it_sealed(
    url: str, opened: Open, log: Log
) -> None:
    before = opened(url)
    lost, other = await _events(before), await add_person(before)
    _run(url, "DELETE FROM subject_keys WHERE subject = :id", id=lost.id)
    record = opened(url)

    assert await record.find(EngagementEvent, subject=lost.id) == []
    assert await record.find(Person) == [other]
    assert await _unreadable(record, lost.id) == [f"subject_keys:{lost.id}"]
    assert _told(log) == [f"subject_keys:{lost.id}"]


async def test_who_was_forgotten_while_it_was_read_is_no_damage(
    record: SqlRecord, url: str, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await add_person(record)
    mapping = mapped(Person)
    read = mapping.from_row

    def slowly(row: Any, open_key: Any) -> Person:
        # The key and the row go between the reading of the row and its opening.
        with connect_to(url).connect() as connection:
            connection.execute(text("DELETE FROM persons"))
        monkeypatch.setitem(mapping.__dict__, "from_row", read)
        raise SealBroken

    monkeypatch.setitem(mapping.__dict__, "from_row", slowly)
    assert await record.find(Person) == []
    assert await _unreadable(record, one.id) == []
    assert _told(log) == []


async def test_a_damaged_address_holds_up_nobody_elses_replies(record: SqlRecord, url: str) -> None:
    await record.accept(said(address="chat-1"))
    await record.accept(said(address="chat-2"))
    first, second = await record.find(Address, order="id")
    _run(url, "UPDATE addresses SET value = '' WHERE id = :id", id=first.id)

    assert await record.find(Address) == [second]
    assert await record.find_by_index(Address, "address", "telegram:chat-1") == []
    assert await _unreadable(record, first.subject) == [f"addresses:{first.id}"]


async def test_when_it_cannot_be_noted_the_others_are_read_all_the_same(
    record: SqlRecord, url: str, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await _events(record)
    _run(url, "UPDATE events SET details = '' WHERE id = 'e1'")
    writer = record._parts.writer
    write = writer.do

    async def refuse(_: object) -> None:
        raise RecordUnavailable("(SQLITE_FULL)")

    monkeypatch.setattr(writer, "do", refuse)
    assert len(await record.find(EngagementEvent, subject=one.id)) == 2
    assert [line["rows"] for line in log] == [["events:e1"]]
    monkeypatch.setattr(writer, "do", write)
    assert len(await record.find(EngagementEvent, subject=one.id)) == 2
    assert await _unreadable(record, one.id) == ["events:e1"]


async def test_a_caseload_with_one_damaged_person_still_opens(
    record: SqlRecord, url: str, clock: SetClock
) -> None:
    dawn = Staff("staff-1", "dawn", "Dawn Example", Role.PRACTITIONER, "north", START)
    people = [person(code=f"P-{each}", name=f"Person {each}") for each in range(4)]
    concerns = [
        Concern(f"c{n}", each.id, START, ConcernStatus.OPEN, "t", "f", (ConcernNote(START, "w"),))
        for n, each in enumerate(people)
    ]
    entries = [
        CaseloadEntry(f"entry-{n}", dawn.id, each.id, START) for n, each in enumerate(people)
    ]
    await record.save(
        Work(
            new_keys=[each.id for each in people],
            put=[dawn, *people, *concerns, *entries],
            audit=[entry(each.id) for each in people],
        )
    )
    _run(url, "UPDATE persons SET names = identity WHERE code = 'P-1'")
    _run(url, "UPDATE concerns SET notes = '' WHERE id = 'c2'")

    caseload = await Caseloads(record, clock).of(by=dawn)

    assert [line.person.code for line in caseload.lines] == ["P-0", "P-2", "P-3"]
    assert caseload.unreadable == 1
    waiting = {each.person.code for each in caseload.to_look_at}
    assert waiting == {"P-0", "P-3"}
    assert await _unreadable(record, people[1].id) == [f"persons:{people[1].id}"]
    assert await _unreadable(record, people[2].id) == ["concerns:c2"]
