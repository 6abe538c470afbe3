"""Finds many patterns at once in the words of a message.

All phrases of all patterns are in one trie. One walk notes which phrases stand where, as bits of
one number for each phrase and length. A pattern is then followed for all its starting places at
the same time, by moving those bits, so that the work is bounded by the number of words and
patterns, whatever the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.safety_net.phrases import Choice, Edge, Gap, Pattern, Phrase
from bot.domain.safety_net.reading import Reading

MOST_PLACES = 8
"""No more places of one pattern than this are told apart; there may be more."""

_LENGTH_BITS = 5
_LONGEST = (1 << _LENGTH_BITS) - 1


@dataclass(frozen=True)
class Match:
    """One pattern found.

    ``places``: first and last+1 word of each, the longest from each first word. ``more``: there
    are more places.
    """

    pattern: int
    places: tuple[tuple[int, int], ...]
    more: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """One compiled element: ``keys`` are (phrase key, its length in words)."""

    keys: tuple[tuple[int, int], ...] = ()
    optional: bool = False
    gap: int = 0
    edge: bool = False


class _Node:
    __slots__ = ("after", "keys")

    def __init__(self) -> None:
        self.after: dict[str, _Node] = {}
        self.keys: tuple[int, ...] = ()


class Matcher:
    """Patterns, ready to be found. Their numbers are their places in the given sequence."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._root = _Node()
        self._symbols: dict[frozenset[Phrase], int] = {}
        self._steps = [self._compile(pattern) for pattern in patterns]
        self._by_key: dict[int, tuple[int, ...]] = {}
        self._index(patterns)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word in any pattern."""
        return frozenset(word for phrases in self._symbols for phrase in phrases for word in phrase)

    def find(self, reading: Reading) -> list[Match]:
        """Every pattern that is there, in the order of the patterns."""
        chart = self._chart(reading.words)
        candidates: set[int] = set()
        for key in chart:
            candidates.update(self._by_key.get(key, ()))
        everywhere = (1 << (len(reading.words) + 1)) - 1
        found = []
        for number in sorted(candidates):
            steps = self._steps[number]
            ends = _forward(steps, everywhere, chart, reading)
            if ends:
                found.append(_places(number, steps, ends, chart, reading))
        return found

    def _chart(self, words: Sequence[Phrase]) -> dict[int, int]:
        """Where each phrase begins. The trie is walked once, from all places at the same time."""
        standing: dict[str, int] = {}
        for place, readings in enumerate(words):
            for word in readings:
                standing[word] = standing.get(word, 0) | 1 << place
        chart: dict[int, int] = {}
        level = [(self._root, (1 << len(words)) - 1)]
        depth = 0
        while level:
            onward = []
            for node, starts in level:
                known = node.after
                for word in known if len(known) < len(standing) else standing:
                    after = known.get(word)
                    begun = starts & (standing.get(word, 0) >> depth)
                    if after is not None and begun:
                        for key in after.keys:
                            chart[key] = chart.get(key, 0) | begun
                        if after.after:
                            onward.append((after, begun))
            level = onward
            depth += 1
        return chart

    def _compile(self, pattern: Pattern) -> tuple[_Step, ...]:
        steps = []
        for element in pattern:
            match element:
                case Gap(most):
                    steps.append(_Step(gap=most))
                case Edge():
                    steps.append(_Step(edge=True))
                case Choice(phrases, optional):
                    symbol = self._symbol(phrases)
                    lengths = sorted({len(phrase) for phrase in phrases})
                    keys = tuple((symbol << _LENGTH_BITS | n, n) for n in lengths)
                    steps.append(_Step(keys=keys, optional=optional))
        return tuple(steps)

    def _symbol(self, phrases: frozenset[Phrase]) -> int:
        if phrases in self._symbols:
            return self._symbols[phrases]
        symbol = len(self._symbols)
        self._symbols[phrases] = symbol
        for phrase in phrases:
            if len(phrase) > _LONGEST:
                raise ValueError(f"a phrase of more than {_LONGEST} words: {' '.join(phrase)}")
            node = self._root
            for word in phrase:
                node = node.after.setdefault(word, _Node())
            key = symbol << _LENGTH_BITS | len(phrase)
            if key not in node.keys:
                node.keys += (key,)
        return symbol

    def _index(self, patterns: Sequence[Pattern]) -> None:
        """Each pattern is looked at only when its rarest necessary phrase is in the message."""
        uses = Counter(
            word for phrases in self._symbols for word in {w for p in phrases for w in p}
        )

        def commonness(choice: Choice) -> int:
            return max(min(uses[word] for word in phrase) for phrase in choice.phrases)

        by_key: dict[int, list[int]] = {}
        for number, pattern in enumerate(patterns):
            needed = [e for e in pattern if isinstance(e, Choice) and not e.optional]
            rarest = min(needed, key=commonness)
            symbol = self._symbols[rarest.phrases]
            for length in {len(phrase) for phrase in rarest.phrases}:
                by_key.setdefault(symbol << _LENGTH_BITS | length, []).append(number)
        self._by_key = {key: tuple(numbers) for key, numbers in by_key.items()}


def _forward(steps: tuple[_Step, ...], places: int, chart: dict[int, int], reading: Reading) -> int:
    for step in steps:
        if step.keys:
            onward = places if step.optional else 0
            for key, length in step.keys:
                there = chart.get(key)
                if there is not None:
                    onward |= (places & there) << length
            places = onward
        elif step.gap:
            for _ in range(step.gap):
                places |= (places & reading.inside) << 1
        else:
            places &= reading.edges
        if not places:
            return 0
    return places


def _backward(
    steps: tuple[_Step, ...], places: int, chart: dict[int, int], reading: Reading
) -> int:
    for step in reversed(steps):
        if step.keys:
            back = places if step.optional else 0
            for key, length in step.keys:
                back |= (places >> length) & chart.get(key, 0)
            places = back
        elif step.gap:
            for _ in range(step.gap):
                places |= (places >> 1) & reading.inside
        else:
            places &= reading.edges
    return places


def _places(
    number: int, steps: tuple[_Step, ...], ends: int, chart: dict[int, int], reading: Reading
) -> Match:
    starts = list(_bits(_backward(steps, ends, chart, reading), MOST_PLACES + 1))
    places = []
    for start in starts[:MOST_PLACES]:
        reached = _forward(steps, 1 << start, chart, reading)
        places.append((start, reached.bit_length() - 1))
    return Match(number, tuple(places), more=len(starts) > MOST_PLACES)


def _bits(number: int, most: int) -> Iterator[int]:
    while number and most:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
        most -= 1
