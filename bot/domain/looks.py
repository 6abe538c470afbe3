"""Who has looked at what of a person's, and why: the audit, as the person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import AuditEntry

_THINGS = {
    ("see", "crisis_plan"): "looked at your plan",
    ("import", "crisis_plan"): "put a version of your plan into your record",
    ("see", "summary"): "looked at what you did here",
    ("see", "person"): "opened your page",
    ("see", "message"): "looked at messages of yours",
    ("see", "access_copy"): "read your record to answer your request for a copy",
    ("see", "reviewed_message"): "read a message of yours, with names taken out, to check on me",
    ("take", "concern"): "took on a message of yours that sounded worrying",
    ("take", "conversation"): "stepped into your conversation",
    ("see", "safety_choices"): "looked at what you agreed on for hard times",
}
"""What staff do that a person is told of: (action, thing) of an audit entry."""

_ON_THE_PAGE = frozenset({"person", "crisis_plan"})

REASONS = {
    "own_caseload": "they work with you",
    "cover": "they were standing in for a colleague",
    "concern": "they were answering a message of yours that sounded worrying",
    "supervision": "for supervision",
    "asked": "you, or someone with you, asked for them",
    "rang": "you rang",
    "rang_about": "someone rang about you",
    "emergency": "A&E, the police or an ambulance asked",
    "other": "they wrote why in your record",
}
"""Why staff look, by the code that they choose."""

GIVEN = "they gave their own reason"


@dataclass(frozen=True)
class Look:
    """One thing that one member of staff did with the person's record. ``at`` is UTC."""

    at: datetime
    staff_id: str
    did: str
    why: str


def looks(entries: Iterable[AuditEntry]) -> list[Look]:
    """What staff did with a person's record, the latest first. ``entries`` are their chain's.

    Opening the page shows the plan too: of what one look noted, the plan stands for the page.
    """
    found: dict[tuple[datetime, str, str], Look] = {}
    for each in entries:
        kind, _, staff_id = each.by.partition(":")
        did = _THINGS.get((each.action, each.thing))
        if kind != "staff" or did is None:
            continue
        same = each.action if each.thing in _ON_THE_PAGE else f"{each.action} {each.thing}"
        key = (each.at, staff_id, same)
        if key in found and each.thing == "person":
            continue
        found[key] = Look(each.at, staff_id, did, _why(each.details.get("reason", "")))
    return sorted(found.values(), key=lambda each: each.at, reverse=True)


def _why(reason: str) -> str:
    return REASONS.get(reason, GIVEN) if reason else ""


def in_words(look: Look, names: Mapping[str, str], when: str) -> str:
    """One line. ``names`` maps staff ids to names; ``when`` is the local day and time."""
    why = f" ({look.why})" if look.why else ""
    return f"– {when}: {names.get(look.staff_id, 'Somebody at work')} {look.did}{why}"
