"""Teams, moves, cover, caseloads and sharing, through the services over a real record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap import load
from bot.domain.concerns import Task, TaskKind
from bot.domain.content import Content
from bot.domain.errors import (
    AlreadyThere,
    BadInput,
    ChangedMeanwhile,
    NotAllowedNow,
    NotFound,
    NotPermitted,
)
from bot.domain.people import Person, PersonState, Role, Staff
from bot.domain.safety_net import SafetyNet
from bot.domain.sharing import SharedWith
from bot.domain.structure import AgencyKind
from bot.services.ports import Work
from bot.settings import Settings
from tests.integration.conversation.talk import Talk, begin

REASON = "asked"


@pytest.fixture(scope="session")
def loaded() -> tuple[Content, SafetyNet]:
    return load(Settings())


@dataclass(frozen=True)
class World:
    """Dawn of "peak" with Asha (P-1); Vale, another team; a prison and a council beside."""

    talk: Talk
    dawn: Staff
    lead: Staff
    vale: Staff
    council: Staff
    prison: Staff

    @property
    def companion(self):  # type: ignore[no-untyped-def]
        return self.talk.companion

    async def add(self, username: str, role: Role, team: str) -> Staff:
        return await _add(self.talk, username, role, team)


async def _add(talk: Talk, username: str, role: Role, team: str) -> Staff:
    return await talk.companion.staff.add(
        username=username,
        name=username.title(),
        role=role,
        team=team,
        password="a long pass word",
        by=None,
    )


@pytest.fixture
async def world(tmp_path: Path, loaded: tuple[Content, SafetyNet]) -> AsyncIterator[World]:
    talk = await begin(tmp_path, loaded)
    structure = talk.companion.structure
    for agency, kind in (
        ("trust", AgencyKind.HEALTH),
        ("council", AgencyKind.SOCIAL_CARE),
        ("prison", AgencyKind.JUSTICE),
    ):
        await structure.add_agency(agency, agency.title(), kind, by=None)
    await structure.change_team("peak", agency="trust", by=None)
    await structure.add_team("vale", "Vale", agency="trust", by=None)
    await structure.add_team("care", "Care", agency="council", by=None)
    await structure.add_team("wing", "Wing", agency="prison", by=None)
    yield World(
        talk,
        await talk.companion.staff.named("dawn"),
        await _add(talk, "lead", Role.MANAGER, "peak"),
        await _add(talk, "val", Role.PRACTITIONER, "vale"),
        await _add(talk, "cora", Role.PARTNER, "care"),
        await _add(talk, "pat", Role.JUSTICE, "wing"),
    )
    await talk.companion.aclose()


async def _sees(world: World, staff: Staff) -> bool:
    """Whether this colleague can open Asha's page."""
    try:
        await world.companion.caseloads.look("P-1", by=staff, reason=REASON)
    except NotPermitted:
        return False
    return True


async def test_another_team_sees_nothing(world: World) -> None:
    assert await _sees(world, world.dawn)
    assert not await _sees(world, world.vale)


async def test_cover_begins_and_ends_by_itself(world: World) -> None:
    now = world.talk.clock.now()
    await world.companion.memberships.cover(
        world.dawn,
        world.vale,
        since=now + timedelta(days=1),
        until=now + timedelta(days=8),
        by=world.dawn,
    )
    assert not await _sees(world, world.vale)
    world.talk.clock.go(days=1)
    assert await _sees(world, world.vale)
    (line,) = (await world.companion.caseloads.of(by=world.vale)).lines
    assert line.person.code == "P-1"
    assert line.covered_for == world.dawn.id
    world.talk.clock.go(days=7)
    assert not await _sees(world, world.vale)
    assert (await world.companion.caseloads.of(by=world.vale)).lines == ()


@pytest.mark.parametrize("days", [(2, 1), (-3, -1), (0, 120)])
async def test_cover_that_cannot_be(world: World, days: tuple[int, int]) -> None:
    now = world.talk.clock.now()
    since, until = (now + timedelta(days=each) for each in days)
    with pytest.raises(BadInput):
        await world.companion.memberships.cover(
            world.dawn, world.vale, since=since, until=until, by=world.lead
        )


async def test_cover_gives_no_more_than_the_role_had(world: World) -> None:
    now = world.talk.clock.now()
    with pytest.raises(BadInput):
        await world.companion.memberships.cover(
            world.dawn, world.prison, since=now, until=now + timedelta(days=1), by=world.lead
        )


async def test_a_caseload_that_ends_later_ends_then(world: World) -> None:
    until = world.talk.clock.now() + timedelta(days=2)
    await world.companion.assignments.put("P-1", on=world.lead, by=world.dawn)
    await world.companion.assignments.end("P-1", on=world.dawn, by=world.lead, at=until)
    assert len((await world.companion.caseloads.of(by=world.dawn)).lines) == 1
    world.talk.clock.go(days=2)
    assert (await world.companion.caseloads.of(by=world.dawn)).lines == ()


async def test_nobody_leaves_with_somebody_alone(world: World) -> None:
    memberships = world.companion.memberships
    with pytest.raises(BadInput, match="P-1"):
        await memberships.leave(world.dawn, by=world.lead)
    await world.companion.assignments.name_key_worker("P-1", worker=world.lead, by=world.dawn)
    gone = await memberships.leave(world.dawn, by=world.lead)
    assert not await _sees(world, gone)
    with pytest.raises(NotFound):
        await world.companion.staff.named("dawn")


async def test_a_new_key_worker_gets_the_tasks(world: World) -> None:
    states = world.companion.states
    await states.change("P-1", PersonState.MOVING_TEAM, by=world.dawn)
    await world.companion.assignments.name_key_worker("P-1", worker=world.lead, by=world.dawn)
    (person,) = await world.companion.record.find(Person, code="P-1")
    (task,) = await world.companion.record.find(Task, subject=person.id)
    assert (task.kind, task.owner) == (TaskKind.HANDOVER, world.lead.id)


async def test_moving_on_to_the_next_team(world: World) -> None:
    await world.companion.states.change("P-1", PersonState.MOVING_TEAM, by=world.dawn)
    moved = await world.companion.people.move("P-1", "vale", by=world.dawn)
    assert (moved.team, moved.state) == ("vale", PersonState.ACTIVE)
    assert await _sees(world, world.vale)
    with pytest.raises(NotFound):
        await world.companion.people.move("P-1", "nowhere", by=world.dawn)


async def test_a_colleague_who_moves_loses_the_old_team(world: World) -> None:
    other = await world.add("oli", Role.PRACTITIONER, "peak")
    assert await _sees(world, other)
    moved = await world.companion.memberships.move(other, "vale", by=None)
    assert not await _sees(world, moved)


async def test_a_manager_moves_nobody_into_somebody_elses_team(world: World) -> None:
    other = await world.add("oli", Role.PRACTITIONER, "peak")
    with pytest.raises(NotPermitted):
        await world.companion.memberships.move(other, "vale", by=world.lead)


async def test_other_agencies_learn_nothing_not_even_that_she_is_here(world: World) -> None:
    sharing = world.companion.sharing
    for stranger in (world.council, world.prison):
        with pytest.raises(NotFound) as here:
            await sharing.plan_for_agency("P-1", by=stranger)
        with pytest.raises(NotFound) as nobody:
            await sharing.plan_for_agency("P-9", by=stranger)
        assert str(here.value) == str(nobody.value)
        assert not await _sees(world, stranger)


async def test_one_item_shared_is_one_item_seen(world: World) -> None:
    sharing = world.companion.sharing
    await sharing.share("P-1", "plan.early_signs", SharedWith.AGENCY, "council", by=None)
    shared = await sharing.plan_for_agency("P-1", by=world.council)
    assert dict(shared.parts) == {"early_signs": ("I go quiet with Jo.",)}
    with pytest.raises(NotFound):
        await sharing.plan_for_agency("P-1", by=world.prison)
    await sharing.stop_sharing("P-1", "plan.early_signs", SharedWith.AGENCY, "council", by=None)
    with pytest.raises(NotFound):
        await sharing.plan_for_agency("P-1", by=world.council)


async def test_the_look_of_an_agency_is_seen_by_the_person(world: World) -> None:
    sharing = world.companion.sharing
    await sharing.share("P-1", "plan.early_signs", SharedWith.AGENCY, "council", by=None)
    await sharing.plan_for_agency("P-1", by=world.council)
    (person,) = await world.companion.record.find(Person, code="P-1")
    last = (await world.companion.record.audit_of(person.id))[-1]
    assert (last.by, last.action, last.thing) == (f"staff:{world.council.id}", "see", "crisis_plan")


async def test_a_carer_sees_what_is_turned_on_and_only_while_it_is(world: World) -> None:
    sharing = world.companion.sharing
    carer = await sharing.add_carer("P-1", name="Sam", by=world.dawn)
    with pytest.raises(NotFound):
        await sharing.plan_for_carer(carer.id)
    await sharing.share("P-1", "plan.steps", SharedWith.CARER, carer.id, by=world.dawn)
    shared = await sharing.plan_for_carer(carer.id)
    assert [*shared.parts] == ["steps"]
    await sharing.end_carer("P-1", carer.id, by=world.dawn)
    with pytest.raises(NotFound):
        await sharing.plan_for_carer(carer.id)


@pytest.mark.parametrize("item", ["plan.wishes", "plan.declined_because", "summary", "everything"])
async def test_what_a_carer_is_never_shown(world: World, item: str) -> None:
    carer = await world.companion.sharing.add_carer("P-1", name="Sam", by=world.dawn)
    with pytest.raises(BadInput):
        await world.companion.sharing.share("P-1", item, SharedWith.CARER, carer.id, by=None)


async def test_needs_are_kept_in_her_words_and_taken_back(world: World) -> None:
    people = world.companion.people
    changed = await people.set_need("P-1", "interpreter", "Polish, a woman please", by=world.dawn)
    assert changed.needs == {"interpreter": "Polish, a woman please"}
    assert (await people.set_need("P-1", "interpreter", "", by=world.dawn)).needs == {}
    with pytest.raises(BadInput):
        await people.set_need("P-1", "shoe size", "6", by=world.dawn)


async def test_two_who_change_a_person_at_once_do_not_lose_each_others_words(world: World) -> None:
    record = world.companion.record
    (before,) = await record.find(Person, code="P-1")
    await world.companion.people.set_need("P-1", "easy_read", "yes please", by=world.dawn)
    stale = Work(expect=[before], put=[before], audit=(await _any_entry(world)))
    with pytest.raises(ChangedMeanwhile):
        await record.save(stale)


async def _any_entry(world: World):  # type: ignore[no-untyped-def]
    (person,) = await world.companion.record.find(Person, code="P-1")
    return [(await world.companion.record.audit_of(person.id))[-1]]


async def test_ids_that_are_there_or_cannot_be(world: World) -> None:
    structure = world.companion.structure
    with pytest.raises(AlreadyThere):
        await structure.add_team("vale", "Vale", by=None)
    for bad in ("", "a\nb", "x" * 61, "../etc"):
        with pytest.raises(BadInput):
            await structure.add_team(bad, "Bad", by=None)
    with pytest.raises(NotFound):
        await structure.add_team("new", "New", agency="nobody", by=None)
    with pytest.raises(BadInput):
        await structure.change_team("vale", message_days=0, by=None)
    with pytest.raises(NotPermitted):
        await structure.add_team("new", "New", by=world.dawn)


async def test_a_person_is_put_into_no_team_that_is_not_there(world: World) -> None:
    admin = await world.add("ad", Role.ADMINISTRATOR, "peak")
    with pytest.raises(NotFound, match="no team"):
        await world.companion.enrolment.add(code="P-2", name="Bea", team="paek", by=admin)


async def test_no_member_of_staff_is_a_service_user(world: World) -> None:
    with pytest.raises(BadInput):
        await world.add("su", Role.SERVICE_USER, "peak")


async def test_nobody_comes_back_by_an_old_copy_of_themselves(world: World) -> None:
    other = await world.add("oli", Role.PRACTITIONER, "peak")
    memberships = world.companion.memberships
    gone = await memberships.leave(other, by=world.lead)
    with pytest.raises(ChangedMeanwhile):
        await memberships.move(other, "vale", by=None)
    with pytest.raises(ChangedMeanwhile):
        await world.companion.staff.set_password(other, "another long word", by=None)
    with pytest.raises(NotAllowedNow):
        await memberships.move(gone, "vale", by=None)
    kept = await world.companion.record.get(Staff, other.id)
    assert kept.ended_at is not None


async def test_nobody_ends_their_own_account(world: World) -> None:
    with pytest.raises(NotPermitted):
        await world.companion.memberships.leave(world.vale, by=world.vale)


@pytest.mark.parametrize(
    "role", [Role.ADMINISTRATOR, Role.PRIVACY, Role.MANAGER, Role.OUT_OF_HOURS, Role.JUSTICE]
)
async def test_a_manager_makes_no_account_above_their_own(world: World, role: Role) -> None:
    with pytest.raises(NotPermitted):
        await world.companion.staff.add(
            username="new", name="New", role=role, team="peak", password="x" * 12, by=world.lead
        )


async def test_a_manager_gives_nobody_above_a_password(world: World) -> None:
    privacy = await world.add("pri", Role.PRIVACY, "peak")
    with pytest.raises(NotPermitted):
        await world.companion.staff.set_password(privacy, "x" * 12, by=world.lead)


async def test_who_helps_out_puts_nobody_on_their_own_caseload(world: World) -> None:
    other = await world.add("oli", Role.PRACTITIONER, "peak")
    with pytest.raises(NotPermitted):
        await world.companion.assignments.put("P-1", on=other, by=other)
    now = world.talk.clock.now()
    await world.companion.memberships.cover(
        world.dawn, world.vale, since=now, until=now + timedelta(days=1), by=world.dawn
    )
    with pytest.raises(NotPermitted):
        await world.companion.assignments.put("P-1", on=world.vale, by=world.vale)


async def test_nobody_of_another_agency_has_a_caseload_or_covers_here(world: World) -> None:
    elsewhere = await world.add("els", Role.PRACTITIONER, "care")
    now = world.talk.clock.now()
    with pytest.raises(BadInput, match="agency"):
        await world.companion.assignments.put("P-1", on=elsewhere, by=world.dawn)
    with pytest.raises(BadInput, match="agencies"):
        await world.companion.memberships.cover(
            world.dawn, elsewhere, since=now, until=now + timedelta(days=1), by=world.dawn
        )


async def test_cover_that_is_over_keeps_the_end_that_it_had(world: World) -> None:
    memberships, now = world.companion.memberships, world.talk.clock.now()
    cover = await memberships.cover(
        world.dawn, world.vale, since=now, until=now + timedelta(days=1), by=world.dawn
    )
    world.talk.clock.go(days=2)
    with pytest.raises(NotAllowedNow):
        await memberships.end_cover(cover, by=world.dawn)


async def test_a_manager_does_not_move_the_team_to_another_agency(world: World) -> None:
    with pytest.raises(NotPermitted):
        await world.companion.structure.change_team("peak", agency="council", by=world.lead)
    changed = await world.companion.structure.change_team("peak", message_days=14, by=world.lead)
    assert (changed.agency, changed.message_days) == ("trust", 14)


async def test_nothing_is_shared_of_somebody_who_has_died(world: World) -> None:
    sharing = world.companion.sharing
    await sharing.share("P-1", "plan.early_signs", SharedWith.AGENCY, "council", by=None)
    await world.companion.states.change("P-1", PersonState.DIED, by=world.dawn)
    with pytest.raises(NotFound):
        await sharing.plan_for_agency("P-1", by=world.council)
