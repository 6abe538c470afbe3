"""Danger while nothing can be written: told at once, answered and kept once the store is back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest

from bot.adapters.records import engines
from bot.bootstrap import LoadedContent
from bot.channels.terminal import Terminal
from bot.domain.concerns import Concern
from bot.domain.content import Content
from bot.domain.errors import RecordUnavailable
from bot.domain.messages import ActKind, Reply, Said
from bot.domain.safety_net import SafetyNet
from bot.services import handling
from bot.services.conversation import alerting
from bot.services.handling import Worker
from bot.services.unkept import Unkept
from tests.integration.conversation.talk import Talk, begin

INTENT = "i want to kill myself"


class Straight:
    """A channel's way out, as a test looks at it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    async def send(self, address: str, reply: Reply, buttons: list[tuple[str, str]]) -> None:
        self.sent.append((address, reply.text))


@pytest.fixture
async def joined(
    tmp_path: Path, loaded: tuple[Content, SafetyNet], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Talk]:
    """Somebody who joined, in a home whose store does not wait long for others."""
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(handling, "QUICK_RETRIES", (0.1, 0.1))
    talk = await begin(tmp_path, loaded)
    await talk.joins(others_see_phone="no")
    yield talk
    await talk.companion.aclose()


@pytest.fixture
def straight() -> Straight:
    return Straight()


@pytest.fixture
def unkept(joined: Talk, straight: Straight) -> Unkept:
    companion = joined.companion
    made = Unkept(LoadedContent(companion.content), companion.net, joined.clock)
    made.sends(joined.channel, straight)
    return made


@contextmanager
def locked(talk: Talk) -> Iterator[None]:
    """Another program holds the database: nothing can be written."""
    file = talk.companion.settings.database_file
    assert file is not None
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@asynccontextmanager
async def working(talk: Talk, unkept: Unkept) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(Worker(talk.desk, talk.record, unkept).run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


def said(talk: Talk, words: str, number: int, kind: ActKind = ActKind.TEXT) -> Said:
    return Said(talk.channel, talk.address, f"u{number}", kind, talk.clock.now(), words)


async def until(holds: object, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # type: ignore[operator]
            await asyncio.sleep(0.02)


async def test_what_cannot_be_kept_is_answered_with_where_to_turn(
    joined: Talk, unkept: Unkept, straight: Straight
) -> None:
    danger = said(joined, INTENT, 1)
    with locked(joined):
        with pytest.raises(RecordUnavailable):
            await joined.record.accept(danger)
        assert await unkept.not_kept(danger)
    (sent,) = straight.sent
    assert sent[0] == joined.address
    for number in ("999", "111 and choose option 2", "116 123", "85258"):
        assert number in sent[1]
    joined.clock.go(minutes=5)
    assert not await unkept.not_kept(danger), "once for each message"
    assert len(straight.sent) == 1


async def test_everyday_words_and_other_buttons_wait_for_the_store(
    joined: Talk, unkept: Unkept, straight: Straight
) -> None:
    assert not await unkept.not_kept(said(joined, "what is the wise mind skill", 1))
    assert not await unkept.not_kept(said(joined, "Menu", 2, ActKind.BUTTON))
    assert straight.sent == []
    assert await unkept.not_kept(said(joined, "Yes", 3, ActKind.BUTTON))
    assert not await unkept.not_kept(said(joined, INTENT, 5)), "it is on their screen"
    joined.clock.go(seconds=30)
    assert await unkept.not_kept(said(joined, "I can't ring", 4, ActKind.BUTTON))
    assert straight.sent[0][1] != straight.sent[1][1], "never the same twice running"


async def test_an_answer_that_cannot_be_saved_is_given_and_kept_when_the_store_is_back(
    joined: Talk, unkept: Unkept, straight: Straight, monkeypatch: pytest.MonkeyPatch
) -> None:
    danger = said(joined, INTENT, 1)
    accepted = await joined.record.accept(danger)
    unkept.kept(accepted.act_id, danger)
    with locked(joined):
        async with working(joined, unkept):
            await until(lambda: straight.sent)
            await asyncio.sleep(0.5)
    assert len(straight.sent) == 1
    assert await joined.concerns() == []
    async with working(joined, unkept):
        async with asyncio.timeout(20):
            while await joined.record.handled(accepted.act_id) is None:
                await asyncio.sleep(0.05)
    (concern,) = await joined.concerns()
    assert [each.words for each in concern.notes] == [INTENT]
    assert any("Put the big light on." in each.text for each in await joined.hears())
    assert len(straight.sent) == 1


async def test_between_the_claim_and_the_answer(
    joined: Talk, unkept: Unkept, straight: Straight
) -> None:
    """It was claimed already, maybe by another process: whose it is stands in the record."""
    await joined.record.accept(said(joined, INTENT, 1))
    ((act,),) = await joined.record.claim(1)
    worker = Worker(joined.desk, joined.record, unkept)
    with locked(joined):
        assert not await worker._answer(act)
    assert [address for address, _ in straight.sent] == [joined.address]
    assert await worker._answer(act), "the store is back"
    assert len(await joined.concerns()) == 1


async def test_where_only_the_concern_cannot_be_written_the_answer_is(
    joined: Talk, unkept: Unkept, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = joined.record.save

    async def refuses(work: object, **more: object) -> None:
        if any(isinstance(each, Concern) for each in work.put):  # type: ignore[attr-defined]
            raise ValueError
        await save(work, **more)

    monkeypatch.setattr(joined.record, "save", refuses)
    await joined.record.accept(said(joined, INTENT, 1))
    ((act,),) = await joined.record.claim(1)
    assert await Worker(joined.desk, joined.record, unkept)._answer(act)
    replies = await joined.hears()
    assert any("Put the big light on." in each.text for each in replies)
    assert await joined.concerns() == []
    (task,) = await joined.tasks()
    assert task.about == INTENT


async def test_where_planning_who_is_told_fails_the_answer_is_given(
    joined: Talk, unkept: Unkept, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(turn: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(alerting, "plan", breaks)
    await joined.record.accept(said(joined, INTENT, 1))
    ((act,),) = await joined.record.claim(1)
    assert await Worker(joined.desk, joined.record, unkept)._answer(act)
    assert any("999" in each.text for each in await joined.hears())
    assert len(await joined.tasks()) == 1


async def test_a_terminal_tells_it_too(joined: Talk, unkept: Unkept) -> None:
    record, companion = joined.record, joined.companion
    terminal = Terminal(record, record, joined.clock, companion.ids, unkept)
    with locked(joined):
        exchange = await terminal.say(INTENT)
        assert "999" in exchange.replies[0].text
        with pytest.raises(RecordUnavailable):
            await terminal.say("what is the wise mind skill")


async def test_what_was_answered_is_not_remembered(joined: Talk, unkept: Unkept) -> None:
    danger = said(joined, INTENT, 1)
    accepted = await joined.record.accept(danger)
    unkept.kept(accepted.act_id, danger)
    async with working(joined, unkept):
        async with asyncio.timeout(20):
            while await joined.record.handled(accepted.act_id) is None:
                await asyncio.sleep(0.02)
    assert not unkept._waiting
