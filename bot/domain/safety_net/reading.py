"""A message as words: what the rules look at."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.safety_net.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a message in order, each with its possible readings.

    ``starts``, ``ends``: characters of the text as it was written. ``edges``: bit j is set if a
    sentence or clause begins at word j or ends before it. ``stops``: likewise, sentences of more
    than one word only. ``inside``: bit j is set if word j has no stop on either side, so that a
    gap may pass it.
    """

    words: tuple[Phrase, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    edges: int
    stops: int
    inside: int

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The characters from word ``first`` to before word ``last``."""
        return self.starts[first], self.ends[last - 1]

    def same_sentence(self, first: int, second: int) -> bool:
        """Whether no sentence ends between the two words."""
        low, high = sorted((first, second))
        return not (self.stops >> low + 1) & ((1 << high - low) - 1)


class Draft:
    """A reading being put together; places are characters of the plain text."""

    def __init__(self) -> None:
        self.words: list[Phrase] = []
        self.written: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.edges = {0}
        self.stops: set[int] = set()

    def add(self, readings: Phrase, start: int, end: int, written: str = "") -> None:
        """A word: its readings, where it stands, and its letters if it alone stands there."""
        self.words.append(readings)
        self.written.append(written)
        self.starts.append(start)
        self.ends.append(end)

    def stop(self) -> None:
        """A sentence ends here; one of a single word is taken for part of the next."""
        here = len(self.words)
        if here - max(self.edges) > 1:
            self.stops.add(here)
        self.edges.add(here)

    def done(self, offsets: list[int] | None) -> Reading:
        count = len(self.words)
        edges = 1 << count
        for place in self.edges:
            edges |= 1 << place
        stops = 0
        for place in self.stops:
            stops |= 1 << place
        inside = ((1 << count) - 1) & ~stops & ~(stops >> 1)
        starts, ends = self.starts, self.ends
        if offsets is not None:
            starts = [offsets[start] for start in starts]
            ends = [offsets[end - 1] + 1 for end in ends]
        return Reading(tuple(self.words), tuple(starts), tuple(ends), edges, stops, inside)
