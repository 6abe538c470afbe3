"""Keep a database of the present revision, with data in it, for the migration tests of later ones.

Run it before a new revision is begun: ``python -m tests.integration.records.revisions.make``. It
writes REVISION.sqlite, the key ring of that database (of no use elsewhere) and what was in it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import open_record
from bot.adapters.records.engines import connect_to
from bot.domain.audit import AuditEntry
from bot.domain.messages import ActKind, Said, SubjectId
from bot.services.ports import Work

HERE = Path(__file__).parent
AT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return AT


def fields_of(entity: Any) -> dict[str, Any]:
    """An entity's fields as JSON holds them."""
    found: dict[str, Any] = json.loads(json.dumps(asdict(entity), default=str))
    return found


async def make(whole: list[Any], folder: Path) -> None:
    """Write the files for this revision. ``whole`` holds one entity of each class."""
    working = folder / "working.sqlite"
    keys = folder / "working.key"
    KeyRing.create(keys, AT)
    url = f"sqlite:///{working}"
    record = open_record(url, KeyRing.load(keys), Still(), SystemIds(Still()), upgrade=True)
    subject = SubjectId("subject-1")
    entry = AuditEntry(subject, AT, "staff:staff-1", "made", "person", {"how": "by a test"})
    await record.save(Work(new_keys=[subject], put=[*whole], audit=[entry]))
    for number in range(3):
        text_of = f"message {number}"
        said = Said("telegram", "chat-1", f"update-{number}", ActKind.TEXT, AT, text_of)
        await record.accept(said)
    await record.accept(Said("telegram", "chat-of-a-guest", "update-9", ActKind.TEXT, AT, "hello"))
    await record.seal_heads(folder / "working-seals.log")
    await record.aclose()
    engine = connect_to(url)
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        connection.execute(text("PRAGMA journal_mode=DELETE"))
        connection.execute(text("VACUUM"))
    engine.dispose()
    working.rename(folder / f"{revision}.sqlite")
    keys.rename(folder / f"{revision}.key.json")
    (folder / "working-seals.log").unlink()
    held = [{"kind": type(each).__name__, "fields": fields_of(each)} for each in whole]
    (folder / f"{revision}.held.json").write_text(json.dumps(held, indent=1) + "\n")


if __name__ == "__main__":
    from tests.integration.records.contract.test_entities import WHOLE

    asyncio.run(make([*WHOLE], Path(sys.argv[1]) if len(sys.argv) > 1 else HERE))
