"""One transaction for a group of jobs: what they need is read once, all is written together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import ClauseElement, Connection, Select, Table, select

from bot.adapters.records.audit_tables import audit, audit_heads
from bot.adapters.records.driver import Driver
from bot.adapters.records.encryption import DataKey, DataKeys, WrappedKey
from bot.adapters.records.engines import POSTGRESQL, SQLITE
from bot.adapters.records.jobs import Wanted
from bot.adapters.records.mapping import Row, from_micros, to_micros
from bot.adapters.records.queue_tables import inbox, leases
from bot.adapters.records.statements import (
    as_list,
    delete_where,
    insert_into,
    insert_unless_there,
    one_of,
    select_one_of,
    upsert_into,
)
from bot.adapters.records.tables import addresses, subject_keys
from bot.domain.audit import FIRST, AuditEntry, entry_hash
from bot.domain.errors import NotFound, SealBroken, WrongKey


@cache
def _known_in(dialect: str) -> Select[Any]:
    return select(inbox.c.channel, inbox.c.provider_id, inbox.c.id, inbox.c.subject).where(
        one_of(dialect, inbox.c.provider_id, "values")
    )


@cache
def _acts_in(dialect: str) -> Select[Any]:
    acts = (
        select(inbox.c.id, inbox.c.state, leases.c.owner)
        .outerjoin_from(inbox, leases, leases.c.subject == inbox.c.subject)
        .where(one_of(dialect, inbox.c.id, "values"))
    )
    return acts if dialect == SQLITE else acts.with_for_update(of=inbox)


@cache
def _heads_in(dialect: str) -> Select[Any]:
    heads = (
        select(audit_heads)
        .where(one_of(dialect, audit_heads.c.chain, "values"))
        .order_by(audit_heads.c.chain)
    )
    return heads if dialect == SQLITE else heads.with_for_update()


class Group:
    """A connection inside a transaction, and what is known in it so far.

    ``driver`` is the quick way to the same connection.
    """

    def __init__(self, connection: Connection, driver: Driver, data_keys: DataKeys) -> None:
        self.connection = connection
        self.driver = driver
        self.dialect = driver.dialect
        self.rings: set[str] = set()
        self.has_destroyed_keys = False
        self.after_commit: list[Callable[[], None]] = []
        self._data_keys = data_keys
        self._keys: dict[str, DataKey | SealBroken | WrongKey | None] = {}
        self._heads: dict[str, tuple[int, str, int]] = {}
        self._changed_heads: set[str] = set()
        self._addresses: dict[str, tuple[str, str] | None] = {}
        self._known: dict[tuple[str, str], tuple[str, str] | None] = {}
        self._acts: dict[str, tuple[str, str | None] | None] = {}
        self._waiting: list[tuple[ClauseElement, list[Row]]] = []
        self._last_of_table: dict[str, tuple[ClauseElement, list[Row]]] = {}

    def read(self, wanted: Wanted) -> None:
        """Read what is wanted: five statements at most, whatever the number of jobs."""
        if wanted.provider_ids:
            self._known.update(dict.fromkeys(wanted.provider_ids))
            provider_ids = {provider_id for _, provider_id in wanted.provider_ids}
            for row in self._rows(_known_in(self.dialect), provider_ids):
                self._known[row.channel, row.provider_id] = (row.id, row.subject)
        if wanted.address_digests:
            self._addresses.update(dict.fromkeys(wanted.address_digests))
            by_digest = select_one_of(self.dialect, addresses, "digest")
            for row in self._rows(by_digest, wanted.address_digests):
                self._addresses[row.digest] = (row.id, row.subject)
                wanted.subjects.add(row.subject)
        if wanted.subjects:
            self._read_keys(wanted.subjects)
        if wanted.act_ids:
            self._acts.update(dict.fromkeys(wanted.act_ids))
            for row in self._rows(_acts_in(self.dialect), wanted.act_ids):
                self._acts[row.id] = (row.state, row.owner)
        if wanted.chains:
            self._read_heads(wanted.chains)

    def add(self, table: Table, statement: ClauseElement, row: Row) -> None:
        """Add one row's write; those of one statement go together as long as order allows."""
        last = self._last_of_table.get(table.name)
        if last is None or last[0] is not statement:
            last = (statement, [])
            self._last_of_table[table.name] = last
            self._waiting.append(last)
        last[1].append(row)

    def insert(self, table: Table, row: Row) -> None:
        """Add an insert."""
        self.add(table, insert_into(table), row)

    def upsert(self, table: Table, row: Row, *key: str) -> None:
        """Add an insert that replaces the row of the same key."""
        self.add(table, upsert_into(self.dialect, table, *key), row)

    def delete(self, table: Table, **equal: str) -> None:
        """Add a delete of the rows with these values."""
        row = {f"the_{name}": value for name, value in equal.items()}
        self.add(table, delete_where(table, *equal), row)

    def flush(self) -> None:
        """Run what was added."""
        for chain in sorted(self._changed_heads):
            place, last, sealed = self._heads[chain]
            row = {"chain": chain, "place": place, "hash": last, "sealed": sealed}
            self.upsert(audit_heads, row, "chain")
        self._changed_heads.clear()
        waiting, self._waiting, self._last_of_table = self._waiting, [], {}
        for statement, rows in waiting:
            self.driver.write(statement, rows)

    def key(self, subject: str) -> DataKey:
        """The subject's data key.

        Raises ``NotFound`` for a subject that has none (any more), ``SealBroken``, ``WrongKey``.
        """
        key = self._key(subject)
        if key is None:
            raise NotFound(f"data key of {subject}")
        if isinstance(key, DataKey):
            return key
        raise key

    def has_lost_key(self, subject: str) -> bool:
        """Whether nothing of the subject can ever be read again."""
        key = self._key(subject)
        return key is None or isinstance(key, SealBroken)

    def _key(self, subject: str) -> DataKey | SealBroken | WrongKey | None:
        if subject not in self._keys:
            self._read_keys({subject})
        return self._keys[subject]

    def make_key(self, subject: str) -> None:
        """Give a subject a data key, unless it has one."""
        if self._key(subject) is not None:
            return
        key, kept = self._data_keys.fresh(subject)
        self._keys[subject] = key
        self.after_commit.append(lambda: self._data_keys.hold(subject, key))
        row = {"subject": subject, "key_id": kept.key_id, "wrapped": kept.wrapped}
        self.insert(subject_keys, row)

    def destroy_key(self, subject: str) -> None:
        """Destroy a subject's data key: what it sealed can never be read again."""
        self._keys[subject] = None
        self.has_destroyed_keys = True
        self.after_commit.append(lambda: self._data_keys.drop(subject))
        self.delete(subject_keys, subject=subject)

    def address(self, digest: str) -> tuple[str, str] | None:
        """The id and subject of a known address."""
        if digest not in self._addresses:
            self.read(Wanted(address_digests={digest}))
        return self._addresses[digest]

    def note_address(self, digest: str, address_id: str, subject: str) -> None:
        """Let the group's later jobs know of a new address."""
        self._addresses[digest] = (address_id, subject)

    def known(self, channel: str, provider_id: str) -> tuple[str, str] | None:
        """The act id and subject of what was accepted under this provider id."""
        if (channel, provider_id) not in self._known:
            self.read(Wanted(provider_ids={(channel, provider_id)}))
        return self._known[channel, provider_id]

    def note_known(self, channel: str, provider_id: str, act_id: str, subject: str) -> None:
        """Let the group's later jobs know of a newly accepted act."""
        self._known[channel, provider_id] = (act_id, subject)

    def take_act(self, act_id: str, owner: str) -> bool:
        """Whether the act still waits and this owner holds its conversation; once only."""
        if act_id not in self._acts:
            self.read(Wanted(act_ids={act_id}))
        if self._acts[act_id] != ("waiting", owner):
            return False
        self._acts[act_id] = None
        return True

    def audit(self, entry: AuditEntry) -> None:
        """Extend the entry's chain by it."""
        if entry.chain not in self._heads:
            self._read_heads({entry.chain})
        place, before, sealed = self._heads[entry.chain]
        place += 1
        # The hash is over what a reader gets back: UTC, whole microseconds.
        kept = replace(entry, at=from_micros(to_micros(entry.at)))
        last = entry_hash(before, place, kept)
        self._heads[entry.chain] = (place, last, sealed)
        self._changed_heads.add(entry.chain)
        self.insert(
            audit,
            {
                "chain": entry.chain,
                "place": place,
                "at": to_micros(entry.at),
                "by": entry.by,
                "action": entry.action,
                "thing": entry.thing,
                "details": json.dumps(dict(sorted(entry.details.items()))),
                "hash": last,
            },
        )

    def _read_keys(self, subjects: Iterable[str]) -> None:
        self._keys.update(dict.fromkeys(subjects))
        by_subject = select_one_of(self.dialect, subject_keys, "subject")
        for row in self._rows(by_subject, subjects):
            kept = WrappedKey(row.subject, row.key_id, row.wrapped)
            try:
                self._keys[row.subject] = self._data_keys.unwrapped(kept)
            except (SealBroken, WrongKey) as error:
                # For whoever needs this one; the others go on.
                self._keys[row.subject] = error

    def _read_heads(self, chains: Iterable[str]) -> None:
        wanted = set(chains)
        if self.dialect == POSTGRESQL:
            # A chain's first entry needs a head to lock, too.
            rows = [
                {"chain": each, "place": 0, "hash": FIRST, "sealed": 0} for each in sorted(wanted)
            ]
            self.driver.write(insert_unless_there(self.dialect, audit_heads), rows)
        self._heads.update(dict.fromkeys(wanted, (0, FIRST, 0)))
        for row in self._rows(_heads_in(self.dialect), wanted):
            self._heads[row.chain] = (row.place, row.hash, row.sealed)

    def _rows(self, select_: Select[Any], values: Iterable[str]) -> list[Any]:
        return self.driver.read(select_, {"values": as_list(self.dialect, values)})
