"""What only the record in memory shows; what it promises with the others is tried with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.adapters.identifiers import SystemIds
from bot.adapters.memory import Memory, MemoryRecord
from bot.domain.audit import PROGRAM, AuditEntry, Fault
from bot.domain.errors import RecordUnavailable
from bot.services.ports import Work

NOW = datetime(2030, 3, 1, 12, tzinfo=UTC)


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


def _record(memory: Memory) -> MemoryRecord:
    return MemoryRecord(Still(), SystemIds(Still()), memory=memory)


async def _audited(record: MemoryRecord, *actions: str) -> None:
    for action in actions:
        await record.save(Work(audit=[AuditEntry("someone", NOW, PROGRAM, action, "thing")]))


async def test_each_memory_is_apart() -> None:
    await _audited(mine := _record(Memory()), "one")
    other = _record(Memory())

    assert await mine.chains() == ["someone"]
    assert await other.chains() == []


async def test_records_over_one_memory_see_the_same_and_end_alone() -> None:
    memory = Memory()
    mine, other = _record(memory), _record(memory)
    await _audited(mine, "one")
    await mine.aclose()

    assert len(await other.audit_of("someone")) == 1
    with pytest.raises(RecordUnavailable):
        await mine.audit_of("someone")
    with pytest.raises(RecordUnavailable):
        await mine.wait_for_acts(1)


async def test_a_change_to_the_audit_shows() -> None:
    memory = Memory()
    record = _record(memory)
    await _audited(record, "one", "two", "three")
    first, (entry, hash_), last = memory.contents.chains["someone"]
    memory.contents.chains["someone"] = (first, (replace(entry, action="x"), hash_), last)
    assert await record.verify_chain("someone") == [Fault(2, "entry")]

    memory.contents.chains["someone"] = (first, last)
    assert await record.verify_chain("someone") == [Fault(2, "entry")]


async def test_what_is_handed_out_of_the_audit_is_a_copy() -> None:
    record = _record(Memory())
    details = {"id": "1"}
    await record.save(Work(audit=[AuditEntry("someone", NOW, PROGRAM, "look", "thing", details)]))
    details["id"] = "2"
    (read,) = await record.audit_of("someone")
    read.details["id"] = "3"  # type: ignore[index]

    assert [each.details for each in await record.audit_of("someone")] == [{"id": "1"}]
    assert await record.verify_chain("someone") == []
