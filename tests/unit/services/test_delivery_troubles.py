"""What the delivery does when a channel, or the record, is not well."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.adapters.records import SqlRecord
from bot.domain.audit import AuditEntry
from bot.domain.concerns import Task, TaskKind
from bot.domain.errors import AuditMissing, ChannelRefused, ChannelUnavailable, RecordUnavailable
from bot.domain.messages import Act, Outbound, Reply, ReplyKind
from bot.domain.people import Person, PersonState
from bot.services import delivery
from bot.services.delivery import RefusedForGood, WaitBefore
from bot.services.ports import Work
from tests.unit.services.delivering import (
    CLOCK,
    Channel,
    Hurried,
    delivering,
    none_left,
    person,
    say,
    until,
    until_none_open,
)


async def test_pauses_grow_and_later_replies_wait(record: SqlRecord, queue: Hurried) -> None:
    asha = await person(record, "asha")

    async def down_at_first(_: str, reply: Reply) -> None:
        if reply.text == "first" and len(channel.tries) < 9:
            raise ChannelUnavailable if len(channel.tries) % 2 else ChannelRefused

    channel = Channel(down_at_first)
    async with delivering(queue, channel):
        await say(record, asha, "first", "second")
        await until(lambda: len(channel.sent) == 2)
    assert channel.tries == ["first"] * 9 + ["second"]
    assert queue.pauses == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_asked_to_wait_it_waits_as_long(record: SqlRecord, queue: Hurried) -> None:
    asha = await person(record, "asha")

    async def busy_once(_: str, __: Reply) -> None:
        if len(channel.tries) == 1:
            raise WaitBefore(17.5)

    channel = Channel(busy_once)
    async with delivering(queue, channel):
        await say(record, asha, "first", "second")
        await until(lambda: len(channel.sent) == 2)
    assert queue.pauses == [17.5]
    assert channel.tries == ["first", "first", "second"]


async def test_refused_for_good_is_not_tried_again_and_the_next_goes(
    record: SqlRecord, queue: Hurried
) -> None:
    asha = await person(record, "asha")

    async def refuse_first(_: str, reply: Reply) -> None:
        if reply.text == "first":
            raise RefusedForGood("blocked")

    channel = Channel(refuse_first)
    with capture_logs() as logs:
        async with delivering(queue, channel):
            (first, _) = await say(record, asha, "first", "second")
            await until(lambda: channel.sent)
    assert channel.tries == ["first", "second"]
    assert [(line["event"], line["reply"]) for line in logs] == [("reply_refused", first.id)]
    await none_left(record)


async def test_a_fault_of_ours_is_given_up_in_the_end(record: SqlRecord, queue: Hurried) -> None:
    asha = await person(record, "asha")

    async def stumble(_: str, reply: Reply) -> None:
        if reply.text == "first":
            raise KeyError(reply.text)

    channel = Channel(stumble)
    with capture_logs() as logs:
        async with delivering(queue, channel):
            await say(record, asha, "first", "second")
            await until(lambda: channel.sent)
    assert channel.tries == ["first"] * 4 + ["second"]
    assert {line["fault"] for line in logs} == {"KeyError"}
    await none_left(record)


async def test_a_channel_that_hangs_is_left_and_tried_again(
    record: SqlRecord, queue: Hurried, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SEND_SECONDS", 0.05)
    asha = await person(record, "asha")

    async def hang_once(_: str, __: Reply) -> None:
        if len(channel.tries) == 1:
            await asyncio.sleep(30)

    channel = Channel(hang_once)
    async with delivering(queue, channel):
        await say(record, asha, "first")
        await until(lambda: channel.sent)
    assert channel.tries == ["first", "first"]


async def test_what_was_claimed_long_ago_is_claimed_anew(
    record: SqlRecord, queue: Hurried, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "FRESH_SECONDS", 0.5)
    asha = await person(record, "asha")

    async def slow(_: str, __: Reply) -> None:
        await asyncio.sleep(0.6)

    channel = Channel(slow)
    async with delivering(queue, channel):
        await say(record, asha, "first", "second", "third")
        await until(lambda: len(channel.sent) == 3)
    assert channel.tries == ["first", "second", "third"]
    assert queue.pauses == [0, 0]


async def test_a_note_that_is_lost_is_made_again_and_nothing_goes_twice(
    record: SqlRecord, queue: Hurried
) -> None:
    asha = await person(record, "asha")
    queue.lost_notes = 2
    channel = Channel()
    async with delivering(queue, channel):
        await say(record, asha, "first")
        await until(lambda: channel.sent and not queue.lost_notes)
        await asyncio.sleep(0.1)
    assert channel.tries == ["first"]
    await none_left(record)


async def test_while_the_outbox_is_away_it_waits(
    record: SqlRecord, queue: Hurried, monkeypatch: pytest.MonkeyPatch
) -> None:
    asha = await person(record, "asha")
    asked = 0

    async def away(*_: object) -> list[tuple[Outbound, str]]:
        nonlocal asked
        asked += 1
        raise RecordUnavailable

    channel = Channel()
    await say(record, asha, "first")
    with monkeypatch.context() as patch:
        patch.setattr(queue, "claim_outgoing", away, raising=False)
        async with delivering(queue, channel):
            await asyncio.sleep(0.2)
            assert asked == 1
            patch.undo()
            await until(lambda: channel.sent)


async def _joined(record: SqlRecord, act: Act) -> Person:
    """Make whoever did an act a person with a key worker."""
    entry = AuditEntry(act.subject, CLOCK.now(), "program", "made", "person")
    robin = Person(
        act.subject, "P-1", PersonState.ACTIVE, "north", CLOCK.now(), "Robin", key_worker="staff-1"
    )
    await record.save(Work(put=[robin], audit=[entry]))
    return robin


async def _refused(_: str, __: Reply) -> None:
    raise RefusedForGood


@pytest.mark.parametrize("kind", list(ReplyKind))
async def test_what_matters_and_is_refused_becomes_a_task(
    record: SqlRecord, queue: Hurried, kind: ReplyKind
) -> None:
    asha = await person(record, "asha")
    await _joined(record, asha)
    async with delivering(queue, Channel(_refused)):
        await say(record, asha, "the words", kind=kind)
        await until_none_open(record)
    tasks = await record.find(Task, subject=asha.subject)
    if kind is ReplyKind.ORDINARY:
        assert tasks == []
    else:
        (task,) = tasks
        assert (task.kind, task.about) == (TaskKind.NOT_DELIVERED, "the words")
        assert task.owner == "staff-1"
        assert (await record.audit_of(asha.subject))[-1].action == "open"
    assert (await record.dead_letters(CLOCK.now() - timedelta(days=7))).replies == 1


async def test_of_a_guest_there_is_no_task(record: SqlRecord, queue: Hurried) -> None:
    asha = await person(record, "asha")
    async with delivering(queue, Channel(_refused)):
        await say(record, asha, "the words", kind=ReplyKind.SAFETY)
        await until_none_open(record)
    assert await record.find(Task) == []


async def test_without_its_task_an_outcome_is_not_noted(record: SqlRecord) -> None:
    """Somebody looks, or it is tried again: a reply that matters is never given up silently."""
    asha = await person(record, "asha")
    await _joined(record, asha)

    now = CLOCK.now()
    unaudited = Work(put=[Task("t", asha.subject, TaskKind.NOT_DELIVERED, now, now, "")])
    (reply,) = await say(record, asha, "the words", kind=ReplyKind.SAFETY)
    with pytest.raises(AuditMissing):
        await record.sent({reply.id: "failed"}, unaudited)
    ((left, _),) = await record.claim_outgoing("slate", 9)
    assert left.id == reply.id


async def test_at_the_end_the_rest_of_a_line_is_given_back(
    record: SqlRecord, queue: Hurried
) -> None:
    asha = await person(record, "asha")
    may_go = asyncio.Event()

    async def wait(_: str, __: Reply) -> None:
        await may_go.wait()

    channel = Channel(wait)
    async with delivering(queue, channel) as stop:
        await say(record, asha, "first", "second", "third")
        await until(lambda: channel.tries)
        stop.set()
        may_go.set()
    assert [each.reply.text for each, _ in await record.claim_outgoing("slate", 9)] == [
        "second",
        "third",
    ]
