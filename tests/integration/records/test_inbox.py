"""Rows of the inbox that do not open; what every store promises of it is in ``contract``."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.domain.errors import WrongKey
from tests.integration.records.conftest import Open
from tests.integration.records.making import claim_one, said


async def test_a_person_whose_key_is_damaged_is_answered_as_a_stranger(
    url: str, opened: Open
) -> None:
    before = opened(url)
    lost = await before.accept(said("one"))
    with connect_to(url).connect() as connection:
        connection.execute(text("UPDATE subject_keys SET wrapped = :x"), {"x": b"x" * 60})
    record = opened(url)
    other = await record.accept(said("fine", address="chat-2"))
    again = await record.accept(said("two"))

    assert again.subject != lost.subject
    claimed = {acts[0].subject: [act.text for act in acts] for acts in await record.claim(9)}
    assert claimed == {other.subject: ["fine"], again.subject: ["two"]}
    actions = [(each.action, each.thing[:7]) for each in await record.audit_of(lost.subject)]
    assert actions == [("unreadable", "address"), ("unreadable", "inbox:0")]


async def test_a_key_of_another_ring_leaves_its_acts_waiting(url: str, opened: Open) -> None:
    before = opened(url)
    await before.accept(said("one"))
    record = opened(url)
    with connect_to(url).connect() as connection:
        connection.execute(text("UPDATE subject_keys SET key_id = 'newer'"))
    await before.accept(said("fine", address="chat-2"))

    assert [act.text for act in await claim_one(record)] == ["fine"]
    with pytest.raises(WrongKey):
        await record.accept(said("two"))
    with connect_to(url).connect() as connection:
        states = connection.execute(text("SELECT state FROM inbox")).scalars().all()
    assert states == ["waiting", "waiting"]


async def test_a_row_that_does_not_open_holds_up_nobody(record: SqlRecord, url: str) -> None:
    broken = await record.accept(said("broken"))
    await record.accept(said("next"))
    alone = await record.accept(said("alone", address="chat-2"))
    with connect_to(url).connect() as connection:
        connection.execute(
            text("UPDATE inbox SET body = :body WHERE id IN (:one, :two)"),
            {"body": b"\1" + b"x" * 60, "one": broken.act_id, "two": alone.act_id},
        )

    assert [act.text for act in await claim_one(record)] == ["next"]
    handled = await record.handled(broken.act_id)
    assert handled is not None
    assert handled.failed
    (audited,) = await record.audit_of(alone.subject)
    assert (audited.action, audited.thing) == ("unreadable", f"inbox:{alone.act_id}")
    later = await record.accept(said("later", address="chat-2"))
    assert [act.id for act in await claim_one(record)] == [later.act_id]
