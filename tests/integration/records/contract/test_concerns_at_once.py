"""A conversation and a colleague write the same concern: neither takes the other's words away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.adapters.identifiers import SystemIds
from bot.domain.concerns import Concern, ConcernStatus, Task, TaskKind
from bot.domain.errors import ChangedMeanwhile, NotAllowedNow
from bot.domain.people import CaseloadEntry, Person, Role, Staff
from bot.services.alerts import Alerts, concern_changes
from bot.services.ports import Work
from tests.integration.records.making import START, AnyRecord, SetClock, entry, person

DAWN = Staff("staff-1", "dawn", "Dawn Example", Role.PRACTITIONER, "north", START)
ALI = Staff("staff-2", "ali", "Ali Example", Role.PRACTITIONER, "north", START)


@dataclass
class Meddled:
    """A record in which something else happens just before the next save."""

    record: AnyRecord
    first: list[Callable[[], Awaitable[Any]]] = field(default_factory=list)

    async def save(self, work: Work, *, durable: bool = True) -> None:
        if self.first:
            await self.first.pop()()
        await self.record.save(work, durable=durable)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.record, name)


@dataclass
class World:
    """One person on two caseloads, with a concern, and staff whose saves can be meddled with."""

    record: AnyRecord
    meddled: Meddled
    alerts: Alerts
    clock: SetClock
    robin: Person

    async def writes(self, words: str, *, seen: Concern | None = None) -> Concern:
        """What the conversation does with words of danger; ``seen`` is the concern as it read it.

        Raises ``ChangedMeanwhile``.
        """
        work = Work()
        concern = concern_changes(
            work,
            seen or await self.alerts.concern_of(self.robin.id),
            self.robin.id,
            now=self.clock.now(),
            tier="immediate_crisis",
            family="intent",
            words=words,
            answered="an answer",
            ids=SystemIds(self.clock),
        )
        await self.record.save(work, durable=False)
        return concern

    async def words(self) -> list[list[str]]:
        """The words in each concern, the first opened in front."""
        found = await self.record.find(Concern, subject=self.robin.id, order="id")
        return [[note.words for note in each.notes] for each in found]


@pytest.fixture
async def world(record: AnyRecord, clock: SetClock) -> World:
    robin = person(code="R-1")
    entries = [CaseloadEntry(f"entry-{each.id}", each.id, robin.id, START) for each in (DAWN, ALI)]
    put = [DAWN, ALI, robin, *entries]
    await record.save(Work(new_keys=[robin.id], put=put, audit=[entry(robin.id)]))
    meddled = Meddled(record)
    return World(record, meddled, Alerts(meddled, clock), clock, robin)  # type: ignore[arg-type]


async def test_words_that_join_while_a_colleague_takes_it_stay(world: World) -> None:
    concern = await world.writes("first")
    world.meddled.first.append(lambda: world.writes("second"))
    taken = await world.alerts.take("R-1", concern.id, by=DAWN)

    assert (taken.owner, taken.status) == (DAWN.id, ConcernStatus.TAKEN)
    assert await world.words() == [["first", "second"]]
    assert await world.record.get(Concern, concern.id) == taken


async def test_a_colleague_who_closes_over_new_words_is_told(world: World) -> None:
    concern = await world.writes("first")
    await world.alerts.take("R-1", concern.id, by=DAWN)
    world.meddled.first.append(lambda: world.writes("second"))

    with pytest.raises(NotAllowedNow, match="Somebody else has just changed this"):
        await world.alerts.close("R-1", concern.id, by=DAWN, note="rang, all well")
    kept = await world.alerts.concern_of(world.robin.id)
    assert kept is not None
    assert (kept.status, kept.closing_note) == (ConcernStatus.TAKEN, "")
    assert await world.words() == [["first", "second"]]


async def test_two_colleagues_at_once_do_not_both_have_it(world: World) -> None:
    concern = await world.writes("first")
    others = Alerts(world.record, world.clock)
    world.meddled.first.append(lambda: others.take("R-1", concern.id, by=ALI))

    with pytest.raises(NotAllowedNow, match="Somebody else has just taken this"):
        await world.alerts.take("R-1", concern.id, by=DAWN)
    kept = await world.record.get(Concern, concern.id)
    assert kept is not None
    assert kept.owner == ALI.id


async def test_pressed_twice_it_is_taken_once(world: World) -> None:
    concern = await world.writes("first")
    same = Alerts(world.record, world.clock)
    world.meddled.first.append(lambda: same.take("R-1", concern.id, by=DAWN))
    taken = await world.alerts.take("R-1", concern.id, by=DAWN)

    assert taken.owner == DAWN.id
    actions = [each.action for each in await world.record.audit_of(world.robin.id)]
    assert actions.count("take") == 1


async def test_a_conversation_that_read_an_open_concern_does_not_open_a_closed_one(
    world: World,
) -> None:
    concern = await world.writes("first")
    seen = await world.alerts.take("R-1", concern.id, by=DAWN)
    await world.alerts.close("R-1", concern.id, by=DAWN, note="rang, all well")

    with pytest.raises(ChangedMeanwhile):
        await world.writes("second", seen=seen)
    fresh = await world.writes("second")
    assert fresh.id != concern.id
    assert sorted(await world.words()) == [["first"], ["second"]]
    closed = await world.record.get(Concern, concern.id)
    assert closed is not None
    assert (closed.status, closed.closing_note) == (ConcernStatus.CLOSED, "rang, all well")


async def test_a_task_that_a_colleague_finished_is_not_finished_again(world: World) -> None:
    task = Task("task-1", world.robin.id, TaskKind.LEAVING, START, START, DAWN.id)
    await world.record.save(Work(put=[task], audit=[entry(world.robin.id)]))
    others = Alerts(world.record, world.clock)
    world.meddled.first.append(lambda: others.finish_task("R-1", task.id, by=ALI))

    with pytest.raises(NotAllowedNow, match="Somebody else has just changed this"):
        await world.alerts.finish_task("R-1", task.id, by=DAWN)
    kept = await world.record.get(Task, task.id)
    assert kept is not None
    assert kept.done_by == ALI.id
