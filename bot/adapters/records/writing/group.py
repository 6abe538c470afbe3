"""One transaction for a group of jobs: what they need is read once, all is written together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import ClauseElement, Connection, Select, Table, select

from bot.adapters.records.audit.audit_tables import audit, audit_heads
from bot.adapters.records.audit.reasons import seal_reason
from bot.adapters.records.driver import Driver
from bot.adapters.records.engines import POSTGRESQL, SQLITE
from bot.adapters.records.mapping import Row, from_micros, to_micros
from bot.adapters.records.queue.queue_tables import inbox, leases
from bot.adapters.records.sealing.encryption import DataKey, DataKeys, WrappedKey
from bot.adapters.records.statements import (
    as_list,
    delete_where,
    insert_into,
    insert_unless_there,
    one_of,
    select_one,
    select_one_of,
    upsert_into,
)
from bot.adapters.records.tables import addresses, subject_keys
from bot.adapters.records.writing.jobs import Wanted
from bot.domain.audit import FIRST, AuditEntry, entry_hash
from bot.domain.errors import NotFound, SealBroken, WrongKey


@cache
def _known_in(dialect: str) -> Select[Any]:
    return select(inbox.c.channel, inbox.c.provider_id, inbox.c.id, inbox.c.subject).where(
        one_of(dialect, inbox.c.provider_id, "values")
    )


@cache
def _keys_behind(dialect: str) -> Select[Any]:
    return (
        select(subject_keys)
        .join_from(subject_keys, addresses, addresses.c.subject == subject_keys.c.subject)
        .where(one_of(dialect, addresses.c.digest, "values"))
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


@cache
def _row_in(dialect: str, table: Table, key: str) -> Select[Any]:
    row = select_one(table, key)
    return row if dialect == SQLITE else row.with_for_update()


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
        """Read what is wanted: a few statements in one go, whatever the number of jobs."""
        if wanted == Wanted():
            return
        dialect = self.dialect
        asked: list[tuple[Callable[[], list[Any]], Callable[[Any], None]]] = []

        def ask(select_: Select[Any], values: Iterable[str], take: Callable[[Any], None]) -> None:
            listed = {"values": as_list(dialect, values)}
            asked.append((self.driver.ask(select_, listed), take))

        with self.driver.together():
            if wanted.provider_ids:
                self._known.update(dict.fromkeys(wanted.provider_ids))
                ask(_known_in(dialect), {each[1] for each in wanted.provider_ids}, self._take_known)
            if wanted.address_digests:
                self._addresses.update(dict.fromkeys(wanted.address_digests))
                by_digest = select_one_of(dialect, addresses, "digest")
                ask(by_digest, wanted.address_digests, self._take_address)
                ask(_keys_behind(dialect), wanted.address_digests, self._take_key)
            if wanted.subjects:
                self._keys.update(dict.fromkeys(wanted.subjects))
                by_subject = select_one_of(dialect, subject_keys, "subject")
                ask(by_subject, wanted.subjects, self._take_key)
            if wanted.act_ids:
                self._acts.update(dict.fromkeys(wanted.act_ids))
                ask(_acts_in(dialect), wanted.act_ids, self._take_state)
            if wanted.chains:
                self._begin_chains(wanted.chains)
                ask(_heads_in(dialect), wanted.chains, self._take_head)
        for rows, take in asked:
            for row in rows():
                take(row)

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
        """Run what was added, before something is read."""
        if self._waiting or self._changed_heads:
            with self.driver.together():
                self.write()

    def write(self) -> None:
        """Run what was added."""
        for chain in sorted(self._changed_heads):
            place, last, sealed = self._heads[chain]
            row = {"chain": chain, "place": place, "hash": last, "sealed": sealed}
            self.upsert(audit_heads, row, "chain")
        self._changed_heads.clear()
        waiting, self._waiting, self._last_of_table = self._waiting, [], {}
        for statement, rows in waiting:
            self.driver.write(statement, rows)

    def standing(self, table: Table, key: str, row_id: str) -> Any | None:
        """A row as it stands after all that was added; nobody else changes it until the end."""
        self.flush()
        rows = self.driver.read(_row_in(self.dialect, table, key), {"key": row_id})
        return rows[0] if rows else None

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
            self.read(Wanted(subjects={subject}))
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
            self.read(Wanted(chains={entry.chain}))
        place, before, sealed = self._heads[entry.chain]
        place += 1
        # The hash is over what a reader gets back: UTC, whole microseconds.
        kept = seal_reason(replace(entry, at=from_micros(to_micros(entry.at))), place, self._key)
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
                "details": json.dumps(dict(sorted(kept.details.items()))),
                "hash": last,
            },
        )

    def _begin_chains(self, chains: Iterable[str]) -> None:
        wanted = sorted(chains)
        if self.dialect == POSTGRESQL:
            # A chain's first entry needs a head to lock, too.
            rows = [{"chain": each, "place": 0, "hash": FIRST, "sealed": 0} for each in wanted]
            self.driver.write(insert_unless_there(self.dialect, audit_heads), rows)
        self._heads.update(dict.fromkeys(wanted, (0, FIRST, 0)))

    def _take_known(self, row: Any) -> None:
        self._known[row.channel, row.provider_id] = (row.id, row.subject)

    def _take_address(self, row: Any) -> None:
        self._addresses[row.digest] = (row.id, row.subject)
        self._keys.setdefault(row.subject)

    def _take_key(self, row: Any) -> None:
        kept = WrappedKey(row.subject, row.key_id, row.wrapped)
        try:
            self._keys[row.subject] = self._data_keys.unwrapped(kept)
        except (SealBroken, WrongKey) as error:
            # For whoever needs this one; the others go on.
            self._keys[row.subject] = error

    def _take_state(self, row: Any) -> None:
        self._acts[row.id] = (row.state, row.owner)

    def _take_head(self, row: Any) -> None:
        self._heads[row.chain] = (row.place, row.hash, row.sealed)
