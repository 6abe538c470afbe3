"""The record over one database; with its queues it is all that the services keep."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import case, func, select

from bot.adapters.records.audit.chains import chains, entries_of, faults_of
from bot.adapters.records.audit.reasons import has_sealed, open_reason
from bot.adapters.records.audit.seals import KeepSeals, append_seals, broken_lines, new_seals
from bot.adapters.records.engines import connect_to
from bot.adapters.records.entities import mapped, normal
from bot.adapters.records.facts import SetFact, check_key, fact, faults_of_file, wrapped_by
from bot.adapters.records.mapping import Entity, from_micros, to_micros
from bot.adapters.records.migrating import check_version, migrate_engine
from bot.adapters.records.parts import Parts
from bot.adapters.records.queue.queue_tables import inbox, outbox
from bot.adapters.records.queue.queues import SqlQueue
from bot.adapters.records.queue.repairs import Reclaim
from bot.adapters.records.reading.entity_reader import Between
from bot.adapters.records.reading.readers import Readers
from bot.adapters.records.rights.erasing import Erase
from bot.adapters.records.rights.kept_words import messages_of, timers_of
from bot.adapters.records.rights.ledger import append_erasure, read_ledger
from bot.adapters.records.rights.replaying import ReplayErasures
from bot.adapters.records.rights.retaining import shorten, to_shorten
from bot.adapters.records.rights.shredding import ShredDue
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.adapters.records.sealing.rotating import rewrap_all
from bot.adapters.records.writing.works import Save, check_audited
from bot.domain.audit import AuditEntry, Fault
from bot.domain.errors import RecordUnavailable
from bot.domain.kept_messages import KeptMessage, KeptTimer
from bot.domain.messages import SubjectId
from bot.domain.retention import Shortened
from bot.domain.rights import Erasure
from bot.services.key_rotation import Rewrapped
from bot.services.ports import Clock, Handled, Ids, Work

log = structlog.get_logger(__name__)


def open_record(
    url: str,
    key_ring: MasterKeys,
    clock: Clock,
    ids: Ids,
    *,
    owner: str = "",
    upgrade: bool = False,
) -> SqlRecord:
    """The record at an address. ``upgrade`` brings its tables up to this version first.

    ``owner`` names this process in leases; a process that starts under a name takes back at once
    what an earlier one of that name still held, so only one may run under it at a time. Without,
    the process has a name of its own. Raises ``RecordUnavailable``, ``RecordOlder``,
    ``RecordNewer``, ``WrongKey``.
    """
    engine = connect_to(url)
    if upgrade:
        migrate_engine(engine)
    readers = Readers(engine)
    try:
        readers.run_here(check_version)
        readers.run_here(lambda connection: check_key(connection, key_ring))
    except Exception:
        readers.close()
        raise
    parts = Parts.over(engine, readers, key_ring, clock, ids, owner)
    if owner:
        parts.writer.do_now(Reclaim(owner))
    return SqlRecord(parts)


class SqlRecord(SqlQueue):
    """``Record`` and ``Queue`` on SQLite or PostgreSQL, and what runs them needs besides."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._parts = parts

    async def save(self, work: Work, *, durable: bool = True) -> None:
        """Write all of ``work`` or nothing.

        Raises ``AuditMissing`` for a work without an entry, ``NotAllowedNow`` when the handled
        act was handled, cancelled or taken over meanwhile, ``AlreadyThere`` for a second row
        where there can be one, ``NotFound`` for a subject without a data key, ``BadInput`` for
        text that cannot be kept, ``ChangedMeanwhile`` when something expected is no longer so,
        ``RecordUnavailable``.
        """
        check_audited(work)
        await self._parts.writer.do(Save(work, self._parts.masters, self._parts.owner, durable))

    async def get(self, kind: type[Entity], key: str) -> Entity | None:
        """One entity by its id. Raises ``SealBroken`` (audited), ``RecordUnavailable``."""
        return await self._parts.entities.get(mapped(kind), key)

    async def find(
        self,
        kind: type[Entity],
        /,
        *,
        order: str = "",
        limit: int | None = None,
        between: Between | None = None,
        **equal: object,
    ) -> list[Entity]:
        """Entities whose plain fields equal these; see ``Record.find``.

        One that does not open is left out and audited, once in this process's life. Raises
        ``TypeError`` for a sealed or unknown field, ``RecordUnavailable``.
        """
        return await self._parts.entities.find(
            mapped(kind), order=order, limit=limit, between=between, equal=equal
        )

    async def find_by_index(self, kind: type[Entity], field_name: str, value: str) -> list[Entity]:
        """Entities by the keyed index of a sealed field.

        A person's ``nhs_number`` and ``born`` (ISO date); an address's ``address``, as
        "CHANNEL:VALUE".
        """
        digest = self._parts.masters.digest(f"index {field_name}", normal(field_name, value))
        return await self._parts.entities.find_by_digest(mapped(kind), field_name, digest)

    async def handled(self, act_id: str) -> Handled | None:
        """How an act was answered; None while it waits, and for an unknown one."""
        statement = select(inbox).where(inbox.c.id == act_id, inbox.c.handled_at.is_not(None))
        row = await self._parts.readers.run_core(
            lambda connection: connection.execute(statement).one_or_none()
        )
        if row is None:
            return None
        return Handled(
            row.id, row.answered_by, row.tier, from_micros(row.handled_at), row.state == "failed"
        )

    async def shred_due(self, now: datetime) -> int:
        """Forget the guests whose time is over; how many."""
        number: int = await self._parts.writer.do(ShredDue(now))
        await self.drop_lost_keys()
        return number

    async def drop_lost_keys(self) -> None:
        """Let go of keys in memory that another process has destroyed; each does so for itself."""
        await self._parts.entities.drop_lost_keys()

    async def erase(self, erasure: Erasure, entry: AuditEntry, ledger: Path) -> None:
        """Forget a person for good: key, index, queues, every row of theirs; the audit stays.

        The ledger has its line first. An erasure that fails after that is completed by
        ``replay_erasures``. Raises ``NotAllowedNow`` under a hold or an open concern,
        ``ChangedMeanwhile`` when the person or the request is no longer so,
        ``RecordUnavailable``, also for a ledger that cannot be written: then nothing was done.
        """
        append = partial(append_erasure, ledger)
        try:
            await self._parts.writer.do(Erase(erasure, entry, self._parts.masters, append))
        except OSError as error:
            raise RecordUnavailable(f"{ledger}: {error.strerror}. Nothing was erased.") from None

    async def shorten_messages(self, now: datetime) -> Shortened:
        """Take the words of messages that are older than their team keeps them."""
        return await shorten(self._parts, now)

    async def messages_to_shorten(self, now: datetime) -> dict[str, Shortened]:
        """What ``shorten_messages`` would do, by team."""
        return await to_shorten(self._parts, now)

    async def messages_of(self, subject: SubjectId) -> list[KeptMessage]:
        """All messages that are kept of one person, of both sides, in their order."""
        return await messages_of(self._parts, subject)

    async def timers_of(self, subject: SubjectId) -> list[KeptTimer]:
        """The reminders that wait for one person, the one due first in front."""
        return await timers_of(self._parts, subject)

    async def audit_of(self, chain: str) -> list[AuditEntry]:
        """A chain's entries, oldest first; of somebody erased without reasons that were typed."""
        entries = await self._parts.readers.run_core(
            lambda connection: entries_of(connection, chain)
        )
        if not has_sealed(entries):
            return entries
        key_of = await self._parts.entities.keys([chain])
        return [open_reason(each, place, key_of) for place, each in enumerate(entries, start=1)]

    async def verify_chain(self, chain: str) -> list[Fault]:
        """What is wrong with a chain, up to its head and every seal; nothing where it is whole."""
        return await self._parts.readers.run_core(
            lambda connection: faults_of(connection, chain, self._parts.masters)
        )

    async def chains(self) -> list[str]:
        """The chains there are: each person's, and the service's own."""
        return await self._parts.readers.run_core(chains)

    async def seal_heads(self, path: Path) -> int:
        """Sign the heads that are new, in a file outside the database and in it; how many."""
        now, masters = self._parts.clock.now(), self._parts.masters
        seals = await self._parts.readers.run_core(
            lambda connection: new_seals(connection, masters, now)
        )
        if seals:
            # The file first: a seal that only the database has proves nothing about it.
            await asyncio.to_thread(append_seals, path, seals)
            await self._parts.writer.do(KeepSeals(seals))
        return len(seals)

    async def verify_seals(self, path: Path) -> list[int]:
        """Lines of the file outside that the audit does not bear out; nothing where all is well.

        Raises ``FileNotFoundError``.
        """
        return await self._parts.readers.run_core(
            lambda connection: broken_lines(connection, path, self._parts.masters)
        )

    async def replay_erasures(self, path: Path) -> int:
        """Forget everybody whom the ledger outside names and this database still knows; how many.

        So an erasure that was cut short is completed. Lines that are broken are left and logged.
        """
        if not path.exists():
            return 0
        ledger, broken = await asyncio.to_thread(read_ledger, path, self._parts.masters)
        if broken:
            log.warning("ledger_lines_broken", lines=broken)
        if not ledger:
            return 0
        now = self._parts.clock.now()
        number: int = await self._parts.writer.do(ReplayErasures(ledger, now))
        return number

    async def meta_get(self, name: str) -> str | None:
        """A fact about the database itself."""
        return await self._parts.readers.run_core(lambda connection: fact(connection, name))

    async def meta_set(self, name: str, value: str) -> None:
        """Keep a fact about the database itself. Nothing about a person goes here."""
        await self._parts.writer.do(SetFact(name, value))

    async def wrapped_by(self) -> dict[str, int]:
        """How many data keys each master key wraps, by its id."""
        return await self._parts.readers.run_core(wrapped_by)

    async def rewrap_keys(self) -> Rewrapped:
        """Wrap every data key by the active master key; once begun it can be begun again."""
        return await rewrap_all(self._parts)

    async def faults_of_file(self) -> list[str]:
        """What is wrong with the database's file itself; nothing where all is well."""
        return await self._parts.readers.run_core(faults_of_file)

    def on_another_clock(self, clock: Clock, ids: Ids) -> SqlRecord:
        """The same record with another clock, as a demonstration's made-up year needs.

        Closing either closes both.
        """
        return SqlRecord(replace(self._parts, clock=clock, ids=ids))

    async def oldest_waiting(self, channels: Sequence[str]) -> tuple[float | None, float | None]:
        """Age (s) of the oldest act that is due, and of the oldest reply of these channels."""
        now = to_micros(self._parts.clock.now())
        came = case((inbox.c.available_at > 0, inbox.c.available_at), else_=inbox.c.received_at)
        acts = select(func.min(came)).where(inbox.c.state == "waiting", inbox.c.available_at <= now)
        replies = select(func.min(outbox.c.created_at)).where(
            outbox.c.state.in_(("waiting", "claimed")), outbox.c.channel.in_(channels)
        )
        found = await self._parts.readers.run_core(
            lambda connection: [connection.execute(each).scalar_one() for each in (acts, replies)]
        )
        ages = [None if each is None else (now - each) / 1_000_000 for each in found]
        return ages[0], ages[1]

    async def aclose(self) -> None:
        """Commit what waits, then close. The record cannot be used afterwards."""
        await asyncio.to_thread(self._parts.close)
