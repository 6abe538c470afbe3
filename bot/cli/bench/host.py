"""The companion under measurement: the real wiring behind a door on loopback. See bench_turn."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import replace
from typing import Any

from bot.bootstrap import Companion
from bot.cli.home import keep_logs_quiet, settings_in_force
from bot.cli.output import as_json
from bot.cli.seats import OWNER, hold_lock
from bot.cli.server import Server
from bot.demonstration import open_or_make
from bot.demonstration.making import made_staff
from bot.domain.audit import AuditEntry
from bot.domain.messages import ActKind, Said
from bot.domain.people import Address, PersonState
from bot.services.ports import Handled, Work

CHANNEL = "bench"


class WatchedRecord:
    """The record, noticing when an act's work has been committed."""

    def __init__(self, companion: Companion) -> None:
        self._record = companion.record
        self.waiting: dict[str, asyncio.Future[Handled]] = {}
        self.early: dict[str, Handled] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._record, name)

    async def save(self, work: Work, *, durable: bool = True) -> None:
        """Save, then tell whoever waits for this act."""
        await self._record.save(work, durable=durable)
        if work.handled is not None:
            waiting = self.waiting.pop(work.handled.act_id, None)
            if waiting is None:
                self.early[work.handled.act_id] = work.handled
            else:
                waiting.set_result(work.handled)

    async def until_handled(self, act_id: str) -> Handled:
        """How the act was answered, once it is committed."""
        if act_id in self.early:
            return self.early.pop(act_id)
        self.waiting[act_id] = asyncio.get_running_loop().create_future()
        return await self.waiting[act_id]


async def _people(companion: Companion, count: int) -> None:
    """People who joined, each with an agreed plan."""
    now = companion.clock.now()
    by = await made_staff(companion)
    for number in range(count):
        person = await companion.enrolment.add(
            code=f"BENCH-{number}", name=f"Bench {number}", team=by.team, by=by
        )
        joined = replace(person, state=PersonState.ACTIVE, joined_at=now)
        address = Address(companion.ids.new(), person.id, CHANNEL, str(number), now)
        entry = AuditEntry(person.id, now, "program", "join", "person")
        await companion.record.save(Work(put=[joined, address], audit=[entry]))
        await companion.plans.bring_in(
            {
                "person": person.code,
                "status": "agreed",
                "agreed": {
                    "person_on": now.date(),
                    "practitioner_on": now.date(),
                    "practitioner": by.name,
                    "how": "on paper",
                },
                "review_due": now.date(),
                "plan": {"steps": ["Put the big light on.", "Ring Jo.", "Walk round the block."]},
            },
            by=by,
        )


async def _deliver(companion: Companion, stop: asyncio.Event) -> None:
    """Take replies from the outbox as a channel would."""
    record = companion.record
    while not stop.is_set():
        claimed = await record.claim_outgoing(CHANNEL, 64)
        if claimed:
            await record.sent({each.id: "sent" for each, _ in claimed})
        else:
            await record.wait_for_outgoing(CHANNEL, 1)


async def _main(count: int) -> None:
    keep_logs_quiet()
    settings = settings_in_force()
    lock = hold_lock(settings.companion_home)
    companion = await open_or_make(settings, owner=OWNER)
    await _people(companion, count)
    watched = WatchedRecord(companion)
    server = Server(replace(companion, record=watched), lock, web=False, channels=False)  # type: ignore[arg-type]
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sent = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        while line := await reader.readline():
            number, text = json.loads(line)
            sent += 1
            accepted = await companion.record.accept(
                Said(CHANNEL, str(number), str(sent), ActKind.TEXT, companion.clock.now(), text)
            )
            handled = await watched.until_handled(accepted.act_id)
            writer.write(f"{handled.answered_by}\n".encode())
        writer.close()

    await server.start()
    delivering = asyncio.create_task(_deliver(companion, stop))
    await server.until_understanding(150)
    door = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = door.sockets[0].getsockname()[1]
    rasa = settings.rasa_url[0] if settings.rasa_url else server.rasa and server.rasa.addresses[0]
    as_json({"port": port, "rasa": rasa})
    await stop.wait()
    door.close()
    await delivering
    await server.aclose()
    await companion.aclose()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
