"""What is wrong is put right; what is disputed stands beside it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.concerns import Concern
from bot.domain.errors import AlreadyThere, BadInput, NotFound, NotPermitted
from bot.domain.messages import SubjectId
from bot.domain.people import Person, PersonState
from bot.domain.rights import RequestKind, RequestStatus, RightsRequest
from bot.services.ports import Work
from tests.integration.privacy.world import World
from tests.integration.records.making import START, entry


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("name", "Asha Fern", {"name": "Asha Fern"}),
        ("chosen_name", "", {"chosen_name": ""}),
        ("nhs_number", "987 654 3210", {"nhs_number": "9876543210"}),
        ("born", "1991-12-31", {"born": date(1991, 12, 31)}),
        ("born", "", {"born": None}),
        ("needs.large_print", "", {"needs": {}}),
    ],
)
async def test_a_field(world: World, field: str, value: str, kept: dict[str, object]) -> None:
    await world.rights.correcting.correct("P-1", field, value, by=world.dawn, reason="misread")
    now = await world.reload()
    assert {name: getattr(now, name) for name in kept} == kept
    (request,) = await world.record.find(RightsRequest)
    assert (request.kind, request.status) == (RequestKind.CORRECTION, RequestStatus.DONE)
    assert (request.about, request.decision) == (field, "misread")
    last = (await world.record.audit_of(world.asha.id))[-1]
    assert last.details == {"field": field, "correction": request.id}


async def test_the_index_follows(world: World) -> None:
    await world.rights.correcting.correct(
        "P-1", "nhs_number", "9876543210", by=world.dawn, reason="misread"
    )
    assert await world.record.find_by_index(Person, "nhs_number", "9434765919") == []
    (found,) = await world.record.find_by_index(Person, "nhs_number", "9876543210")
    assert found.id == world.asha.id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("nhs_number", "1234567890"),
        ("born", "31.12.1991"),
        ("needs.shoes", "big"),
        ("state", "died"),
        ("name", "x" * 201),
    ],
)
async def test_what_cannot_be_is_refused(world: World, field: str, value: str) -> None:
    with pytest.raises(BadInput):
        await world.rights.correcting.correct("P-1", field, value, by=world.dawn, reason="why")
    assert await world.reload() == world.asha


async def test_it_takes_a_reason_and_somebody_who_may(world: World) -> None:
    correct = world.rights.correcting.correct
    with pytest.raises(BadInput):
        await correct("P-1", "name", "Asha Fern", by=world.dawn, reason=" ")
    with pytest.raises(NotPermitted):
        await correct("P-1", "name", "Asha Fern", by=world.pru, reason="why")


async def test_a_number_is_one_persons(world: World) -> None:
    other = Person(SubjectId("other"), "P-2", PersonState.ACTIVE, "north", START, "Ben Quartz")
    other = Person(**{**vars(other), "nhs_number": "9876543210"})
    await world.record.save(Work(new_keys=[other.id], put=[other], audit=[entry(other.id)]))
    with pytest.raises(AlreadyThere):
        await world.rights.correcting.correct(
            "P-1", "nhs_number", "9876543210", by=world.dawn, reason="misread"
        )


async def test_a_dispute_stands_beside_the_note(world: World) -> None:
    request = await world.rights.correcting.dispute(
        "P-1", "It was the lichen", by=None, concern_id="concern-1"
    )
    assert (request.by, request.status, request.about) == (
        "person",
        RequestStatus.OPEN,
        "It was the lichen",
    )
    concern = await world.record.get(Concern, "concern-1")
    assert concern is not None
    assert [each.words for each in concern.notes] == [
        "I can hear the moss again",
        "It was the lichen",
    ]
    with pytest.raises(NotFound):
        await world.rights.correcting.dispute("P-1", "No", by=world.dawn, concern_id="nothing")
