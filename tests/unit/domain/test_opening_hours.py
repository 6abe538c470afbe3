"""When a service answers, which contacts are shown, and when a team will next look."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.contact_places import (
    AGES_OF_BAND,
    NATIONAL,
    OUTSIDE,
    REGION_OF_AREA,
    expired_national,
    to_show,
)
from bot.domain.content import Contact, Hours
from bot.domain.opening_hours import (
    LOCAL,
    TEAM_HOURS,
    clock_words,
    date_words,
    is_open,
    next_seen,
)

OFFICE = Hours((1, 2, 3, 4, 5), time(9), time(17))
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
"""A Tuesday."""

moments = st.integers(0, 20 * 365 * 24 * 60).map(lambda each: NOW + timedelta(minutes=each))

SHIPPED = Path(__file__).parents[3] / "skills_content"


def utc(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (utc(3, 3, 8, 59, 59), False),
        (utc(3, 3, 9), True),
        (utc(3, 3, 16, 59, 59), True),
        (utc(3, 3, 17), False),
        (utc(3, 7, 12), False),
        (utc(3, 8, 12), False),
        (utc(7, 7, 8), True),
        (utc(7, 7, 7, 59), False),
        (utc(7, 7, 16), False),
    ],
)
def test_hours_are_local_and_end_on_the_minute(now: datetime, expected: bool) -> None:
    assert is_open(OFFICE, now) is expected


def test_the_weekday_is_local_too() -> None:
    just_after_midnight_on_saturday = utc(7, 3, 23, 30)
    assert not is_open(Hours((5,)), just_after_midnight_on_saturday)
    assert is_open(Hours((6,)), just_after_midnight_on_saturday)


@pytest.mark.parametrize(
    ("day", "first_hour_utc"),
    [
        pytest.param((3, 28), 9, id="the day before the clocks go forward"),
        pytest.param((3, 29), 8, id="the day the clocks go forward"),
        pytest.param((10, 24), 8, id="the day before the clocks go back"),
        pytest.param((10, 25), 9, id="the day the clocks go back"),
    ],
)
def test_hours_hold_on_both_sides_of_a_clock_change(
    day: tuple[int, int], first_hour_utc: int
) -> None:
    every_day = Hours((1, 2, 3, 4, 5, 6, 7), time(9), time(17))
    opens = utc(*day, first_hour_utc)
    assert not is_open(every_day, opens - timedelta(seconds=1))
    assert is_open(every_day, opens)
    assert is_open(every_day, opens + timedelta(hours=8, seconds=-1))
    assert not is_open(every_day, opens + timedelta(hours=8))


def test_a_night_line_is_open_through_the_hour_that_comes_twice() -> None:
    small_hours = Hours((7,), time(1), time(2))
    open_minutes = sum(
        is_open(small_hours, utc(10, 25, 0) + timedelta(minutes=each)) for each in range(180)
    )
    assert open_minutes == 120
    assert not any(
        is_open(small_hours, utc(3, 29, 0) + timedelta(minutes=each)) for each in range(180)
    )


@given(moments)
def test_day_and_night_is_always(now: datetime) -> None:
    assert is_open(Hours(), now)


def contact(
    name: str = "line",
    *,
    region: str = "england",
    purposes: tuple[str, ...] = ("crisis",),
    hours: Hours = Hours(),  # noqa: B008
    ages: tuple[int, int] = (0, 120),
    verified_on: date | None = date(2026, 1, 1),
    expires_on: date = date(2027, 1, 1),
    order: int = 10,
) -> Contact:
    return Contact(
        id=name,
        name=name,
        reach="ring 116 123",
        region=region,
        purposes=purposes,
        hours=hours,
        hours_text="day and night",
        ages=ages,
        verified_on=verified_on,
        expires_on=expires_on,
        owner="duty manager",
        order=order,
    )


def shown(
    *contacts: Contact,
    now: datetime = NOW,
    region: str = "derbyshire",
    age: int | None = 30,
    purposes: tuple[str, ...] = (),
    only_open: bool = True,
) -> list[str]:
    found = to_show(
        contacts, now=now, region=region, age=age, purposes=purposes, only_open=only_open
    )
    return [each.name for each in found]


def test_a_contact_that_nobody_verified_is_never_shown() -> None:
    assert shown(contact(verified_on=None), only_open=False) == []


def test_a_contact_is_shown_until_the_day_it_expires() -> None:
    one = contact(expires_on=date(2026, 7, 8))
    assert shown(one, now=utc(7, 7, 22, 59)) == ["line"]
    assert shown(one, now=utc(7, 7, 23)) == []
    assert shown(one, now=utc(12, 1, 12), only_open=False) == []


def test_contacts_are_of_the_place_and_of_the_country() -> None:
    both = (contact("local", region="derbyshire", order=1), contact("national", order=2))
    assert shown(*both) == ["local", "national"]
    assert shown(*both, region="kent") == ["national"]
    assert shown(*both, region="") == ["national"]


def test_a_national_contact_stands_in_for_a_local_one_that_expired() -> None:
    local = contact("local", region="derbyshire", order=1, expires_on=date(2026, 3, 1))
    assert shown(local, contact("national", order=2)) == ["national"]


@pytest.mark.parametrize(
    ("age", "expected"), [(17, True), (34, True), (35, False), (16, False), (None, True)]
)
def test_a_contact_is_for_some_ages_and_an_age_not_told_leaves_none_out(
    age: int | None, expected: bool
) -> None:
    assert bool(shown(contact(ages=(17, 34)), age=age)) is expected


def test_contacts_are_for_a_purpose() -> None:
    both = (contact("a", purposes=("crisis", "deaf")), contact("b", purposes=("abuse",)))
    assert shown(*both, purposes=("deaf", "medical")) == ["a"]
    assert shown(*both, purposes=("young",)) == []
    assert shown(*both) == ["a", "b"]


def test_only_those_that_answer_now_unless_all_are_wanted() -> None:
    office = contact("office", hours=OFFICE)
    assert shown(office, now=utc(3, 3, 20)) == []
    assert shown(office, now=utc(3, 3, 20), only_open=False) == ["office"]
    assert shown(office, now=utc(3, 3, 12)) == ["office"]


def test_contacts_keep_their_order() -> None:
    assert shown(contact("b", order=2), contact("a", order=3), contact("c", order=1)) == list("cba")


def test_national_contacts_that_ran_out_are_named_for_the_live_start() -> None:
    contacts = [
        contact("today", expires_on=date(2026, 7, 8)),
        contact("tomorrow", expires_on=date(2026, 7, 9)),
        contact("local", region="derbyshire", expires_on=date(2026, 7, 8)),
        contact("never verified", verified_on=None, expires_on=date(2026, 7, 8)),
    ]
    just_after_midnight = utc(7, 7, 23)
    assert [each.name for each in expired_national(contacts, just_after_midnight)] == ["today"]
    assert expired_national(contacts, just_after_midnight - timedelta(seconds=1)) == []


@pytest.mark.parametrize(
    ("now", "words"),
    [
        pytest.param(utc(3, 3, 7), "after 9am today", id="early on Tuesday"),
        pytest.param(utc(3, 3, 0, 30), "after 9am today", id="in the night to Tuesday"),
        pytest.param(utc(3, 3, 9), "after 9am on Wednesday", id="as it opens"),
        pytest.param(utc(3, 3, 22), "after 9am on Wednesday", id="late on Tuesday"),
        pytest.param(utc(3, 6, 17), "after 9am on Monday", id="Friday evening"),
        pytest.param(utc(3, 7, 3), "after 9am on Monday", id="Saturday"),
        pytest.param(utc(3, 8, 23, 59), "after 9am on Monday", id="Sunday night"),
        pytest.param(utc(7, 5, 23, 30), "after 9am today", id="Monday 00:30 in summer"),
        pytest.param(utc(3, 28, 23), "after 9am on Monday", id="before the clocks go forward"),
        pytest.param(utc(3, 30, 7, 59), "after 9am today", id="after the clocks went forward"),
        pytest.param(utc(3, 30, 8), "after 9am on Tuesday", id="9am in summer time"),
        pytest.param(utc(10, 26, 8, 59), "after 9am today", id="after the clocks went back"),
        pytest.param(utc(10, 26, 9), "after 9am on Tuesday", id="9am in winter time"),
    ],
)
def test_when_the_team_will_next_look(now: datetime, words: str) -> None:
    assert next_seen(now) == words


def test_a_team_with_hours_of_its_own() -> None:
    mondays = Hours((1,), time(12, 30), time(16))
    assert next_seen(utc(3, 2, 10), mondays) == "after 12.30pm today"
    assert next_seen(utc(3, 3, 10), mondays) == "after 12.30pm on Monday"
    assert next_seen(utc(3, 2, 18), mondays) == "after 12.30pm on Monday next week"
    assert next_seen(utc(3, 2, 18), Hours(days=())) == "when they are next at work"


@given(moments)
def test_what_is_said_of_the_team_is_a_working_day(now: datetime) -> None:
    words = next_seen(now)
    assert "Saturday" not in words
    assert "Sunday" not in words
    if words.endswith("today"):
        assert not is_open(TEAM_HOURS, now)
        assert now.astimezone(LOCAL).isoweekday() in TEAM_HOURS.days


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0), "midnight"),
        (time(0, 30), "12.30am"),
        (time(9), "9am"),
        (time(11, 59), "11.59am"),
        (time(12), "midday"),
        (time(12, 5), "12.05pm"),
        (time(17, 30), "5.30pm"),
        (time(23), "11pm"),
    ],
)
def test_times_are_said_as_people_here_say_them(at: time, words: str) -> None:
    assert clock_words(at) == words


def test_dates_are_written_as_people_here_write_them() -> None:
    assert date_words(date(2026, 3, 3)) == "3 March 2026"
    assert date_words(date(2026, 12, 31)) == "31 December 2026"


def test_the_areas_and_age_bands_of_joining_are_known_here() -> None:
    joining = yaml.safe_load((SHIPPED / "activities" / "joining.yml").read_text("utf-8"))
    values = {
        step["id"]: {str(option["value"]) for option in step["options"]} - {"skip"}
        for step in joining["steps"]
        if step["kind"] == "choice"
    }
    assert set(AGES_OF_BAND) == values["age_band"]
    assert set(REGION_OF_AREA) == values["area"] | {"outside"}, "as asked, and as once asked"


def test_each_country_has_its_own_contacts_and_those_of_the_whole_uk() -> None:
    of_all = (contact("uk", region="uk", order=1), contact("england", order=2))
    own = tuple(contact(each, region=each, order=9) for each in OUTSIDE)
    assert shown(*of_all, *own, region="scotland") == ["uk", "scotland"]
    assert shown(*of_all, *own, region="wales") == ["uk", "wales"]
    assert shown(*of_all, *own, region="northern_ireland") == ["uk", "northern_ireland"]
    assert shown(*of_all, *own, region="abroad") == ["abroad"]
    assert shown(*of_all, *own, region="outside") == ["uk"]
    assert shown(*of_all, *own, region="derbyshire") == ["uk", "england"]
    assert {"uk", "england", "scotland", "abroad"} <= NATIONAL


def test_ones_own_ways_come_first() -> None:
    both = (contact("a", order=1), contact("b", purposes=("young",), order=2))
    found = to_show(both, now=NOW, region="", age=None, first=("young",))
    assert [each.name for each in found] == ["b", "a"]


@pytest.mark.parametrize(
    ("band", "lowest", "highest"),
    [("under_18", 0, 17), ("18_to_34", 18, 34), ("35_and_over", 35, 120)],
)
def test_the_age_that_stands_for_a_band_is_inside_it(band: str, lowest: int, highest: int) -> None:
    assert lowest <= AGES_OF_BAND[band] <= highest
