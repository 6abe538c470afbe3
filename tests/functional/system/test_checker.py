"""The checker sees each kind of damage: one that sees nothing would prove nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import open_record
from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern, ConcernStatus
from bot.domain.crisis_plan import Agreement, CrisisPlan, PlanContents, PlanStatus
from bot.domain.messages import Act, ActKind, Outbound, Reply, ReplyKind, Said, SubjectId
from bot.domain.people import Person, PersonState
from bot.services.ports import Handled, Work
from tests.functional.system.checker import Found, Outside, check

CLOCK = SystemClock()
IDS = SystemIds(CLOCK)
KAY, LEE = "chat-kay", "chat-lee"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key ring and a record in which two people wrote and were answered."""
    folder = tmp_path_factory.mktemp("whole")
    KeyRing.create(folder / "master.key", CLOCK.now())
    asyncio.run(_write(folder))
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    for name in ("master.key", "record.db", "seals.log"):
        target = tmp_path / name
        target.write_bytes((whole / name).read_bytes())
        target.chmod(0o600)
    return tmp_path


async def _write(folder: Path) -> None:
    ring = KeyRing.load(folder / "master.key")
    record = open_record(f"sqlite:///{folder / 'record.db'}", ring, CLOCK, IDS, upgrade=True)
    for number in range(3):
        for address in (KAY, LEE):
            words = f"{address} {number}"
            await record.accept(
                Said("telegram", address, f"{address}{number}", ActKind.TEXT, CLOCK.now(), words)
            )
    while claimed := await record.claim(9):
        for acts in claimed:
            for act in acts:
                await record.save(_answer(act))
            await record.release(acts[0].subject)
    while outgoing := await record.claim_outgoing("telegram", 9):
        await record.sent({reply.id: "sent" for reply, _ in outgoing})
    await _write_plans(record)
    await record.seal_heads(folder / "seals.log")
    await record.aclose()


def _answer(act: Act) -> Work:
    now = CLOCK.now()
    details = {"act": act.id}
    return Work(
        send=[
            Outbound(
                id=IDS.new(),
                subject=act.subject,
                channel=act.channel,
                address_id=act.address_id,
                reply=Reply(f"answer {place} to {act.text}"),
                kind=ReplyKind.ORDINARY,
                created_at=now,
                in_reply_to=act.id,
                place=place,
            )
            for place in range(2)
        ],
        audit=[AuditEntry(act.subject, now, "person", "answered", "message", details)],
        handled=Handled(act.id, "command", "none", now),
    )


async def _write_plans(record: object) -> None:
    now, subject = CLOCK.now(), SubjectId(IDS.new())
    somebody = Person(subject, "P-9", PersonState.INVITED, "peak", now, "Kay Made-Up")
    statuses = (PlanStatus.SUPERSEDED, PlanStatus.AGREED)
    plans = [
        CrisisPlan(
            IDS.new(), subject, version, status, "dawn", now, None, Agreement(), PlanContents()
        )
        for version, status in enumerate(statuses, start=1)
    ]
    concern = Concern(IDS.new(), subject, now, ConcernStatus.OPEN, "check", "unsafe", ())
    entries = [
        AuditEntry(subject, now, "staff:x", "import", "crisis_plan", {"version": str(e.version)})
        for e in plans
    ]
    entries.append(AuditEntry(subject, now, "program", "open", "concern", {"id": concern.id}))
    work = Work(new_keys=[subject], put=[somebody, *plans, concern], audit=entries)
    await record.save(work)  # type: ignore[attr-defined]


def _heard(address: str) -> list[str]:
    return [f"answer {place} to {address} {n}" for n in range(3) for place in range(2)]


def _outside() -> dict[str, Outside]:
    return {
        each: Outside([f"{each} {n}" for n in range(3)], _heard(each), each) for each in (KAY, LEE)
    }


def _check(folder: Path, outside: Mapping[str, Outside] | None = None, kills: int = 0) -> Found:
    return asyncio.run(
        check(
            f"sqlite:///{folder / 'record.db'}",
            folder / "master.key",
            outside=_outside() if outside is None else outside,
            kills=kills,
            seals=folder / "seals.log",
        )
    )


def test_a_whole_record_has_no_faults(folder: Path) -> None:
    found = _check(folder)
    assert found.faults == []
    assert (found.acts, found.handled, found.replies, found.plan_versions) == (6, 6, 12, 2)


DAMAGE: dict[str, tuple[str, str]] = {
    "a reply deleted": (
        "DELETE FROM outbox WHERE seq = (SELECT min(seq) FROM outbox)",
        "has the replies",
    ),
    "an act's only reply left deleted": (
        "DELETE FROM outbox WHERE in_reply_to = (SELECT id FROM inbox WHERE seq = 1)",
        "has lost its reply",
    ),
    "a reply that was never sent": (
        "UPDATE outbox SET state = 'claimed' WHERE seq = 2",
        "is claimed",
    ),
    "an act set back": (
        "UPDATE inbox SET state = 'waiting' WHERE seq = 3",
        "waits though it was handled",
    ),
    "an act deleted": ("DELETE FROM inbox WHERE seq = 3", "which is not there"),
    "acts in another order": (
        "UPDATE inbox SET seq = seq + 100 WHERE seq = 1",
        "not handled in their order",
    ),
    "replies in another order": (
        "UPDATE outbox SET seq = seq + 100 WHERE seq = 1",
        "not in the order of their acts",
    ),
    "an entry of the audit changed": (
        "UPDATE audit SET \"by\" = 'staff:nobody' WHERE action = 'import'",
        "the chain of",
    ),
    "an entry of the audit deleted": (
        "DELETE FROM audit WHERE action = 'answered' AND place = 3",
        "has 0 entries in the audit",
    ),
    "a chain cut behind its seal": (
        "UPDATE audit_heads SET place = 1, hash = (SELECT hash FROM audit a"
        " WHERE a.chain = audit_heads.chain AND a.place = 1);"
        "DELETE FROM audit WHERE place > 1",
        "seal in line",
    ),
    "half a plan": (
        "UPDATE crisis_plans SET contents = substr(contents, 1, 20) WHERE version = 1",
        "is not whole",
    ),
    "a plan's version deleted": (
        "DELETE FROM crisis_plans WHERE version = 1",
        "which is not there",
    ),
    "two agreed plans": (
        "UPDATE crisis_plans SET status = 'agreed'",
        "2 plans of",
    ),
    "a concern deleted": ("DELETE FROM concerns", "0 concerns of"),
    "a message of somebody else's": (
        "UPDATE inbox SET body = (SELECT body FROM inbox WHERE seq = 2) WHERE seq = 1",
        "unreadable: inbox.body",
    ),
}


@pytest.mark.parametrize(("words", "fault"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_seen(folder: Path, words: str, fault: str) -> None:
    with closing(sqlite3.connect(folder / "record.db")) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.executescript(words)
        connection.commit()
    assert any(fault in each for each in _check(folder).faults), fault


def _lost(heard: list[str]) -> list[str]:
    return heard[:2] + heard[3:]


def _twice(heard: list[str]) -> list[str]:
    return heard[:1] + heard


def _twice_but_later(heard: list[str]) -> list[str]:
    return [*heard, heard[0]]


def _other_way_round(heard: list[str]) -> list[str]:
    return heard[::-1]


def _somebody_elses(heard: list[str]) -> list[str]:
    return [*heard[:-1], heard[-1].replace(KAY, LEE)]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_lost, "is not what was sent"),
        (_twice, "came twice in 0 kills"),
        (_twice_but_later, "is not what was sent"),
        (_other_way_round, "is not what was sent"),
        (_somebody_elses, "another's words"),
    ],
)
def test_what_people_saw_is_compared(
    folder: Path, change: Callable[[list[str]], list[str]], fault: str
) -> None:
    outside = _outside()
    outside[KAY] = Outside(outside[KAY].wrote, change(_heard(KAY)), KAY)
    assert any(fault in each for each in _check(folder, outside).faults)


def test_one_doubled_reply_a_kill_is_counted_and_no_fault(folder: Path) -> None:
    outside = _outside()
    outside[KAY] = Outside(outside[KAY].wrote, _twice(_heard(KAY)), KAY)
    found = _check(folder, outside, kills=1)
    assert found.faults == []
    assert found.doubled == {KAY: 1}


def test_a_message_that_was_never_kept_is_missed(folder: Path) -> None:
    outside = _outside()
    outside[LEE] = Outside([*outside[LEE].wrote, "and this"], _heard(LEE), LEE)
    (fault,) = _check(folder, outside).faults
    assert "what chat-lee wrote is not what was kept: 4 and 3" in fault
