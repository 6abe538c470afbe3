"""A copy is drafted, gone through by a named person, and given only as it was gone through."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.access_copies import for_programs, page
from bot.domain.access_copy import Because, Section
from bot.domain.concerns import Task, TaskKind
from bot.domain.errors import BadInput, NotAllowedNow, NotFound, NotPermitted
from bot.domain.messages import SubjectId
from bot.domain.rights import RequestKind, RequestStatus, RightsRequest
from bot.services.ports import Work
from tests.integration.privacy.world import ANSWERED, CHAT, MARKERS, WROTE, World
from tests.integration.records.making import START, entry, said


async def _drafted(world: World) -> str:
    asked, _ = await world.rights.access.draft("P-1", by=world.dawn, words="asked today")
    return asked.request.id


async def test_everything_that_is_held_is_in_it(world: World) -> None:
    request = await _drafted(world)
    draft = await world.rights.access.review(request, by=world.pru)
    copy = await world.rights.access.prepare(request, by=world.pru)

    html, for_them = page(copy), for_programs(copy)
    for words in (*MARKERS, WROTE, ANSWERED, "large print", "Dawn Made-Up, practitioner"):
        assert words.lower() in html.lower(), words
        assert words.lower() in for_them.lower(), words
    assert {each.section for each in draft.items} == set(Section)
    assert len({each.id for each in draft.items}) == len(draft.items)


async def test_the_copy_has_no_codes_in_it(world: World) -> None:
    request = await _drafted(world)
    await world.rights.access.review(request, by=world.pru)
    html = page(await world.rights.access.prepare(request, by=world.pru))

    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    assert re.findall(r"\b[a-z]+_[a-z_]+\b", text) == []
    assert world.asha.id not in text
    assert "staff:" not in text


async def test_only_a_person_for_privacy_goes_through_it(world: World) -> None:
    request = await _drafted(world)
    access, dawn = world.rights.access, world.dawn
    for refused in (
        access.review(request, by=dawn),
        access.show(request, "plan:plan-1", by=dawn),
        access.withhold(request, "plan:plan-1", Because.THIRD_PARTY, by=dawn),
        access.prepare(request, by=dawn),
        access.released(request, by=dawn),
    ):
        with pytest.raises(NotPermitted):
            await refused


async def test_nothing_is_given_before_it_was_gone_through(world: World) -> None:
    request = await _drafted(world)
    with pytest.raises(NotAllowedNow, match="Nobody has gone through"):
        await world.rights.access.prepare(request, by=world.pru)


async def test_what_came_since_has_to_be_gone_through(world: World) -> None:
    request = await _drafted(world)
    access = world.rights.access
    await access.review(request, by=world.pru)
    world.clock.move(hours=1)
    again = said("And again", address=CHAT, sent_at=START + timedelta(hours=1))
    await world.record.accept(again)
    with pytest.raises(NotAllowedNow, match="wrote:"):
        await access.prepare(request, by=world.pru)

    seen = await access.review(request, by=world.pru)
    assert [each.kind for each in seen.new] == ["wrote"]
    assert len((await access.prepare(request, by=world.pru)).items) == len(seen.items)


async def test_what_was_changed_in_place_has_to_be_gone_through(world: World) -> None:
    request = await _drafted(world)
    access = world.rights.access
    await access.review(request, by=world.pru)
    plan_words = await access.show(request, f"person:{world.asha.id}", by=world.pru)
    await world.rights.correcting.correct(
        "P-1", "chosen_name", "Fern", by=world.dawn, reason="misheard"
    )

    with pytest.raises(NotAllowedNow, match="has changed"):
        await access.prepare(request, by=world.pru)
    now = await access.show(request, f"person:{world.asha.id}", by=world.pru)
    assert now != plan_words


async def test_what_is_withheld_is_not_in_it(world: World) -> None:
    request = await _drafted(world)
    access = world.rights.access
    await access.review(request, by=world.pru)
    await access.withhold(request, "carer:carer-1", Because.THIRD_PARTY, by=world.pru)
    await access.withhold(request, "event:event-1", Because.THIRD_PARTY, by=world.pru)
    await access.withhold(request, "event:event-1", None, by=world.pru)
    copy = await access.prepare(request, by=world.pru)

    ids = [each.id for each in copy.items]
    assert "carer:carer-1" not in ids
    assert "event:event-1" in ids
    html = page(copy)
    assert "900222" not in html + for_programs(copy)
    assert "about somebody else" in html
    assert "serious harm" not in html
    with pytest.raises(NotFound):
        await access.withhold(request, "carer:nobody", Because.THIRD_PARTY, by=world.pru)


async def test_serious_harm_needs_a_health_professionals_word(world: World) -> None:
    request = await _drafted(world)
    access = world.rights.access
    await access.review(request, by=world.pru)
    await access.withhold(request, "concern:concern-1", Because.SERIOUS_HARM, by=world.pru)
    with pytest.raises(BadInput, match="health professional"):
        await access.prepare(request, by=world.pru)

    copy = await access.prepare(request, by=world.pru, opinion_of=world.dawn)
    assert copy.left_out == (Because.SERIOUS_HARM,)
    assert "Rang, and" not in page(copy)


async def test_a_released_copy_closes_the_request_and_its_task(world: World) -> None:
    request = await _drafted(world)
    access = world.rights.access
    await access.review(request, by=world.pru)
    await access.prepare(request, by=world.pru)
    await access.released(request, by=world.pru)

    kept = await world.record.get(RightsRequest, request)
    assert kept is not None
    assert (kept.status, kept.decided_by) == (RequestStatus.RELEASED, "pru")
    tasks = await world.record.find(Task, kind=TaskKind.RIGHTS, done_at=None)
    assert tasks == []
    with pytest.raises(NotAllowedNow, match="released"):
        await access.review(request, by=world.pru)


async def test_every_step_is_in_the_audit_without_a_word(world: World) -> None:
    request = await _drafted(world)
    access = world.rights.access
    await access.review(request, by=world.pru)
    await access.show(request, "concern:concern-1", by=world.pru)
    await access.withhold(request, "carer:carer-1", Because.THIRD_PARTY, by=world.pru)
    await access.prepare(request, by=world.pru)
    await access.released(request, by=world.pru)

    entries = await world.record.audit_of(world.asha.id)
    steps = [(e.by, e.action) for e in entries if e.details.get("request") == request]
    assert steps == [
        ("staff:dawn", "ask"),
        ("staff:dawn", "draft"),
        ("staff:pru", "see"),
        ("staff:pru", "see"),
        ("staff:pru", "withhold"),
        ("staff:pru", "export"),
        ("staff:pru", "decide"),
    ]
    kept = json.dumps([dict(each.details) for each in entries])
    assert not [words for words in MARKERS if words in kept]
    assert await world.record.verify_chain(world.asha.id) == []


async def test_a_copy_is_asked_for_once(world: World) -> None:
    asking = world.rights.asking
    first = await asking.ask("P-1", RequestKind.ACCESS, by=None)
    second = await asking.ask("P-1", RequestKind.ACCESS, by=world.dawn, words="rang")
    assert first.request.id == second.request.id
    assert (first.request.by, first.owner) == ("person", world.pru)
    assert (first.request.due_at - first.request.asked_at).days == 30
    (task,) = await world.record.find(Task, kind=TaskKind.RIGHTS)
    assert (task.owner, task.due_at) == ("pru", first.request.due_at)


async def test_without_a_privacy_lead_it_goes_to_the_key_worker(world: World) -> None:
    await world.record.save(Work(remove=[world.pru], audit=[entry("service")]))
    asked = await world.rights.asking.ask("P-1", RequestKind.ERASURE, by=None)
    assert asked.owner == world.dawn
    assert asked.has_no_privacy_lead


async def test_someone_elses_words_are_not_in_it(world: World) -> None:
    other = replace(world.asha, id=SubjectId("other"), code="P-2", name="Ben Quartz")
    await world.record.save(Work(new_keys=[other.id], put=[other], audit=[entry(other.id)]))
    request = await _drafted(world)
    await world.rights.access.review(request, by=world.pru)
    copy = await world.rights.access.prepare(request, by=world.pru)
    assert "Quartz" not in for_programs(copy)
