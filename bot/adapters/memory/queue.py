"""Inbox and outbox in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Literal

from bot.adapters.memory import inbox, outbox, saving
from bot.adapters.memory.contents import AT_ONCE, LEASE, Contents, Lease, Memory
from bot.adapters.memory.kinds import is_storable
from bot.domain.errors import BadInput, RecordUnavailable
from bot.domain.messages import Act, Outbound, Said, SubjectId
from bot.domain.people import Person
from bot.services.ports import Accepted, Clock, DeadCount, Handled, Ids, Work


class MemoryQueue:
    """``Queue`` in memory; see there for what is promised."""

    def __init__(
        self, clock: Clock, ids: Ids, *, memory: Memory | None = None, owner: str = ""
    ) -> None:
        self._memory = memory or Memory()
        self._clock = clock
        self._ids = ids
        self._owner = owner or ids.new()
        self._is_open = True
        if owner:
            with self._changing() as contents:
                _take_back(contents, owner)

    async def accept(self, said: Said) -> Accepted:
        """Keep an act, of a text beyond any bounds both ends.

        Raises ``BadInput`` for a provider's id that cannot be kept.
        """
        if not (is_storable(said.channel) and is_storable(said.provider_id)):
            raise BadInput("provider's id")
        with self._changing() as contents:
            return inbox.accept(contents, said, self._ids.new, self._clock.now())

    async def claim(self, limit: int) -> list[list[Act]]:
        """Waiting acts of up to ``limit`` conversations, now held by this record."""
        with self._changing() as contents:
            return inbox.claim(contents, limit, self._owner, self._clock.now())

    async def release(
        self, subject: SubjectId, retry: Mapping[str, datetime] | None = None
    ) -> None:
        """Give a conversation back; ``retry`` maps an act's id to when it may be tried again."""
        with self._changing() as contents:
            for act_id, at in (retry or {}).items():
                kept = contents.acts.get(act_id)
                if kept is not None and kept.waits:
                    contents.acts[act_id] = replace(kept, available_at=at)
            lease = contents.leases.get(subject)
            if lease is not None and lease.owner == self._owner:
                del contents.leases[subject]

    async def renew(self, subjects: Sequence[SubjectId]) -> None:
        """Hold the leases for another 15 s."""
        with self._changing() as contents:
            for subject in subjects:
                lease = contents.leases.get(subject)
                if lease is not None and lease.owner == self._owner:
                    until = self._clock.now() + LEASE
                    contents.leases[subject] = replace(lease, until=until)

    async def wait_for_acts(self, timeout: float) -> None:
        """Return when something can be claimed, or after ``timeout`` seconds."""
        await self._memory.bells.wait(
            timeout, lambda: inbox.due_in(self._contents, self._clock.now())
        )

    async def handled(self, act_id: str) -> Handled | None:
        """How an act was answered; None while it waits, and for an unknown one."""
        kept = self._contents.acts.get(act_id)
        return kept.handled if kept else None

    async def claim_outgoing(self, channel: str, limit: int) -> list[tuple[Outbound, str]]:
        """Replies due on a channel with their address; in order within a conversation."""
        with self._changing() as contents:
            return outbox.claim(contents, channel, limit, self._owner, self._clock.now())

    async def sent(
        self, done: Mapping[str, Literal["sent", "withheld", "failed"]], beside: Work | None = None
    ) -> None:
        """Note what became of replies: id → outcome; ``beside`` is written with it."""
        with self._changing() as contents:
            for reply_id, outcome in done.items():
                outbox.sent(contents, reply_id, outcome)
            if beside is not None:
                saving.apply(contents, beside, self._owner)

    async def retry_sending(self, outbound_id: str, at: datetime) -> None:
        """Try a reply again at that time; later replies of the conversation wait for it."""
        with self._changing() as contents:
            outbox.retry(contents, outbound_id, at, self._owner)

    async def wait_for_outgoing(self, channel: str, timeout: float) -> None:
        """Return when something can be sent on a channel, or after ``timeout`` seconds."""
        await self._memory.bells.wait(
            timeout, lambda: outbox.due_in(self._contents, channel, self._clock.now())
        )

    async def hold(self, part: str) -> bool:
        """Hold a part of the companion for another 15 s; whether this record has it now."""
        now = self._clock.now()
        with self._changing() as contents:
            lease = contents.parts.get(part)
            if lease is not None and lease.owner != self._owner and lease.holds(now):
                return False
            contents.parts[part] = Lease(self._owner, now + LEASE)
            return True

    async def let_go(self, part: str) -> None:
        """Give a part back."""
        with self._changing() as contents:
            lease = contents.parts.get(part)
            if lease is not None and lease.owner == self._owner:
                del contents.parts[part]

    async def held_by_others(self, start: str) -> list[str]:
        """Parts whose names start so and that another record holds now."""
        now = self._clock.now()
        return [
            part
            for part, lease in self._contents.parts.items()
            if part.startswith(start) and lease.owner != self._owner and lease.holds(now)
        ]

    async def dead_letters(self, since: datetime) -> DeadCount:
        """How much was given up since then."""
        failed = [
            each.act.subject
            for each in self._contents.acts.values()
            if each.state == "failed" and each.handled and each.handled.at >= since
        ]
        people = self._contents.entities[Person]
        replies = [
            each
            for each in self._contents.replies.values()
            if each.state == "failed" and each.reply.created_at >= since
        ]
        guests = sum(subject not in people for subject in failed)
        return DeadCount(len(failed), guests, len(replies))

    async def oldest_waiting(self, channels: Sequence[str]) -> tuple[float | None, float | None]:
        """Age (s) of the oldest act that is due, and of the oldest reply of these channels."""
        now = self._clock.now()
        acts = [
            each.act.received_at if each.available_at == AT_ONCE else each.available_at
            for each in self._contents.acts.values()
            if each.waits and each.available_at <= now
        ]
        replies = [
            each.reply.created_at
            for each in self._contents.replies.values()
            if each.is_open and each.reply.channel in channels
        ]
        ages = [max(((now - each).total_seconds() for each in of), default=None)
                for of in (acts, replies)]  # fmt: skip
        return ages[0], ages[1]

    @property
    def _contents(self) -> Contents:
        if not self._is_open:
            raise RecordUnavailable("(closed)")
        return self._memory.contents

    @contextmanager
    def _changing(self) -> Iterator[Contents]:
        """A copy that is taken as a whole, unless something is raised."""
        changed = self._contents.copy()
        yield changed
        self._memory.contents = changed
        self._memory.bells.ring()


def _take_back(contents: Contents, owner: str) -> None:
    """Free what an earlier record of the same name still held."""
    contents.leases = {key: each for key, each in contents.leases.items() if each.owner != owner}
    for key, each in contents.replies.items():
        if each.lease is not None and each.lease.owner == owner:
            contents.replies[key] = replace(each, state="waiting", lease=None)
