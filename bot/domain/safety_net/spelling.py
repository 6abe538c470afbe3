"""Unknown words read as the words they stand for: typos, stretched letters, signs.

Only words that the rules care about are ever looked for, and words of English stay as they are:
but for a few explicit ones, a real word is not taken for a slip of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product

SHORTEST = 5
"""A word of at least so many letters may have one letter wrong, missing, extra or swapped."""
LONGEST = 20
"""No longer word is compared letter by letter."""
MOST_MEANT = 4
"""An unknown word is read as no more other words than this."""

_SIGNS = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "6": "g",
    "$": "s", "@": "a", "!": "il", "|": "il", "+": "t",
}  # fmt: skip
_MOST_READINGS = 16
_MOST_RUNS = 3
_RUN = re.compile(r"([^\W\d])\1+")


class Spelling:
    """What an unknown word may stand for.

    ``known``: every word that means something here. ``explicit``: those that are also looked for
    behind real words, but for those ``not_misspelt``. ``run_together``: phrases recognised
    without their spaces, longest first. ``real_words``: words that are no slip of a known one.
    """

    def __init__(
        self,
        known: Iterable[str],
        explicit: Iterable[str],
        not_misspelt: Iterable[str],
        run_together: Iterable[str],
        real_words: Iterable[str] = (),
    ) -> None:
        self._known = frozenset(known)
        self._explicit = frozenset(explicit)
        self._leave = frozenset(not_misspelt)
        self._real = frozenset(real_words)
        self._letters = frozenset("".join(self._known | self._explicit))
        phrases = sorted(run_together, key=lambda phrase: (-len(phrase), phrase))
        self._together = {phrase.replace(" ", ""): tuple(phrase.split()) for phrase in phrases}
        self._one_letter_less: dict[str, list[str]] = {}
        self._masked: dict[str, str] = {}
        for word in sorted(self._known | self._explicit):
            if SHORTEST <= len(word) <= LONGEST and word.isalpha():
                for shorter in {word, *_without_one(word)}:
                    self._one_letter_less.setdefault(shorter, []).append(word)
        for word in sorted(self._explicit):
            for masked in _with_masks(word):
                self._masked.setdefault(masked, word)

    def is_explicit(self, word: str) -> bool:
        """Whether it is one of the explicit words as it stands."""
        return word in self._explicit

    def corrected(self, word: str) -> tuple[str, ...]:
        """The words that an unknown word may be one slip from, the explicit ones first.

        At most ``MOST_MEANT``; none for a word that is right as it stands.
        """
        foreign = set(word) - self._letters
        if word in self._leave or len(foreign) > 1:
            return ()
        for stretched in self._unstretched(word):
            return () if stretched in self._leave else (stretched,)
        if not SHORTEST - 1 <= len(word) <= LONGEST:
            return ()
        near = dict.fromkeys(
            meant
            for shorter in (word, *_without_one(word))
            for meant in self._one_letter_less.get(shorter, ())
            if one_slip(word, meant)
        )
        explicit = tuple(meant for meant in near if meant in self._explicit)
        if explicit or word in self._real:
            return explicit[:MOST_MEANT]
        return tuple(near)[:MOST_MEANT]

    def unsigned(self, word: str) -> str | None:
        """The known word that digits and signs in it stand for ("k1ll", "su!cide", "d*e")."""
        if "*" in word or "#" in word:
            return self._masked.get(word.replace("#", "*"))
        letters = [_SIGNS.get(sign, sign) for sign in word]
        readings = 1
        for choice in letters:
            readings *= len(choice)
        if readings > _MOST_READINGS:
            return None
        for reading in product(*letters):
            plain = "".join(reading)
            if plain in self._known:
                return plain
        meant = self.corrected("".join(choice[0] for choice in letters))
        return meant[0] if meant else None

    def taken_apart(self, word: str) -> tuple[str, ...] | None:
        """The explicit phrase inside a word written without spaces, if any."""
        for together, phrase in self._together.items():
            if together in word:
                return phrase
        return None

    def _unstretched(self, word: str) -> Iterator[str]:
        """Known words left when stretched letters are shortened ("diiiie", "killll")."""
        runs = [found.span() for found in _RUN.finditer(word)]
        if not runs or len(runs) > _MOST_RUNS:
            return
        stretched = any(end - start > 2 for start, end in runs)
        allowed = self._known if stretched else self._explicit
        for lengths in product((1, 2), repeat=len(runs)):
            pieces = []
            done = 0
            for (start, end), length in zip(runs, lengths, strict=True):
                pieces += [word[done:start], word[start] * length]
                done = end
            plain = "".join((*pieces, word[done:]))
            if plain != word and plain in allowed:
                yield plain


def one_slip(first: str, second: str) -> bool:
    """Whether one letter wrong, missing, extra or swapped with its neighbour makes them equal."""
    if len(first) > len(second):
        first, second = second, first
    if len(second) - len(first) > 1:
        return False
    same = 0
    while same < len(first) and first[same] == second[same]:
        same += 1
    if len(first) < len(second):
        return first[same:] == second[same + 1 :]
    rest, other = first[same:], second[same:]
    return rest[1:] == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])


def _without_one(word: str) -> Iterator[str]:
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _with_masks(word: str) -> Iterator[str]:
    """The word with one or two neighbouring letters, or all inner ones, as asterisks."""
    for place in range(len(word)):
        yield word[:place] + "*" + word[place + 1 :]
    for place in range(len(word) - 1 if len(word) > 3 else 0):
        yield word[:place] + "**" + word[place + 2 :]
    if len(word) > 4:
        yield word[0] + "*" * (len(word) - 2) + word[-1]
        yield word[0] + "*" * (len(word) - 1)
