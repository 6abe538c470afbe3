"""Killed at any moment, again and again: nothing is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.clock import SystemClock
from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.domain.conversations import Conversation
from bot.domain.engagement import EngagementEvent
from bot.domain.people import Guest
from tests.integration.records.conftest import Open

CHATS = 4
MESSAGES = 60


class Outside:
    """The other side of the channel: it delivers what was not taken, and sees what is sent."""

    def __init__(self, url: str, key_file: Path) -> None:
        self._command = [
            sys.executable,
            "-m",
            "tests.integration.records.kill_worker",
            url,
            str(key_file),
        ]
        self.untaken = [f"chat-{n % CHATS} {n // CHATS}" for n in range(CHATS * MESSAGES)]
        self.sent: Counter[str] = Counter()
        self.orders: dict[str, list[int]] = {}
        self.disorder: list[str] = []

    def run(self, chance: random.Random | None) -> None:
        """Run the worker; kill it by chance in the middle, or when all is sent."""
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n".join(self.untaken))
        process.stdin.close()
        taken: set[str] = set()
        last_line = chance.randrange(1, 60) if chance else -1
        for place, line in enumerate(process.stdout):
            word, _, rest = line.strip().partition(" ")
            if word == "taken":
                taken.add(rest)
            elif word == "sent":
                self._note(rest)
            elif word == "disorder":
                self.disorder.append(rest)
            if chance and place == last_line:
                time.sleep(chance.uniform(0, 0.02))
                process.kill()
            if chance is None and len(self.sent) == CHATS * MESSAGES:
                process.kill()
        process.wait()
        process.stdout.close()
        # The last confirmation may not have reached the provider: it delivers that one again.
        confirmed = sorted(taken, key=self.untaken.index)[:-1]
        self.untaken = [each for each in self.untaken if each not in confirmed]

    def _note(self, rest: str) -> None:
        chat, number = rest.split()
        self.sent[rest] += 1
        self.orders.setdefault(chat, []).append(int(number))


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
async def test_killed_again_and_again(url: str, key_file: Path, opened: Open) -> None:
    kills = 5
    chance = random.Random(7)
    outside = Outside(url, key_file)
    for _ in range(kills):
        await asyncio.to_thread(outside.run, chance)
    assert 0 < len(outside.sent) < CHATS * MESSAGES
    await asyncio.to_thread(outside.run, None)

    assert outside.disorder == []
    assert len(outside.sent) == CHATS * MESSAGES
    for chat, numbers in outside.orders.items():
        doubled = sum(count - 1 for each, count in outside.sent.items() if each.startswith(chat))
        assert doubled <= kills
        assert list(dict.fromkeys(numbers)) == list(range(MESSAGES))
    await _check(url, opened(url, clock=SystemClock()))


async def _check(url: str, record: SqlRecord) -> None:
    """Each message is there once, handled once, answered once, noted once, audited once."""
    guests = await record.find(Guest)
    assert len(guests) == CHATS
    with connect_to(url).connect() as connection:
        states = connection.execute(text("SELECT state, count(*) FROM inbox GROUP BY state")).all()
        assert [tuple(row) for row in states] == [("handled", CHATS * MESSAGES)]
        answers = connection.execute(
            text("SELECT count(DISTINCT in_reply_to), count(*) FROM outbox")
        ).one()
        assert tuple(answers) == (CHATS * MESSAGES, CHATS * MESSAGES)
    for guest in guests:
        conversation = await record.get(Conversation, guest.id)
        assert conversation is not None
        assert conversation.epoch == MESSAGES - 1
        events = await record.find(EngagementEvent, subject=guest.id, order="at")
        assert [each.details["number"] for each in events] == list(range(MESSAGES))
        assert len(await record.audit_of(guest.id)) == MESSAGES
        assert await record.verify_chain(guest.id) == []
