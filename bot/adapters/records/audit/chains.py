"""Reading the audit, and proving its chains whole."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from bot.adapters.records.audit.audit_tables import audit, audit_heads
from bot.adapters.records.audit.seals import seals_of
from bot.adapters.records.mapping import from_micros
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.domain.audit import FIRST, AuditEntry, Fault, entry_hash


def entries_of(connection: Connection, chain: str) -> list[AuditEntry]:
    """A chain's entries, oldest first."""
    rows = connection.execute(select(audit).where(audit.c.chain == chain).order_by(audit.c.place))
    return [_entry(row) for row in rows]


def faults_of(connection: Connection, chain: str, masters: MasterKeys) -> list[Fault]:
    """What is wrong with a chain; nothing where it is whole, up to its head and every seal."""
    faults = []
    last, hashes = FIRST, [FIRST]
    rows = connection.execute(select(audit).where(audit.c.chain == chain).order_by(audit.c.place))
    for place, row in enumerate(rows, start=1):
        if row.place != place:
            faults.append(Fault(place, "order"))
            break
        last = entry_hash(last, place, _entry(row))
        if last != row.hash:
            faults.append(Fault(place, "entry"))
        last = row.hash
        hashes.append(row.hash)
    head = connection.execute(select(audit_heads).where(audit_heads.c.chain == chain)).one_or_none()
    if (head.place, head.hash) != (len(hashes) - 1, last) if head else len(hashes) > 1:
        faults.append(Fault(len(hashes) - 1, "head"))
    for seal in seals_of(connection, chain):
        held = hashes[seal.place] if seal.place < len(hashes) else None
        if held != seal.hash or not seal.is_signed(masters):
            faults.append(Fault(seal.place, "seal"))
    return faults


def chains(connection: Connection) -> list[str]:
    """Every chain there is."""
    return list(connection.execute(select(audit_heads.c.chain).order_by("chain")).scalars())


def _entry(row: object) -> AuditEntry:
    values = row._mapping  # type: ignore[attr-defined]
    return AuditEntry(
        chain=values["chain"],
        at=from_micros(values["at"]),
        by=values["by"],
        action=values["action"],
        thing=values["thing"],
        details=json.loads(values["details"]),
    )
