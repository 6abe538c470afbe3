"""The tables of the queues. Their bodies are sealed; a timer's label holds ids only."""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from bot.adapters.records.columns import metadata, moment, number, sealed, sequence, words

_WAITING = text("state = 'waiting'")
_OPEN = text("state IN ('waiting', 'claimed')")

inbox = Table(
    "inbox",
    metadata,
    sequence(),
    words("id", unique=True),
    words("subject"),
    words("channel"),
    words("address_id"),
    words("provider_id"),
    words("kind"),
    words("label"),
    moment("sent_at"),
    moment("received_at"),
    moment("available_at"),
    words("state"),
    number("attempts"),
    moment("handled_at", nullable=True),
    words("answered_by"),
    words("tier"),
    sealed("body", nullable=True),
    Index("uq_inbox_provider_id_channel", "provider_id", "channel", unique=True),
    Index("ix_inbox_due", "available_at", "seq", sqlite_where=_WAITING, postgresql_where=_WAITING),
    Index("ix_inbox_turn", "subject", "seq", sqlite_where=_WAITING, postgresql_where=_WAITING),
    Index(None, "subject"),
)

leases = Table(
    "leases",
    metadata,
    words("subject", primary_key=True),
    words("owner"),
    moment("until"),
)

held_parts = Table(
    "held_parts",
    metadata,
    words("part", primary_key=True),
    words("owner"),
    moment("until"),
)
"""Parts of the program that one process alone may do at a time: polling, the scheduler."""

outbox = Table(
    "outbox",
    metadata,
    sequence(),
    words("id", unique=True),
    words("subject"),
    words("channel"),
    words("address_id"),
    words("kind"),
    words("in_reply_to", nullable=True),
    number("place"),
    moment("created_at"),
    moment("due_at"),
    words("state"),
    words("owner"),
    moment("lease_until"),
    number("attempts"),
    sealed("body"),
    Index(
        "ix_outbox_due",
        "channel",
        "due_at",
        "seq",
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index(
        "ix_outbox_turn",
        "subject",
        "channel",
        "seq",
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index(None, "subject"),
    Index(None, "in_reply_to"),
)
