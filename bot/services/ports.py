"""What the services need of the outside world, as Protocols. Adapters fill them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from bot.domain.audit import AuditEntry
from bot.domain.commands import Command
from bot.domain.content import Content
from bot.domain.messages import Act, Outbound, Said, SubjectId
from bot.domain.on_call import AlertPoint

Entity = TypeVar("Entity")


class Clock(Protocol):
    """Where the time comes from. Never read inside the domain."""

    def now(self) -> datetime:
        """The time now, UTC, aware."""
        ...


@dataclass
class Work:
    """Everything that one use case writes, in one transaction, with its audit entries.

    ``put`` inserts or replaces by id; ``remove`` deletes; ``send`` appends to the outbox;
    ``schedule`` puts timers in the inbox that become due later; ``cancel`` takes waiting timers
    of a subject back whose text starts with the given words. ``handled`` marks an inbox act as
    done, in the same transaction. ``new_keys`` names subjects for whom a data key is made.
    ``forget`` destroys the key and index rows of a subject; ``withhold`` takes back what was to
    be sent to them and has not gone.

    ``expect`` holds entities as they were read: when one of them no longer stands in the record
    exactly so, nothing is written (``ChangedMeanwhile``).
    """

    expect: list[Any] = field(default_factory=list)
    put: list[Any] = field(default_factory=list)
    remove: list[Any] = field(default_factory=list)
    send: list[Outbound] = field(default_factory=list)
    schedule: list[tuple[Act, datetime]] = field(default_factory=list)
    cancel: list[tuple[SubjectId, str]] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)
    handled: Handled | None = None
    new_keys: list[SubjectId] = field(default_factory=list)
    move_address: list[tuple[str, SubjectId]] = field(default_factory=list)
    forget: list[SubjectId] = field(default_factory=list)
    withhold: list[SubjectId] = field(default_factory=list)


@dataclass(frozen=True)
class Handled:
    """How an act was answered. ``failed``: it went to the dead letters."""

    act_id: str
    answered_by: str
    tier: str
    at: datetime
    failed: bool = False


@dataclass(frozen=True)
class Accepted:
    """The inbox's receipt. ``new`` is False when the provider's id was known already."""

    act_id: str
    subject: SubjectId
    new: bool


@dataclass(frozen=True)
class DeadCount:
    """What was given up: messages, those of them by people who have not joined, replies."""

    messages: int
    messages_of_guests: int
    replies: int


class Record(Protocol):
    """The record: entities by type. Every write is audited or refused (``AuditMissing``)."""

    async def save(self, work: Work, *, durable: bool = True) -> None:
        """Write all of ``work`` or nothing. ``durable`` is synced to disk before it returns.

        Raises ``ChangedMeanwhile`` when something that it expects is no longer so.
        """
        ...

    async def get(self, kind: type[Entity], key: str) -> Entity | None:
        """One entity by its id."""
        ...

    async def find(
        self,
        kind: type[Entity],
        /,
        *,
        order: str = "",
        limit: int | None = None,
        between: tuple[str, datetime, datetime] | None = None,
        **equal: object,
    ) -> list[Entity]:
        """Entities whose plain fields equal these; ``order`` "field" or "-field".

        ``between`` is (field, from, before): from ≤ field < before. A sequence as a value means
        "one of".
        """
        ...

    async def find_by_index(self, kind: type[Entity], field_name: str, value: str) -> list[Entity]:
        """Entities by the keyed index of a sealed field (nhs_number, born, address)."""
        ...

    async def audit_of(self, chain: str) -> list[AuditEntry]:
        """A chain's entries, oldest first."""
        ...


class Queue(Protocol):
    """Inbox and outbox with leases. One subject's acts are handled in order, by one worker."""

    async def accept(self, said: Said) -> Accepted:
        """Keep an act durably before the channel is told so.

        An unknown address gets a guest with its own key. An act whose (channel, provider_id)
        is known is not kept twice.
        """
        ...

    async def claim(self, limit: int) -> list[list[Act]]:
        """Waiting acts of up to ``limit`` subjects not leased by another, each list in order."""
        ...

    async def release(
        self, subject: SubjectId, retry: Mapping[str, datetime] | None = None
    ) -> None:
        """Give the lease back; ``retry`` maps an act's id to when it may be tried again."""
        ...

    async def renew(self, subjects: Sequence[SubjectId]) -> None:
        """Hold the leases for another 15 s."""
        ...

    async def wait_for_acts(self, timeout: float) -> None:
        """Return as soon as the inbox may hold something new, or after ``timeout`` seconds."""
        ...

    async def handled(self, act_id: str) -> Handled | None:
        """How an act was answered; None while it waits."""
        ...

    async def claim_outgoing(self, channel: str, limit: int) -> list[tuple[Outbound, str]]:
        """Replies due on a channel with their address; in order within a conversation."""
        ...

    async def sent(
        self, done: Mapping[str, Literal["sent", "withheld", "failed"]], beside: Work | None = None
    ) -> None:
        """Note what became of replies: id → outcome. ``beside`` is saved with it, or neither is."""
        ...

    async def retry_sending(self, outbound_id: str, at: datetime) -> None:
        """Try a reply again at that time; later replies of the conversation wait for it."""
        ...

    async def wait_for_outgoing(self, channel: str, timeout: float) -> None:
        """Return as soon as the outbox may hold something new for a channel."""
        ...


class Understanding(Protocol):
    """What turns a sentence into a command. Rasa is behind it."""

    async def understand(self, text: str, thread: str) -> Command | None:
        """One command for one message, or None when there is no answer in time.

        ``thread`` is the pseudonymous conversation id; a None always means that the caller
        starts a new one.
        """
        ...

    async def asks_for(self, text: str) -> Command | None:
        """What words typed at a free-text step ask for instead, when it is sure; else None.

        Stateless, and within a second: otherwise the step takes the words.
        """
        ...

    def state(self) -> Literal["ready", "starting", "down"]:
        """Whether it would answer now."""
        ...


@dataclass(frozen=True)
class AlertText:
    """What an alert says: nothing about anybody. ``short`` is for SMS."""

    subject: str
    text: str
    short: str


class Notifications(Protocol):
    """What takes alerts off the screen, to addresses at work."""

    async def send(self, point: AlertPoint, text: AlertText, notice_id: str) -> str:
        """Hand one alert over; the provider's reference to it. The same id may come twice.

        Raises ``SendingRefused`` where trying again is of no use, ``SendingUnavailable``.
        """
        ...

    async def delivered(self, reference: str) -> bool | None:
        """Whether it arrived; None where that is not known, or not yet.

        Raises ``SendingUnavailable``.
        """
        ...


class ContentSource(Protocol):
    """Where the content comes from."""

    def current(self) -> Content:
        """The content that was loaded at the start."""
        ...


class Passwords(Protocol):
    """Password hashing, in its own small pool of threads."""

    async def hash(self, password: str) -> str:
        """An argon2 hash."""
        ...

    async def verify(self, hashed: str, password: str) -> bool:
        """Whether the password is the one that was hashed."""
        ...


class Secrets(Protocol):
    """Keyed digests and pseudonyms from the key ring; never the keys themselves."""

    def digest(self, purpose: str, value: str) -> str:
        """A keyed digest (hex) of a value for one purpose: index, invitation, session."""
        ...

    def sign(self, purpose: str, value: bytes, length: int = 8) -> bytes:
        """A short keyed signature."""
        ...


class Ids(Protocol):
    """Ids and one-time codes, made by the program."""

    def new(self) -> str:
        """A new id: sortable by time, 26 characters or fewer, url-safe."""
        ...

    def code(self) -> str:
        """A one-time code that can be read aloud and typed: eight letters and digits."""
        ...

    def token(self) -> str:
        """An unguessable token for a cookie."""
        ...
