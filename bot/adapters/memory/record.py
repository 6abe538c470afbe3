"""The record in memory: the same rules as on a database, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.adapters.memory import finding, inbox, saving
from bot.adapters.memory.finding import Between, Entity
from bot.adapters.memory.queue import MemoryQueue
from bot.domain.audit import FIRST, AuditEntry, Fault, entry_hash
from bot.services.ports import Work


class MemoryRecord(MemoryQueue):
    """``Record`` and ``Queue`` in memory, for one event loop; see those for what is promised.

    For tests, and for people who try the services. Nothing is encrypted and nothing outlives the
    program: never for what people entrust. Several records over one ``Memory`` are to each other
    as processes over one database; ``owner`` names one in leases.
    """

    async def save(self, work: Work, *, durable: bool = True) -> None:
        """Write all of ``work`` or nothing; see ``Record.save``."""
        with self._changing() as contents:
            saving.apply(contents, work, self._owner)

    async def get(self, kind: type[Entity], key: str) -> Entity | None:
        """One entity by its id."""
        return finding.get(self._contents, kind, key)

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
        """Entities whose plain fields equal these; see ``Record.find``."""
        return finding.find(
            self._contents, kind, order=order, limit=limit, between=between, equal=equal
        )

    async def find_by_index(self, kind: type[Entity], field_name: str, value: str) -> list[Entity]:
        """Entities by the index of a field that cannot be asked for plainly."""
        return finding.find_by_index(self._contents, kind, field_name, value)

    async def shred_due(self, now: datetime) -> int:
        """Forget the guests whose time is over; how many."""
        with self._changing() as contents:
            return inbox.shred_due(contents, now)

    async def audit_of(self, chain: str) -> list[AuditEntry]:
        """A chain's entries, oldest first."""
        return [replace(each, details=dict(each.details)) for each, _ in self._chain(chain)]

    async def verify_chain(self, chain: str) -> list[Fault]:
        """What is wrong with a chain; nothing where it is whole."""
        faults, last = [], FIRST
        for place, (entry, hash_) in enumerate(self._chain(chain), start=1):
            if entry_hash(last, place, entry) != hash_:
                faults.append(Fault(place, "entry"))
            last = hash_
        return faults

    async def chains(self) -> list[str]:
        """The chains there are: each person's, and the service's own."""
        return sorted(self._contents.chains)

    async def meta_get(self, name: str) -> str | None:
        """A fact about the record itself."""
        return self._contents.facts.get(name)

    async def meta_set(self, name: str, value: str) -> None:
        """Keep a fact about the record itself. Nothing about a person goes here."""
        with self._changing() as contents:
            contents.facts[name] = value

    async def aclose(self) -> None:
        """End it. The record cannot be used afterwards."""
        self._is_open = False
        self._memory.bells.ring()

    def _chain(self, chain: str) -> tuple[tuple[AuditEntry, str], ...]:
        return self._contents.chains.get(chain, ())
