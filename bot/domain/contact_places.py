"""Which contacts to show: by the place, the age, the purpose and the hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bot.domain.content import Contact
from bot.domain.opening_hours import LOCAL, is_open

UK = "uk"
"""The region of contacts that answer anywhere in the United Kingdom."""

ENGLAND = "england"

OUTSIDE = {
    "scotland": frozenset({UK, "scotland"}),
    "wales": frozenset({UK, "wales"}),
    "northern_ireland": frozenset({UK, "northern_ireland"}),
    "abroad": frozenset({"abroad"}),
    "outside": frozenset({UK}),
}
"""Whose contacts are shown where England's are not. ``outside``: somewhere, it was not said."""

NATIONAL = frozenset({ENGLAND}).union(*OUTSIDE.values())
"""The regions of contacts that are not an area's own."""

REGION_OF_AREA = {
    "derby_city": "derbyshire",
    "derbyshire": "derbyshire",
    "england": ENGLAND,
    **{area: area for area in OUTSIDE},
}
"""What joining asks for, and the region that it is."""

AGES_OF_BAND = {"under_18": 16, "18_to_34": 25, "35_and_over": 50}
"""One age inside each band that joining asks for, to choose contacts by."""


def to_show(
    contacts: Iterable[Contact],
    *,
    now: datetime,
    region: str,
    age: int | None,
    purposes: Sequence[str] = (),
    first: Sequence[str] = (),
    only_open: bool = True,
) -> list[Contact]:
    """Contacts for a place, an age and a purpose; those with a purpose of ``first`` in front.

    Never one that nobody verified or that has expired; national ones stand in for those.
    """
    today = now.astimezone(LOCAL).date()
    shown_in = OUTSIDE.get(region, frozenset({UK, ENGLAND, region}))
    return sorted(
        (
            each
            for each in contacts
            if _is_current(each, today)
            and each.region in shown_in
            and (age is None or each.ages[0] <= age <= each.ages[1])
            and (not purposes or set(purposes) & set(each.purposes))
            and (not only_open or is_open(each.hours, now))
        ),
        key=lambda each: (not set(first) & set(each.purposes), each.order),
    )


def _is_current(contact: Contact, today: date) -> bool:
    return contact.verified_on is not None and today < contact.expires_on


def expired_national(contacts: Iterable[Contact], now: datetime) -> list[Contact]:
    """National contacts that were verified once and whose date has passed: no live start."""
    today = now.astimezone(LOCAL).date()
    return [
        each
        for each in contacts
        if each.region in NATIONAL and each.verified_on is not None and each.expires_on <= today
    ]
