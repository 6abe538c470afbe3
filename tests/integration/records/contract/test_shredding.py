"""A guest leaves nothing behind after 72 hours."""

from __future__ import annotations

from bot.domain.audit import SERVICE_CHAIN
from bot.domain.conversations import Conversation
from bot.domain.engagement import EngagementEvent
from bot.domain.people import Address, Guest, Person
from bot.domain.practice import Run
from tests.integration.records.making import (
    AnyRecord,
    SetClock,
    a_guest,
    add_person,
    claim_one,
    said,
)


async def test_who_writes_again_is_a_newa_guest(record: AnyRecord, clock: SetClock) -> None:
    before = await a_guest(record, "chat-1")
    clock.move(hours=72)
    await record.shred_due(clock.now())

    again = await record.accept(said("hello", address="chat-1"))
    assert again.subject != before
    assert [act.text for act in await claim_one(record)] == ["hello"]


async def test_guests_go_when_their_time_is_over_and_nobody_else(
    record: AnyRecord, clock: SetClock
) -> None:
    gone = await a_guest(record, "chat-1")
    clock.move(hours=1)
    stays = await a_guest(record, "chat-2")
    joined = await add_person(record)
    clock.move(hours=71)

    assert await record.shred_due(clock.now()) == 1
    assert [each.id for each in await record.find(Guest)] == [stays]
    for kind in (Conversation, Run, EngagementEvent, Address):
        assert await record.find(kind, subject=gone) == []
    assert await record.get(Conversation, stays) is not None
    assert await record.get(Person, joined.id) == joined
    assert [to for _, to in await record.claim_outgoing("telegram", 9)] == ["chat-2"]
    assert await record.shred_due(clock.now()) == 0
    (told,) = await record.audit_of(SERVICE_CHAIN)
    assert (told.by, told.action, told.details) == ("program", "forgotten", {"number": "1"})


async def test_what_was_delivered_before_is_forgotten_with_itsa_guest(
    record: AnyRecord, clock: SetClock
) -> None:
    await record.accept(said(provider_id="update-1"))
    clock.move(hours=72)
    await record.shred_due(clock.now())

    assert (await record.accept(said(provider_id="update-1"))).new
