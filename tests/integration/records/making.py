"""What the record's tests are made of: a clock that is set by hand, and made-up rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.adapters.identifiers import SystemIds
from bot.adapters.memory import MemoryRecord
from bot.adapters.records import SqlRecord
from bot.domain.activities import RunStatus, State
from bot.domain.audit import PROGRAM, AuditEntry
from bot.domain.conversations import Conversation
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.messages import (
    Act,
    ActKind,
    Outbound,
    Reply,
    ReplyKind,
    Said,
    SubjectId,
)
from bot.domain.people import Person, PersonState
from bot.domain.practice import Run
from bot.services.ports import Handled, Work

AnyRecord = SqlRecord | MemoryRecord

START = datetime(2030, 3, 1, 12, 0, tzinfo=UTC)


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


IDS = SystemIds(SetClock())


def said(text: str = "hello", address: str = "chat-1", **more: object) -> Said:
    values = {
        "channel": "telegram",
        "address": address,
        "provider_id": IDS.new(),
        "kind": ActKind.TEXT,
        "sent_at": START,
        "text": text,
    }
    return Said(**values | more)  # type: ignore[arg-type]


def entry(chain: str, action: str = "made", at: datetime = START) -> AuditEntry:
    return AuditEntry(chain, at, PROGRAM, action, f"thing:{chain}")


def person(subject: str | None = None, **more: object) -> Person:
    values = {
        "id": SubjectId(subject or IDS.new()),
        "code": IDS.new()[-8:],
        "state": PersonState.ACTIVE,
        "team": "north",
        "created_at": START,
        "name": "Robin Example",
    }
    return Person(**values | more)  # type: ignore[arg-type]


def reply_to(act: Act, text: str = "an answer", **more: object) -> Outbound:
    values = {
        "id": IDS.new(),
        "subject": act.subject,
        "channel": act.channel,
        "address_id": act.address_id,
        "reply": Reply(text),
        "kind": ReplyKind.ORDINARY,
        "created_at": act.received_at,
        "in_reply_to": act.id,
    }
    return Outbound(**values | more)  # type: ignore[arg-type]


def timer(act: Act, label: str, **more: object) -> Act:
    values = {
        "id": IDS.new(),
        "subject": act.subject,
        "channel": "timer",
        "address_id": act.address_id,
        "kind": ActKind.TIMER,
        "text": label,
        "sent_at": START,
        "received_at": START,
    }
    return Act(**values | more)  # type: ignore[arg-type]


def answer(act: Act, *replies: Outbound, failed: bool = False) -> Work:
    handled = Handled(act.id, "command", "none", act.received_at, failed=failed)
    return Work(send=list(replies), audit=[entry(act.subject, "answered")], handled=handled)


async def add_person(record: AnyRecord, **more: object) -> Person:
    new = person(**more)
    await record.save(Work(new_keys=[new.id], put=[new], audit=[entry(new.id)]))
    return new


async def claim_all(record: AnyRecord, limit: int = 50) -> dict[str, list[Act]]:
    return {acts[0].subject: acts for acts in await record.claim(limit)}


async def claim_one(record: AnyRecord) -> list[Act]:
    """The only conversation that can be claimed."""
    (acts,) = await record.claim(50)
    return acts


async def a_guest(record: AnyRecord, address: str) -> str:
    """A guest who has left a row wherever a guest can."""
    accepted = await record.accept(said("hello", address=address))
    (act,) = await claim_one(record)
    subject = act.subject
    work = answer(act, reply_to(act))
    work.put += [
        Conversation(subject),
        Run(f"run-{address}", subject, "stop", "", RunStatus.OPEN, START, START, State("a")),
        EngagementEvent(f"event-{address}", subject, EventKind.MOOD, START),
    ]
    work.schedule.append((timer(act, "run:1"), START + timedelta(days=9)))
    await record.save(work)
    await record.release(subject)
    return accepted.subject


async def answered_with(record: AnyRecord, *words: str, address: str = "chat-1") -> Act:
    """Answer an act of this address with replies, one after the other."""
    await record.accept(said(address=address))
    (act,) = await claim_one(record)
    replies = [reply_to(act, each, place=place) for place, each in enumerate(words)]
    await record.save(answer(act, *replies), durable=False)
    await record.release(act.subject)
    return act


async def sendable(record: AnyRecord, limit: int = 50) -> list[Outbound]:
    """What a sender gets now."""
    return [reply for reply, _ in await record.claim_outgoing("telegram", limit)]


def texts(replies: list[Outbound]) -> list[str]:
    return [each.reply.text for each in replies]
