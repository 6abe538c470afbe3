"""Which stretches of a message the model sees."""

from __future__ import annotations

from collections.abc import Sequence

LONG = 130
"""Characters of a stretch: about as many as make the tokens that the model reads."""
MOST = 3
"""Stretches of one message: 7 ms each, of the 25 ms that there are."""

Span = tuple[int, int]


def stretches(text: str, hits: Sequence[Span] = ()) -> tuple[str, ...]:
    """At most three: the first, the last, around the places of ``hits``, then evenly spaced.

    A message of up to three stretches is seen whole, its neighbours overlapping.
    """
    last = len(text) - LONG
    if last <= 0:
        return (text,)
    evenly = -(-len(text) // LONG)
    starts = [0, last]
    if evenly > MOST:
        evenly = MOST
        for start, end in hits:
            wanted = max(0, min(last, (start + end - LONG) // 2))
            if len(starts) < MOST and not any(_covers(each, start, end) for each in starts):
                starts.append(wanted)
    for place in range(1, evenly - 1):
        if len(starts) < evenly:
            starts.append(last * place // (evenly - 1))
    return tuple(_at_words(text, start) for start in sorted(set(starts)))


def _covers(begins: int, start: int, end: int) -> bool:
    return begins <= start and end <= begins + LONG


def _at_words(text: str, start: int) -> str:
    """The stretch from there, without the part of a word at either border, if there are words."""
    end = start + LONG
    if start > 0:
        space = text.find(" ", start, start + LONG // 4)
        start = start if space < 0 else space + 1
    if end < len(text):
        space = text.rfind(" ", end - LONG // 4, end)
        end = end if space < 0 else space
    return text[start:end]
