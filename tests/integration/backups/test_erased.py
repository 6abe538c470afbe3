"""Who was erased stays erased: backups from before cannot bring their words back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.records import SqlRecord
from bot.adapters.records.backups.restoring import Replay
from bot.adapters.records.backups.taking import Taken
from bot.adapters.records.backups.verifying import verify
from bot.adapters.records.engines import connect_to
from bot.adapters.records.rights.ledger import append_erasure, read_ledger
from bot.domain.crisis_plan import CrisisPlan
from bot.domain.errors import NotFound, SealBroken
from bot.domain.people import Person
from bot.domain.rights import Erasure
from bot.services.ports import Work
from tests.integration.backups.filling import SEALED_VALUES, WORDS, Backups, contents, fill
from tests.integration.backups.test_ledger import erasure
from tests.integration.records.conftest import Open
from tests.integration.records.making import entry


async def _erase(record: SqlRecord, one: Person, backups: Backups) -> Erasure:
    tombstone = erasure(one.id)
    append_erasure(backups.home / "erasures.log", tombstone, backups.ring)
    await record.save(Work(forget=[one.id], put=[tombstone], audit=[entry(one.id, "erased")]))
    return tombstone


async def _before_and_after(
    record: SqlRecord, url: str, backups: Backups
) -> tuple[Person, Person, Erasure, Taken, Taken]:
    gone, stays = await fill(record), await fill(record, "chat-2")
    before = backups.take(url)
    tombstone = await _erase(record, gone, backups)
    return gone, stays, tombstone, before, backups.take(url)


async def test_the_ledger_makes_the_erasure_again(
    record: SqlRecord, url: str, other_url: str, backups: Backups, opened: Open, tmp_path: Path
) -> None:
    gone, stays, tombstone, before, _ = await _before_and_after(record, url, backups)
    with connect_to(url).connect() as connection:
        kept = connection.execute(text("SELECT wrapped FROM subject_keys")).scalars().all()
    ledger, broken = read_ledger(backups.folder / "erasures.log", backups.ring)
    found = backups.restore(other_url, before, Replay(ledger))
    restored = opened(other_url)

    assert (found.replayed, broken) == (1, [])
    assert await restored.find(Erasure) == [tombstone]
    assert await restored.get(Person, gone.id) is None
    assert await restored.get(Person, stays.id) == stays
    assert [each.subject for each in await restored.find(CrisisPlan)] == [stays.id]
    left = {name for name, rows in contents(other_url).items() if gone.id in repr(rows)}
    assert left == {"audit", "audit_heads", "erasures", "inbox"}
    assert await restored.verify_chain(gone.id) == []
    with connect_to(other_url).connect() as connection:
        wrapped = connection.execute(text("SELECT wrapped FROM subject_keys")).scalars().all()
    assert wrapped == kept
    with pytest.raises(NotFound):
        await restored.save(Work(put=[gone], audit=[entry(gone.id)]))


async def test_newer_keys_open_older_backups_but_for_the_erased(
    record: SqlRecord, url: str, other_url: str, backups: Backups, opened: Open
) -> None:
    gone, stays, _, before, after = await _before_and_after(record, url, backups)
    checked = verify(before.record, after.keys, backups.ring, quick=False)
    backups.restore(other_url, before, keys=after.keys)
    restored = opened(other_url)

    assert checked.faults == ()
    assert checked.opened == SEALED_VALUES
    assert checked.unchecked == (f"{SEALED_VALUES} values of 1 people have no key",)
    assert await restored.get(Person, stays.id) == stays
    assert await restored.find(CrisisPlan, subject=stays.id) != []
    with pytest.raises(SealBroken):
        await restored.get(Person, gone.id)


async def test_old_keys_without_a_ledger_would_bring_them_back(
    record: SqlRecord, url: str, other_url: str, backups: Backups, opened: Open
) -> None:
    """Why keys are kept for a short time, and why a restore asks for the ledger."""
    gone, _, _, before, _ = await _before_and_after(record, url, backups)
    backups.restore(other_url, before)
    back = await opened(other_url).get(Person, gone.id)

    assert back is not None
    assert back.name == WORDS


async def test_a_backup_from_after_holds_nothing_of_them(
    record: SqlRecord, url: str, other_url: str, backups: Backups, opened: Open
) -> None:
    gone, _, tombstone, _, after = await _before_and_after(record, url, backups)
    ledger, _ = read_ledger(backups.home / "erasures.log", backups.ring)

    assert backups.restore(other_url, after, Replay(ledger)).replayed == 0
    assert await opened(other_url).find(Erasure) == [tombstone]
    assert await opened(other_url).get(Person, gone.id) is None


async def test_the_ledger_beside_backups_is_the_newest(
    record: SqlRecord, url: str, backups: Backups
) -> None:
    _, _, tombstone, _, _ = await _before_and_after(record, url, backups)
    (backups.home / "erasures.log").unlink()
    backups.take(url)

    assert read_ledger(backups.folder / "erasures.log", backups.ring) == ([tombstone], [])
