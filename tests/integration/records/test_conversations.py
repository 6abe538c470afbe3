"""Whole conversations on the record in memory, and one that a colleague's press comes between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.identifiers import SystemIds
from bot.adapters.memory import MemoryRecord
from bot.bootstrap import load
from bot.domain.concerns import Concern, ConcernStatus
from bot.domain.content import Content
from bot.domain.messages import AnsweredBy
from bot.domain.safety_net import SafetyNet
from bot.services.handling import Worker
from bot.services.ports import Clock, Work
from bot.settings import Settings
from tests.integration.conversation.talk import Talk, begin

DANGER = "i want to kill myself tonight"


@pytest.fixture(scope="module")
def loaded() -> tuple[Content, SafetyNet]:
    return load(Settings())


@pytest.fixture(params=["sqlite", "memory"])
async def asha(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    loaded: tuple[Content, SafetyNet],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Talk]:
    """Asha, who joined, with a companion over either record."""

    def in_memory(_: str, __: object, clock: Clock, ids: SystemIds, **more: Any) -> MemoryRecord:
        return MemoryRecord(clock, ids, owner=more["owner"])

    if request.param == "memory":
        monkeypatch.setattr("bot.bootstrap.open_record", in_memory)
    talk = await begin(tmp_path, loaded)
    assert isinstance(talk.record, MemoryRecord) is (request.param == "memory")
    cautions = {f"caution_{each}": "no" for each in talk.companion.content.cautions}
    await talk.joins(others_see_phone="no", safe_times="any_time", **cautions)
    yield talk
    await talk.companion.aclose()


async def test_a_plan_is_shown(asha: Talk) -> None:
    answer = await asha.says("plan")
    assert "Put the big light on." in answer.text
    assert answer.answered_by == AnsweredBy.COMMAND
    actions = [each.action for each in await asha.record.audit_of(await asha.subject())]
    assert "see" in actions


async def test_words_of_danger_open_one_concern(asha: Talk) -> None:
    first = await asha.says(DANGER)
    assert first.answered_by == AnsweredBy.SAFETY_NET
    await asha.says(DANGER)

    (concern,) = await asha.concerns()
    assert [note.words for note in concern.notes] == [DANGER, DANGER]


async def test_a_timer_comes_back(asha: Talk) -> None:
    await asha.says(DANGER)
    assert (await asha.after(minutes=9)).replies == ()
    assert (await asha.after(minutes=1)).replies != ()


async def test_a_guest_leaves_nothing(asha: Talk) -> None:
    asha.address = "chat-2"
    assert (await asha.says("hello")).replies != ()
    asha.clock.go(hours=72)
    assert await asha.record.shred_due(asha.clock.now()) > 0
    assert await asha.guests() == []
    with pytest.raises(IndexError):
        await asha.subject()


@dataclass
class TakenMeanwhile:
    """The record, with a colleague who takes the concern just before a turn is saved."""

    talk: Talk
    left: int = 1
    refused: list[str] = field(default_factory=list)

    async def save(self, work: Work, *, durable: bool = True) -> None:
        if self.left and any(isinstance(each, Concern) for each in work.put):
            self.left -= 1
            dawn = await self.talk.companion.staff.named("dawn")
            concern = await self.talk.companion.alerts.concern_of(await self.talk.subject())
            assert concern is not None
            await self.talk.companion.alerts.take("P-1", concern.id, by=dawn)
        try:
            await self.talk.record.save(work, durable=durable)
        except Exception as error:
            self.refused.append(type(error).__name__)
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self.talk.record, name)


async def test_the_worker_reads_again_what_a_colleague_took_meanwhile(asha: Talk) -> None:
    await asha.says(DANGER)
    record = TakenMeanwhile(asha)
    worker = Worker(replace(asha.desk, record=record), asha.record)  # type: ignore[arg-type]
    accepted = await asha.accepts(DANGER + " and i mean it")
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(20):
        while await asha.record.handled(accepted.act_id) is None:
            await asyncio.sleep(0.02)
    stop.set()
    await running

    assert record.refused == ["ChangedMeanwhile"]
    handled = await asha.record.handled(accepted.act_id)
    assert not handled.failed
    (concern,) = await asha.concerns()
    assert concern.status is ConcernStatus.TAKEN
    assert concern.owner == (await asha.companion.staff.named("dawn")).id
    assert concern.notes[0].words == DANGER
    assert len(await asha.hears()) == 1
