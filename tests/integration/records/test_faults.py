"""A disk without room, a clock that jumps, values moved elsewhere: what the record does."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.domain.crisis_plan import Agreement, CrisisPlan, PlanContents, PlanStatus
from bot.domain.errors import RecordUnavailable, SealBroken
from bot.domain.people import Person
from bot.services.ports import Work
from tests.integration.records.conftest import Open
from tests.integration.records.making import (
    IDS,
    START,
    SetClock,
    add_person,
    answer,
    claim_one,
    entry,
    reply_to,
    said,
)

sqlite_only = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """This process can write to no file beyond so many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@sqlite_only
async def test_without_room_nothing_is_accepted_and_nothing_is_half_kept(
    record: SqlRecord,
) -> None:
    first, second = said("before"), said("without room")
    await record.accept(first)
    with no_file_beyond(64), pytest.raises(RecordUnavailable):
        await record.accept(second)
    assert [act.text for act in await claim_one(record)] == ["before"]
    assert (await record.accept(second)).new, "it was not kept: it is new now"


@sqlite_only
async def test_seals_are_written_whole_or_not_at_all(record: SqlRecord, tmp_path: Path) -> None:
    """A half line would be a fault for ever, and spoil the one behind it."""
    seals = tmp_path / "seals.log"
    await add_person(record)
    await record.seal_heads(seals)
    whole = seals.read_bytes()
    await add_person(record)
    with no_file_beyond(len(whole) + 20), pytest.raises(OSError, match="File too large"):
        await record.seal_heads(seals)
    assert seals.read_bytes() == whole
    assert await record.seal_heads(seals) == 1
    assert await record.verify_seals(seals) == []


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_jumps_holds_nobody_up(
    url: str, opened: Open, clock: SetClock, hours: int
) -> None:
    """Claimed by one who is gone, at another hour: it can be had after a lease at most."""
    gone, here = opened(url), opened(url)
    await gone.accept(said("first"))
    (act,) = await claim_one(gone)
    await gone.save(answer(act, reply_to(act)))
    await gone.release(act.subject)
    assert await gone.claim_outgoing("telegram", 5)
    await gone.accept(said("second"))
    assert await claim_one(gone)

    clock.move(hours=hours)
    assert [each.text for each in await claim_one(here)] == ["second"]
    assert len(await here.claim_outgoing("telegram", 5)) == 1
    await here.accept(said("third"))
    clock.move(hours=-2 * hours)
    assert [each.text for each in await claim_one(gone)] == ["second", "third"]


async def test_the_audit_keeps_its_order_whatever_the_clock_does(
    record: SqlRecord, clock: SetClock, tmp_path: Path
) -> None:
    for hours in (0, 1, -2, 1, -1, 3):
        clock.move(hours=hours)
        await record.save(Work(audit=[entry("chain", f"at {clock.at.isoformat()}", clock.at)]))
        await record.seal_heads(tmp_path / "seals.log")
    actions = [each.action for each in await record.audit_of("chain")]
    assert len(actions) == len(set(actions)) + 2, "some hours came twice"
    assert await record.verify_chain("chain") == []
    assert await record.verify_seals(tmp_path / "seals.log") == []


MOVED = {
    "another person's": "SELECT contents FROM crisis_plans WHERE subject = :other",
    "another field's": "SELECT agreement FROM crisis_plans WHERE id = :row",
    "another row's": "SELECT contents FROM crisis_plans WHERE subject = :one AND id <> :row",
}


@pytest.mark.parametrize("words", MOVED.values(), ids=MOVED)
async def test_a_value_from_elsewhere_is_refused_and_audited(
    url: str, record: SqlRecord, words: str
) -> None:
    one, other = await add_person(record), await add_person(record)
    plans = [_plan(one, 1), _plan(one, 2), _plan(other, 1)]
    for plan in plans:
        await record.save(Work(put=[plan], audit=[entry(plan.subject)]))
    moved = plans[0]
    with connect_to(url).connect() as connection:
        connection.execute(
            text(f"UPDATE crisis_plans SET contents = ({words}) WHERE id = :row"),
            {"one": one.id, "other": other.id, "row": moved.id},
        )

    with pytest.raises(SealBroken):
        await record.get(CrisisPlan, moved.id)
    assert await record.find(CrisisPlan, subject=one.id) == [plans[1]]
    assert await record.find(CrisisPlan, subject=other.id) == [plans[2]]
    noted = [each.thing for each in await record.audit_of(one.id) if each.action == "unreadable"]
    assert noted == [f"crisis_plans:{moved.id}"]
    assert all(each.action != "unreadable" for each in await record.audit_of(other.id))


def _plan(person: Person, version: int) -> CrisisPlan:
    words = PlanContents(early_signs=(f"{person.id} {version}",))
    status = PlanStatus.AGREED
    return CrisisPlan(
        IDS.new(), person.id, version, status, "dawn", START, None, Agreement(), words
    )
