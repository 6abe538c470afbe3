"""One work is written whole or not at all, with its audit entries."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.audit import SERVICE_CHAIN
from bot.domain.conversations import Conversation
from bot.domain.errors import (
    AlreadyThere,
    AuditMissing,
    BadInput,
    ChangedMeanwhile,
    NotAllowedNow,
    NotFound,
    RecordUnavailable,
)
from bot.domain.people import Address, Guest, Person
from bot.services.ports import Work
from tests.integration.records.making import (
    START,
    AnyRecord,
    add_person,
    answer,
    claim_one,
    entry,
    person,
    reply_to,
    said,
    timer,
)


async def test_a_write_without_an_audit_entry_is_refused(record: AnyRecord) -> None:
    new = person()
    with pytest.raises(AuditMissing):
        await record.save(Work(new_keys=[new.id], put=[new]))
    assert await record.get(Person, new.id) is None


async def test_an_audit_entry_alone_is_a_write(record: AnyRecord) -> None:
    await record.save(Work(audit=[entry("someone", "looked")]))

    assert [each.action for each in await record.audit_of("someone")] == ["looked"]


async def test_one_that_fails_does_not_lose_the_others(record: AnyRecord) -> None:
    taken = await add_person(record)
    good = [person() for _ in range(20)]
    bad = person(code=taken.code)

    def save(each: Person) -> asyncio.Future[None]:
        work = Work(new_keys=[each.id], put=[each], audit=[entry(each.id)])
        return asyncio.ensure_future(record.save(work))

    # All wait together, so that the writer takes them as one group.
    outcomes = await asyncio.gather(
        *(save(each) for each in [*good[:10], bad, *good[10:]]), return_exceptions=True
    )

    assert [type(each) for each in outcomes if each is not None] == [AlreadyThere]
    for each in good:
        assert await record.get(Person, each.id) == each
        assert len(await record.audit_of(each.id)) == 1
    assert await record.get(Person, bad.id) is None


async def test_many_at_once_extend_one_chain_in_order(record: AnyRecord) -> None:
    works = [Work(audit=[entry(SERVICE_CHAIN, f"action-{each}")]) for each in range(60)]
    await asyncio.gather(*(record.save(each) for each in works))

    actions = {each.action for each in await record.audit_of(SERVICE_CHAIN)}
    assert actions == {f"action-{each}" for each in range(60)}
    assert await record.verify_chain(SERVICE_CHAIN) == []


@pytest.mark.parametrize("wrong", ["put", "send", "move", "expect"])
async def test_a_work_that_fails_in_the_middle_leaves_nothing(
    record: AnyRecord, wrong: str
) -> None:
    taken = await add_person(record)
    await record.accept(said("hello"))
    (act,) = await claim_one(record)
    new = person()
    work = answer(act, reply_to(act))
    work.new_keys.append(new.id)
    work.put.append(new)
    if wrong == "put":
        work.put.append(person(subject=new.id + "2", code=taken.code))
        work.new_keys.append(new.id + "2")  # type: ignore[arg-type]
    elif wrong == "send":
        work.send.append(reply_to(act, subject="nobody"))
    elif wrong == "move":
        work.move_address.append(("nowhere", new.id))
    else:
        work.expect.append(replace(taken, team="another"))

    with pytest.raises((AlreadyThere, NotFound, ChangedMeanwhile)):
        await record.save(work)
    assert await record.find(Person) == [taken]
    assert await record.handled(act.id) is None
    assert await record.claim_outgoing("telegram", 9) == []
    assert new.id not in await record.chains()
    assert "answered" not in [each.action for each in await record.audit_of(act.subject)]
    await record.save(answer(act, reply_to(act)))


async def test_a_key_is_made_once(record: AnyRecord) -> None:
    first = await add_person(record)
    await record.save(Work(new_keys=[first.id], audit=[entry(first.id)]))

    assert await record.get(Person, first.id) == first


async def test_handled_and_its_answer_come_together(record: AnyRecord) -> None:
    accepted = await record.accept(said("hello"))
    assert await record.handled(accepted.act_id) is None
    (act,) = await claim_one(record)
    await record.save(answer(act, reply_to(act)), durable=False)

    handled = await record.handled(act.id)
    assert handled is not None
    assert (handled.answered_by, handled.tier, handled.failed) == ("command", "none", False)
    assert len(await record.claim_outgoing("telegram", 9)) == 1


async def test_an_act_is_handled_once(record: AnyRecord) -> None:
    await record.accept(said("hello"))
    (act,) = await claim_one(record)
    await record.save(answer(act, reply_to(act)))

    with pytest.raises(NotAllowedNow):
        await record.save(answer(act, reply_to(act)))
    assert len(await record.claim_outgoing("telegram", 9)) == 1


async def test_two_answers_at_once_leave_one(record: AnyRecord) -> None:
    await record.accept(said("hello"))
    (act,) = await claim_one(record)

    outcomes = await asyncio.gather(
        *(record.save(answer(act, reply_to(act))) for _ in range(8)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType"] + ["NotAllowedNow"] * 7
    assert len(await record.claim_outgoing("telegram", 9)) == 1


async def test_only_who_holds_the_conversation_answers(record: AnyRecord) -> None:
    await record.accept(said("hello"))
    (act,) = await claim_one(record)
    await record.release(act.subject)

    with pytest.raises(NotAllowedNow):
        await record.save(answer(act))


async def test_joining_moves_the_address_and_what_still_waits(record: AnyRecord) -> None:
    guest = await record.accept(said("code"))
    (act,) = await claim_one(record)
    waiting = await record.accept(said("and another"))
    assert waiting.subject == guest.subject
    new = person()

    work = answer(act, reply_to(act, "welcome", subject=new.id))
    work.new_keys.append(new.id)
    work.put.append(new)
    work.move_address.append((act.address_id, new.id))
    work.forget.append(guest.subject)
    work.remove.append(Guest(guest.subject, START, START))
    await record.save(work)
    await record.release(guest.subject)

    address = await record.get(Address, act.address_id)
    assert address is not None
    assert (address.subject, address.value) == (new.id, "chat-1")
    (next_act,) = await claim_one(record)
    assert (next_act.id, next_act.subject, next_act.text) == (
        waiting.act_id,
        new.id,
        "and another",
    )
    assert (await record.accept(said("later"))).subject == new.id
    ((reply, to),) = await record.claim_outgoing("telegram", 9)
    assert (reply.reply.text, to) == ("welcome", "chat-1")


async def test_what_a_forgotten_subject_said_and_heard_is_gone(record: AnyRecord) -> None:
    accepted = await record.accept(said("hello", provider_id="update-1"))
    subject = accepted.subject
    (act,) = await claim_one(record)
    work = answer(act, reply_to(act))
    work.put.append(Conversation(subject, epoch=1))
    await record.save(work)
    await record.accept(said("still waiting"))
    await record.save(Work(forget=[subject], audit=[entry(subject, "forgotten")]))
    await record.release(subject)

    assert await record.get(Conversation, subject) is None
    assert await record.get(Guest, subject) is None
    assert await record.find(Address, subject=subject) == []
    assert await record.claim_outgoing("telegram", 9) == []
    assert [each.action for each in await record.audit_of(subject)] == ["answered", "forgotten"]
    with pytest.raises(NotFound):
        await record.save(Work(put=[Conversation(subject)], audit=[entry(subject)]))
    # The channel may deliver it once more: it is still known, and nothing comes of it.
    again = await record.accept(said("hello", provider_id="update-1"))
    assert (again.act_id, again.new) == (accepted.act_id, False)
    assert await record.claim(9) == []


async def test_moving_an_unknown_address_is_refused(record: AnyRecord) -> None:
    new = await add_person(record)
    with pytest.raises(NotFound):
        await record.save(Work(move_address=[("nowhere", new.id)], audit=[entry(new.id)]))


async def test_after_closing_nothing_is_written(record: AnyRecord) -> None:
    late = asyncio.ensure_future(record.save(Work(audit=[entry("someone")])))
    await asyncio.sleep(0)
    await record.aclose()

    await late
    with pytest.raises(RecordUnavailable):
        await record.save(Work(audit=[entry("someone")]))


async def test_what_no_channel_can_carry_is_refused_without_its_words(record: AnyRecord) -> None:
    await record.accept(said("hello"))
    (act,) = await claim_one(record)

    with pytest.raises(BadInput) as raised:
        await record.save(answer(act, reply_to(act, "half \ud800 a character")))
    assert "half" not in str(raised.value)
    assert await record.handled(act.id) is None


async def test_nothing_is_sent_or_scheduled_twice(record: AnyRecord) -> None:
    await record.accept(said("hello"))
    (act,) = await claim_one(record)
    reply, later = reply_to(act), timer(act, "run:1")
    work = answer(act, reply)
    work.schedule.append((later, START))
    await record.save(work)

    with pytest.raises(AlreadyThere):
        await record.save(Work(send=[reply], audit=[entry(act.subject)]))
    with pytest.raises(AlreadyThere):
        await record.save(Work(schedule=[(later, START)], audit=[entry(act.subject)]))
    assert len(await record.claim_outgoing("telegram", 9)) == 1
