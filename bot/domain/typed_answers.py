"""What short words mean when buttons were shown: "ive rung them" for "I've rung"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.wording import plain

ANYTHING = "*"
"""In a phrase: one word or two, whatever they are."""

BEFORE = frozenset({"yes", "yeah", "yep", "ok", "okay", "no", "sorry", "well", "so", "but", "and"})
AFTER = frozenset({"now", "already", "thanks", "though", "sorry", "yet", "ok", "too", "mate"})
"""Words around an answer that change nothing about it."""

LONGEST = 12
"""Words in an answer; what is longer says more than a button."""


def meant(text: str, phrases: Mapping[str, Sequence[str]]) -> str | None:
    """The value one of whose phrases is the whole message, or None."""
    words = plain(text).split()
    if not 0 < len(words) <= LONGEST:
        return None
    for value, ways in phrases.items():
        if any(_is(words, way.split()) for way in ways):
            return value
    return None


def _is(words: Sequence[str], way: Sequence[str]) -> bool:
    """Whether the words are this phrase, leaving out what may stand before and after it."""
    starts = [0]
    while starts[-1] < len(words) and words[starts[-1]] in BEFORE:
        starts.append(starts[-1] + 1)
    ends = [len(words)]
    while ends[-1] > 0 and words[ends[-1] - 1] in AFTER:
        ends.append(ends[-1] - 1)
    return any(_matches(words[start:end], way) for start in starts for end in ends)


def _matches(words: Sequence[str], way: Sequence[str]) -> bool:
    if not way:
        return not words
    if not words:
        return False
    if way[0] == ANYTHING:
        return any(_matches(words[taken:], way[1:]) for taken in (1, 2) if taken <= len(words))
    return words[0] == way[0] and _matches(words[1:], way[1:])
