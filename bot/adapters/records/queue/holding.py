"""Leases by name: parts of the companion that one process at a time may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.adapters.records.engines import SQLITE
from bot.adapters.records.mapping import MICROSECOND, to_micros
from bot.adapters.records.queue.queue_tables import held_parts
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import Job

LEASE = timedelta(seconds=15)
TOO_FAR = timedelta(minutes=1) // MICROSECOND
"""A lease that ends later than this was made before the clock went back: it holds no longer."""

FORGOTTEN_AFTER = timedelta(hours=1)
"""What a killed process held under a name of its own is cleared away then."""

_FORGET = delete(held_parts).where(held_parts.c.until < bindparam("long_ago"))

HELD: Select[Any] = select(held_parts.c.part, held_parts.c.owner).where(
    func.substr(held_parts.c.part, 1, bindparam("length")) == bindparam("start"),
    held_parts.c.until > bindparam("now"),
    held_parts.c.until < bindparam("too_far"),
)
"""Who holds the parts whose names start so."""


@cache
def _hold_in(dialect: str) -> Any:
    """Take a part that is free, or hold one's own for longer."""
    into = sqlite.insert(held_parts) if dialect == SQLITE else postgresql.insert(held_parts)
    start = into.excluded.until - LEASE // MICROSECOND
    return into.on_conflict_do_update(
        index_elements=["part"],
        set_={"owner": into.excluded.owner, "until": into.excluded.until},
        where=or_(
            held_parts.c.owner == into.excluded.owner,
            held_parts.c.until <= start,
            held_parts.c.until >= start + TOO_FAR,
        ),
    ).returning(held_parts.c.part)


@dataclass(frozen=True)
class Hold(Job):
    """Hold a part for another 15 s; whether this owner has it now."""

    part: str
    owner: str
    now: datetime

    def apply(self, group: Group) -> bool:
        """Take it, unless somebody else has it."""
        row = {"part": self.part, "owner": self.owner, "until": to_micros(self.now + LEASE)}
        group.add(held_parts, _FORGET, {"long_ago": to_micros(self.now - FORGOTTEN_AFTER)})
        return bool(group.driver.read(_hold_in(group.dialect), row))


@dataclass(frozen=True)
class LetGo(Job):
    """Give a part back, so that another may have it at once."""

    part: str
    owner: str

    def apply(self, group: Group) -> None:
        """Delete the row, if it is this owner's."""
        group.delete(held_parts, part=self.part, owner=self.owner)
