"""A record as it lies on disk, read by columns and opened with the key ring.

None of the program's own reading is used: what checks it must not share its mistakes. Only sealing
itself, which has tests of its own, is the program's.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, create_engine, text
from sqlalchemy.pool import NullPool

from bot.adapters.keys import KeyRing
from bot.adapters.records.sealing.encryption import DataKeys, Place, WrappedKey

_BUSY_SECONDS = 60


@dataclass(frozen=True)
class Act:
    """A row of the inbox. ``words`` is None for a timer."""

    seq: int
    id: str
    subject: str
    address: str
    kind: str
    state: str
    handled_at: int | None
    answered_by: str
    words: str | None


@dataclass(frozen=True)
class Reply:
    """A row of the outbox."""

    seq: int
    id: str
    subject: str
    address: str
    in_reply_to: str | None
    place: int
    state: str
    words: str


@dataclass(frozen=True)
class Plan:
    """A version of a plan; ``contents`` is None where it does not open."""

    subject: str
    version: int
    status: str
    contents: str | None


@dataclass(frozen=True)
class Entry:
    """An entry of the audit."""

    chain: str
    place: int
    action: str
    thing: str
    details: dict[str, str]


@dataclass(frozen=True)
class Kept:
    """All that the checker looks at, in the order in which it came.

    ``subjects`` are those who have a key; ``addresses`` are those of a channel as the channel
    knows them, by their id in the record, and ``owners`` whose they are now; ``unreadable`` names
    the rows that do not open.
    """

    acts: tuple[Act, ...]
    replies: tuple[Reply, ...]
    plans: tuple[Plan, ...]
    entries: tuple[Entry, ...]
    subjects: frozenset[str]
    addresses: dict[str, str]
    owners: dict[str, str]
    concerns: dict[str, list[str]]
    unreadable: tuple[str, ...]


def read_kept(url: str, key_file: Path) -> Kept:
    """Read the record at a database's address."""
    engine = create_engine(url, poolclass=NullPool, connect_args=_patience(url))
    try:
        with engine.connect() as connection:
            return _Reading(connection, KeyRing.load(key_file)).all()
    finally:
        engine.dispose()


def _patience(url: str) -> dict[str, int]:
    return {"timeout": _BUSY_SECONDS} if url.startswith("sqlite") else {}


class _Reading:
    def __init__(self, connection: Connection, ring: KeyRing) -> None:
        self._connection = connection
        self._data_keys = DataKeys(ring)
        self._wrapped = {
            row.subject: WrappedKey(row.subject, row.key_id, bytes(row.wrapped))
            for row in self._rows("SELECT * FROM subject_keys")
        }
        self._unreadable: list[str] = []

    def all(self) -> Kept:
        """Everything, in one read."""
        acts = tuple(map(self._act, self._rows("SELECT * FROM inbox ORDER BY seq")))
        replies = tuple(map(self._reply, self._rows("SELECT * FROM outbox ORDER BY seq")))
        plans = tuple(
            map(self._plan, self._rows("SELECT * FROM crisis_plans ORDER BY subject, version, id"))
        )
        concerns: dict[str, list[str]] = defaultdict(list)
        for row in self._rows("SELECT id, subject FROM concerns"):
            concerns[row.subject].append(row.id)
        return Kept(
            acts=acts,
            replies=replies,
            plans=plans,
            entries=tuple(map(_entry, self._rows("SELECT * FROM audit ORDER BY chain, place"))),
            subjects=frozenset(self._wrapped),
            addresses=dict(map(self._address, self._rows("SELECT * FROM addresses"))),
            owners={row.id: row.subject for row in self._rows("SELECT * FROM addresses")},
            concerns=dict(concerns),
            unreadable=tuple(self._unreadable),
        )

    def _rows(self, question: str) -> Iterable[Row[Any]]:
        return self._connection.execute(text(question)).all()

    def _address(self, row: Row[Any]) -> tuple[str, str]:
        value = self._opened(row.subject, "address.value", row.id, row.value)
        return row.id, "" if value is None else str(json.loads(value)["value"])

    def _act(self, row: Row[Any]) -> Act:
        words = None
        if row.body is not None and row.kind != "timer":
            body = self._opened(row.subject, "inbox.body", row.id, row.body)
            words = json.loads(body)[0] if body is not None else None
        return Act(
            row.seq,
            row.id,
            row.subject,
            row.address_id,
            row.kind,
            row.state,
            row.handled_at,
            row.answered_by,
            words,
        )

    def _reply(self, row: Row[Any]) -> Reply:
        body = self._opened(row.subject, "outbox.body", row.id, row.body)
        return Reply(
            row.seq,
            row.id,
            row.subject,
            row.address_id,
            row.in_reply_to,
            row.place,
            row.state,
            "" if body is None else str(json.loads(body)["text"]),
        )

    def _plan(self, row: Row[Any]) -> Plan:
        agreement = self._opened(row.subject, "crisis_plan.agreement", row.id, row.agreement)
        contents = self._opened(row.subject, "crisis_plan.contents", row.id, row.contents)
        whole = contents if agreement is not None else None
        return Plan(row.subject, row.version, row.status, whole)

    def _opened(self, subject: str, label: str, row_id: str, sealed: bytes) -> str | None:
        """A sealed value; None, and noted, where it does not open."""
        try:
            key = self._data_keys.unwrapped(self._wrapped[subject])
            return key.open(Place(subject, label, row_id), bytes(sealed)).decode()
        except Exception:
            self._unreadable.append(f"{label} {row_id}")
            return None


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.chain, row.place, row.action, row.thing, json.loads(row.details))
