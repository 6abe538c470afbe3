"""What follows a sign of danger: night routes, duty, notices, choices, values, review."""

from __future__ import annotations

from bot.adapters.records.migrations.making import make_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_alerting()
    _make_what_follows()
    make_table(
        "review_items",
        "id subject act_id tier stratum versions status finding reviewer",
        moments="at",
        moments_or_none="reviewed_at",
        sealed="words",
        index=("subject", "status at"),
    )


def _make_alerting() -> None:
    make_table(
        "night_routes",
        "id team family pickup signed_by",
        numbers="within_minutes",
        moments="since",
        moments_or_none="until",
        index=("team family",),
    )
    make_table(
        "duty_shifts", "id team staff_id place", moments="since until", index=("team until",)
    )
    make_table(
        "alert_points",
        "id of of_id channel address",
        moments="since",
        moments_or_none="until",
        index=("of of_id",),
    )
    make_table(
        "team_times",
        "id days opens closes",
        numbers="cover_minutes duty_minutes manager_minutes ask_minutes",
    )
    make_table(
        "notices",
        "id subject about team rung status sent_to staff_id channel reference",
        numbers="tries",
        moments="due_at",
        moments_or_none="sent_at delivered_at opened_at",
        index=("status due_at", "about", "subject", "team rung due_at"),
    )


def _make_what_follows() -> None:
    make_table("safety_choices", "subject", sealed="whole", key="subject")
    for table, words, moments in (
        ("reminders_pauses", "id subject", "since ask_at"),
        ("take_overs", "id subject staff_id", "since"),
    ):
        make_table(table, words, moments=moments, moments_or_none="until", index=("subject",))
    make_table(
        "after_reviews",
        "id subject concern answer done_by",
        moments="offered_at",
        moments_or_none="answered_at done_at",
        index=("subject",),
    )
    make_table(
        "safety_values",
        "id subject source item",
        moments="at",
        moments_or_none="asked_at",
        sealed="value",
        index=("subject at",),
    )
