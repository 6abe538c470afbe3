"""What is sealed opens only where it stood, and only with the right key ring."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.domain.activities import RunStatus, State
from bot.domain.conversations import Conversation
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.errors import SealBroken, WrongKey
from bot.domain.messages import SubjectId
from bot.domain.people import Person
from bot.domain.practice import Run
from bot.services.ports import Work
from tests.integration.records.conftest import Open
from tests.integration.records.making import START, add_person, entry


def _run(url: str, statement: str, **values: str) -> None:
    with connect_to(url).connect() as connection:
        assert connection.execute(text(statement), values).rowcount > 0


async def _refused(record: SqlRecord, kind: type[object], key: str) -> None:
    with pytest.raises(SealBroken) as raised:
        await record.get(kind, key)
    assert "Robin" not in str(raised.value)


async def test_a_value_of_another_person_is_refused(record: SqlRecord, url: str) -> None:
    one, other = await add_person(record, name="Robin"), await add_person(record)
    _run(
        url,
        "UPDATE persons SET names = (SELECT names FROM persons WHERE id = :one) WHERE id = :other",
        one=one.id,
        other=other.id,
    )

    await _refused(record, Person, other.id)
    assert await record.get(Person, one.id) == one


async def test_a_value_of_another_field_is_refused(record: SqlRecord, url: str) -> None:
    one = await add_person(record, joining={"area": "north"})
    _run(url, "UPDATE persons SET identity = joining")

    await _refused(record, Person, one.id)


async def test_a_value_of_another_row_is_refused(record: SqlRecord, url: str) -> None:
    subject = (await add_person(record)).id
    events = [
        EngagementEvent(f"event-{each}", subject, EventKind.MOOD, START, {"mood": each})
        for each in range(2)
    ]
    await record.save(Work(put=events, audit=[entry(subject)]))
    _run(
        url,
        "UPDATE events SET details = (SELECT details FROM events WHERE id = 'event-0')"
        " WHERE id = 'event-1'",
    )

    await _refused(record, EngagementEvent, "event-1")


async def test_a_value_of_another_table_is_refused(record: SqlRecord, url: str) -> None:
    subject = (await add_person(record)).id
    event = EngagementEvent("same", subject, EventKind.MOOD, START)
    run = Run("same", subject, "stop", "", RunStatus.OPEN, START, START, State("a"))
    await record.save(Work(put=[event, run], audit=[entry(subject)]))
    _run(url, "UPDATE runs SET state = (SELECT details FROM events WHERE id = 'same')")

    await _refused(record, Run, "same")


async def test_a_row_given_to_another_person_is_refused(record: SqlRecord, url: str) -> None:
    one, other = await add_person(record), await add_person(record)
    conversation = Conversation(one.id, epoch=4)
    await record.save(Work(put=[conversation], audit=[entry(one.id)]))
    _run(url, "UPDATE conversations SET subject = :other", other=other.id)

    await _refused(record, Conversation, other.id)


async def test_a_data_key_given_to_another_person_is_refused(url: str, opened: Open) -> None:
    record = opened(url)
    one, other = await add_person(record), await add_person(record)
    _run(
        url,
        "UPDATE subject_keys SET wrapped = (SELECT wrapped FROM subject_keys"
        " WHERE subject = :one) WHERE subject = :other",
        one=one.id,
        other=other.id,
    )

    # Another process, which has not yet read the key.
    await _refused(opened(url), Person, other.id)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE persons SET names = x''",
        "UPDATE persons SET names = x'01'",
        "UPDATE persons SET names = CAST(x'02' || substr(names, 2) AS BLOB)",
        "UPDATE persons SET names = substr(names, 1, 20)",
    ],
)
async def test_a_damaged_value_is_refused(opened: Open, sqlite_url: str, change: str) -> None:
    record = opened(sqlite_url)
    one = await add_person(record)
    _run(sqlite_url, change)

    await _refused(record, Person, one.id)


async def test_two_alike_look_different(record: SqlRecord, url: str) -> None:
    await add_person(record, born=date(1990, 1, 1))
    await add_person(record, born=date(1990, 1, 1))

    with connect_to(url).connect() as connection:
        rows = connection.execute(text("SELECT names, identity, joining FROM persons")).all()
        assert len({bytes(value) for row in rows for value in row}) == 6


async def test_another_key_ring_is_refused_at_the_start(
    record: SqlRecord, url: str, opened: Open, tmp_path: Path
) -> None:
    await add_person(record)
    other = KeyRing.create(tmp_path / "other.key", START)

    with pytest.raises(WrongKey):
        opened(url, ring=other)


async def test_a_master_key_that_is_gone_is_said_to_be(
    record: SqlRecord, url: str, opened: Open
) -> None:
    await add_person(record)
    _run(url, "UPDATE subject_keys SET key_id = 'gone'")

    with pytest.raises(WrongKey, match="gone"):
        opened(url)


async def test_without_its_key_a_row_does_not_open(
    record: SqlRecord, url: str, opened: Open
) -> None:
    one = await add_person(record)
    _run(url, "DELETE FROM subject_keys")

    await _refused(opened(url), Person, one.id)


async def test_a_field_that_is_new_takes_its_default(record: SqlRecord) -> None:
    subject = SubjectId((await add_person(record)).id)
    await record.save(Work(put=[Conversation(subject)], audit=[entry(subject)]))

    assert await record.get(Conversation, subject) == Conversation(subject)
