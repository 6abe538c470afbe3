"""When a team is at work: its own times, with bank holidays as closed days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.on_call import TeamTimes
from bot.domain.opening_hours import LOCAL, clock_words

IsHoliday = Callable[[date], bool]
"""Whether a local day is a bank holiday."""

LOOKS_AHEAD = 60
"""Days in which the next opening is looked for."""

NAMED_BY_DAY = 3
"""Days ahead up to which the weekday alone says which day is meant."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def no_holidays(day: date) -> bool:
    """For where no bank holidays are known."""
    return False


def is_at_work(times: TeamTimes, now: datetime, is_holiday: IsHoliday) -> bool:
    """Whether the team is at work; ``now`` is UTC."""
    local = now.astimezone(LOCAL)
    opens, closes = _on(times, local.date())
    return _works_on(times, local.date(), is_holiday) and opens <= now < closes


def closing(times: TeamTimes, now: datetime) -> datetime:
    """When the team closes on the local day of ``now``, UTC."""
    return _on(times, now.astimezone(LOCAL).date())[1]


def next_opening(times: TeamTimes, now: datetime, is_holiday: IsHoliday) -> datetime | None:
    """When the team next begins work after ``now``, UTC; None when it does not in two months."""
    first = now.astimezone(LOCAL).date()
    for ahead in range(LOOKS_AHEAD):
        day = first + timedelta(days=ahead)
        opens, _ = _on(times, day)
        if opens > now and _works_on(times, day, is_holiday):
            return opens
    return None


def next_seen(now: datetime, times: TeamTimes, is_holiday: IsHoliday) -> str:
    """When the team will next look, in words.

    "after 9am today", "after 9am on Monday"; over a bank holiday, or further ahead, with the
    date: "after 9am on Tuesday 29 December".
    """
    opens = next_opening(times, now, is_holiday)
    if opens is None:
        return "when they are next at work"
    at, today = opens.astimezone(LOCAL), now.astimezone(LOCAL).date()
    hour, ahead = clock_words(at.time()), (at.date() - today).days
    if not ahead:
        return f"after {hour} today"
    passed = (today + timedelta(days=each) for each in range(1, ahead))
    dated = ahead > NAMED_BY_DAY or any(map(is_holiday, passed))
    day = _DAYS[at.isoweekday() - 1]
    return f"after {hour} on {day}" + f" {at.day} {at:%B}" * dated


def _works_on(times: TeamTimes, day: date, is_holiday: IsHoliday) -> bool:
    return str(day.isoweekday()) in times.days and not is_holiday(day)


def _on(times: TeamTimes, day: date) -> tuple[datetime, datetime]:
    """Opening and closing on a local day; "00:00" closes at the day's end."""
    opens, closes = time.fromisoformat(times.opens), time.fromisoformat(times.closes)
    last = day if closes > time(0) else day + timedelta(days=1)
    return (
        datetime.combine(day, opens, LOCAL).astimezone(UTC),
        datetime.combine(last, closes, LOCAL).astimezone(UTC),
    )
