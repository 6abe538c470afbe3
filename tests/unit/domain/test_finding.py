"""Dates that may be meant by a date, and names that may be meant by a name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import (
    OLDEST,
    DateNearness,
    Found,
    NameNearness,
    dates_near,
    folded,
    name_nearness,
    typing_errors,
)
from bot.domain.messages import SubjectId
from bot.domain.people import Person, PersonState

TODAY = date(2030, 3, 1)
DATES = st.dates(date(TODAY.year - OLDEST, 1, 1), TODAY)


def _person(name: str, chosen_name: str = "", code: str = "P-1") -> Person:
    return Person(
        SubjectId(code),
        code,
        PersonState.ACTIVE,
        "peak",
        datetime(2030, 1, 1, tzinfo=UTC),
        name,
        chosen_name,
    )


@pytest.mark.parametrize(
    ("asked", "known", "near"),
    [
        ("1990-04-03", "1990-04-03", DateNearness.SAME),
        ("1990-04-03", "1990-03-04", DateNearness.SWAPPED),
        ("1990-04-03", "1990-04-08", DateNearness.ONE_DIGIT),
        ("1990-04-03", "1990-04-13", DateNearness.ONE_DIGIT),
        ("1990-04-03", "1990-09-03", DateNearness.ONE_DIGIT),
        ("1990-04-03", "1991-04-03", DateNearness.ONE_DIGIT),
        ("1990-04-03", "1950-04-03", DateNearness.ONE_DIGIT),
        ("2090-04-03", "1990-04-03", None),
        ("1890-04-03", "1990-04-03", DateNearness.ONE_DIGIT),
        ("2028-02-29", "2020-02-29", DateNearness.ONE_DIGIT),
        ("2028-02-29", "2028-02-28", DateNearness.ONE_DIGIT),
        ("1990-04-03", "1991-04-04", None),
        ("1990-04-30", "1990-04-03", None),
    ],
)
def test_what_may_be_meant(asked: str, known: str, near: DateNearness | None) -> None:
    assert dates_near(date.fromisoformat(asked), TODAY).get(date.fromisoformat(known)) is near


def test_a_day_and_month_that_are_no_date_are_not_swapped() -> None:
    assert DateNearness.SWAPPED not in dates_near(date(1990, 4, 13), TODAY).values()
    assert DateNearness.SWAPPED not in dates_near(date(1990, 4, 4), TODAY).values()


def test_nobody_is_born_tomorrow_or_too_long_ago() -> None:
    assert dates_near(date(2030, 3, 2), TODAY).get(date(2030, 3, 2)) is None
    assert date(2030, 3, 1) in dates_near(date(2030, 3, 2), TODAY)
    assert date(1910, 3, 1) in dates_near(date(1910, 3, 1), TODAY)
    assert date(1909, 3, 1) not in dates_near(date(1909, 3, 1), TODAY)


@given(DATES)
def test_they_are_few_and_in_order(born: date) -> None:
    near = dates_near(born, TODAY)
    assert next(iter(near)) == born
    assert len(near) <= 40
    assert list(near.values()) == sorted(near.values())


@given(DATES, DATES)
def test_a_slip_of_the_finger_finds_whichever_way_it_went(one: date, other: date) -> None:
    assert dates_near(one, TODAY).get(other) is dates_near(other, TODAY).get(one)


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("Zoë O'Brien-Kowalska", NameNearness.SAME),
        ("zoe obrien kowalska", NameNearness.SAME),
        ("KOWALSKA, ZOE OBRIEN", NameNearness.SAME),
        ("Zoe O’Brien Kowalska", NameNearness.SAME),
        ("Zo OBrien Kowalska", NameNearness.ALIKE),
        ("Zoe Obrein Kowalska", NameNearness.ALIKE),
        ("Zoe OBrien Kovalsca", NameNearness.ALIKE),
        ("zoeobrienkowalska", NameNearness.ALIKE),
        ("Kowalska", NameNearness.ALIKE),
        ("Zee Kowalska", NameNearness.ALIKE),
        ("Zee Kowalska Kowalska", NameNearness.PART),
        ("Kowalska Amanda", NameNearness.PART),
        ("Ann Archer", NameNearness.OTHER),
        ("", NameNearness.OTHER),
        ("'", NameNearness.OTHER),
    ],
)
def test_names(asked: str, near: NameNearness) -> None:
    assert name_nearness(asked, _person("Zoë O'Brien-Kowalska")) is near


@pytest.mark.parametrize(
    ("name", "chosen", "asked", "near"),
    [
        ("Robert Example", "Robyn", "Robyn", NameNearness.SAME),
        ("Robert Example", "Robyn", "Robin", NameNearness.ALIKE),
        ("Robert Example", "Sky", "Sky Example", NameNearness.ALIKE),
        ("Robert Example", "Sky", "Robert Example", NameNearness.SAME),
        ("Łukasz Øster", "", "Lukasz Oster", NameNearness.SAME),
        ("Jürgen Weiß", "", "Jurgen Weiss", NameNearness.SAME),
        ("Ann Lee", "", "Ian Lee", NameNearness.ALIKE),
        ("Ann Lee", "", "Eve Lee", NameNearness.PART),
        ("Jo Lee", "", "Bo Lee", NameNearness.ALIKE),
        ("Jo", "", "Bo", NameNearness.OTHER),
    ],
)
def test_chosen_names_and_other_alphabets(
    name: str, chosen: str, asked: str, near: NameNearness
) -> None:
    assert name_nearness(asked, _person(name, chosen)) is near


def test_a_name_in_parts() -> None:
    assert folded("  D’Souza-Núñez, Æthel ") == ("dsouza", "nunez", "aethel")


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        ("", "", 0),
        ("abc", "", 3),
        ("smith", "smyth", 1),
        ("smith", "smiht", 1),
        ("smith", "smit", 1),
        ("smith", "ssmith", 1),
        ("kitten", "sitting", 3),
        ("ca", "abc", 3),
    ],
)
def test_typing_errors(one: str, other: str, number: int) -> None:
    assert typing_errors(one, other) == typing_errors(other, one) == number


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_typing_errors_are_none_for_the_same_alone(one: str, other: str) -> None:
    number = typing_errors(one, other)
    assert (number == 0) == (one == other)
    assert abs(len(one) - len(other)) <= number <= max(len(one), len(other))


def test_the_likeliest_comes_first() -> None:
    in_order = [
        (DateNearness.SAME, NameNearness.SAME),
        (DateNearness.SAME, NameNearness.ALIKE),
        (DateNearness.SWAPPED, NameNearness.SAME),
        (DateNearness.SAME, NameNearness.PART),
        (DateNearness.ONE_DIGIT, NameNearness.SAME),
        (DateNearness.ONE_DIGIT, NameNearness.ALIKE),
        (DateNearness.SAME, NameNearness.OTHER),
    ]
    found = [Found(_person("A"), born, name) for born, name in in_order]
    assert all(one.place < other.place for one, other in pairwise(found))
    assert found[1].why == "same date, name alike"
    assert found[-1].why == "same date, another name"
    assert found[4].why == "one digit of the date different, same name"


def test_without_a_name_the_date_alone_counts() -> None:
    one, other = (
        Found(_person("A", code=code), DateNearness.SWAPPED, None) for code in ("P-1", "P-2")
    )
    assert one.place < other.place
    assert one.why == "day and month swapped"
