"""Reading the audit, proving its chains whole, and sealing their heads."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, select, update

from bot.adapters.records.audit_tables import audit, audit_heads, audit_seals
from bot.adapters.records.encryption import MasterKeys
from bot.adapters.records.group import Group, Job
from bot.adapters.records.mapping import from_micros, to_micros
from bot.domain.audit import FIRST, AuditEntry, entry_hash

_PURPOSE = "audit seal"
_SIGNATURE_BYTES = 32

_UNSEALED = select(audit_heads).where(audit_heads.c.place > audit_heads.c.sealed)
_SEALED = (
    update(audit_heads)
    .where(audit_heads.c.chain == bindparam("the_chain"))
    .values(sealed=bindparam("the_place"))
)


@dataclass(frozen=True)
class Fault:
    """Where a chain is not what was written: "entry", "order", "head" or "seal" at a place."""

    place: int
    what: str


@dataclass(frozen=True)
class Seal:
    """A chain's head as it was signed."""

    chain: str
    place: int
    hash: str
    at: datetime
    signature: str

    def signed(self) -> bytes:
        """What the signature is over."""
        return f"{self.chain}\0{self.place}\0{self.hash}\0{to_micros(self.at)}".encode()

    def line(self) -> str:
        """The seal as one line of the file outside."""
        return json.dumps([self.chain, self.place, self.hash, self.at.isoformat(), self.signature])


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
    for seal in _seals_of(connection, chain):
        held = hashes[seal.place] if seal.place < len(hashes) else None
        if held != seal.hash or seal.signature != _signature(seal, masters):
            faults.append(Fault(seal.place, "seal"))
    return faults


def chains(connection: Connection) -> list[str]:
    """Every chain there is."""
    return list(connection.execute(select(audit_heads.c.chain).order_by("chain")).scalars())


def append_seals(path: Path, seals: list[Seal]) -> None:
    """Add seals to the file outside the database, synced to disk."""
    if not seals:
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as file:
        file.writelines(seal.line() + "\n" for seal in seals)
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True)
class SealHeads(Job):
    """Sign the head of every chain that has grown since its last seal."""

    masters: MasterKeys
    now: datetime

    @property
    def durable(self) -> bool:
        """Born elsewhere than the inbox, which could do it again."""
        return True

    @property
    def alone(self) -> bool:
        """It reads what others write."""
        return True

    @property
    def lane(self) -> str:
        """In order with its like."""
        return "seals"

    def apply(self, group: Group) -> list[Seal]:
        """The new seals."""
        unsealed = _UNSEALED.with_for_update() if group.dialect == "postgresql" else _UNSEALED
        seals = []
        for row in group.connection.execute(unsealed).all():
            bare = Seal(row.chain, row.place, row.hash, from_micros(to_micros(self.now)), "")
            seal = Seal(bare.chain, bare.place, bare.hash, bare.at, _signature(bare, self.masters))
            seals.append(seal)
            group.insert(
                audit_seals,
                {
                    "chain": seal.chain,
                    "place": seal.place,
                    "hash": seal.hash,
                    "at": to_micros(seal.at),
                    "signature": seal.signature,
                },
            )
            group.add(audit_heads, _SEALED, {"the_chain": seal.chain, "the_place": seal.place})
        return seals


def _signature(seal: Seal, masters: MasterKeys) -> str:
    return masters.sign(_PURPOSE, seal.signed(), _SIGNATURE_BYTES).hex()


def _seals_of(connection: Connection, chain: str) -> list[Seal]:
    rows = connection.execute(select(audit_seals).where(audit_seals.c.chain == chain))
    return [
        Seal(row.chain, row.place, row.hash, from_micros(row.at), row.signature) for row in rows
    ]


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
