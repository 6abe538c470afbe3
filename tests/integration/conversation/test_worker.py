"""The worker: order, quick retries, dead letters, and a message that kills."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.domain.commands import Command
from bot.domain.messages import ActKind, Said
from bot.services import handling
from tests.integration.conversation.talk import Talk


@asynccontextmanager
async def working(talk: Talk) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(talk.worker().run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def _send(talk: Talk, text: str, number: int) -> str:
    accepted = await talk.record.accept(
        Said(talk.channel, talk.address, f"w{number}", ActKind.TEXT, talk.clock.now(), text)
    )
    return str(accepted.act_id)


async def _until_handled(talk: Talk, act_id: str) -> None:
    async with asyncio.timeout(15):
        while await talk.record.handled(act_id) is None:
            await asyncio.sleep(0.01)


async def test_messages_are_answered_in_their_order(asha: Talk) -> None:
    async with working(asha):
        ids = [await _send(asha, f"sentence {number}", number) for number in range(8)]
        await _until_handled(asha, ids[-1])
    assert [text for text, _ in asha.rasa.heard] == [f"sentence {number}" for number in range(8)]
    assert len(await asha.hears()) == 8


async def test_a_message_that_fails_for_good_blocks_nobody(
    asha: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "QUICK_RETRIES", (0.01, 0.02))
    tries = 0
    understand = asha.rasa.understand

    async def breaks(text: str, thread: str) -> Command | None:
        nonlocal tries
        if text == "poison":
            tries += 1
            raise RuntimeError
        return await understand(text, thread)

    monkeypatch.setattr(asha.rasa, "understand", breaks)
    async with working(asha):
        poison = await _send(asha, "poison", 1)
        after = await _send(asha, "plan", 2)
        await _until_handled(asha, after)
    assert tries == 3
    handled = await asha.record.handled(poison)
    assert handled.failed
    assert handled.answered_by == "fallback"
    first, second = await asha.hears()
    assert "My plan" in [each.label for each in first.buttons]
    assert "Put the big light on." in second.text


async def test_a_message_that_killed_the_program_again_and_again_is_given_up(asha: Talk) -> None:
    act_id = await _send(asha, "kills", 1)
    for _ in range(4):
        ((act,),) = await asha.record.claim(1)
        await asha.record.release(act.subject)
    async with working(asha):
        await _until_handled(asha, act_id)
    handled = await asha.record.handled(act_id)
    assert handled.failed
    assert asha.rasa.heard == []
    assert len(await asha.hears()) == 1
