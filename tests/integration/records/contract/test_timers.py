"""Timers: the companion's own reminders, due later, behind what the person says."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.messages import Act, ActKind
from bot.services.ports import Work
from tests.integration.records.making import (
    START,
    AnyRecord,
    SetClock,
    answer,
    claim_all,
    claim_one,
    entry,
    said,
    timer,
)


async def _finish(record: AnyRecord, acts: list[Act]) -> None:
    for act in acts:
        await record.save(answer(act), durable=False)
    await record.release(acts[0].subject)


async def _set_timers(record: AnyRecord, *timers: tuple[str, float]) -> Act:
    await record.accept(said("start"))
    (act,) = await claim_one(record)
    work = answer(act)
    for label, minutes in timers:
        work.schedule.append((timer(act, label), START + timedelta(minutes=minutes)))
    await record.save(work)
    await record.release(act.subject)
    return act


async def test_a_timer_comes_when_it_is_due(record: AnyRecord, clock: SetClock) -> None:
    await _set_timers(record, ("run:1:step", 15))
    clock.move(minutes=14)
    assert await record.claim(9) == []
    clock.move(minutes=1)

    (act,) = await claim_one(record)
    assert (act.kind, act.channel, act.text) == (ActKind.TIMER, "timer", "run:1:step")


async def test_a_timer_not_yet_due_holds_nobody_back(record: AnyRecord) -> None:
    await _set_timers(record, ("run:1:step", 15))
    await record.accept(said("meanwhile"))

    assert [act.text for act in await claim_one(record)] == ["meanwhile"]


async def test_a_person_comes_before_their_timers_and_timers_one_by_one(
    record: AnyRecord, clock: SetClock
) -> None:
    await _set_timers(record, ("later", 2), ("sooner", 1))
    clock.move(minutes=3)
    await record.accept(said("hello"))

    seen = []
    for _ in range(3):
        acts = await claim_one(record)
        seen.append([act.text for act in acts])
        await _finish(record, acts)
    assert seen == [["hello"], ["sooner"], ["later"]]


async def test_a_message_that_waits_for_its_retry_holds_timers_back(
    record: AnyRecord, clock: SetClock
) -> None:
    await _set_timers(record, ("run:1", 1))
    clock.move(minutes=1)
    await record.accept(said("hello"))
    (act,) = await claim_one(record)
    await record.release(act.subject, {act.id: clock.now() + timedelta(seconds=2)})

    assert await record.claim(9) == []
    clock.move(seconds=2)
    assert [act.text for act in await claim_one(record)] == ["hello"]


async def test_waiting_timers_are_cancelled_by_the_start_of_their_label(
    record: AnyRecord, clock: SetClock
) -> None:
    act = await _set_timers(record, ("run:1:a", 1), ("run:1:b", 2), ("run:10", 3), ("ask:1", 4))
    other = await record.accept(said(address="chat-2"))
    (theirs,) = await claim_one(record)
    work = answer(theirs)
    work.schedule.append((timer(theirs, "run:1:a"), START + timedelta(minutes=1)))
    await record.save(work)
    await record.release(other.subject)
    await record.save(Work(cancel=[(act.subject, "run:1:")], audit=[entry(act.subject)]))

    clock.move(minutes=9)
    left = {}
    for _ in range(2):
        for subject, acts in (await claim_all(record)).items():
            left.setdefault(subject, []).extend(act.text for act in acts)
            await _finish(record, acts)
    assert left == {act.subject: ["run:10", "ask:1"], other.subject: ["run:1:a"]}


async def test_a_timer_may_cancel_its_like_while_it_is_handled(
    record: AnyRecord, clock: SetClock
) -> None:
    await _set_timers(record, ("run:1:a", 1), ("run:1:b", 1))
    clock.move(minutes=1)
    (act,) = await claim_one(record)
    work = answer(act)
    work.cancel.append((act.subject, "run:1:"))
    await record.save(work)
    await record.release(act.subject)

    assert await record.claim(9) == []
    assert await record.handled(act.id) is not None
