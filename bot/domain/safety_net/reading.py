"""A message as words: what the rules look at."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.safety_net.characters import Plain
from bot.domain.safety_net.phrases import Phrase


class Origin:
    """Where the characters of a plain text came from; worked out when first asked."""

    def __init__(self, text: str, table: Plain) -> None:
        self._text = text
        self._table = table
        self._places: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the plain text as a stretch of the text as it was written."""
        if self._places is None:
            self._places = self._table.offsets(self._text)
        return self._places[start], self._places[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a message in order, each with its possible readings.

    ``starts``, ``ends``: characters of the plain text. ``edges``: bit j is set if a sentence or
    clause begins at word j or ends before it. ``stops``: likewise, sentences of more than one
    word only. ``inside``: bit j is set if word j has no stop on either side, so that a gap may
    pass it.
    """

    words: tuple[Phrase, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    edges: int
    stops: int
    inside: int
    origin: Origin

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The characters of the message from word ``first`` to before word ``last``."""
        return self.origin.span(self.starts[first], self.ends[last - 1])

    def same_sentence(self, first: int, second: int) -> bool:
        """Whether no sentence ends between the two words."""
        low, high = sorted((first, second))
        return not (self.stops >> low + 1) & ((1 << high - low) - 1)


@dataclass
class Draft:
    """A reading being put together; places are characters of the plain text."""

    words: list[Phrase] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    edges: list[int] = field(default_factory=lambda: [0])
    stops: list[int] = field(default_factory=list)

    def add(self, readings: Phrase, start: int, end: int, written: str = "") -> None:
        """A word: its readings, where it stands, and its letters if it alone stands there."""
        self.words.append(readings)
        self.written.append(written)
        self.starts.append(start)
        self.ends.append(end)

    def take(self, other: Draft, first: int, last: int) -> None:
        """The words of another draft from ``first`` to before ``last``, with their edges."""
        moved = len(self.words) - first
        self.edges += [place + moved for place in other.edges if first <= place < last]
        self.stops += [place + moved for place in other.stops if first <= place < last]
        self.words += other.words[first:last]
        self.written += other.written[first:last]
        self.starts += other.starts[first:last]
        self.ends += other.ends[first:last]

    def edge(self) -> None:
        """A clause ends here."""
        self.edges.append(len(self.words))

    def stop(self) -> None:
        """A sentence ends here; one of a single word is taken for part of the next."""
        if len(self.words) - self.edges[-1] > 1:
            self.stops.append(len(self.words))
        self.edge()

    def done(self, origin: Origin) -> Reading:
        """The reading, finished."""
        count = len(self.words)
        edges = 1 << count
        for place in self.edges:
            edges |= 1 << place
        stops = 0
        for place in self.stops:
            stops |= 1 << place
        return Reading(
            words=tuple(self.words),
            starts=tuple(self.starts),
            ends=tuple(self.ends),
            edges=edges,
            stops=stops,
            inside=((1 << count) - 1) & ~stops & ~(stops >> 1),
            origin=origin,
        )
