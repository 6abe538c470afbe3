"""How long a record is kept after it has ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import SubjectId
from bot.domain.people import Person, PersonState
from bot.domain.retention import Shortened, due, is_within_retention, kept_until

NOW = datetime(2050, 3, 1, 12, tzinfo=UTC)
MOMENTS = st.integers(0, 365 * 60).map(lambda days: NOW - timedelta(days=days))


def person(state: PersonState, since: datetime, code: str = "P-1") -> Person:
    return Person(SubjectId(code), code, state, "north", since, "Robin", state_since=since)


@pytest.mark.parametrize(
    ("state", "since", "until"),
    [
        (PersonState.ENDED, datetime(2030, 3, 1, tzinfo=UTC), datetime(2050, 3, 1, tzinfo=UTC)),
        (PersonState.DIED, datetime(2030, 3, 1, tzinfo=UTC), datetime(2040, 3, 1, tzinfo=UTC)),
        (PersonState.DIED, datetime(2028, 2, 29, tzinfo=UTC), datetime(2038, 3, 1, tzinfo=UTC)),
        (PersonState.ENDED, datetime(2028, 2, 29, tzinfo=UTC), datetime(2048, 2, 29, tzinfo=UTC)),
    ],
)
def test_kept_until(state: PersonState, since: datetime, until: datetime) -> None:
    assert kept_until(person(state, since)) == until


@pytest.mark.parametrize(
    "state", [each for each in PersonState if each not in {PersonState.ENDED, PersonState.DIED}]
)
def test_who_is_here_is_never_due(state: PersonState) -> None:
    here = person(state, datetime(1990, 1, 1, tzinfo=UTC))
    assert kept_until(here) is None
    assert is_within_retention(here, NOW)
    assert due([here], NOW) == ()


def test_the_one_due_first_is_in_front() -> None:
    people = [
        person(PersonState.ENDED, NOW - timedelta(days=365 * 21), "later"),
        person(PersonState.DIED, NOW - timedelta(days=365 * 30), "first"),
        person(PersonState.DIED, NOW - timedelta(days=365 * 9), "not yet"),
    ]
    assert [each.code for each in due(people, NOW)] == ["first", "later"]


@given(state=st.sampled_from(list(PersonState)), since=MOMENTS, now=MOMENTS)
def test_due_exactly_when_it_is_kept_no_longer(
    state: PersonState, since: datetime, now: datetime
) -> None:
    each = person(state, since)
    assert bool(due([each], now)) is not is_within_retention(each, now)


def test_shortened_adds_up() -> None:
    assert Shortened(1, 2, 3) + Shortened(10, 20, 30) == Shortened(11, 22, 33)
