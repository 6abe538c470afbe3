"""A backup restored: the same record, on either database; nothing is sent twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord
from bot.adapters.records.backups.restoring import Replay, check_empty
from bot.adapters.records.backups.taking import PASSING
from bot.adapters.records.backups.verifying import verify
from bot.adapters.records.engines import connect_to
from bot.domain.audit import SERVICE_CHAIN
from bot.domain.crisis_plan import CrisisPlan
from bot.domain.errors import RecordNotEmpty, WrongKey
from bot.domain.people import Person, Session
from tests.integration.backups.filling import WORDS, Backups, contents, fill
from tests.integration.records.conftest import Open
from tests.integration.records.making import START, SetClock, claim_one, said

CHANGED = {"outbox", "audit", "audit_heads"}
"""What a restore itself writes to, besides what it leaves out."""


async def test_every_row_comes_back(
    record: SqlRecord, url: str, other_url: str, backups: Backups, opened: Open
) -> None:
    one = await fill(record)
    await fill(record, "chat-2")
    await record.seal_heads(backups.home / "audit-seals.log")
    before = contents(url)
    taken = backups.take(url)
    found = backups.restore(other_url, taken)
    after = contents(other_url)

    assert set(before) == set(after)
    for name, rows in before.items():
        if name in PASSING:
            assert after[name] == []
        elif name not in CHANGED:
            assert after[name] == rows, name
            assert taken.manifest.rows.get(name, len(rows)) == len(rows)
    assert set(before["audit"]) < set(after["audit"])
    assert len(after["audit"]) == len(before["audit"]) + 1
    restored = opened(other_url)
    assert await record.find(Session) != []
    assert await restored.find(Session) == []
    assert await restored.get(Person, one.id) == one
    assert (await restored.find(CrisisPlan, subject=one.id))[0].agreement.how == WORDS
    for chain in await restored.chains():
        assert await restored.verify_chain(chain) == []
    assert await restored.verify_seals(backups.home / "restored" / "audit-seals.log") == []
    told = (await restored.audit_of(SERVICE_CHAIN))[-1]
    assert (told.action, told.details["sha256"]) == ("restored", taken.manifest.sha256)
    assert (found.replayed, found.withheld, found.waiting) == (0, 2, 2)


async def test_what_was_unsent_is_not_sent_again(
    record: SqlRecord, url: str, other_url: str, backups: Backups, opened: Open
) -> None:
    await fill(record)
    sending = await record.claim_outgoing("telegram", 1)
    assert len(sending) == 1
    backups.restore(other_url, backups.take(url))
    restored = opened(other_url)

    (_, state), *rest = _kinds(other_url)
    assert (state, rest) == ("withheld", [("plan", "waiting"), ("safety", "waiting")])
    goes = [reply.kind.value for reply, _ in await restored.claim_outgoing("telegram", 9)]
    assert goes == ["plan", "safety"]


async def test_what_waited_is_answered_and_counting_goes_on(
    record: SqlRecord, url: str, other_url: str, backups: Backups, opened: Open
) -> None:
    await fill(record)
    more = [f"message {number}" for number in range(9)]
    for each in more:
        await record.accept(said(each, address="chat-1"))
    backups.restore(other_url, backups.take(url))
    restored = opened(other_url)
    await restored.accept(said("one more", address="chat-1"))

    acts = await claim_one(restored)
    assert [act.text for act in acts] == ["and another", *more, "one more"]


def _kinds(url: str) -> list[tuple[str, str]]:
    with connect_to(url).connect() as connection:
        rows = connection.execute(text("SELECT kind, state FROM outbox ORDER BY seq"))
        return [(row.kind, row.state) for row in rows]


async def test_only_into_an_empty_place(
    record: SqlRecord, url: str, other_url: str, backups: Backups, opened: Open
) -> None:
    await fill(record)
    taken = backups.take(url)
    backups.restore(other_url, taken)
    before = contents(other_url)

    with pytest.raises(RecordNotEmpty):
        backups.restore(other_url, taken)
    assert contents(other_url) == before


def test_what_an_earlier_database_left_is_not_empty(tmp_path: Path) -> None:
    """SQLite would take an old log for the restored file's own."""
    url = f"sqlite:///{tmp_path / 'record.db'}"
    check_empty(url)
    (tmp_path / "record.db-wal").write_bytes(b"left")
    with pytest.raises(RecordNotEmpty, match=r"record\.db-wal"):
        check_empty(url)


async def test_another_ring_restores_nothing(
    record: SqlRecord, url: str, other_url: str, backups: Backups, tmp_path: Path
) -> None:
    await fill(record)
    taken = backups.take(url)
    other = KeyRing.create(tmp_path / "other.key", START)
    with pytest.raises(WrongKey):
        Backups(other, backups.clock, tmp_path, tmp_path).restore(other_url, taken)

    check_empty(other_url)


async def test_seals_that_know_of_later_are_kept_aside(
    record: SqlRecord, sqlite_url: str, backups: Backups, tmp_path: Path, opened: Open
) -> None:
    here = opened(sqlite_url)
    await fill(here)
    seals = backups.home / "restored" / "audit-seals.log"
    seals.parent.mkdir()
    await here.seal_heads(backups.home / "audit-seals.log")
    taken = backups.take(sqlite_url)
    seals.write_text("later\n")
    other = f"sqlite:///{tmp_path / 'other.db'}"
    backups.restore(other, taken)

    assert seals.read_bytes() == (backups.home / "audit-seals.log").read_bytes()
    (aside,) = seals.parent.glob("audit-seals-until-*.log")
    assert aside.read_text() == "later\n"
    assert seals.stat().st_mode & 0o077 == 0


async def test_guests_whose_time_is_over_go_at_once(
    record: SqlRecord, url: str, other_url: str, backups: Backups, opened: Open, clock: SetClock
) -> None:
    """Shredding a guest is in no ledger: their own deadline comes back with them."""
    await record.accept(said("hello", address="chat-9"))
    taken = backups.take(url)
    clock.move(hours=73)
    await record.shred_due(clock.now())
    newer = backups.take(url)
    backups.restore(other_url, taken, keys=newer.keys)
    restored = opened(other_url)

    assert await restored.shred_due(clock.now()) == 1
    assert verify(taken.record, newer.keys, backups.ring, quick=False).opened == 0


async def test_a_reason_for_no_ledger_is_kept(
    record: SqlRecord, url: str, other_url: str, backups: Backups, opened: Open
) -> None:
    await fill(record)
    backups.restore(other_url, backups.take(url), Replay(no_ledger_because="never erased anybody"))

    told = (await opened(other_url).audit_of(SERVICE_CHAIN))[-1]
    assert told.details["no_ledger_because"] == "never erased anybody"
