"""The outbox: replies in order within a conversation, each leased to one sender."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.domain.messages import Button, Outbound, Press, Reply, ReplyKind
from bot.domain.people import Address
from bot.services.ports import Work
from tests.integration.records.contract.conftest import OpenAny
from tests.integration.records.making import (
    START,
    AnyRecord,
    SetClock,
    answer,
    answered_with,
    claim_all,
    claim_one,
    entry,
    reply_to,
    said,
    sendable,
    texts,
)


async def test_a_reply_comes_out_as_it_went_in(record: AnyRecord) -> None:
    await record.accept(said())
    (act,) = await claim_one(record)
    whole = Reply("Hello 🌱", (Button("Yes", Press("ask", "yes", "ref")),), ReplyKind.SAFETY)
    given = reply_to(act, reply=whole, kind=ReplyKind.SAFETY, place=3)
    await record.save(answer(act, given))

    ((reply, address),) = await record.claim_outgoing("telegram", 9)
    assert address == "chat-1"
    assert reply == Outbound(
        id=given.id,
        subject=act.subject,
        channel="telegram",
        address_id=act.address_id,
        reply=whole,
        kind=ReplyKind.SAFETY,
        created_at=START,
        in_reply_to=act.id,
        place=3,
        attempts=1,
    )


async def test_in_order_within_a_conversation_and_only_of_the_channel(record: AnyRecord) -> None:
    await answered_with(record, "one", "two")
    await answered_with(record, "three", "four")

    assert await record.claim_outgoing("sms", 9) == []
    assert texts(await sendable(record)) == ["one", "two", "three", "four"]


async def test_a_claimed_reply_is_not_claimed_again(record: AnyRecord) -> None:
    await answered_with(record, "one")
    (one,) = await sendable(record)
    await answered_with(record, "two")
    assert await sendable(record) == []

    await record.sent({one.id: "sent"})
    assert texts(await sendable(record)) == ["two"]


async def test_only_so_many_from_the_start_of_each_conversation(record: AnyRecord) -> None:
    await answered_with(record, "one", "two", "three")
    await answered_with(record, "other", address="chat-2")

    first = await sendable(record, 3)
    assert texts(first) == ["one", "two", "other"]
    await record.sent({first[0].id: "sent"})
    assert await sendable(record) == []
    await record.sent({first[1].id: "sent"})
    assert texts(await sendable(record)) == ["three"]


async def test_who_is_to_be_told_much_keeps_nobody_waiting(record: AnyRecord) -> None:
    for address in ("chat-1", "chat-2", "chat-3"):
        await record.accept(said("hello", address=address))
    acts = [acts[0] for acts in (await claim_all(record)).values()]
    for act in acts:
        await record.save(answer(act, *(reply_to(act, str(each)) for each in range(5))))
    claimed = await record.claim_outgoing("telegram", 4)
    told = [reply.subject for reply, _ in claimed]
    assert sorted(map(told.count, set(told))) == [1, 1, 2]


async def test_a_claim_runs_out(record: AnyRecord, clock: SetClock) -> None:
    await answered_with(record, "one", "two")
    assert len(await sendable(record)) == 2
    clock.move(seconds=14)
    assert await sendable(record) == []
    clock.move(seconds=1)

    assert [(each.reply.text, each.attempts) for each in await sendable(record)] == [
        ("one", 2),
        ("two", 2),
    ]


async def test_a_clock_that_goes_back_holds_no_reply_up(record: AnyRecord, clock: SetClock) -> None:
    await answered_with(record, "held")
    assert len(await sendable(record)) == 1
    await answered_with(record, "new", address="chat-2")
    clock.move(hours=-1)

    assert sorted(texts(await sendable(record))) == ["held", "new"]


async def test_a_retry_holds_back_the_conversation_and_no_other(
    record: AnyRecord, clock: SetClock
) -> None:
    await answered_with(record, "one", "two")
    one, _ = await sendable(record)
    await record.retry_sending(one.id, clock.now() + timedelta(seconds=5))
    await answered_with(record, "three")
    await answered_with(record, "other", address="chat-2")
    assert texts(await sendable(record)) == ["other"]

    clock.move(seconds=5)
    assert texts(await sendable(record)) == ["one", "two", "three"]


async def test_withheld_and_failed_are_done_with(record: AnyRecord) -> None:
    await answered_with(record, "one", "two", "three")
    one, two, _ = await sendable(record)
    await record.sent({one.id: "withheld", two.id: "failed"})
    await record.retry_sending(one.id, START)

    assert await sendable(record) == []


async def test_two_senders_do_not_meet(url: str, opened: OpenAny) -> None:
    senders = [opened(url), opened(url)]
    for each in range(12):
        await answered_with(senders[0], "one", "two", address=f"chat-{each}")
    ids: list[str] = []
    for _ in range(2):
        claims = await asyncio.gather(*(sendable(senders[each % 2], 6) for each in range(8)))
        found = [reply.id for claimed in claims for reply in claimed]
        await senders[0].sent(dict.fromkeys(found, "sent"))
        ids += found
    assert len(ids) == len(set(ids)) == 24


async def test_a_restart_under_the_same_name_sends_what_was_claimed(
    url: str, opened: OpenAny
) -> None:
    before = opened(url, owner="serve")
    await answered_with(before, "one")
    assert len(await sendable(before)) == 1

    assert texts(await sendable(opened(url, owner="serve"))) == ["one"]


async def test_a_reply_without_an_address_is_failed(record: AnyRecord) -> None:
    act = await answered_with(record, "one")
    (address,) = await record.find(Address, subject=act.subject)
    await record.save(Work(remove=[address], audit=[entry(act.subject)]))

    assert await sendable(record) == []
    await record.wait_for_outgoing("telegram", 0.01)
    assert await sendable(record) == []


async def test_what_has_not_gone_is_taken_back(record: AnyRecord) -> None:
    act = await answered_with(record, "claimed")
    assert len(await sendable(record)) == 1
    await answered_with(record, "waiting")
    await answered_with(record, "other", address="chat-2")
    work = Work(withhold=[act.subject], audit=[entry(act.subject, "withheld")])
    work.send.append(reply_to(act, "said after it"))
    await record.save(work)

    assert texts(await sendable(record)) == ["other", "said after it"]
