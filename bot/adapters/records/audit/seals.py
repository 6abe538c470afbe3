"""Seals on the heads of the audit's chains: signed, in the database and in a file outside it.

Whoever holds the database alone can rewrite a chain from end to end, but not what was sealed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import FileIO
from pathlib import Path

from sqlalchemy import Connection, bindparam, select, update

from bot.adapters.records.audit.audit_tables import audit, audit_heads, audit_seals
from bot.adapters.records.mapping import from_micros, to_micros
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.adapters.records.statements import insert_unless_there
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import BornElsewhere

SEALS_FILE = "audit-seals.log"
"""The file outside the database, in the home."""

_PURPOSE = "audit seal"
_SIGNATURE_BYTES = 32

_SEALED = (
    update(audit_heads)
    .where(
        audit_heads.c.chain == bindparam("the_chain"),
        audit_heads.c.sealed < bindparam("the_place"),
    )
    .values(sealed=bindparam("the_place"))
)


@dataclass(frozen=True)
class Seal:
    """A chain's head as it was signed."""

    chain: str
    place: int
    hash: str
    at: datetime
    signature: str = ""

    def sign(self, masters: MasterKeys) -> Seal:
        """The same, signed."""
        return replace(self, signature=self._signature(masters))

    def is_signed(self, masters: MasterKeys) -> bool:
        """Whether the signature is the key ring's."""
        return self.signature == self._signature(masters)

    def _signature(self, masters: MasterKeys) -> str:
        signed = f"{self.chain}\0{self.place}\0{self.hash}\0{to_micros(self.at)}"
        return masters.sign(_PURPOSE, signed.encode(), _SIGNATURE_BYTES).hex()


@dataclass(frozen=True)
class KeepSeals(BornElsewhere):
    """Keep seals beside the chains."""

    seals: Sequence[Seal]

    def apply(self, group: Group) -> None:
        """Add the rows, and note how far each chain is sealed."""
        keep = insert_unless_there(group.dialect, audit_seals)
        for seal in self.seals:
            row = {
                "chain": seal.chain,
                "place": seal.place,
                "hash": seal.hash,
                "at": to_micros(seal.at),
                "signature": seal.signature,
            }
            group.add(audit_seals, keep, row)
            group.add(audit_heads, _SEALED, {"the_chain": seal.chain, "the_place": seal.place})


def new_seals(connection: Connection, masters: MasterKeys, now: datetime) -> list[Seal]:
    """Seals on the heads that have moved since their last."""
    moved = connection.execute(
        select(audit_heads).where(audit_heads.c.place > audit_heads.c.sealed)
    )
    # What is signed has to come back from the database as it was: whole microseconds.
    at = from_micros(to_micros(now))
    return [Seal(row.chain, row.place, row.hash, at).sign(masters) for row in moved]


def seals_of(connection: Connection, chain: str) -> list[Seal]:
    """A chain's seals."""
    rows = connection.execute(select(audit_seals).where(audit_seals.c.chain == chain))
    return [
        Seal(row.chain, row.place, row.hash, from_micros(row.at), row.signature) for row in rows
    ]


def append_seals(path: Path, seals: Sequence[Seal]) -> None:
    """Add seals to the file outside the database, synced to disk: all of them, or none.

    Raises ``OSError``.
    """
    if not seals:
        return
    lines = "".join(
        json.dumps([each.chain, each.place, each.hash, each.at.isoformat(), each.signature]) + "\n"
        for each in seals
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab", buffering=0) as file:
        before = os.fstat(handle).st_size
        try:
            _write_all(file, lines.encode("ascii"))
            os.fsync(handle)
        except OSError:
            # Half a line would be a fault for ever, and spoil the line that comes after it.
            os.ftruncate(handle, before)
            raise


def _write_all(file: FileIO, lines: bytes) -> None:
    """A disk that is nearly full takes a part, and refuses the rest."""
    while lines:
        lines = lines[file.write(lines) :]


def broken_lines(connection: Connection, path: Path, masters: MasterKeys) -> list[int]:
    """Lines (from 1) of the file outside that the database does not bear out, or that are none."""
    broken = []
    with path.open(encoding="ascii", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            seal = _parse(line)
            if seal is None or not seal.is_signed(masters) or not _holds(connection, seal):
                broken.append(number)
    return broken


def _parse(line: str) -> Seal | None:
    try:
        chain, place, hash_, at, signature = json.loads(line)
        return Seal(str(chain), int(place), str(hash_), datetime.fromisoformat(at), str(signature))
    except (ValueError, TypeError):
        return None


def _holds(connection: Connection, seal: Seal) -> bool:
    kept = connection.execute(
        select(audit.c.hash).where(audit.c.chain == seal.chain, audit.c.place == seal.place)
    ).scalar_one_or_none()
    return kept == seal.hash
