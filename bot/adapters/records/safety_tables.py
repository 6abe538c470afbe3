"""The tables of what follows a sign of danger. Sealed columns are binary; the rest is plain."""

from __future__ import annotations

from sqlalchemy import Index, Table

from bot.adapters.records.columns import metadata, moment, number, sealed, words

night_routes = Table(
    "night_routes",
    metadata,
    words("id", primary_key=True),
    words("team"),
    words("family"),
    words("pickup"),
    number("within_minutes"),
    words("signed_by"),
    moment("since"),
    moment("until", nullable=True),
    Index(None, "team", "family"),
)

duty_shifts = Table(
    "duty_shifts",
    metadata,
    words("id", primary_key=True),
    words("team"),
    words("staff_id"),
    words("place"),
    moment("since"),
    moment("until"),
    Index(None, "team", "until"),
)

alert_points = Table(
    "alert_points",
    metadata,
    words("id", primary_key=True),
    words("of"),
    words("of_id"),
    words("channel"),
    words("address"),
    moment("since"),
    moment("until", nullable=True),
    Index(None, "of", "of_id"),
)

team_times = Table(
    "team_times",
    metadata,
    words("id", primary_key=True),
    words("days"),
    words("opens"),
    words("closes"),
    number("cover_minutes"),
    number("duty_minutes"),
    number("manager_minutes"),
    number("ask_minutes"),
)

notices = Table(
    "notices",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("about"),
    words("team"),
    words("rung"),
    moment("due_at"),
    words("status"),
    words("sent_to"),
    words("staff_id"),
    words("channel"),
    words("reference"),
    number("tries"),
    moment("sent_at", nullable=True),
    moment("delivered_at", nullable=True),
    moment("opened_at", nullable=True),
    Index(None, "status", "due_at"),
    Index(None, "about"),
    Index(None, "subject"),
    Index(None, "team", "rung", "due_at"),
)

safety_choices = Table(
    "safety_choices",
    metadata,
    words("subject", primary_key=True),
    sealed("whole"),
)

reminders_pauses = Table(
    "reminders_pauses",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    moment("since"),
    moment("ask_at"),
    moment("until", nullable=True),
    Index(None, "subject"),
)

after_reviews = Table(
    "after_reviews",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("concern"),
    moment("offered_at"),
    words("answer"),
    moment("answered_at", nullable=True),
    moment("done_at", nullable=True),
    words("done_by"),
    Index(None, "subject"),
)

take_overs = Table(
    "take_overs",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("staff_id"),
    moment("since"),
    moment("until", nullable=True),
    Index(None, "subject"),
)

safety_values = Table(
    "safety_values",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("source"),
    words("item"),
    moment("at"),
    moment("asked_at", nullable=True),
    sealed("value"),
    Index(None, "subject", "at"),
)

review_items = Table(
    "review_items",
    metadata,
    words("id", primary_key=True),
    words("subject"),
    words("act_id"),
    moment("at"),
    words("tier"),
    words("stratum"),
    words("versions"),
    words("status"),
    words("finding"),
    words("reviewer"),
    moment("reviewed_at", nullable=True),
    sealed("words"),
    Index(None, "subject"),
    Index(None, "status", "at"),
)
