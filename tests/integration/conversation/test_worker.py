"""The worker: order, quick retries, dead letters, and a message that kills."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.commands import Command
from bot.domain.concerns import TaskKind
from bot.domain.messages import ActKind, Said
from bot.services import handling
from bot.services.ports import DeadCount
from tests.integration.conversation.talk import Talk

START_OF_TIME = datetime(2020, 1, 1, tzinfo=UTC)


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


async def _breaking(talk: Talk, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let a message that says ``text`` fail at every try."""
    monkeypatch.setattr(handling, "QUICK_RETRIES", (0.01, 0.02))
    understand = talk.rasa.understand

    async def breaks(said: str, thread: str) -> Command | None:
        if said == text:
            raise RuntimeError
        return await understand(said, thread)

    monkeypatch.setattr(talk.rasa, "understand", breaks)


async def test_the_key_worker_of_somebody_who_joined_is_told_of_a_dead_letter(
    asha: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _breaking(asha, monkeypatch, "poison words")
    async with working(asha):
        await _until_handled(asha, await _send(asha, "poison words", 1))
    (task,) = await asha.tasks()
    person = await asha.person()
    assert task.kind is TaskKind.UNANSWERABLE
    assert task.about == "poison words"
    assert task.owner == person.key_worker
    assert task.due_at > task.opened_at
    entries = await asha.record.audit_of(person.id)
    assert [each.action for each in entries[-2:]] == ["give_up", "open"]
    assert await asha.record.dead_letters(START_OF_TIME) == DeadCount(1, 0, 0)


async def test_of_a_guest_it_is_counted(asha: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    asha.address = "a stranger"
    await _breaking(asha, monkeypatch, "poison words")
    async with working(asha):
        await _until_handled(asha, await _send(asha, "poison words", 1))
    assert await asha.tasks() == []
    assert await asha.record.dead_letters(START_OF_TIME) == DeadCount(1, 1, 0)
    assert await asha.record.dead_letters(asha.clock.now() + timedelta(seconds=1)) == DeadCount(
        0, 0, 0
    )


async def test_even_what_cannot_be_told_makes_way_for_the_next(
    asha: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _breaking(asha, monkeypatch, "poison words")

    def no_words(turn: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(handling, "apology", no_words)
    async with working(asha):
        poison = await _send(asha, "poison words", 1)
        await _until_handled(asha, await _send(asha, "plan", 2))
    assert (await asha.record.handled(poison)).failed


async def test_at_the_end_the_rest_of_a_conversation_is_given_back(
    asha: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go = asyncio.Event()
    understand = asha.rasa.understand

    async def waits(text: str, thread: str) -> Command | None:
        await may_go.wait()
        return await understand(text, thread)

    monkeypatch.setattr(asha.rasa, "understand", waits)
    ids = [await _send(asha, f"sentence {number}", number) for number in range(3)]
    async with working(asha):
        await asyncio.sleep(0.3)
        asyncio.get_running_loop().call_later(0.2, may_go.set)
    assert [await asha.record.handled(each) is not None for each in ids] == [True, False, False]
    ((second, third),) = await asha.record.claim(1)
    assert [second.id, third.id] == ids[1:]


async def test_what_hangs_at_the_end_is_left_for_the_next(
    asha: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "ENDS_WITHIN", 0.2)

    async def hangs(text: str, thread: str) -> Command | None:
        await asyncio.sleep(60)
        return None

    monkeypatch.setattr(asha.rasa, "understand", hangs)
    act_id = await _send(asha, "sentence", 1)
    async with working(asha):
        await asyncio.sleep(0.3)
    ((act,),) = await asha.record.claim(1)
    assert act.id == act_id


async def test_somebody_who_sends_hundreds_holds_nobody_up(asha: Talk) -> None:
    flood = [await _send(asha, f"sentence {number}", number) for number in range(300)]
    accepted = await asha.record.accept(
        Said(asha.channel, "somebody else", "e1", ActKind.TEXT, asha.clock.now(), "plan")
    )
    async with working(asha):
        await _until_handled(asha, accepted.act_id)
        assert await asha.record.handled(flood[40]) is None
