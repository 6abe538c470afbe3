"""Erased is erased: key, index, queues, rows, and for the process beside as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.keys import KeyRing
from bot.adapters.records.engines import connect_to
from bot.adapters.records.rights.ledger import read_ledger
from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern, ConcernStatus
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.errors import (
    BadInput,
    NotAllowedNow,
    NotFound,
    NotPermitted,
    RecordUnavailable,
)
from bot.domain.messages import SubjectId
from bot.domain.people import Guest, Person, PersonState
from bot.domain.rights import Erasure, RequestKind, RightsRequest
from bot.services.ports import Work
from tests.integration.privacy.left import STAYS, tables_with
from tests.integration.privacy.world import CHAT, MARKERS, World
from tests.integration.records.conftest import Open
from tests.integration.records.making import START, entry, said

WHY = "There was a court order"


async def _asked(world: World) -> str:
    asked = await world.rights.asking.ask("P-1", RequestKind.ERASURE, by=None)
    return asked.request.id


async def _erase(world: World) -> Erasure:
    request = await _asked(world)
    return await world.rights.erasing.erase(
        request, by=world.pru, because="they asked", despite_retention=WHY
    )


async def test_nothing_is_left_but_the_audit_and_the_tombstone(world: World, url: str) -> None:
    erasure = await _erase(world)
    assert tables_with(url, world.asha.id) == STAYS
    assert await world.record.find(Erasure) == [erasure]
    assert await world.record.find_by_index(Person, "nhs_number", "9434765919") == []
    assert await world.record.verify_chain(world.asha.id) == []
    last = (await world.record.audit_of(world.asha.id))[-1]
    assert (last.by, last.action) == ("staff:pru", "erase")
    assert last.details["within_retention"] == "yes"


async def test_the_ledger_names_nobody(world: World, key_file: Path) -> None:
    erasure = await _erase(world)
    kept, broken = read_ledger(world.ledger, KeyRing.load(key_file))
    assert (kept, broken) == ([erasure], [])
    text = world.ledger.read_text("ascii")
    assert not [words for words in (*MARKERS, "P-1", WHY) if words in text]


async def test_no_word_is_in_any_file(
    sqlite_url: str, opened: Open, key_file: Path, clock: object, tmp_path: Path, content: object
) -> None:
    from tests.integration.privacy.world import fill

    record = opened(sqlite_url)
    world = await fill(record, key_file, clock, content, tmp_path / "erasures.log")  # type: ignore[arg-type]
    await _erase(world)
    await record.aclose()
    files = [each for each in tmp_path.iterdir() if each.name.startswith("record.db")]
    held = b"".join(each.read_bytes() for each in files)
    for words in (*MARKERS, WHY, "they asked", "P-1"):
        assert words.encode() not in held


async def test_a_hold_stops_it(world: World) -> None:
    await world.rights.holds.place("P-1", by=world.pru, because="inquest")
    request = await _asked(world)
    erase = world.rights.erasing.erase
    with pytest.raises(NotAllowedNow, match="legal hold"):
        await erase(request, by=world.pru, because="asked", despite_retention=WHY)
    assert not world.ledger.exists()
    assert await world.reload() == world.asha

    await world.rights.holds.lift("P-1", by=world.pru)
    await erase(request, by=world.pru, because="asked", despite_retention=WHY)
    assert await world.record.get(Person, world.asha.id) is None


@pytest.mark.parametrize("status", [ConcernStatus.OPEN, ConcernStatus.TAKEN])
async def test_an_open_concern_stops_it(world: World, status: ConcernStatus) -> None:
    concern = Concern("concern-2", world.asha.id, START, status, "check", "urge", ())
    await world.record.save(Work(put=[concern], audit=[entry(world.asha.id)]))
    request = await _asked(world)
    with pytest.raises(NotAllowedNow, match="concern is open"):
        await world.rights.erasing.erase(
            request, by=world.pru, because="asked", despite_retention=WHY
        )
    assert not world.ledger.exists()


async def test_a_health_record_is_kept_unless_somebody_answers_for_it(world: World) -> None:
    request = await _asked(world)
    with pytest.raises(NotAllowedNow, match="A health record is kept"):
        await world.rights.erasing.erase(request, by=world.pru, because="asked")
    with pytest.raises(BadInput):
        await world.rights.erasing.erase(request, by=world.pru, because=" ")


async def test_only_from_an_erasure_request_by_a_person_for_privacy(world: World) -> None:
    request = await _asked(world)
    erase = world.rights.erasing.erase
    with pytest.raises(NotPermitted):
        await erase(request, by=world.dawn, because="asked", despite_retention=WHY)
    copy = await world.rights.asking.ask("P-1", RequestKind.ACCESS, by=None)
    with pytest.raises(NotFound):
        await erase(copy.request.id, by=world.pru, because="asked", despite_retention=WHY)
    await world.rights.asking.refuse(request, by=world.pru, because="still in treatment")
    with pytest.raises(NotAllowedNow, match="refused"):
        await erase(request, by=world.pru, because="asked", despite_retention=WHY)
    kept = await world.record.get(RightsRequest, request)
    assert kept is not None
    assert kept.decision == "still in treatment"


async def test_the_process_beside_writes_nothing_more(world: World, url: str, opened: Open) -> None:
    beside = opened(url)
    assert await beside.get(Person, world.asha.id) == world.asha
    await _erase(world)

    late = EngagementEvent("event-2", world.asha.id, EventKind.MOOD, START)
    with pytest.raises(NotFound):
        await beside.save(Work(put=[late], audit=[entry(world.asha.id)]))
    assert await beside.find(EngagementEvent, subject=world.asha.id) == []
    held = beside._parts.entities._data_keys
    assert held.held(world.asha.id) is not None
    await beside.drop_lost_keys()
    assert held.held(world.asha.id) is None

    accepted = await beside.accept(said("hello again", address=CHAT))
    assert accepted.subject != world.asha.id
    assert await beside.get(Guest, accepted.subject) is not None


async def test_what_slipped_in_beside_is_swept(world: World, url: str) -> None:
    from bot.domain.people import CaseloadEntry

    await _erase(world)
    late = CaseloadEntry("late", "dawn", world.asha.id, START)
    await world.record.save(Work(put=[late], audit=[entry(world.asha.id)]))
    assert "caseload" in tables_with(url, world.asha.id)
    world.clock.move(minutes=1)
    await world.record.shred_due(world.clock.now())
    assert tables_with(url, world.asha.id) == STAYS


async def test_a_ledger_that_cannot_be_written_stops_it(world: World) -> None:
    request = await _asked(world)
    world.ledger.mkdir()
    with pytest.raises(RecordUnavailable, match="Nothing was erased"):
        await world.rights.erasing.erase(
            request, by=world.pru, because="asked", despite_retention=WHY
        )
    assert await world.reload() == world.asha


async def test_others_stay(world: World) -> None:
    other = Person(SubjectId("other"), "P-2", PersonState.ACTIVE, "north", START, "Ben Quartz")
    await world.record.save(Work(new_keys=[other.id], put=[other], audit=[entry(other.id)]))
    await _erase(world)
    assert await world.record.get(Person, other.id) == other
    world.clock.move(days=3)
    await world.record.shred_due(world.clock.now())
    assert await world.record.get(Person, other.id) == other


async def test_a_typed_reason_goes_with_its_person(world: World, url: str) -> None:
    typed, coded = "his mother rang about the moss", "supervision"
    entries = [
        AuditEntry(world.asha.id, START, "staff:dawn", "see", "person", {"reason": reason})
        for reason in (typed, coded)
    ]
    await world.record.save(Work(audit=entries))
    kept = await world.record.audit_of(world.asha.id)
    assert [each.details["reason"] for each in kept[-2:]] == [typed, coded]
    assert await world.record.verify_chain(world.asha.id) == []
    engine = connect_to(url)
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT details FROM audit")).scalars().all()
    engine.dispose()
    assert "moss" not in " ".join(stored)

    await _erase(world)
    late = AuditEntry(world.asha.id, START, "staff:dawn", "see", "person", {"reason": typed})
    await world.record.save(Work(audit=[late]))
    left = await world.record.audit_of(world.asha.id)
    assert [each.details["reason"] for each in left if "reason" in each.details] == ["", coded, ""]
    assert await world.record.verify_chain(world.asha.id) == []
