"""However much waits, a claim is quick, fair and small; each database goes by its indexes."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import SQLITE, connect_to
from bot.adapters.records.mapping import to_micros
from bot.adapters.records.queue import claimable
from bot.adapters.records.queue.claimable import AT_A_TIME, LOOKED_AT
from bot.domain.messages import LONGEST_TEXT
from tests.integration.records.conftest import Open
from tests.integration.records.making import START, SetClock, answer, claim_one, reply_to, said

MANY = 100_000
ROOM = 64
QUICK = 0.25
"""Seconds for one claim on a busy machine; measured on a calm one: 0.01."""


FILL = """
    INSERT INTO inbox (id, provider_id, subject, channel, address_id, kind, label, sent_at,
        received_at, available_at, state, attempts, answered_by, tier)
    SELECT 'i' || place, 'p' || place, subject, 'telegram', 'a', 'text', '', 1, 1, 0, 'waiting',
        0, '', '' FROM {listed} ORDER BY place
"""
LISTED = {
    "sqlite": "(SELECT key AS place, value AS subject FROM json_each(:subjects))",
    "postgresql": "json_array_elements_text(CAST(:subjects AS json))"
    " WITH ORDINALITY AS listed (subject, place)",
}


def _fill(url: str, subjects: list[str]) -> None:
    """Messages that wait, one for each of these, in this order; they cannot be read."""
    with connect_to(url).connect() as connection:
        fill = FILL.format(listed=LISTED[connection.dialect.name])
        connection.execute(text(fill), {"subjects": json.dumps(subjects)})
        connection.execute(text("ANALYZE"))


FLOODS = {
    "one": ["0-flood"] * (MANY - 200) + [f"9-{each:03}" for each in range(200)],
    "none": [f"5-{each:06}" for each in range(MANY)],
}


@pytest.mark.parametrize("flood", FLOODS)
async def test_of_a_hundred_thousand_a_few_are_claimed_quickly_and_fairly(
    url: str, opened: Open, flood: str
) -> None:
    opened(url)
    _fill(url, FLOODS[flood])
    with connect_to(url).connect() as connection:
        driver = claimable.Driver(connection)
        now = to_micros(START)
        took = []
        found: list[str] = []
        for _ in range(5):
            began = time.perf_counter()
            found, _ = claimable.claimable(driver, now, ROOM, "")
            rows = claimable.waiting_in(driver, found, now)
            took.append(time.perf_counter() - began)
        _check_plans(connection, [each for each in found if each != "0-flood"], now)
    assert len(found) == ROOM
    assert min(took) < QUICK
    assert max(len(each) for each in rows.values()) <= AT_A_TIME
    assert sum(each.startswith(("9", "5")) for each in found) >= ROOM - 40


def _check_plans(connection: Connection, found: list[str], now: int) -> None:
    """Every statement goes by an index, and none reads the inbox from end to end."""
    dialect = connection.dialect.name
    listed = {"subjects": json.dumps(found) if dialect == SQLITE else found}
    for statement, values in (
        (claimable.OLDEST, {"now": now, "rows": ROOM}),
        (claimable.BEYOND, {"now": now}),
        (claimable.WALK, {"now": now, "after": ""}),
        (claimable.theirs_of(dialect), listed),
        (claimable.timers_of(dialect), listed | {"now": now}),
    ):
        plan = _plan(connection, statement, values)
        assert "ix_inbox" in plan, plan
        assert "Seq Scan on inbox" not in plan, plan
        assert "SCAN inbox" not in plan, plan


def _plan(connection: Connection, statement: Any, values: dict[str, Any]) -> str:
    compiled: Any = statement.compile(dialect=connection.dialect)
    fixed = {name: each.value for name, each in compiled.binds.items() if not each.required}
    words = "EXPLAIN QUERY PLAN " if connection.dialect.name == SQLITE else "EXPLAIN "
    cursor: Any = connection.connection.cursor()
    cursor.execute(words + str(compiled), fixed | values)
    return "\n".join(str(row) for row in cursor.fetchall())


async def test_the_walk_goes_on_where_it_ended(url: str, opened: Open) -> None:
    """With a few at a time everybody behind a flood has their turn before anybody has two."""
    opened(url)
    others = [f"9-{each:03}" for each in range(30)]
    _fill(url, ["0-flood"] * (LOOKED_AT + 10) + others)
    seen: list[str] = []
    with connect_to(url).connect() as connection:
        driver, after = claimable.Driver(connection), ""
        for _ in range(6):
            found, after = claimable.claimable(driver, to_micros(START), 7, after)
            seen += [each for each in found if each != "0-flood"]
    assert set(seen) == set(others)
    assert len(seen) - len(set(seen)) <= 7


async def test_of_one_conversation_only_so_many_at_a_time_and_in_order(record: SqlRecord) -> None:
    for number in range(AT_A_TIME + 5):
        await record.accept(said(str(number)))
    acts = await claim_one(record)
    assert [each.text for each in acts] == [str(each) for each in range(AT_A_TIME)]
    for each in acts:
        await record.save(answer(each), durable=False)
    await record.release(acts[0].subject)
    assert [each.text for each in await claim_one(record)] == ["16", "17", "18", "19", "20"]


async def test_who_only_waits_behind_another_is_not_counted_as_tried(record: SqlRecord) -> None:
    await record.accept(said("kills"))
    await record.accept(said("waits"))
    for _ in range(4):
        acts = await claim_one(record)
        await record.release(acts[0].subject)
    first, second = await claim_one(record)
    assert (first.attempts, second.attempts) == (5, 1)


async def test_of_an_endless_text_both_ends_are_kept(record: SqlRecord) -> None:
    await record.accept(said("a" * 100_000 + "b" * 100_000))
    ((act,),) = await record.claim(1)
    assert act.text == "a" * (LONGEST_TEXT // 2) + "b" * (LONGEST_TEXT // 2)


async def test_what_another_has_taken_over_is_not_put_back(url: str, opened: Open) -> None:
    slow, quick = opened(url), opened(url)
    await slow.accept(said())
    (act,) = await claim_one(slow)
    await slow.save(answer(act, reply_to(act)))
    ((reply, _),) = await slow.claim_outgoing("telegram", 1)
    with connect_to(url).connect() as connection:
        connection.execute(text("UPDATE outbox SET lease_until = 0"))
    ((again, _),) = await quick.claim_outgoing("telegram", 1)
    assert again.id == reply.id
    await slow.retry_sending(reply.id, START)
    assert await slow.claim_outgoing("telegram", 1) == []


async def test_a_part_of_long_ago_is_cleared_away(url: str, opened: Open, clock: SetClock) -> None:
    await opened(url).hold("workers with others 1")
    clock.move(hours=2)
    await opened(url).hold("workers with others 2")
    with connect_to(url).connect() as connection:
        rows = connection.execute(text("SELECT part FROM held_parts")).all()
    assert [each.part for each in rows] == ["workers with others 2"]
