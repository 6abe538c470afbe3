"""Opening hours, and when a team that works in the day will see something."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.content import Hours

LOCAL = ZoneInfo("Europe/London")

_NAMED_HOURS = {0: "midnight", 12: "midday"}

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

TEAM_HOURS = Hours(days=(1, 2, 3, 4, 5), opens=time(9), closes=time(17))
"""When a community team is at work, until a team sets its own."""


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether it is within these hours, in local time; ``now`` is UTC."""
    local = now.astimezone(LOCAL)
    if local.isoweekday() not in hours.days:
        return False
    return hours.closes is None or hours.opens <= local.time() < hours.closes


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
