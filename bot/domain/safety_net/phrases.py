"""The phrase language in which the rules are written.

==============  ========================================================
``word``        this word, in any spelling that the net knows for it
``{a b|c}``     one of these
``[a|b]``       one of these, or nothing
``@name``       any phrase of the word group of that name
``<3>``         up to three words in between, inside the sentence (1 to 8)
``^`` ``$``     a sentence begins or ends here; a comma counts
==============  ========================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

MOST_PHRASES = 6_000
"""No group or choice may stand for more phrases than this."""
MOST_PATTERNS = 32
"""No line may make more patterns than this."""
WIDEST_GAP = 8
"""No gap may be wider than this, in words."""

Phrase = tuple[str, ...]
"""Words in order, as the reader gives them."""
Words = Callable[[str], Phrase]
"""How the reader would read one written word."""

_PIECE = re.compile(r"\s*(?:([{}\[\]|^$])|<(\d)>|@(\w+)|([^\s{}\[\]|^$<>@]+))")


class PhraseError(ValueError):
    """A phrase is not written in the phrase language."""


@dataclass(frozen=True)
class Choice:
    """One of these phrases."""

    phrases: frozenset[Phrase]
    optional: bool = False


@dataclass(frozen=True)
class Gap:
    """Up to so many words."""

    most: int


@dataclass(frozen=True)
class Edge:
    """A sentence begins (or ends) here."""

    begins: bool


Element = Choice | Gap | Edge
Pattern = tuple[Element, ...]


def parse(
    written: str, groups: Mapping[str, frozenset[Phrase]], words: Words
) -> tuple[Pattern, ...]:
    """One line as patterns, any of which will do. Raises PhraseError with what is wrong."""
    pieces = _Pieces(written)
    patterns = tuple(_Parser(pieces, groups, words).sequence())
    if pieces.peek() is not None:
        raise PhraseError(f"'{pieces.peek()}' was not opened")
    for pattern in patterns:
        if not any(isinstance(element, Choice) and not element.optional for element in pattern):
            raise PhraseError("nothing in it must be there")
    return patterns


def parse_group(
    written: str, groups: Mapping[str, frozenset[Phrase]], words: Words
) -> frozenset[Phrase]:
    """The phrases that one line of a word group stands for. Raises PhraseError."""
    phrases: set[Phrase] = set()
    for pattern in parse(written, groups, words):
        found = _plain_phrases(pattern)
        if found is None:
            raise PhraseError("gaps and sentence marks belong in rules, not in word groups")
        phrases |= found
    return frozenset(phrases)


class _Pieces:
    """The pieces of a written pattern, one at a time."""

    def __init__(self, written: str) -> None:
        self._pieces = []
        end = len(written.rstrip())
        place = 0
        while place < end:
            found = _PIECE.match(written, place)
            if found is None:
                raise PhraseError(f"cannot read '{written[place:].strip()}'")
            mark, gap, group, word = found.groups()
            self._pieces.append(
                mark or (f"<{gap}" if gap else f"@{group}" if group else f"={word}")
            )
            place = found.end()
        self._next = 0

    def peek(self) -> str | None:
        return self._pieces[self._next] if self._next < len(self._pieces) else None

    def take(self) -> str:
        piece = self.peek()
        if piece is None:
            raise PhraseError("it ends too soon")
        self._next += 1
        return piece


class _Parser:
    """Reads pieces into patterns; a choice with gaps or marks in it makes several of them."""

    def __init__(
        self, pieces: _Pieces, groups: Mapping[str, frozenset[Phrase]], words: Words
    ) -> None:
        self._pieces = pieces
        self._groups = groups
        self._words = words

    def sequence(self) -> list[Pattern]:
        patterns: list[Pattern] = [()]
        while (piece := self._pieces.peek()) is not None and piece not in ("|", "}", "]"):
            self._pieces.take()
            onward = self._next(piece)
            patterns = [before + after for before in patterns for after in onward]
            if len(patterns) > MOST_PATTERNS:
                raise PhraseError(f"it makes more than {MOST_PATTERNS} patterns")
        return patterns

    def _next(self, piece: str) -> list[Pattern]:
        if piece in ("^", "$"):
            return [(Edge(begins=piece == "^"),)]
        if piece == "{":
            return self._choice("}")
        if piece == "[":
            return self._choice("]")
        if piece[0] == "<":
            return [(_gap(int(piece[1:])),)]
        if piece[0] == "@":
            if piece[1:] not in self._groups:
                raise PhraseError(f"there is no word group '{piece[1:]}'")
            return [(Choice(self._groups[piece[1:]]),)]
        found = self._words(piece[1:])
        if not found:
            raise PhraseError(f"'{piece[1:]}' is passed over in every message: leave it out")
        return [tuple(Choice(frozenset({(word,)})) for word in found)]

    def _choice(self, closing: str) -> list[Pattern]:
        phrases: set[Phrase] = set()
        others: list[Pattern] = []
        piece = "|"
        while piece == "|":
            for pattern in self.sequence():
                plain = _plain_phrases(pattern)
                if plain is None:
                    others.append(pattern)
                else:
                    phrases |= plain
            piece = self._pieces.take()
        if piece != closing:
            raise PhraseError(f"'{piece}' where '|' or '{closing}' was expected")
        phrases.discard(())
        optional = closing == "]"
        if phrases:
            others.append((Choice(frozenset(phrases), optional=optional),))
        elif optional and others:
            others.append(())
        if not others:
            raise PhraseError("a choice of nothing")
        return others


def _gap(most: int) -> Gap:
    if not 1 <= most <= WIDEST_GAP:
        raise PhraseError(f"a gap is 1 to {WIDEST_GAP} words")
    return Gap(most)


def _plain_phrases(pattern: Pattern) -> frozenset[Phrase] | None:
    """What a pattern of words alone stands for; None if there is a gap or a mark in it."""
    phrases: set[Phrase] = {()}
    for element in pattern:
        if not isinstance(element, Choice):
            return None
        longer = {before + after for before in phrases for after in element.phrases}
        phrases = phrases | longer if element.optional else longer
        if len(phrases) > MOST_PHRASES:
            raise PhraseError(f"it stands for more than {MOST_PHRASES} phrases")
    return frozenset(phrases)
