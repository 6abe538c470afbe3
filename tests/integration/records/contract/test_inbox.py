"""The inbox: each act once, in order, by one worker at a time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.errors import BadInput, NotAllowedNow
from bot.domain.messages import Act, ActKind
from bot.domain.people import Address, Guest
from tests.integration.records.contract.conftest import OpenAny
from tests.integration.records.making import (
    START,
    AnyRecord,
    SetClock,
    answer,
    claim_one,
    said,
)


async def _finish(record: AnyRecord, acts: list[Act]) -> None:
    for act in acts:
        await record.save(answer(act), durable=False)
    await record.release(acts[0].subject)


async def test_an_act_comes_out_as_it_went_in(record: AnyRecord) -> None:
    words = "’tis 🌧 \0 and\nmore " + "x" * 60_000
    given = said(words, kind=ActKind.BUTTON, token="signed", sent_at=START - timedelta(hours=1))
    accepted = await record.accept(given)

    (act,) = await claim_one(record)
    assert act == Act(
        id=accepted.act_id,
        subject=accepted.subject,
        channel="telegram",
        address_id=act.address_id,
        kind=ActKind.BUTTON,
        text=words,
        sent_at=START - timedelta(hours=1),
        received_at=START,
        token="signed",
        attempts=1,
    )


async def test_half_a_character_does_not_lose_the_message(record: AnyRecord) -> None:
    await record.accept(said("half \ud800 whole \ud83c\udf27"))

    (act,) = await claim_one(record)
    assert act.text == "half \ufffd whole 🌧"


async def test_the_same_provider_id_is_kept_once(record: AnyRecord) -> None:
    given = said("hello")
    outcomes = [await record.accept(given) for _ in range(2)]
    outcomes += await asyncio.gather(*(record.accept(given) for _ in range(8)))

    assert [each.new for each in outcomes] == [True] + [False] * 9
    assert len({each.act_id for each in outcomes}) == 1
    assert len(await claim_one(record)) == 1


async def test_a_provider_id_belongs_to_its_channel(record: AnyRecord) -> None:
    await record.accept(said(provider_id="1", channel="telegram"))
    assert (await record.accept(said(provider_id="1", channel="sms"))).new


async def test_an_unknown_address_gets_a_guest(record: AnyRecord) -> None:
    accepted = await record.accept(said())

    guest = await record.get(Guest, accepted.subject)
    assert guest == Guest(accepted.subject, START, START + timedelta(hours=72))
    (address,) = await record.find(Address, subject=accepted.subject)
    assert (address.channel, address.value) == ("telegram", "chat-1")


async def test_a_new_address_that_writes_twice_at_once_is_one_guest(record: AnyRecord) -> None:
    outcomes = await asyncio.gather(*(record.accept(said(str(each))) for each in range(10)))

    assert len({each.subject for each in outcomes}) == 1
    assert len(await record.find(Guest)) == 1
    acts = await claim_one(record)
    assert sorted(act.text for act in acts) == [str(each) for each in range(10)]


async def test_two_processes_that_meet_one_stranger(url: str, opened: OpenAny) -> None:
    first, second = opened(url), opened(url)
    given = [said(str(each), provider_id=f"update-{each % 10}") for each in range(20)]
    outcomes = await asyncio.gather(
        *(record.accept(each) for record, each in zip([first, second] * 10, given, strict=True))
    )

    assert len({each.subject for each in outcomes}) == 1
    assert sum(each.new for each in outcomes) == 10
    assert len(await first.find(Guest)) == 1


async def test_a_conversation_comes_in_order_and_others_beside_it(record: AnyRecord) -> None:
    for each in range(6):
        await record.accept(said(f"{each}", address=f"chat-{each % 2}"))

    claimed = await record.claim(9)
    assert [[act.text for act in acts] for acts in claimed] == [["0", "2", "4"], ["1", "3", "5"]]


async def test_a_clock_that_goes_back_holds_nothing_up(
    url: str, opened: OpenAny, clock: SetClock
) -> None:
    before, after = opened(url), opened(url)
    await before.accept(said("held", address="chat-1"))
    assert len(await before.claim(9)) == 1
    await before.accept(said("new", address="chat-2"))
    clock.move(hours=-1)

    claimed = await after.claim(9)
    assert sorted(act.text for acts in claimed for act in acts) == ["held", "new"]


async def test_order_does_not_hang_on_the_clock(record: AnyRecord, clock: SetClock) -> None:
    await record.accept(said("first"))
    clock.move(hours=-1)
    await record.accept(said("second"))
    clock.move(hours=1)

    assert [act.text for act in await claim_one(record)] == ["first", "second"]


async def test_only_so_many_conversations_the_oldest_first(
    record: AnyRecord, clock: SetClock
) -> None:
    for each in range(5):
        await record.accept(said(address=f"chat-{each}"))
        await record.accept(said(address="chat-0"))
        clock.move(seconds=1)
    oldest = await record.claim(2)
    assert [len(acts) for acts in oldest] == [6, 1]
    assert len(await record.claim(9)) == 3


async def test_a_held_conversation_is_not_claimed_again(record: AnyRecord) -> None:
    await record.accept(said("first"))
    acts = await claim_one(record)
    await record.accept(said("second"))
    assert await record.claim(9) == []

    await _finish(record, acts)
    assert [act.text for act in await claim_one(record)] == ["second"]


async def test_an_unfinished_conversation_comes_again(record: AnyRecord) -> None:
    await record.accept(said("first"))
    (act,) = await claim_one(record)
    await record.release(act.subject)

    (again,) = await claim_one(record)
    assert (again.id, again.attempts) == (act.id, 2)


async def test_a_lease_runs_out_unless_it_is_renewed(
    url: str, opened: OpenAny, clock: SetClock
) -> None:
    mine, other = opened(url), opened(url)
    await mine.accept(said("hello"))
    (act,) = await claim_one(mine)
    clock.move(seconds=10)
    await mine.renew([act.subject])
    clock.move(seconds=14)
    assert await other.claim(9) == []
    await other.renew([act.subject])
    clock.move(seconds=1)

    (taken,) = await claim_one(other)
    assert (taken.id, taken.attempts) == (act.id, 2)
    with pytest.raises(NotAllowedNow):
        await mine.save(answer(act))
    await mine.renew([act.subject])
    await mine.release(act.subject)
    assert await mine.claim(9) == []
    await other.save(answer(taken))


async def test_a_restart_under_the_same_name_takes_its_own_back(url: str, opened: OpenAny) -> None:
    before, other = opened(url, owner="serve"), opened(url, owner="other")
    await before.accept(said(address="chat-1"))
    await before.accept(said(address="chat-2"))
    assert len(await before.claim(1)) == 1
    assert len(await other.claim(1)) == 1

    after = opened(url, owner="serve")
    assert len(await after.claim(9)) == 1


async def test_many_workers_share_without_meeting(url: str, opened: OpenAny) -> None:
    workers = [opened(url), opened(url)]
    for each in range(40):
        await workers[0].accept(said(address=f"chat-{each}"))
    claims = await asyncio.gather(*(workers[each % 2].claim(5) for each in range(16)))

    subjects = [acts[0].subject for claimed in claims for acts in claimed]
    assert len(subjects) == len(set(subjects)) == 40


async def test_a_retry_holds_back_what_came_later(record: AnyRecord, clock: SetClock) -> None:
    for each in ("first", "second", "third"):
        await record.accept(said(each))
    first, second, _ = await claim_one(record)
    await record.save(answer(first))
    await record.release(first.subject, {second.id: clock.now() + timedelta(seconds=1)})
    assert await record.claim(9) == []

    clock.move(seconds=1)
    assert [(act.text, act.attempts) for act in await claim_one(record)] == [
        ("second", 1),
        ("third", 1),
    ]


async def test_before_a_retry_what_came_earlier_is_done(record: AnyRecord, clock: SetClock) -> None:
    for each in ("first", "second", "third"):
        await record.accept(said(each))
    first, second, _ = await claim_one(record)
    await record.release(first.subject, {second.id: clock.now() + timedelta(seconds=1)})

    assert [act.text for act in await claim_one(record)] == ["first"]


async def test_a_failed_act_lets_the_next_go_on(record: AnyRecord) -> None:
    await record.accept(said("poison"))
    await record.accept(said("next"))
    poison, _ = await claim_one(record)
    await record.save(answer(poison, failed=True))
    await record.release(poison.subject)

    assert [act.text for act in await claim_one(record)] == ["next"]
    handled = await record.handled(poison.id)
    assert handled is not None
    assert handled.failed


async def test_a_provider_id_that_cannot_be_kept_is_refused(record: AnyRecord) -> None:
    for odd in ("\0", "\ud800"):
        with pytest.raises(BadInput):
            await record.accept(said(provider_id=odd))
