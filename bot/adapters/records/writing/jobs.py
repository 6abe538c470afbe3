"""What the writing threads are given to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.adapters.records.writing.group import Group

ACTS = "acts"
OUTGOING = "outgoing"
"""The bells that a group may ring: something may have changed in the inbox, in the outbox."""


@dataclass
class Wanted:
    """What the jobs of a group will need, so that it is read in one go."""

    subjects: set[str] = field(default_factory=set)
    chains: set[str] = field(default_factory=set)
    address_digests: set[str] = field(default_factory=set)
    provider_ids: set[tuple[str, str]] = field(default_factory=set)
    act_ids: set[str] = field(default_factory=set)


class Job:
    """Something to write. It may be tried again, so ``apply`` touches nothing but its group.

    ``durable``: synced to disk before it is done. ``alone``: reads what others of its group have
    written, so it comes after them.
    """

    @property
    def durable(self) -> bool:
        """Most queue steps can be done again after a power cut."""
        return False

    @property
    def alone(self) -> bool:
        """Most jobs know beforehand what they read."""
        return False

    def wants(self, wanted: Wanted) -> None:
        """Say what it needs."""

    def apply(self, group: Group) -> Any:
        """Add its writes to the group; the result is its caller's once they are committed."""
        raise NotImplementedError


class BornElsewhere(Job):
    """A job that does not come of an act in the inbox, from which it could be done again."""

    @property
    def durable(self) -> bool:
        """There is nothing to do it again from."""
        return True


class ReadsOthers(BornElsewhere):
    """Such a job that looks, as it is done, at what others have written."""

    @property
    def alone(self) -> bool:
        """It comes after them."""
        return True
