"""Parts of the companion that one process at a time does; what is written beside an outcome."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.errors import AuditMissing, ChangedMeanwhile
from bot.services.ports import DeadCount, Work
from tests.integration.records.contract.conftest import OpenAny
from tests.integration.records.making import (
    AnyRecord,
    SetClock,
    add_person,
    answer,
    claim_one,
    entry,
    person,
    reply_to,
    said,
)


async def test_one_holds_a_part_until_it_lets_go(url: str, opened: OpenAny) -> None:
    mine, other = opened(url), opened(url)
    assert await mine.hold("poller")
    assert await mine.hold("poller")
    assert not await other.hold("poller")
    assert await other.hold("scheduler")
    assert await other.held_by_others("poll") == ["poller"]
    assert await mine.held_by_others("poll") == []

    await other.let_go("poller")
    assert not await other.hold("poller")
    await mine.let_go("poller")
    assert await other.hold("poller")


@pytest.mark.parametrize("moved", [{"seconds": 15}, {"hours": -1}], ids=["on", "back"])
async def test_a_part_is_not_held_for_ever(
    url: str, opened: OpenAny, clock: SetClock, moved: dict[str, float]
) -> None:
    mine, other = opened(url), opened(url)
    await mine.hold("poller")
    clock.move(**moved)

    assert await mine.held_by_others("poller") == []
    assert await other.held_by_others("poller") == []
    assert await other.hold("poller")
    assert not await mine.hold("poller")


async def _outgoing(record: AnyRecord) -> str:
    await record.accept(said())
    (act,) = await claim_one(record)
    await record.save(answer(act, reply_to(act)))
    ((reply, _),) = await record.claim_outgoing("telegram", 9)
    return reply.id


async def test_what_goes_beside_an_outcome_is_written_with_it(record: AnyRecord) -> None:
    reply = await _outgoing(record)
    new = person()
    beside = Work(new_keys=[new.id], put=[new], audit=[entry(new.id)])
    await record.sent({reply: "failed"}, beside)

    assert await record.get(type(new), new.id) == new
    assert (await record.oldest_waiting(["telegram"]))[1] is None


async def test_what_cannot_go_beside_an_outcome_undoes_it(record: AnyRecord) -> None:
    reply = await _outgoing(record)
    stale = await add_person(record)
    with pytest.raises(AuditMissing):
        await record.sent({reply: "failed"}, Work(put=[stale]))
    beside = Work(expect=[person(subject=stale.id)], audit=[entry(stale.id)])
    with pytest.raises(ChangedMeanwhile):
        await record.sent({reply: "failed"}, beside)

    assert (await record.oldest_waiting(["telegram"]))[1] is not None


async def test_what_was_given_up_is_counted(record: AnyRecord, clock: SetClock) -> None:
    before = await _outgoing(record)
    await record.sent({before: "failed"})
    since = clock.now() + timedelta(hours=1)
    assert await record.dead_letters(clock.now()) == DeadCount(0, 0, 1)
    clock.move(hours=2)
    await record.accept(said("of a guest", address="chat-2"))
    await record.accept(said("of a person", address="chat-3"))
    for acts in await record.claim(9):
        (act,) = acts
        work = answer(act, failed=True)
        if act.text == "of a person":
            work.put.append(person(subject=act.subject))
        await record.save(work)

    assert await record.dead_letters(since) == DeadCount(2, 1, 0)
