"""Finding a person by what is remembered of them: a date of birth and a name, as they are typed.

Dates are few enough to look up one by one in a keyed index; names are compared with those found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from bot.domain.people import Person

OLDEST = 120
"""Years: nobody in the record is older."""

_TYPING = "ddmmyyyy"


class DateNearness(IntEnum):
    """How a date of birth comes near the one that was asked for, nearest first."""

    SAME = 0
    SWAPPED = 1
    ONE_DIGIT = 2

    @property
    def words(self) -> str:
        """For whoever asked."""
        return ("same date", "day and month swapped", "one digit of the date different")[self]


class NameNearness(IntEnum):
    """How a name comes near the one that was asked for, nearest first."""

    SAME = 0
    ALIKE = 1
    PART = 2
    OTHER = 4
    """Further off than any date that is looked for: a wrong digit is likelier than a wrong name."""

    @property
    def words(self) -> str:
        """For whoever asked."""
        return {0: "same name", 1: "name alike", 2: "part of the name alike"}.get(
            self, "another name"
        )


@dataclass(frozen=True)
class Found:
    """A person who may be meant, and how near they come. ``name`` None: no name was asked for."""

    person: Person
    born: DateNearness
    name: NameNearness | None

    @property
    def why(self) -> str:
        """How near, in words."""
        return self.born.words if self.name is None else f"{self.born.words}, {self.name.words}"

    @property
    def place(self) -> tuple[int, int, str]:
        """Where it comes in a list, the likeliest first."""
        name = 0 if self.name is None else int(self.name)
        return self.born + name, int(self.born), self.person.code


def dates_near(born: date, today: date) -> dict[date, DateNearness]:
    """The dates of birth that may be meant by one that was typed, the nearest first.

    Itself, day and month swapped, and those that differ in one digit of DDMMYYYY; none in the
    future, none more than ``OLDEST`` years ago.
    """
    found: dict[date, DateNearness] = {}
    for each, near in _dates(born):
        if each <= today and today.year - each.year <= OLDEST:
            found.setdefault(each, near)
    return found


def name_nearness(asked: str, person: Person) -> NameNearness:
    """How near a name comes to what a person is called, or to the name in their record.

    Accents, case, hyphens and the order of the parts make no difference; one letter may be
    wrong, missing, too many or in its neighbour's place, in longer parts two.
    """
    return min(_near(asked, person.name), _near(asked, person.chosen_name), _either(asked, person))


def folded(name: str) -> tuple[str, ...]:
    """The parts of a name as they are compared."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_SPELT)
    letters = (each for each in plain if not unicodedata.combining(each))
    return tuple("".join(each if each.isalnum() else " " for each in letters).split())


_SPELT = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
    | dict.fromkeys("'’‘`\u02bc\u00b4", "")
)


def typing_errors(one: str, other: str) -> int:
    """How many letters are wrong, missing, too many, or swapped with their neighbour.

    The restricted edit distance of Damerau (1964).
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        row = [at]
        for to, wanted in enumerate(other, start=1):
            cost = min(last[to] + 1, row[to - 1] + 1, last[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, before[to - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def _dates(born: date) -> Iterator[tuple[date, DateNearness]]:
    yield born, DateNearness.SAME
    typed = f"{born:%d%m}{born.year:04d}"
    swapped = _date(typed[2:4] + typed[:2] + typed[4:])
    if swapped:
        yield swapped, DateNearness.SWAPPED
    for place in range(len(_TYPING)):
        for digit in "0123456789":
            other = _date(typed[:place] + digit + typed[place + 1 :])
            if other:
                yield other, DateNearness.ONE_DIGIT


def _date(typed: str) -> date | None:
    try:
        return date(int(typed[4:]), int(typed[2:4]), int(typed[:2]))
    except ValueError:
        return None


def _either(asked: str, person: Person) -> NameNearness:
    """The chosen name with the family name is how many are known: as near as its parts."""
    both = _near(asked, f"{person.chosen_name} {person.name}")
    return max(both, NameNearness.ALIKE)


def _near(asked: str, known: str) -> NameNearness:
    wanted, there = folded(asked), folded(known)
    if not wanted or not there:
        return NameNearness.OTHER
    if sorted(wanted) == sorted(there):
        return NameNearness.SAME
    if _is_alike("".join(wanted), "".join(there)):
        return NameNearness.ALIKE
    matched = _matched(wanted, there)
    if matched == len(wanted):
        return NameNearness.ALIKE
    return NameNearness.PART if matched else NameNearness.OTHER


def _matched(wanted: tuple[str, ...], there: tuple[str, ...]) -> int:
    """How many parts have one that is alike, each used once; the nearest are paired first."""
    pairs = sorted(
        (typing_errors(one, other), at, to)
        for at, one in enumerate(wanted)
        for to, other in enumerate(there)
        if _is_alike(one, other)
    )
    used: set[int] = set()
    matched: set[int] = set()
    for _, at, to in pairs:
        if at not in matched and to not in used:
            matched.add(at)
            used.add(to)
    return len(matched)


def _is_alike(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    allowed = 2 if shorter >= 6 else 1 if shorter >= 3 else 0
    return abs(len(one) - len(other)) <= allowed and typing_errors(one, other) <= allowed
