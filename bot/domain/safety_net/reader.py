"""Turns a message into words, whatever its spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.safety_net.characters import Plain
from bot.domain.safety_net.phrases import Phrase
from bot.domain.safety_net.reading import Draft, Origin, Reading
from bot.domain.safety_net.spelling import Spelling
from bot.domain.safety_net.wording import Wording

LONGEST_WORD = 200
"""Of a longer run of letters only the first so many are looked at as one word."""

SHORTEST_TOGETHER = 8
"""A run of at least so many letters may be several words without spaces."""
MOST_OF_A_DOSE = 8
"""A larger number of tablets is more than a day's dose of common ones."""
MOST_SPOKEN = 2_000
"""A text with more emoji that have words is a wall of them, and read without."""
MOST_DIGITS = 4
"""A longer number is no count of anything: a telephone number, a date."""
FEWEST_LETTERS = 3
"""So many single letters in a row may be one spaced-out word."""

Meant = tuple[Phrase, ...] | None
Meanings = dict[str, Meant]
"""Of each word that was met in a text, so that none is worked out twice."""

_LETTER = r"[\w\u0900-\u0DFF]"
_PIECES = re.compile(
    rf"([$@|]?{_LETTER}{{1,{LONGEST_WORD}}}(?:['*#$@!|+]{{1,8}}{_LETTER}{{1,{LONGEST_WORD}}}){{0,8}}"
    r"[$@|]?)"
    r"|(\.\.+|,|;|:|\(|\)| - )|([.!?]+(?=\s|$)|\n)"
)
_BREAKS = re.compile(r"['*#$@!|+]+")


class Reader:
    """Reads messages, and the rules' own words, in the same way."""

    def __init__(self, wording: Wording, known: frozenset[str] = frozenset()) -> None:
        self._wording = wording
        self._known = known | wording.explicit | frozenset(wording.also)
        self._spelling = Spelling(
            self._known | frozenset(wording.stands_for) | wording.fillers,
            wording.explicit,
            wording.not_misspelt,
            wording.run_together,
            wording.real_words,
        )
        self._plain = Plain({})
        self._with_emoji = Plain(wording.emoji)
        self._emoji = frozenset(wording.emoji)

    @property
    def known(self) -> frozenset[str]:
        """Every word that the rules have, and those with a second meaning."""
        return self._known

    def words(self, written: str) -> Phrase:
        """One word of a rule, as it will be found in messages; empty for a filler."""
        if written.startswith("#"):
            return (written,)
        plain = written.translate(self._plain)
        return self._wording.stands_for.get(plain) or tuple(
            word
            for piece in _BREAKS.sub("", plain).replace("-", " ").split()
            if piece not in self._wording.fillers
            for word in self._wording.stands_for.get(piece, (piece,))
        )

    def read(self, text: str) -> list[Reading]:
        """Every way in which the text is read: as it stands, emoji spoken, letters joined."""
        meanings: Meanings = {}
        readings = self._read_with(self._plain, text, meanings)
        if not text.isascii() and 0 < sum(map(text.count, self._emoji)) <= MOST_SPOKEN:
            readings += self._read_with(self._with_emoji, text, meanings)
        return readings

    def _read_with(self, table: Plain, text: str, meanings: Meanings) -> list[Reading]:
        draft = self._draft(text.translate(table), meanings)
        joined = self._letters_joined(draft)
        origin = Origin(text, table)
        return [reading.done(origin) for reading in (draft, joined) if reading is not None]

    def _draft(self, plain: str, meanings: Meanings) -> Draft:
        draft = Draft()
        for found in _PIECES.finditer(plain):
            word, clause, sentence = found.groups()
            if word:
                if word not in meanings:
                    meanings[word] = self._meant(word)
                self._add(draft, word, found.start(), found.end(), meanings[word])
            elif clause:
                draft.edge()
            elif sentence:
                draft.stop()
        return draft

    def _add(self, draft: Draft, word: str, start: int, end: int, meant: Meant) -> None:
        if word in self._wording.fillers:
            return
        if meant is None and draft.words and start - draft.ends[-1] == 1:
            before = draft.words[-1][0]
            if before not in self._known and self._spelling.is_explicit(before + word):
                draft.words[-1] = (before + word,)
                draft.written[-1] = before + word
                draft.ends[-1] = end
                return
        meant = ((word,),) if meant is None else meant
        for readings in meant:
            draft.add(readings, start, end, word if len(meant) == 1 else "")

    def _meant(self, word: str) -> Meant:
        """Each word meant, with its readings: none for a filler; None if nothing is known of it."""
        stands_for = self._wording.stands_for
        meant = stands_for.get(word)
        if meant is None and "'" in word:
            bare = word.replace("'", "")
            meant = stands_for.get(bare)
            if meant is None:
                without = word[:-2] if word.endswith("'s") else bare
                return self._meant(without) or ((without,),)
        if meant is not None:
            return tuple((part, *self._wording.also.get(part, ())) for part in meant)
        if word.isdigit():
            return ((*_number(word), *self._wording.also.get(word, ())),)
        if word in self._known:
            return ((word, *self._wording.also.get(word, ())),)
        return self._guessed(word) if word.isalpha() else self._with_signs(word)

    def _guessed(self, word: str) -> tuple[Phrase, ...] | None:
        if word.endswith("in") and word + "g" in self._known:
            return ((word + "g",),)
        corrected = self._spelling.corrected(word)
        if corrected:
            return self._one_of(word, corrected)
        if len(word) >= SHORTEST_TOGETHER:
            apart = self._spelling.taken_apart(word)
            if apart is not None:
                return tuple((part,) for part in apart)
        return None

    def _one_of(self, word: str, near: Phrase) -> tuple[Phrase, ...]:
        """An unknown word as those near it: single words beside one another, else the first."""
        single = [each for each in near if each in self._known]
        if single:
            return ((word, *single),)
        if near[0] in self._wording.fillers:
            return ()
        return self._meant(near[0]) or ((word,),)

    def _with_signs(self, word: str) -> tuple[Phrase, ...] | None:
        unsigned = self._spelling.unsigned(word)
        if unsigned is not None:
            return self._meant(unsigned) if unsigned != word else ((unsigned,),)
        parts = [part for part in _BREAKS.split(word) if part]
        if len(parts) < 2 or "*" in word:
            return None
        return tuple(
            readings
            for part in parts
            if part not in self._wording.fillers
            for readings in self._meant(part) or ((part,),)
        )

    def _letters_joined(self, draft: Draft) -> Draft | None:
        """The draft with spaced letters made words, if that gives words that matter."""
        runs = [
            (first, last, meant)
            for first, last in _letter_runs(draft)
            if (meant := self._spelt_out("".join(draft.written[first:last]))) is not None
        ]
        if not runs:
            return None
        joined = Draft()
        done = 0
        for first, last, meant in runs:
            joined.take(draft, done, first)
            for readings in meant:
                joined.add(readings, draft.starts[first], draft.ends[last - 1])
            done = last
        joined.take(draft, done, len(draft.words))
        return joined

    def _spelt_out(self, word: str) -> tuple[Phrase, ...] | None:
        if word in self._known:
            return ((word,),)
        if word.isdigit():
            return None
        return self._guessed(word) if word.isalpha() else self._with_signs(word)


def _letter_runs(draft: Draft) -> Iterator[tuple[int, int]]:
    """First and last+1 word of every run of single letters."""
    first = 0
    for place, written in enumerate([*draft.written, ""]):
        if len(written) != 1:
            if place - first >= FEWEST_LETTERS:
                yield first, place
            first = place + 1


def _number(digits: str) -> Phrase:
    """A number and what kind it is: a year, or more than anybody takes of anything."""
    if len(digits) == 4 and digits[:2] in ("19", "20"):
        return (digits, "#", "#year")
    if digits.isdecimal() and len(digits) <= MOST_DIGITS and int(digits) > MOST_OF_A_DOSE:
        return (digits, "#", "#many")
    return (digits, "#")
