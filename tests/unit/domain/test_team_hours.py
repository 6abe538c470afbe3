"""When a team is at work, with bank holidays and changes of the clock, and how that is said."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.adapters.bank_holidays import is_bank_holiday
from bot.domain.on_call import TeamTimes
from bot.domain.team_hours import closing, is_at_work, next_opening, next_seen, no_holidays

OFFICE = TeamTimes("peak")


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        (date(2026, 12, 25), True),
        (date(2026, 12, 28), True),  # Boxing Day is on a Saturday
        (date(2026, 12, 29), False),
        (date(2027, 3, 26), True),  # Good Friday
        (date(2027, 3, 29), True),
        (date(2026, 5, 4), True),
        (date(2026, 3, 17), False),  # Northern Ireland's
        (date(2026, 8, 3), False),  # Scotland's
        (date(2026, 8, 31), True),
    ],
)
def test_bank_holidays_are_those_of_england(day: date, is_one: bool) -> None:
    assert is_bank_holiday(day) is is_one


@pytest.mark.parametrize(
    ("now", "at_work"),
    [
        (utc(2026, 11, 23, 8, 59), False),
        (utc(2026, 11, 23, 9), True),
        (utc(2026, 11, 23, 16, 59), True),
        (utc(2026, 11, 23, 17), False),
        (utc(2026, 11, 22, 12), False),  # Sunday
        (utc(2026, 12, 28, 12), False),  # bank holiday
        (utc(2026, 7, 1, 8), True),  # 9 by summer time
        (utc(2026, 7, 1, 16), False),
    ],
)
def test_a_team_is_at_work_on_its_days_between_its_hours(now: datetime, at_work: bool) -> None:
    assert is_at_work(OFFICE, now, is_bank_holiday) is at_work


def test_a_team_may_work_until_midnight_and_on_sundays() -> None:
    late = TeamTimes("late", days="7", opens="20:00", closes="00:00")
    assert is_at_work(late, utc(2026, 11, 22, 23, 59), is_bank_holiday)
    assert not is_at_work(late, utc(2026, 11, 23, 0), is_bank_holiday)
    assert closing(late, utc(2026, 11, 22, 21)) == utc(2026, 11, 23, 0)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (utc(2026, 11, 23, 3), "after 9am today"),
        (utc(2026, 11, 23, 18), "after 9am on Tuesday"),
        (utc(2026, 11, 27, 18), "after 9am on Monday"),
        (utc(2026, 12, 24, 18), "after 9am on Tuesday 29 December"),
        (utc(2026, 12, 25, 3), "after 9am on Tuesday 29 December"),
        (utc(2026, 12, 31, 18), "after 9am on Monday 4 January"),
        (utc(2027, 3, 25, 18), "after 9am on Tuesday 30 March"),  # Easter
        (utc(2026, 8, 30, 12), "after 9am on Tuesday 1 September"),
        (utc(2025, 12, 24, 18), "after 9am on Monday 29 December"),  # Thursday and Friday
        # The night that the clocks change: still 9 by the clock on the wall.
        (utc(2026, 3, 29, 0, 30), "after 9am on Monday"),
        (utc(2026, 10, 25, 0, 30), "after 9am on Monday"),
    ],
)
def test_when_the_team_will_see_it_is_said_as_people_say_it(now: datetime, words: str) -> None:
    assert next_seen(now, OFFICE, is_bank_holiday) == words


def test_next_opening_is_nine_by_the_wall_clock_whatever_the_clocks_did() -> None:
    assert next_opening(OFFICE, utc(2026, 3, 28, 12), no_holidays) == utc(2026, 3, 30, 8)
    assert next_opening(OFFICE, utc(2026, 10, 24, 12), no_holidays) == utc(2026, 10, 26, 9)


def test_a_team_of_one_day_passes_over_its_holiday() -> None:
    mondays = TeamTimes("mondays", days="1", opens="12:30")
    assert next_seen(utc(2027, 3, 23, 10), mondays, is_bank_holiday) == (
        "after 12.30pm on Monday 5 April"
    )


def test_a_team_that_never_opens_promises_no_day() -> None:
    assert next_opening(TeamTimes("none", days=""), utc(2026, 11, 23), no_holidays) is None
    never = next_seen(utc(2026, 11, 23), TeamTimes("none", days=""), no_holidays)
    assert never == "when they are next at work"
