from __future__ import annotations

import pytest

from bot.domain.safety_net.matcher import MOST_PLACES, Match, Matcher
from bot.domain.safety_net.phrases import parse
from bot.domain.safety_net.reader import Reader
from tests.unit.domain.safety_net.books import WORDING

READER = Reader(WORDING)
GROUPS = {"death": frozenset({("die",), ("be", "dead")})}


def found(pattern: str, text: str) -> list[tuple[int, int]]:
    matcher = Matcher(parse(pattern, GROUPS, READER.words))
    (reading,) = READER.read(text)
    matches = matcher.find(reading)
    assert all(match.places for match in matches)
    return [place for match in matches for place in match.places]


@pytest.mark.parametrize(
    ("pattern", "text", "places"),
    [
        ("want to die", "i want to die", [(1, 4)]),
        ("want to die", "i want to live", []),
        ("want to die", "to die want", []),
        ("want to @death", "want to be dead", [(0, 4)]),
        ("want to @death", "want to be", []),
        ("want [so] to die", "want to die", [(0, 3)]),
        ("want [so] to die", "want so to die", [(0, 4)]),
        ("want [so] to die", "want much to die", []),
        ("[i] want", "i want", [(0, 2), (1, 2)]),
        ("want <2> die", "want die", [(0, 2)]),
        ("want <2> die", "want to now die", [(0, 4)]),
        ("want <2> die", "want to so now die", []),
        ("want <2> die", "want to. now die", []),
        ("want <2> die", "i want to go. die hard", []),
        ("want to die", "i want. to die", [(1, 4)]),
        ("^ die", "die now", [(0, 1)]),
        ("^ die", "i die", []),
        ("^ die", "no, die", [(1, 2)]),
        ("die $", "i die", [(1, 2)]),
        ("die $", "i die now", []),
        ("die $", "i die. ok now", [(1, 2)]),
        ("want to die", "want 2 die", [(0, 3)]),
        ("kill myself", "kms", [(0, 2)]),
        ("die", "die and die", [(0, 1), (2, 3)]),
        ("a b", "", []),
        ("die [now]", "die now", [(0, 2)]),
    ],
)
def test_a_pattern_is_found_where_it_is(
    pattern: str, text: str, places: list[tuple[int, int]]
) -> None:
    assert found(pattern, text) == places


def test_patterns_are_told_apart_and_come_in_order() -> None:
    patterns = [parse(written, GROUPS, READER.words)[0] for written in ("die", "live", "to die")]
    matcher = Matcher(patterns)
    (reading,) = READER.read("want to die")
    assert matcher.find(reading) == [
        Match(0, ((2, 3),), more=False),
        Match(2, ((1, 3),), more=False),
    ]
    assert matcher.vocabulary == {"die", "live", "to"}


def test_places_are_told_up_to_a_number() -> None:
    matcher = Matcher(parse("die", GROUPS, READER.words))
    (match,) = matcher.find(READER.read("die " * MOST_PLACES)[0])
    assert (len(match.places), match.more) == (MOST_PLACES, False)
    (match,) = matcher.find(READER.read("die " * (MOST_PLACES + 1))[0])
    assert (len(match.places), match.more) == (MOST_PLACES, True)


def test_a_phrase_is_not_endless() -> None:
    with pytest.raises(ValueError, match="more than 31 words"):
        Matcher(parse("{" + "a " * 32 + "}", GROUPS, READER.words))
    assert Matcher(parse("{" + "a " * 31 + "}", GROUPS, READER.words)).vocabulary == {"a"}
