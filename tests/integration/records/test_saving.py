"""How a database undoes and blanks; what every store promises is in ``contract``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.adapters.records.writing.group import Group
from bot.domain.audit import AuditEntry
from bot.domain.errors import (
    AlreadyThere,
)
from bot.domain.messages import SubjectId
from bot.domain.people import Person
from bot.services.ports import Work
from tests.integration.records.making import (
    answer,
    claim_one,
    entry,
    person,
    reply_to,
    said,
)


async def test_an_audit_write_that_fails_undoes_its_write(
    record: SqlRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = person()

    def fail(group: Group, wanted: AuditEntry) -> None:
        raise OSError("no room for the audit")

    monkeypatch.setattr(Group, "audit", fail)
    with pytest.raises(OSError, match="no room"):
        await record.save(Work(new_keys=[new.id], put=[new], audit=[entry(new.id)]))
    monkeypatch.undo()

    assert await record.get(Person, new.id) is None
    assert await record.audit_of(new.id) == []


async def test_an_audit_row_that_is_refused_undoes_its_write(record: SqlRecord) -> None:
    new = person()
    broken = replace(entry(new.id), action=None)  # type: ignore[arg-type]

    with pytest.raises(AlreadyThere):
        await record.save(Work(new_keys=[new.id], put=[new], audit=[broken]))
    assert await record.get(Person, new.id) is None


async def test_of_what_a_forgotten_subject_wrote_nothing_is_left(
    record: SqlRecord, url: str
) -> None:
    subject = (await record.accept(said("hello"))).subject
    (act,) = await claim_one(record)
    await record.save(answer(act, reply_to(act)))
    await record.accept(said("still waiting"))
    await record.save(Work(forget=[subject], audit=[entry(subject, "forgotten")]))

    with connect_to(url).connect() as connection:
        kept = connection.execute(text("SELECT state, body FROM inbox")).all()
        assert [tuple(row) for row in kept] == [("forgotten", None)] * 2
        for table in ("outbox", "subject_keys", "blind_index", "addresses"):
            left = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            assert (table, left) == (table, 0)


async def test_a_new_file_is_its_owners_alone(record: SqlRecord, tmp_path: Path) -> None:
    await record.save(Work(audit=[entry(SubjectId("someone"))]))
    for path in tmp_path.glob("record.db*"):
        assert path.stat().st_mode & 0o077 == 0 or path.name == "record.db"
