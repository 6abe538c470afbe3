"""Which contacts to show now, and when a team that works in the day will see something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.content import Contact, Hours

LOCAL = ZoneInfo("Europe/London")

_NAMED_HOURS = {0: "midnight", 12: "midday"}

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

TEAM_HOURS = Hours(days=(1, 2, 3, 4, 5), opens=time(9), closes=time(17))
"""When a community team is at work, until a team sets its own."""

NATIONAL = "england"
"""The region of contacts for the whole country."""

REGION_OF_AREA = {
    "derby_city": "derbyshire",
    "derbyshire": "derbyshire",
}
AGES_OF_BAND = {"under_18": 16, "18_to_34": 25, "35_and_over": 50}
"""One age inside each band that joining asks for, to choose contacts by."""


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether it is within these hours, in local time; ``now`` is UTC."""
    local = now.astimezone(LOCAL)
    if local.isoweekday() not in hours.days:
        return False
    return hours.closes is None or hours.opens <= local.time() < hours.closes


def to_show(
    contacts: Iterable[Contact],
    *,
    now: datetime,
    region: str,
    age: int | None,
    purposes: Sequence[str] = (),
    only_open: bool = True,
) -> list[Contact]:
    """Contacts for a place, an age and a purpose, in their order.

    Never one that nobody verified or that has expired; national ones stand in for those.
    """
    today = now.astimezone(LOCAL).date()
    return sorted(
        (
            each
            for each in contacts
            if _is_current(each, today)
            and each.region in {NATIONAL, region}
            and (age is None or each.ages[0] <= age <= each.ages[1])
            and (not purposes or set(purposes) & set(each.purposes))
            and (not only_open or is_open(each.hours, now))
        ),
        key=lambda each: each.order,
    )


def _is_current(contact: Contact, today: date) -> bool:
    return contact.verified_on is not None and today < contact.expires_on


def expired_national(contacts: Iterable[Contact], now: datetime) -> list[Contact]:
    """National contacts that were verified once and whose date has passed: no live start."""
    today = now.astimezone(LOCAL).date()
    return [
        each
        for each in contacts
        if each.region == NATIONAL and each.verified_on is not None and each.expires_on <= today
    ]


def next_seen(now: datetime, hours: Hours = TEAM_HOURS) -> str:
    """When the team will next look, in words: "after 9am on Monday", "after 9am today"."""
    local = now.astimezone(LOCAL)
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        if day.isoweekday() not in hours.days:
            continue
        if ahead == 0 and local.time() >= hours.opens:
            continue
        named = "today" if ahead == 0 else f"on {_DAYS[day.isoweekday() - 1]}"
        far = " next week" if ahead == 7 else ""
        return f"after {clock_words(hours.opens)} {named}{far}"
    return "when they are next at work"


def clock_words(at: time) -> str:
    """A time as people here say it: 9am, 5.30pm, midday, midnight."""
    if at.minute == 0 and at.hour in _NAMED_HOURS:
        return _NAMED_HOURS[at.hour]
    hour = at.hour % 12 or 12
    minutes = f".{at.minute:02}" if at.minute else ""
    return f"{hour}{minutes}{'am' if at.hour < 12 else 'pm'}"


def date_words(on: date) -> str:
    """A date as people here write it: 3 March 2026."""
    return f"{on.day} {on:%B} {on.year}"
