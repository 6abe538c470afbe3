"""Who did what to whose record: entries chained by hash, one chain a person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

SERVICE_CHAIN = "service"
"""The chain of entries that are about no one person: staff, content, keys."""

PROGRAM = "program"
"""The actor of what the companion does by itself."""

FIRST = "0" * 64


@dataclass(frozen=True)
class AuditEntry:
    """One thing done. ``by`` is "staff:ID", "person" or "program".

    ``details`` holds ids and codes only, never a person's words.
    """

    chain: str
    at: datetime
    by: str
    action: str
    thing: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """Where a chain is not what was written: "entry", "order", "head" or "seal" at a place."""

    place: int
    what: str


def entry_hash(before: str, place: int, entry: AuditEntry) -> str:
    """SHA-256 (hex) over the hash before, the entry's place in its chain and all its fields.

    The time counts as the moment that it is, whatever zone it is written in.
    """
    body = json.dumps(
        [
            before,
            place,
            entry.chain,
            entry.at.astimezone(UTC).isoformat(),
            entry.by,
            entry.action,
            entry.thing,
            dict(sorted(entry.details.items())),
        ],
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hashlib.sha256(body.encode()).hexdigest()
