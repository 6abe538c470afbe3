"""What is kept, in plain dictionaries; a change is made on a copy and then taken as a whole."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.adapters.memory.bells import Bells
from bot.domain.audit import FIRST, AuditEntry, entry_hash
from bot.domain.errors import NotFound
from bot.domain.messages import Act, ActKind, Outbound
from bot.services.ports import Handled

LEASE = timedelta(seconds=15)
TOO_FAR = timedelta(minutes=1)
"""A lease that ends later than this was made before the clock went back: it holds no longer."""

AT_ONCE = datetime.min.replace(tzinfo=UTC)
"""Due now, whatever the clock does next."""


@dataclass(frozen=True)
class Lease:
    """Who holds something, until when."""

    owner: str
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Whether nobody else may have it."""
        return now < self.until < now + TOO_FAR


@dataclass(frozen=True)
class KeptAct:
    """An act in the inbox: "waiting", "handled", "failed" or "forgotten"."""

    act: Act
    provider_id: str
    available_at: datetime = AT_ONCE
    state: str = "waiting"
    handled: Handled | None = None

    @property
    def is_timer(self) -> bool:
        """Whether it is the companion's own."""
        return self.act.kind is ActKind.TIMER

    @property
    def waits(self) -> bool:
        """Whether nobody has answered it."""
        return self.state == "waiting"


@dataclass(frozen=True)
class KeptReply:
    """A reply in the outbox: "waiting", "claimed", or what became of it."""

    reply: Outbound
    due_at: datetime = AT_ONCE
    state: str = "waiting"
    lease: Lease | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has still to be sent."""
        return self.state in {"waiting", "claimed"}


@dataclass
class Contents:
    """All that is kept. What was given and what is handed out are copies, never these.

    ``chains`` holds entries with their hashes. Acts and replies stand in the order in which they
    came.
    """

    entities: dict[type[Any], dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    keys: set[str] = field(default_factory=set)
    chains: dict[str, tuple[tuple[AuditEntry, str], ...]] = field(default_factory=dict)
    acts: dict[str, KeptAct] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    replies: dict[str, KeptReply] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    parts: dict[str, Lease] = field(default_factory=dict)

    def copy(self) -> Contents:
        """The same, to be changed apart. Only what is immutable is shared."""
        entities: dict[type[Any], dict[str, Any]] = defaultdict(dict)
        entities.update({of: dict(kept) for of, kept in self.entities.items()})
        return Contents(
            entities,
            set(self.keys),
            dict(self.chains),
            dict(self.acts),
            dict(self.leases),
            dict(self.replies),
            dict(self.facts),
            dict(self.parts),
        )

    def check_key(self, subject: str) -> None:
        """Raise ``NotFound`` for a subject for whom nothing can be kept (any more)."""
        if subject not in self.keys:
            raise NotFound(f"data key of {subject}")

    def audit(self, entry: AuditEntry) -> None:
        """Extend the entry's chain by it."""
        chain = self.chains.get(entry.chain, ())
        before = chain[-1][1] if chain else FIRST
        kept = replace(entry, at=entry.at.astimezone(UTC), details=dict(entry.details))
        self.chains[entry.chain] = (*chain, (kept, entry_hash(before, len(chain) + 1, kept)))


class Memory:
    """What several records over the same contents share, as processes share a database."""

    def __init__(self) -> None:
        self.contents = Contents()
        self.bells = Bells()
