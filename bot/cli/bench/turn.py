"""``bench turn``: durable turns against bare Rasa, from a process of their own.

The generator is this process. A host process runs the real wiring: inbox, workers, safety net,
record on SQLite, and Rasa under supervision. A turn is timed at the host's door, from the message
to the outbox commit; bare Rasa at its REST webhook, the same server and model. Kinds take turns in
each round, so that both feel the same weather on a noisy machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.domain.errors import CompanionError
from bot.services.conversation.chain import LONGEST_THREAD
from bot.settings import Settings

PEOPLE = 16

SENTENCES = (
    "who can see what i write in here",
    "what are you then, a robot or what",
    "when is my next appointment please",
    "can my team read all this",
    "is there any homework from group this week",
    "i'd like to look at my goals",
    "what does my worker get told about me",
    "my tablets are making me feel sick",
    "can you turn the reminders off",
    "ta for that duck",
)
"""Sentences that Rasa answers and that open nothing."""

STANDING = ("plan", "numbers", "who sees this")

HOST_STARTS_WITHIN = 180.0

Ask = Callable[[int, str], Awaitable[None]]


class BenchFailed(CompanionError):
    """The measurement could not be made."""


@dataclass(frozen=True)
class Row:
    """One kind of turn at one load: medians over the rounds; times in ms."""

    what: str
    at_once: int
    p50: float
    p95: float
    p99: float
    per_second: float


@dataclass
class Figures:
    """What was measured."""

    rounds: int
    messages: int
    rows: list[Row] = field(default_factory=list)

    def row(self, what: str, at_once: int) -> Row:
        """One row."""
        return next(e for e in self.rows if e.what == what and e.at_once == at_once)

    def ratios(self) -> dict[str, float]:
        """The figures that matter: turn to bare, and standing words to bare."""
        bare_1, bare_16 = self.row("bare Rasa", 1), self.row("bare Rasa", PEOPLE)
        turn_1, turn_16 = self.row("turn through Rasa", 1), self.row("turn through Rasa", PEOPLE)
        standing = self.row("standing word", PEOPLE)
        return {
            "turn p50 to bare, alone": turn_1.p50 / bare_1.p50,
            "turn p50 to bare, at 16": turn_16.p50 / bare_16.p50,
            "standing words per second to bare, at 16": standing.per_second / bare_16.per_second,
            "standing words p99 ms, at 16": standing.p99,
        }

    def as_object(self) -> dict[str, Any]:
        """For programs."""
        return {
            "rounds": self.rounds,
            "messages": self.messages,
            "rows": [asdict(each) for each in self.rows],
            "ratios": {name: round(value, 3) for name, value in self.ratios().items()},
        }


async def bench_turn(settings: Settings, *, rounds: int, messages: int) -> Figures:
    """Measure. Raises ``BenchFailed``."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **{key: value for key, value in os.environ.items() if key != "TELEGRAM_TOKEN"},
            "COMPANION_HOME": folder,
            "COMPANION_MODE": "demo",
            "COMPANION_CONTENT": str(settings.companion_content.absolute()),
        }
        environment.pop("DATABASE_URL", None)
        environment.pop("COMPANION_KEY_FILE", None)
        host = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.cli.bench.host",
            str(PEOPLE),
            stdout=asyncio.subprocess.PIPE,
            stdin=asyncio.subprocess.PIPE,
            env=environment,
            cwd=Path.cwd(),
        )
        try:
            where = await _until_host_ready(host)
            return await _measure(where, rounds, messages)
        finally:
            with suppress(ProcessLookupError):
                host.terminate()
            await host.wait()


async def _until_host_ready(host: asyncio.subprocess.Process) -> dict[str, Any]:
    if host.stdout is None:
        raise BenchFailed
    try:
        line = await asyncio.wait_for(host.stdout.readline(), HOST_STARTS_WITHIN)
        where: dict[str, Any] = json.loads(line)
    except (TimeoutError, ValueError):
        raise BenchFailed("Its host did not start.") from None
    return where


async def _measure(where: dict[str, Any], rounds: int, messages: int) -> Figures:
    async with aiohttp.ClientSession() as session:
        doors = [await _Door.open(int(where["port"]), number) for number in range(PEOPLE)]
        bare = _Bare(session, str(where["rasa"]))
        kinds: list[tuple[str, int, Ask, Sequence[str]]] = []
        for at_once in (1, PEOPLE):
            kinds += [
                ("bare Rasa", at_once, bare.ask, SENTENCES),
                ("turn through Rasa", at_once, lambda n, t: doors[n].ask(t), SENTENCES),
                ("standing word", at_once, lambda n, t: doors[n].ask(t), STANDING),
            ]
        timed: dict[tuple[str, int], list[tuple[list[float], float]]] = {}
        for round_number in range(rounds + 1):
            for what, at_once, ask, texts in kinds:
                one = await _round(ask, texts, at_once, messages)
                if round_number:  # the first round warms everything up
                    timed.setdefault((what, at_once), []).append(one)
        for door in doors:
            door.close()
    figures = Figures(rounds, messages)
    for (what, at_once), of_rounds in timed.items():
        figures.rows.append(_row(what, at_once, of_rounds))
    return figures


async def _round(
    ask: Ask, texts: Sequence[str], at_once: int, messages: int
) -> tuple[list[float], float]:
    """Times (ms) of each message, and messages a second."""
    times: list[float] = []

    async def talk(number: int) -> None:
        for place in range(messages // at_once):
            began = time.perf_counter()
            await ask(number, texts[place % len(texts)])
            times.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(talk(number) for number in range(at_once)))
    return times, len(times) / (time.perf_counter() - began)


def _row(what: str, at_once: int, of_rounds: list[tuple[list[float], float]]) -> Row:
    def middle(part: float) -> float:
        return statistics.median(_percentile(times, part) for times, _ in of_rounds)

    rate = statistics.median(each for _, each in of_rounds)
    return Row(what, at_once, middle(0.50), middle(0.95), middle(0.99), rate)


def _percentile(times: Sequence[float], part: float) -> float:
    ordered = sorted(times)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]


class _Door:
    """One person's connection to the host."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._number = number

    @classmethod
    async def open(cls, port: int, number: int) -> _Door:
        """Connect."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        return cls(reader, writer, number)

    async def ask(self, text: str) -> None:
        """One message; returns when its replies are committed to the outbox."""
        self._writer.write(f"{json.dumps([self._number, text])}\n".encode())
        answer = await self._reader.readline()
        if answer.strip() not in {b"rasa", b"command"}:
            raise BenchFailed(f"A turn was answered by {answer.decode().strip() or 'nobody'}.")

    def close(self) -> None:
        """Disconnect."""
        self._writer.close()


class _Bare:
    """Rasa's own webhook."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/webhooks/rest/webhook"
        self._asked = [0] * PEOPLE

    async def ask(self, number: int, text: str) -> None:
        """One message. Conversations are as short as the companion keeps its threads."""
        part = self._asked[number] // LONGEST_THREAD
        self._asked[number] += 1
        body = {"sender": f"bare-{number}-{part}", "message": text}
        async with self._session.post(self._url, json=body) as response:
            if response.status != 200 or not await response.json(content_type=None):
                raise BenchFailed("Bare Rasa did not answer.")
