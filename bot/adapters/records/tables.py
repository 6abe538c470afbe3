"""The tables of keys and entities. Sealed columns are binary; the rest is ids, codes and times."""

from __future__ import annotations

from sqlalchemy import Index, Table

from bot.adapters.records.columns import metadata, moment, number, sealed, words

meta = Table("meta", metadata, words("name", primary_key=True), words("value"))

subject_keys = Table(
    "subject_keys",
    metadata,
    words("subject", primary_key=True),
    words("key_id"),
    sealed("wrapped"),
)

blind_index = Table(
    "blind_index",
    metadata,
    words("field", primary_key=True),
    words("entity_id", primary_key=True),
    words("subject"),
    words("digest"),
    Index(None, "field", "digest"),
    Index(None, "subject"),
)

persons = Table(
    "persons",
    metadata,
    words("id", primary_key=True),
    words("code", unique=True),
    words("state"),
    words("team"),
    moment("created_at"),
    words("key_worker"),
    moment("joined_at", nullable=True),
    moment("state_since", nullable=True),
    sealed("names"),
    sealed("identity"),
    sealed("joining"),
    Index(None, "team", "state"),
)

guests = Table(
    "guests",
    metadata,
    words("id", primary_key=True),
    moment("created_at"),
    moment("shred_at"),
    Index(None, "shred_at"),
)

addresses = Table(
    "addresses",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("channel"),
    moment("created_at"),
    words("digest", unique=True),
    sealed("value"),
    Index(None, "subject"),
)

invitations = Table(
    "invitations",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("digest", unique=True),
    words("by"),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    Index(None, "subject"),
)

staff = Table(
    "staff",
    metadata,
    words("id", primary_key=True),
    words("username", unique=True),
    words("name"),
    words("role"),
    words("team"),
    moment("created_at"),
    words("password"),
    moment("ended_at", nullable=True),
)

caseload = Table(
    "caseload",
    metadata,
    words("id", primary_key=True),
    words("staff_id"),
    words("subject"),
    moment("since"),
    moment("until", nullable=True),
    Index(None, "staff_id"),
    Index(None, "subject"),
)

sessions = Table(
    "sessions",
    metadata,
    words("id", primary_key=True),
    words("staff_id"),
    words("csrf"),
    moment("created_at"),
    moment("seen_at"),
    Index(None, "staff_id"),
)

conversations = Table(
    "conversations",
    metadata,
    words("subject", primary_key=True),
    sealed("whole"),
)

concerns = Table(
    "concerns",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    moment("opened_at"),
    words("status"),
    words("tier"),
    words("owner"),
    moment("taken_at", nullable=True),
    moment("closed_at", nullable=True),
    sealed("notes"),
    Index(None, "subject", "status"),
    Index(None, "status", "opened_at"),
)

tasks = Table(
    "tasks",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("kind"),
    moment("opened_at"),
    moment("due_at"),
    words("owner"),
    moment("done_at", nullable=True),
    words("done_by"),
    sealed("about"),
    Index(None, "subject"),
    Index(None, "owner", "done_at", "due_at"),
)

events = Table(
    "events",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("kind"),
    moment("at"),
    sealed("details"),
    Index(None, "subject", "kind", "at"),
    Index(None, "subject", "at"),
)

crisis_plans = Table(
    "crisis_plans",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    number("version"),
    words("status"),
    words("author"),
    moment("created_at"),
    words("review_due", nullable=True),
    sealed("agreement"),
    sealed("contents"),
    Index(None, "subject", "version"),
)

runs = Table(
    "runs",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("activity"),
    words("digest"),
    words("status"),
    moment("started_at"),
    moment("changed_at"),
    sealed("state"),
    Index(None, "subject", "status"),
)

sign_offs = Table(
    "sign_offs",
    metadata,
    words("id", primary_key=True),
    words("path"),
    words("digest"),
    words("by"),
    moment("at"),
    Index(None, "path", "digest"),
)

agencies = Table("agencies", metadata, words("id", primary_key=True), words("name"), words("kind"))

regions = Table("regions", metadata, words("id", primary_key=True), words("name"))

teams = Table(
    "teams",
    metadata,
    words("id", primary_key=True),
    words("name"),
    words("agency"),
    words("region"),
    number("message_days"),
)

memberships = Table(
    "memberships",
    metadata,
    words("id", primary_key=True),
    words("staff_id"),
    words("team"),
    words("part"),
    moment("since"),
    moment("until", nullable=True),
    Index(None, "staff_id"),
    Index(None, "team"),
)

supervisions = Table(
    "supervisions",
    metadata,
    words("id", primary_key=True),
    words("supervisor"),
    words("staff_id"),
    moment("since"),
    moment("until", nullable=True),
    Index(None, "supervisor"),
    Index(None, "staff_id"),
)

covers = Table(
    "covers",
    metadata,
    words("id", primary_key=True),
    words("absent"),
    words("covering"),
    moment("since"),
    moment("until"),
    Index(None, "absent"),
    Index(None, "covering"),
)

carers = Table(
    "carers",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    moment("since"),
    moment("until", nullable=True),
    sealed("who"),
    Index(None, "subject"),
)

shares = Table(
    "shares",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("item"),
    words("with_kind"),
    words("with_id"),
    words("by"),
    moment("since"),
    moment("until", nullable=True),
    Index(None, "subject"),
    Index(None, "with_kind", "with_id"),
)

consents = Table(
    "consents",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("about"),
    words("answer"),
    words("said"),
    words("said_digest"),
    moment("at"),
    moment("withdrawn_at", nullable=True),
    Index(None, "subject"),
)

rights_requests = Table(
    "rights_requests",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("kind"),
    words("status"),
    moment("asked_at"),
    moment("due_at"),
    words("by"),
    words("decided_by"),
    moment("decided_at", nullable=True),
    sealed("words"),
    Index(None, "subject"),
    Index(None, "status", "due_at"),
)

holds = Table(
    "holds",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("by"),
    moment("at"),
    moment("lifted_at", nullable=True),
    words("lifted_by"),
    sealed("reason"),
    Index(None, "subject"),
)

erasures = Table(
    "erasures",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    moment("at"),
    words("by"),
    words("request"),
    words("kind"),
    Index(None, "subject"),
)
"""The tombstones: they outlive what ``forget`` destroys, and hold nothing personal."""
