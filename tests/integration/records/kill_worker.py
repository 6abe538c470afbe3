"""A process that receives, answers and sends until it is killed; run by ``test_kills``.

    python -m tests.integration.records.kill_worker DATABASE_URL KEY_FILE

Standard input: one message a line, "CHAT NUMBER". Standard output: what a channel's other side
would know, "taken CHAT NUMBER" and "sent CHAT NUMBER".
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord, open_record
from bot.domain.audit import AuditEntry
from bot.domain.conversations import Conversation
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.messages import Act, ActKind, Outbound, Reply, ReplyKind, Said
from bot.services.ports import Handled, Work

CLOCK = SystemClock()
IDS = SystemIds(CLOCK)


def tell(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


async def receive(record: SqlRecord, lines: list[str]) -> None:
    for line in lines:
        chat, number = line.split()
        said = Said("telegram", chat, f"{chat}-{number}", ActKind.TEXT, CLOCK.now(), line)
        await record.accept(said)
        tell("taken", line)


async def handle(record: SqlRecord) -> None:
    while True:
        for acts in await record.claim(3):
            for act in acts:
                await record.save(await answer(record, act), durable=False)
            await record.release(acts[0].subject)
        await record.wait_for_acts(0.2)


async def answer(record: SqlRecord, act: Act) -> Work:
    """The conversation remembers the last number, the event that it was seen."""
    now = CLOCK.now()
    number = int(act.text.split()[1])
    before = await record.get(Conversation, act.subject) or Conversation(act.subject, epoch=-1)
    if before.epoch != number - 1:
        tell("disorder", act.text)
    reply = Outbound(
        IDS.new(),
        act.subject,
        act.channel,
        act.address_id,
        Reply(act.text),
        ReplyKind.ORDINARY,
        now,
        act.id,
    )
    return Work(
        put=[
            Conversation(act.subject, epoch=number),
            EngagementEvent(IDS.new(), act.subject, EventKind.CONTACT, now, {"number": number}),
        ],
        send=[reply],
        audit=[AuditEntry(act.subject, now, "person", "message", f"act:{act.id}")],
        handled=Handled(act.id, "command", "none", now),
    )


async def send(record: SqlRecord) -> None:
    while True:
        for reply, _ in await record.claim_outgoing("telegram", 1):
            tell("sent", reply.reply.text)
            await record.sent({reply.id: "sent"})
        await record.wait_for_outgoing("telegram", 0.2)


async def main() -> None:
    ring = KeyRing.load(Path(sys.argv[2]))
    record = open_record(sys.argv[1], ring, CLOCK, IDS, owner="serve")
    lines = sys.stdin.read().splitlines()
    tell("ready")
    await asyncio.gather(receive(record, lines), handle(record), send(record))


if __name__ == "__main__":
    asyncio.run(main())
