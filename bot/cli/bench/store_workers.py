"""Two worker processes against one on PostgreSQL, for turns that need no Rasa.

This process is the channel: it accepts what people write and delivers the replies, which is part
of a turn. The workers are processes of their own. The second is set aside by SIGSTOP in the rounds
of one, so that rounds of one and of two can take turns.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from bot.bootstrap import Companion
from bot.cli.bench.store_figures import BenchFailed, Figure, at_least
from bot.cli.bench.store_homes import POSTGRESQL, Homes
from bot.cli.bench.store_people import CHANNEL, made_people
from bot.cli.bench.store_shares import Shares
from bot.domain.messages import ActKind, Said

STANDING = ("plan", "numbers", "who sees this")
STARTS_WITHIN = 60.0
ASKED = {1: 1.0, 2: 1.2, 3: 1.2}
"""Two workers to one, by cores; from four cores on more is asked."""
ASKED_FROM_FOUR = 1.6

Worker = asyncio.subprocess.Process


class Channel:
    """People who write one after the other, each as soon as the last answer was delivered."""

    def __init__(self, companion: Companion, people: int) -> None:
        self._record = companion.record
        self._clock = companion.clock
        self._new = companion.ids.new
        self._people = people
        self._answered: dict[str, asyncio.Event] = {}

    async def rate(self, turns: int) -> float:
        """Turns a second: accepted, answered and noted as sent."""
        each = turns // self._people
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            delivering = group.create_task(self._deliver())
            await asyncio.gather(*(self._talk(number, each) for number in range(self._people)))
            took = time.perf_counter() - began
            delivering.cancel()
        return each * self._people / took

    async def _talk(self, number: int, turns: int) -> None:
        for place in range(turns):
            text = STANDING[place % len(STANDING)]
            said = Said(CHANNEL, str(number), self._new(), ActKind.TEXT, self._clock.now(), text)
            accepted = await self._record.accept(said)
            await self._event(accepted.act_id).wait()
            del self._answered[accepted.act_id]

    async def _deliver(self) -> None:
        while True:
            claimed = await self._record.claim_outgoing(CHANNEL, 64)
            if not claimed:
                await self._record.wait_for_outgoing(CHANNEL, 1)
                continue
            await self._record.sent({reply.id: "sent" for reply, _ in claimed})
            for reply, _ in claimed:
                if reply.in_reply_to:
                    self._event(reply.in_reply_to).set()

    def _event(self, act_id: str) -> asyncio.Event:
        return self._answered.setdefault(act_id, asyncio.Event())


async def measure_workers(homes: Homes, *, rounds: int, people: int, turns: int) -> list[Figure]:
    """Turns a second with two workers to those with one. Raises ``BenchFailed``."""
    companion = homes.fresh(POSTGRESQL, "workers")
    try:
        await made_people(companion, people)
        channel = Channel(companion, people)
        async with _workers(companion) as workers:
            return [await _measure(channel, homes, workers, rounds, people, turns)]
    finally:
        await companion.aclose()


async def _measure(
    channel: Channel, homes: Homes, workers: Sequence[Worker], rounds: int, people: int, turns: int
) -> Figure:
    groups = {"channel": os.getpid(), "postgresql": homes.server.pid}
    groups |= {f"worker {place}": each.pid for place, each in enumerate(workers, start=1)}
    rates: dict[int, list[float]] = {1: [], 2: []}
    shares: dict[int, list[dict[str, float]]] = {1: [], 2: []}
    for number in range(rounds + 1):
        for count in (1, 2):
            workers[1].send_signal(signal.SIGCONT if count == 2 else signal.SIGSTOP)
            used = Shares(groups)
            rate = await channel.rate(turns)
            if number:  # the first round warms everything up
                rates[count].append(rate)
                shares[count].append(used.cores())
    workers[1].send_signal(signal.SIGCONT)
    cores = os.cpu_count() or 1
    return at_least(
        "turns without Rasa, two worker processes to one",
        POSTGRESQL,
        [two / one for one, two in zip(rates[1], rates[2], strict=True)],
        ASKED.get(cores, ASKED_FROM_FOUR),
        at_once=people,
        turns_a_round=turns,
        one_a_second=round(statistics.median(rates[1])),
        two_a_second=round(statistics.median(rates[2])),
        cores_used_with_one=_middle(shares[1]),
        cores_used_with_two=_middle(shares[2]),
    )


def _middle(shares: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(each[name] for each in shares) for name in shares[0]}


@asynccontextmanager
async def _workers(companion: Companion) -> AsyncIterator[list[Worker]]:
    settings = companion.settings
    environment: dict[str, Any] = {
        **{key: value for key, value in os.environ.items() if key != "TELEGRAM_TOKEN"},
        "COMPANION_HOME": str(settings.companion_home),
        "COMPANION_KEY_FILE": str(settings.key_file),
        "COMPANION_CONTENT": str(settings.companion_content.absolute()),
        "DATABASE_URL": settings.database,
    }
    environment.pop("COMPANION_KEY_COMMAND", None)
    started: list[Worker] = []
    try:
        for _ in range(2):
            started.append(
                await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "bot.cli.bench.store_worker",
                    stdout=asyncio.subprocess.PIPE,
                    env=environment,
                )
            )
        for each in started:
            await _until_ready(each)
        yield started
    finally:
        for each in started:
            with suppress(ProcessLookupError):
                # One that is set aside would not hear that it should end.
                each.send_signal(signal.SIGCONT)
                each.terminate()
            await each.wait()


async def _until_ready(worker: Worker) -> None:
    line = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(STARTS_WITHIN):
            line = await worker.stdout.readline() if worker.stdout else b""
    if not line:
        raise BenchFailed("A worker process did not start.")
