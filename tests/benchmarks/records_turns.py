"""How quick the record is: whole durable turns, alone and at 16 at once, with the disk's own time.

    python tests/benchmarks/records_turns.py [--seconds N] [--url DATABASE_URL] [--profile FILE]

A turn is what one message costs the record: accepted (synced to disk), claimed, read, answered
(conversation, run, event, two replies, audit), claimed for sending and noted as sent. The figures
are of this machine; nothing of Rasa, of content or of a network is in them.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import os
import pstats
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord, open_record
from bot.domain.activities import RunStatus, State
from bot.domain.audit import AuditEntry
from bot.domain.conversations import Conversation
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.messages import (
    Act,
    ActKind,
    Button,
    Outbound,
    Press,
    Reply,
    ReplyKind,
    Said,
    SubjectId,
)
from bot.domain.people import Person, PersonState
from bot.domain.practice import Run
from bot.services.ports import Handled, Work

CLOCK = SystemClock()
IDS = SystemIds(CLOCK)
WORDS = "I'm at a seven and about to shout at my mum, it has been a long day and I am tired."


class Turns:
    """One dispatcher, one sender and as many people as write at once."""

    def __init__(self, record: SqlRecord) -> None:
        self.record = record
        self.answered: dict[str, asyncio.Future[float]] = {}
        self.sent: dict[str, asyncio.Future[float]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def dispatch(self) -> None:
        while True:
            claimed = await self.record.claim(16)
            if not claimed:
                await self.record.wait_for_acts(1.0)
            for acts in claimed:
                task = asyncio.create_task(self._handle(acts))
                self._tasks.add(task)
                task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.exception():
            raise SystemExit(str(task.exception()))

    async def send(self) -> None:
        while True:
            replies = await self.record.claim_outgoing("terminal", 32)
            if not replies:
                await self.record.wait_for_outgoing("terminal", 1.0)
                continue
            await self.record.sent({reply.id: "sent" for reply, _ in replies})
            for reply, _ in replies:
                _mark(self.sent, reply.in_reply_to or "")

    async def _handle(self, acts: list[Act]) -> None:
        for act in acts:
            await self._answer(act)
        await self.record.release(acts[0].subject)

    async def _answer(self, act: Act) -> None:
        subject = act.subject
        conversation = await self.record.get(Conversation, subject) or Conversation(subject)
        await self.record.get(Person, subject)
        runs = await self.record.find(Run, subject=subject, status=RunStatus.OPEN)
        now = CLOCK.now()
        run = (
            runs[0]
            if runs
            else Run(IDS.new(), subject, "stop", "0" * 64, RunStatus.OPEN, now, now, State("stop"))
        )
        work = Work(
            put=[
                replace(conversation, epoch=conversation.epoch + 1, earlier=((now, act.text),)),
                run,
                EngagementEvent(IDS.new(), subject, EventKind.CONTACT, now, {"skill": "stop"}),
            ],
            send=[self._reply(act, place) for place in range(2)],
            audit=[AuditEntry(subject, now, "person", "message", f"act:{act.id}")],
            handled=Handled(act.id, "command", "none", now),
        )
        await self.record.save(work, durable=False)
        _mark(self.answered, act.id)

    def _reply(self, act: Act, place: int) -> Outbound:
        button = Button("Practise now", Press("skill", "stop"))
        reply = Reply(WORDS, (button, button))
        kind = ReplyKind.ORDINARY
        return Outbound(
            IDS.new(),
            act.subject,
            act.channel,
            act.address_id,
            reply,
            kind,
            CLOCK.now(),
            act.id,
            place,
        )

    async def one(self, address: str) -> tuple[float, float, float]:
        """Seconds until accepted, answered (in the outbox) and sent."""
        started = time.perf_counter()
        said = Said("terminal", address, IDS.new(), ActKind.TEXT, CLOCK.now(), WORDS)
        accepted = await self.record.accept(said)
        taken = time.perf_counter()
        answered = await _marked(self.answered, accepted.act_id)
        sent = await _marked(self.sent, accepted.act_id)
        return taken - started, answered - started, sent - started


def _mark(marks: dict[str, asyncio.Future[float]], act_id: str) -> None:
    mark = marks.setdefault(act_id, asyncio.get_running_loop().create_future())
    if not mark.done():
        mark.set_result(time.perf_counter())


async def _marked(marks: dict[str, asyncio.Future[float]], act_id: str) -> float:
    when = await marks.setdefault(act_id, asyncio.get_running_loop().create_future())
    del marks[act_id]
    return when


async def people(record: SqlRecord, number: int) -> list[str]:
    """Make people who have joined; their addresses."""
    now = CLOCK.now()
    addresses = []
    for each in range(number):
        address = f"person-{each}"
        accepted = await record.accept(
            Said("terminal", address, IDS.new(), ActKind.TEXT, now, "hello")
        )
        subject = SubjectId(accepted.subject)
        person = Person(subject, IDS.new(), PersonState.ACTIVE, "north", now, "Robin Example")
        entry = AuditEntry(subject, now, "program", "made", f"person:{subject}")
        await record.save(Work(put=[person], audit=[entry]))
        addresses.append(address)
    return addresses


async def measure(record: SqlRecord, at_once: int, seconds: float) -> dict[str, object]:
    """Turns a second and their times in milliseconds."""
    turns = Turns(record)
    loops = [asyncio.create_task(turns.dispatch()), asyncio.create_task(turns.send())]
    addresses = await people(record, at_once)
    await asyncio.sleep(0.3)
    times: list[tuple[float, float, float]] = []
    end = time.perf_counter() + seconds

    async def write(address: str) -> None:
        while time.perf_counter() < end:
            times.append(await turns.one(address))

    cpu, started = time.process_time(), time.perf_counter()
    writing = asyncio.gather(*(write(address) for address in addresses))
    await asyncio.wait([writing, *loops], return_when=asyncio.FIRST_COMPLETED)
    for each in loops:
        if each.done():
            await each
    await writing
    took, cpu = time.perf_counter() - started, time.process_time() - cpu
    for each in loops:
        each.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    figures: dict[str, object] = {
        "at_once": at_once,
        "turns_a_second": round(len(times) / took),
        "cpu_ms_a_turn": round(cpu / len(times) * 1000, 2),
    }
    for name, values in zip(
        ("accepted", "answered", "sent"), zip(*times, strict=True), strict=True
    ):
        ranked = sorted(values)
        for rank in (0.5, 0.99):
            at = ranked[int(len(ranked) * rank)]
            figures[f"{name}_p{round(rank * 100)}_ms"] = round(at * 1000, 2)
    return figures


def sync_times(folder: Path) -> dict[str, float]:
    """The disk's own time to append 4 KiB and sync it, in milliseconds."""
    took = []
    with (folder / "sync").open("ab", buffering=0) as file:
        for _ in range(200):
            file.write(b"x" * 4096)
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - started) * 1000)
    took.sort()
    return {"sync_p50_ms": round(took[100], 2), "sync_p99_ms": round(took[198], 2)}


async def run(url: str, folder: Path, seconds: float, profile: str) -> None:
    ring = KeyRing.create(folder / "master.key", CLOCK.now())
    record = open_record(url, ring, CLOCK, IDS, upgrade=True)
    report: list[dict[str, object]] = [dict(sync_times(folder))]
    profiler = cProfile.Profile()
    for at_once in (1, 16):
        if profile and at_once == 16:
            profiler.enable()
        report.append(await measure(record, at_once, seconds))
    if profile:
        profiler.disable()
        pstats.Stats(profiler).dump_stats(profile)
    await record.aclose()
    for figures in report:
        print(json.dumps(figures))  # noqa: T201


def main() -> None:
    """Measure and print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--url", default="")
    parser.add_argument("--profile", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as made:
        folder = Path(made)
        url = given.url or f"sqlite:///{folder / 'record.db'}"
        asyncio.run(run(url, folder, given.seconds, given.profile))


if __name__ == "__main__":
    main()
