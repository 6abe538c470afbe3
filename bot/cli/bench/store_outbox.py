"""The outbox against procrastinate, on one PostgreSQL: claim and finish what waits.

Ours claims replies with their sealed words opened and their address, and notes each as sent by
itself, as ``Delivery`` does; of a conversation the next goes only when the one before is noted.
procrastinate runs jobs that do nothing, in no order, at the concurrency that suits it best. Ours
does not wait for the disk here (a reply may be sent twice after a power cut, never lost), so
procrastinate's connections are told not to either; as it comes it is measured besides.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from typing import Any

from bot.bootstrap import Companion
from bot.cli.bench.store_figures import BenchFailed, Figure, at_least, dev_package
from bot.cli.bench.store_homes import POSTGRESQL, Homes
from bot.cli.bench.store_people import CHANNEL, Made, addresses_of, made_people
from bot.domain.audit import AuditEntry
from bot.domain.messages import Button, Outbound, Press, Reply, ReplyKind, SubjectId
from bot.services.ports import Work

AS_FAST = 1.0
CONVERSATIONS = 100
CLAIMED_AT_ONCE = 64
CONCURRENCIES = (4, 16, 32)

_WORDS = "Put both feet on the floor. Breathe out for longer than you breathe in, five times."
_NOT_SYNCED = "-c synchronous_commit=off"


class Procrastinate:
    """An app of procrastinate's with one job that does nothing."""

    def __init__(self, address: str, options: str) -> None:
        package = dev_package("procrastinate")
        logging.getLogger("procrastinate").setLevel(logging.ERROR)
        connector = package.PsycopgConnector(
            conninfo=address, kwargs={"options": options}, min_size=1, max_size=40
        )
        self.app = package.App(connector=connector)
        self.done = 0
        self._task: Any = self.app.task(name="nothing")(self._nothing)

    async def _nothing(self, number: int) -> None:
        self.done += 1

    async def waiting(self, jobs: int) -> None:
        """Have so many jobs wait."""
        self.done = 0
        await self._task.batch_defer_async(*({"number": number} for number in range(jobs)))

    async def rate(self, jobs: int, concurrency: int) -> float:
        """Jobs a second, claimed and finished by one worker."""
        await self.waiting(jobs)
        began = time.perf_counter()
        await self.app.run_worker_async(
            wait=False, concurrency=concurrency, install_signal_handlers=False, listen_notify=False
        )
        took = time.perf_counter() - began
        _check(self.done, jobs)
        return jobs / took


class Outbox:
    """The record's outbox with replies in many conversations."""

    def __init__(self, companion: Companion, made: Made, addresses: dict[SubjectId, str]) -> None:
        self._companion = companion
        self._made = made
        self._addresses = addresses

    async def waiting(self, replies: int) -> None:
        """Have so many replies wait, as many in each conversation."""
        each = replies // len(self._made.people)
        await asyncio.gather(*(self._send(subject, each) for subject in self._addresses))

    async def rate(self, replies: int) -> float:
        """Replies a second, claimed and finished."""
        await self.waiting(replies)
        record, done = self._companion.record, 0
        began = time.perf_counter()
        while claimed := await record.claim_outgoing(CHANNEL, CLAIMED_AT_ONCE):
            lines: dict[SubjectId, list[str]] = defaultdict(list)
            for reply, _ in claimed:
                lines[reply.subject].append(reply.id)
            await asyncio.gather(*(self._finish(line) for line in lines.values()))
            done += len(claimed)
        took = time.perf_counter() - began
        _check(done, replies)
        return replies / took

    async def _finish(self, line: list[str]) -> None:
        for reply_id in line:
            await self._companion.record.sent({reply_id: "sent"})

    async def _send(self, subject: SubjectId, replies: int) -> None:
        now, new = self._companion.clock.now(), self._companion.ids.new
        reply = Reply(_WORDS, (Button("Practise now", Press("skill", "stop")),))
        kind, address = ReplyKind.ORDINARY, self._addresses[subject]
        send = [
            Outbound(new(), subject, CHANNEL, address, reply, kind, now, None, place)
            for place in range(replies)
        ]
        entry = AuditEntry(subject, now, "program", "send", "message")
        await self._companion.record.save(Work(send=send, audit=[entry]))


async def measure_outbox(homes: Homes, *, rounds: int, sizes: tuple[int, ...]) -> list[Figure]:
    """Replies claimed and finished a second, to procrastinate's jobs. Raises ``BenchFailed``."""
    homes.server.removed("procrastinate")
    address = homes.server.made("procrastinate")
    companion = homes.fresh(POSTGRESQL, "outbox")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(companion.aclose)
        made = await made_people(companion, CONVERSATIONS)
        ours = Outbox(companion, made, await addresses_of(companion, made.people))
        theirs = Procrastinate(address, _NOT_SYNCED)
        as_it_comes = Procrastinate(address, "")
        for each in (theirs, as_it_comes):
            await stack.enter_async_context(each.app.open_async())
        await theirs.app.schema_manager.apply_schema_async()
        await ours.rate(sizes[0])
        tried = {each: await theirs.rate(sizes[0], each) for each in CONCURRENCIES}
        best = max(tried, key=lambda each: tried[each])
        figures = []
        for size in sizes:
            mine, others, synced = [], [], []
            for _ in range(rounds):
                mine.append(await ours.rate(size))
                others.append(await theirs.rate(size, best))
                synced.append(await as_it_comes.rate(size, best))
            figures.append(_figure(size, best, mine, others, synced))
    return figures


def _figure(
    size: int, best: int, mine: list[float], others: list[float], synced: list[float]
) -> Figure:
    return at_least(
        f"outbox claim-and-finish to procrastinate, {size} in {CONVERSATIONS} conversations",
        POSTGRESQL,
        [ours / theirs for ours, theirs in zip(mine, others, strict=True)],
        AS_FAST,
        outbox_a_second=round(statistics.median(mine)),
        procrastinate_a_second=round(statistics.median(others)),
        procrastinate_synced_a_second=round(statistics.median(synced)),
        procrastinate_concurrency=best,
        order="ours within a conversation, procrastinate none",
    )


def _check(done: int, asked: int) -> None:
    if done != asked:
        raise BenchFailed(f"{done} of {asked} were finished.")
