"""A companion that is only its Telegram channel, its delivery and a real record on SQLite.

What the conversation would do in between, a test does by hand: it takes acts out of the inbox and
puts replies into the outbox.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import SecretStr

from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord, open_record
from bot.channels.telegram import State, Telegram
from bot.domain.audit import AuditEntry
from bot.domain.content import Content, Text
from bot.domain.messages import Act, Button, Outbound, Reply, ReplyKind
from bot.services.delivery import Delivery
from bot.services.ports import Handled, Queue, Work
from tests.functional.bot_api import BotApiServer

LATE = "I could not send this when you wrote."


class TheContent:
    """Content with the one text that delivery needs."""

    def current(self) -> Content:
        texts = {"late_reply_delay": Text((LATE,))}
        return Content({}, {}, texts, {}, {}, {}, (), {})


class Connected:
    """``async with Connected(telegram, home) as companion:`` runs it until the end.

    ``queue`` stands in front of the record for what the channel sees of it.
    """

    def __init__(
        self,
        telegram: BotApiServer,
        home: Path,
        *,
        token: str | None = None,
        queue: Callable[[Queue], Queue] | None = None,
    ) -> None:
        self.clock = SystemClock()
        self.ids = SystemIds(self.clock)
        self.secrets = _key_ring(home, self.clock)
        self.file = home / "companion.sqlite"
        self.record: SqlRecord = open_record(
            f"sqlite:///{self.file}", self.secrets, self.clock, self.ids, owner="one", upgrade=True
        )
        self.channel = Telegram(
            SecretStr(token or telegram.token),
            queue(self.record) if queue else self.record,
            self.clock,
            api_url=telegram.url,
            commands=[("plan", "My plan")],
            poll_seconds=2,
            pauses=(0.05, 0.1, 0.2),
        )
        self._delivery = Delivery(
            "telegram", self.channel, self.record, TheContent(), self.secrets, self.clock
        )
        self._stop = asyncio.Event()
        self._poll_stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(self.channel.run(self._poll_stop)),
            asyncio.create_task(self._delivery.run(self._stop)),
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._poll_stop.set()
        await asyncio.gather(*self._tasks)
        await self.channel.close()
        await self.record.aclose()

    async def hears(self, number: int = 1, timeout: float = 5) -> list[Act]:
        """The next acts in the inbox, taken out of it."""
        heard: list[Act] = []
        async with asyncio.timeout(timeout):
            while len(heard) < number:
                await self.record.wait_for_acts(timeout)
                for acts in await self.record.claim(16):
                    for act in acts:
                        await self._handled(act)
                    await self.record.release(acts[0].subject)
                    heard += acts
        return heard

    async def hears_nothing(self, for_seconds: float = 0.3) -> None:
        """Fail if anything new is in the inbox after this time."""
        await asyncio.sleep(for_seconds)
        assert await self.record.claim(16) == []

    async def says(
        self,
        act: Act,
        *texts: str,
        buttons: tuple[Button, ...] = (),
        kind: ReplyKind = ReplyKind.ORDINARY,
        ago: timedelta = timedelta(0),
    ) -> list[str]:
        """Put replies to whoever did ``act`` in the outbox; returns their ids."""
        created_at = self.clock.now() - ago
        replies = [
            Outbound(
                self.ids.new(),
                act.subject,
                act.channel,
                act.address_id,
                Reply(text, buttons, kind),
                kind,
                created_at,
                act.id,
                place,
            )
            for place, text in enumerate(texts)
        ]
        await self.record.save(Work(send=replies, audit=[self._audit(act, "replied")]))
        return [reply.id for reply in replies]

    async def outcome(self, reply_id: str, timeout: float = 5) -> str:
        """What became of a reply: sent, withheld or failed."""
        async with asyncio.timeout(timeout):
            while (state := self._state_of(reply_id)) in {"waiting", "claimed"}:
                await asyncio.sleep(0.01)
        return state

    async def enters(self, state: State, timeout: float = 5) -> None:
        """Wait until the connection is in a state."""
        async with asyncio.timeout(timeout):
            while self.channel.state() is not state:
                await asyncio.sleep(0.01)

    async def polls_anew(self) -> None:
        """End the polling and begin it again, as where another process had it meanwhile."""
        polling = self._tasks[0]
        self._poll_stop.set()
        await polling
        self._poll_stop = asyncio.Event()
        self._tasks[0] = asyncio.create_task(self.channel.run(self._poll_stop))

    def kept(self) -> int:
        """How many acts the inbox holds, handled or not."""
        return int(self._ask("SELECT count(*) FROM inbox"))

    def _state_of(self, reply_id: str) -> str:
        return str(self._ask("SELECT state FROM outbox WHERE id = ?", reply_id))

    def _ask(self, question: str, *values: str) -> Any:
        connection = sqlite3.connect(self.file)
        try:
            return connection.execute(question, values).fetchone()[0]
        finally:
            connection.close()

    async def _handled(self, act: Act) -> None:
        done = Handled(act.id, "command", "none", self.clock.now())
        await self.record.save(Work(handled=done, audit=[self._audit(act, "handled")]))

    def _audit(self, act: Act, action: str) -> AuditEntry:
        return AuditEntry(act.subject, self.clock.now(), "program", action, f"act:{act.id}")


def _key_ring(home: Path, clock: SystemClock) -> KeyRing:
    path = home / "master.key"
    return KeyRing.load(path) if path.exists() else KeyRing.create(path, clock.now())
