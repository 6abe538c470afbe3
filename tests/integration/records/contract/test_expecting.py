"""A work that was made from what somebody read is refused when it is no longer so."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.concerns import Concern, ConcernNote, ConcernStatus, Task, TaskKind
from bot.domain.errors import ChangedMeanwhile, NotAllowedNow
from bot.domain.people import Role, Staff
from bot.services.ports import Work
from tests.integration.records.contract.conftest import OpenAny
from tests.integration.records.making import (
    START,
    AnyRecord,
    add_person,
    answer,
    claim_one,
    entry,
    reply_to,
    said,
)


async def _concern(record: AnyRecord, concern_id: str = "concern-1") -> Concern:
    subject = (await add_person(record)).id
    first = (ConcernNote(START, "first words"),)
    made = Concern(concern_id, subject, START, ConcernStatus.OPEN, "tier", "family", first)
    await record.save(Work(put=[made], audit=[entry(subject)]))
    return made


def _noted(concern: Concern, words: str) -> Concern:
    return replace(concern, notes=(*concern.notes, ConcernNote(START, words)))


def _change(read: Concern, to: Concern) -> Work:
    return Work(expect=[read], put=[to], audit=[entry(read.subject, "changed")])


async def test_what_still_stands_is_written(record: AnyRecord) -> None:
    concern = await _concern(record)
    read = await record.get(Concern, concern.id)
    assert read is not None
    later = _noted(read, "second words")
    await record.save(_change(read, later))

    assert await record.get(Concern, concern.id) == later


@pytest.mark.parametrize(
    "change",
    [
        lambda concern: replace(concern, owner="staff-1"),
        lambda concern: replace(concern, taken_at=START),
        lambda concern: _noted(concern, "words that nobody has read"),
        lambda concern: replace(concern, closing_note="sealed, and all else the same"),
    ],
    ids=["plain", "time", "sealed note", "sealed text"],
)
async def test_what_was_changed_is_not_written_over(record: AnyRecord, change: object) -> None:
    concern = await _concern(record)
    changed = change(concern)  # type: ignore[operator]
    await record.save(Work(put=[changed], audit=[entry(concern.subject)]))

    with pytest.raises(ChangedMeanwhile):
        await record.save(_change(concern, _noted(concern, "mine")))
    assert await record.get(Concern, concern.id) == changed
    assert "changed" not in [each.action for each in await record.audit_of(concern.subject)]


async def test_what_was_removed_or_never_there_is_not_written(record: AnyRecord) -> None:
    concern = await _concern(record)
    await record.save(Work(remove=[concern], audit=[entry(concern.subject)]))

    with pytest.raises(ChangedMeanwhile):
        await record.save(_change(concern, concern))
    with pytest.raises(ChangedMeanwhile):
        await record.save(_change(replace(concern, id="nowhere"), concern))
    assert await record.get(Concern, concern.id) is None


async def test_what_belongs_to_a_forgotten_subject_is_not_written(record: AnyRecord) -> None:
    concern = await _concern(record)
    await record.save(Work(forget=[concern.subject], audit=[entry(concern.subject)]))

    with pytest.raises(ChangedMeanwhile):
        await record.save(Work(expect=[concern], audit=[entry(concern.subject)]))


async def test_one_that_changed_refuses_the_whole_work(record: AnyRecord) -> None:
    concern = await _concern(record)
    task = Task("task-1", concern.subject, TaskKind.LEAVING, START, START, "staff-1")
    await record.save(Work(put=[task], audit=[entry(concern.subject)]))
    done = replace(task, done_at=START, done_by="staff-1")
    await record.save(Work(put=[done], audit=[entry(concern.subject)]))

    work = Work(expect=[concern, task], put=[_noted(concern, "mine")], audit=[entry("service")])
    with pytest.raises(ChangedMeanwhile):
        await record.save(work)
    assert await record.get(Concern, concern.id) == concern


async def test_of_many_at_once_each_builds_on_the_one_before(url: str, opened: OpenAny) -> None:
    records = [opened(url), opened(url)]
    concern = await _concern(records[0])

    async def add(record: AnyRecord, words: str) -> int:
        """How often it had to be read again."""
        for again in range(200):
            read = await record.get(Concern, concern.id)
            assert read is not None
            try:
                # Each under a chain of its own: the chain's order is not what keeps them apart.
                work = Work(expect=[read], put=[_noted(read, words)], audit=[entry(words)])
                await record.save(work)
            except ChangedMeanwhile:
                continue
            return again
        raise AssertionError("never came to it")

    again = await asyncio.gather(*(add(records[n % 2], f"words {n}") for n in range(20)))

    kept = await records[1].get(Concern, concern.id)
    assert kept is not None
    assert {note.words for note in kept.notes[1:]} == {f"words {n}" for n in range(20)}
    assert len(kept.notes) == 21
    if url != "memory":
        assert any(again)


async def test_without_it_a_note_is_lost(record: AnyRecord) -> None:
    concern = await _concern(record)
    for words in ("one", "other"):
        work = Work(put=[_noted(concern, words)], audit=[entry(concern.subject)])
        await record.save(work)

    kept = await record.get(Concern, concern.id)
    assert kept is not None
    assert [note.words for note in kept.notes] == ["first words", "other"]


async def test_one_group_sees_what_its_earlier_jobs_wrote(record: AnyRecord) -> None:
    concern = await _concern(record)
    works = [_change(concern, _noted(concern, f"words {each}")) for each in range(6)]

    outcomes = await asyncio.gather(*(record.save(each) for each in works), return_exceptions=True)
    assert [type(each) for each in outcomes if each] == [ChangedMeanwhile] * 5


async def test_a_turn_that_is_refused_leaves_its_act_to_be_answered_again(
    record: AnyRecord,
) -> None:
    concern = await _concern(record)
    await record.accept(said())
    (act,) = await claim_one(record)
    taken = replace(concern, status=ConcernStatus.TAKEN, owner="staff-1")
    await record.save(Work(put=[taken], audit=[entry(concern.subject)]))

    work = answer(act, reply_to(act))
    work.expect.append(concern)
    with pytest.raises(ChangedMeanwhile):
        await record.save(work, durable=False)
    assert await record.handled(act.id) is None
    assert await record.claim_outgoing("telegram", 9) == []
    await record.save(answer(act, reply_to(act)), durable=False)
    assert await record.handled(act.id) is not None


async def test_an_act_that_is_no_longer_held_is_told_first(record: AnyRecord) -> None:
    """Whoever has the act now goes on with it: there is nothing to read again."""
    concern = await _concern(record)
    await record.accept(said())
    (act,) = await claim_one(record)
    await record.save(answer(act))

    work = answer(act)
    work.expect.append(replace(concern, owner="nobody"))
    with pytest.raises(NotAllowedNow):
        await record.save(work)


async def test_what_belongs_to_nobody_can_be_expected_too(record: AnyRecord) -> None:
    staff = Staff("staff-1", "ash", "Ash Example", Role.PRACTITIONER, "north", START)
    await record.save(Work(put=[staff], audit=[entry("service")]))
    renamed = replace(staff, name="Ash Other")
    await record.save(Work(expect=[staff], put=[renamed], audit=[entry("service")]))

    with pytest.raises(ChangedMeanwhile):
        await record.save(Work(expect=[staff], put=[staff], audit=[entry("service")]))
    assert await record.get(Staff, "staff-1") == renamed
