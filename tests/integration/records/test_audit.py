"""The audit in its tables: chained, sealed; what was changed behind its back shows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.domain.audit import FIRST, AuditEntry, Fault, entry_hash
from bot.services.ports import Work
from tests.integration.records.making import SetClock, add_person, entry


async def _chain(record: SqlRecord, *actions: str) -> None:
    for action in actions:
        await record.save(Work(audit=[entry("someone", action)]))


def _tamper(url: str, *statements: str, **values: str) -> None:
    """What somebody with the database in their hands could do."""
    with connect_to(url).connect() as connection:
        if url.startswith("sqlite"):
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_no_{verb}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        for statement in statements:
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            assert connection.execute(text(statement), named).rowcount > 0


async def test_the_chain_is_the_domains(record: SqlRecord, url: str) -> None:
    await _chain(record, "one", "two")
    one = entry_hash(FIRST, 1, entry("someone", "one"))
    two = entry_hash(one, 2, entry("someone", "two"))

    with connect_to(url).connect() as connection:
        rows = connection.execute(text("SELECT place, hash FROM audit ORDER BY place")).all()
    assert [tuple(row) for row in rows] == [(1, one), (2, two)]


@pytest.mark.parametrize("change", ["UPDATE audit SET action = 'x'", "DELETE FROM audit"])
async def test_it_is_only_added_to(record: SqlRecord, url: str, change: str) -> None:
    await _chain(record, "one")
    with connect_to(url).connect() as connection, pytest.raises(DBAPIError, match="only added to"):
        connection.execute(text(change))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE audit SET action = 'x' WHERE place = 2", Fault(2, "entry")),
        ('UPDATE audit SET details = \'{"a": "b"}\' WHERE place = 2', Fault(2, "entry")),
        ("UPDATE audit SET at = at + 1 WHERE place = 3", Fault(3, "entry")),
        ("DELETE FROM audit WHERE place = 2", Fault(2, "order")),
        ("DELETE FROM audit WHERE place = 3", Fault(2, "head")),
        ("DELETE FROM audit", Fault(0, "head")),
        ("UPDATE audit SET place = 9 WHERE place = 3", Fault(3, "order")),
        ("UPDATE audit_heads SET place = 2", Fault(3, "head")),
    ],
)
async def test_a_change_shows(record: SqlRecord, url: str, change: str, fault: Fault) -> None:
    await _chain(record, "one", "two", "three")
    _tamper(url, change)

    assert (await record.verify_chain("someone"))[0] == fault


def _rewrite(url: str, changed: AuditEntry) -> None:
    """Rewrite a chain of one entry with right hashes, head and all."""
    head = entry_hash(FIRST, 1, changed)
    _tamper(
        url,
        "UPDATE audit SET action = 'other', hash = :head",
        "UPDATE audit_heads SET hash = :head",
        head=head,
    )


async def test_a_chain_rewritten_whole_shows_once_it_was_sealed(
    record: SqlRecord, url: str, tmp_path: Path
) -> None:
    await _chain(record, "one")
    assert await record.seal_heads(tmp_path / "seals") == 1
    assert await record.verify_chain("someone") == []
    _rewrite(url, replace(entry("someone"), action="other"))

    assert await record.verify_chain("someone") == [Fault(1, "seal")]


async def test_a_seal_cannot_be_made_without_the_key(
    record: SqlRecord, url: str, tmp_path: Path
) -> None:
    await _chain(record, "one")
    await record.seal_heads(tmp_path / "seals")
    changed = replace(entry("someone"), action="other")
    _rewrite(url, changed)
    with connect_to(url).connect() as connection:
        head = entry_hash(FIRST, 1, changed)
        connection.execute(text("UPDATE audit_seals SET hash = :head"), {"head": head})

    assert await record.verify_chain("someone") == [Fault(1, "seal")]


async def test_a_chain_cut_short_shows_once_it_was_sealed(
    record: SqlRecord, url: str, tmp_path: Path
) -> None:
    await _chain(record, "one", "two")
    await record.seal_heads(tmp_path / "seals")
    first = entry_hash(FIRST, 1, entry("someone", "one"))
    _tamper(
        url,
        "DELETE FROM audit WHERE place = 2",
        "UPDATE audit_heads SET place = 1, hash = :head",
        head=first,
    )

    assert await record.verify_chain("someone") == [Fault(2, "seal")]


async def test_the_file_outside_shows_what_the_database_hides(
    record: SqlRecord, url: str, tmp_path: Path
) -> None:
    path = tmp_path / "seals"
    await _chain(record, "one")
    await record.seal_heads(path)
    await _chain(record, "two")
    await record.seal_heads(path)
    assert await record.verify_seals(path) == []
    _tamper(
        url,
        "DELETE FROM audit WHERE place = 2",
        "DELETE FROM audit_seals WHERE place = 2",
        "UPDATE audit_heads SET place = 1, sealed = 1, hash = (SELECT hash FROM audit)",
    )

    assert await record.verify_chain("someone") == []
    assert await record.verify_seals(path) == [2]


async def test_a_file_outside_that_was_changed_shows(record: SqlRecord, tmp_path: Path) -> None:
    path = tmp_path / "seals"
    await _chain(record, "one")
    await record.seal_heads(path)
    line = path.read_text()
    path.write_text(line + line.replace("2030", "2031") + "nonsense\n[1, 2]\n")

    assert await record.verify_seals(path) == [2, 3, 4]


async def test_heads_are_sealed_when_they_are_new(
    record: SqlRecord, clock: SetClock, tmp_path: Path
) -> None:
    path = tmp_path / "seals"
    assert await record.seal_heads(path) == 0
    assert not path.exists()
    await _chain(record, "one")
    await add_person(record)
    assert await record.seal_heads(path) == 2
    assert await record.seal_heads(path) == 0
    clock.move(minutes=1)
    await _chain(record, "two")
    assert await record.seal_heads(path) == 1

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line[:2] for line in lines if line[0] == "someone"] == [["someone", 1], ["someone", 2]]
    assert path.stat().st_mode & 0o077 == 0
    assert await record.verify_chain("someone") == []
    assert len(await record.chains()) == 2
