"""Where sealed values stand in the tables, and under which label."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from bot.adapters.records.entities import MAPPINGS
from bot.adapters.records.queue.sealed_rows import INBOX_BODY, OUTBOX_BODY


@dataclass(frozen=True)
class SealedIn:
    """A sealed column with its label, and the columns that hold its subject and row id."""

    column: str
    label: str
    subject: str
    row_id: str


def sealed_columns() -> dict[str, list[SealedIn]]:
    """Those of every table."""
    found: dict[str, list[SealedIn]] = defaultdict(list)
    for mapping in MAPPINGS.values():
        for each in mapping.sealed:
            place = SealedIn(each.name, each.label, mapping.subject, mapping.key)
            found[mapping.table.name].append(place)
    found["inbox"].append(SealedIn("body", INBOX_BODY, "subject", "id"))
    found["outbox"].append(SealedIn("body", OUTBOX_BODY, "subject", "id"))
    return dict(found)
