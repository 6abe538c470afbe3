"""Turns a message into words, whatever its spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.safety_net.characters import Plain
from bot.domain.safety_net.phrases import Phrase
from bot.domain.safety_net.reading import Draft, Reading
from bot.domain.safety_net.spelling import Spelling

LONGEST_WORD = 200
"""Of a longer run of letters only the first so many are looked at as one word."""

SHORTEST_TOGETHER = 8
"""A run of at least so many letters may be several words without spaces."""
FEWEST_LETTERS = 3
"""So many single letters in a row may be one spaced-out word."""

_LETTER = r"[\w\u0900-\u0DFF]"
_PIECES = re.compile(
    rf"(\$?{_LETTER}{{1,{LONGEST_WORD}}}(?:['*#$@!|+]{{1,8}}{_LETTER}{{1,{LONGEST_WORD}}}){{0,8}})"
    r"|(\.\.+|,|;|:|\(|\)| - )|([.!?]+(?=\s|$)|\n)"
)
_BREAKS = re.compile(r"['*#$@!|+]+")


@dataclass(frozen=True)
class Wording:
    """How words are written here. Keys are as ``Plain`` leaves them, without apostrophes kept.

    ``stands_for``: text-speak, short forms, dialect and usual misspellings → the words meant.
    ``also``: words with a second meaning → the other readings. ``fillers``: words that say
    nothing. ``emoji``: sign → words. The rest: see ``Spelling``.
    """

    stands_for: Mapping[str, Phrase]
    also: Mapping[str, Phrase]
    fillers: frozenset[str]
    emoji: Mapping[str, str]
    explicit: frozenset[str]
    not_misspelt: frozenset[str]
    run_together: frozenset[str]


class Reader:
    """Reads messages, and the rules' own words, in the same way."""

    def __init__(self, wording: Wording, known: frozenset[str] = frozenset()) -> None:
        self._wording = wording
        self._known = known | wording.explicit | frozenset(wording.also)
        self._spelling = Spelling(
            self._known, wording.explicit, wording.not_misspelt, wording.run_together
        )
        self._plain = Plain({})
        self._with_emoji = Plain(wording.emoji)
        self._emoji = frozenset(wording.emoji)

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
        tables = [self._plain]
        if not text.isascii() and not self._emoji.isdisjoint(text):
            tables.append(self._with_emoji)
        readings = []
        for table in tables:
            draft = self._draft(text.translate(table))
            drafts = [draft]
            joined = self._letters_joined(draft)
            if joined is not None:
                drafts.append(joined)
            offsets = None if text.isascii() and text.isprintable() else table.offsets(text)
            readings += [draft.done(offsets) for draft in drafts]
        return readings

    def _draft(self, plain: str) -> Draft:
        draft = Draft()
        for found in _PIECES.finditer(plain):
            word, clause, sentence = found.groups()
            if word:
                self._add(draft, word, found.start(), found.end())
            elif clause:
                draft.edges.add(len(draft.words))
            elif sentence:
                draft.stop()
        return draft

    def _add(self, draft: Draft, word: str, start: int, end: int) -> None:
        if word in self._wording.fillers:
            return
        meant = self._meant(word)
        if meant is None and draft.words and start - draft.ends[-1] == 1:
            before = draft.words[-1][0]
            if before not in self._known and self._spelling.is_explicit(before + word):
                draft.words[-1] = (before + word,)
                draft.written[-1] = before + word
                draft.ends[-1] = end
                return
        meant = meant or ((word,),)
        for readings in meant:
            draft.add(readings, start, end, word if len(meant) == 1 else "")

    def _meant(self, word: str) -> tuple[Phrase, ...] | None:
        """Each word meant, with its readings; None if nothing is known of it."""
        stands_for = self._wording.stands_for
        meant = stands_for.get(word)
        if meant is None and "'" in word:
            bare = word.replace("'", "")
            meant = stands_for.get(bare)
            if meant is None:
                word = word[:-2] if word.endswith("'s") else bare
                meant = stands_for.get(word)
        if meant is not None:
            return tuple((part, *self._wording.also.get(part, ())) for part in meant)
        if word.isdigit():
            return ((*_number(word), *self._wording.also.get(word, ())),)
        if word in self._known:
            return ((word, *self._wording.also.get(word, ())),)
        if word.isalpha():
            return self._guessed(word)
        return self._with_signs(word)

    def _guessed(self, word: str) -> tuple[Phrase, ...] | None:
        if word.endswith("in") and word + "g" in self._known:
            return ((word + "g",),)
        corrected = self._spelling.corrected(word)
        if corrected is not None:
            return ((word, corrected),)
        if len(word) >= SHORTEST_TOGETHER:
            apart = self._spelling.taken_apart(word)
            if apart is not None:
                return tuple((part,) for part in apart)
        return None

    def _with_signs(self, word: str) -> tuple[Phrase, ...] | None:
        unsigned = self._spelling.unsigned(word)
        if unsigned is not None:
            return ((unsigned,),)
        parts = [part for part in _BREAKS.split(word) if part]
        if len(parts) < 2:
            return None
        return tuple(
            readings
            for part in parts
            if part not in self._wording.fillers
            for readings in self._meant(part) or ((part,),)
        )

    def _letters_joined(self, draft: Draft) -> Draft | None:
        """The draft with spaced letters made words, if that gives words that matter."""
        joined = Draft()
        joined.edges, joined.stops = {0}, set()
        changed = False
        place = 0
        while place < len(draft.words):
            end = place
            while end < len(draft.words) and len(draft.written[end]) == 1:
                end += 1
            meant = self._spelt_out(draft, place, end) if end - place >= FEWEST_LETTERS else None
            if meant is None:
                end = max(end, place + 1)
                for kept in range(place, end):
                    if kept in draft.edges:
                        joined.edges.add(len(joined.words))
                    if kept in draft.stops:
                        joined.stops.add(len(joined.words))
                    joined.add(
                        draft.words[kept],
                        draft.starts[kept],
                        draft.ends[kept],
                        draft.written[kept],
                    )
            else:
                changed = True
                for readings in meant:
                    joined.add(readings, draft.starts[place], draft.ends[end - 1])
            place = end
        return joined if changed else None

    def _spelt_out(self, draft: Draft, first: int, last: int) -> tuple[Phrase, ...] | None:
        word = "".join(draft.written[first:last])
        if word.isdigit():
            return ((*_number(word), *self._wording.also.get(word, ())),)
        if word in self._known:
            return ((word,),)
        return self._guessed(word) if word.isalpha() else self._with_signs(word)


def _number(digits: str) -> Phrase:
    if len(digits) == 4 and digits[:2] in ("19", "20"):
        return (digits, "#", "#year")
    return (digits, "#")
