"""Long messages in pieces, and short ones joined: what is looked at, and what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 24_000
"""Of a longer message only the first and the last half of so many characters are read."""
WINDOW = 6_000
"""Characters read at a time."""
OVERLAP = 300
"""Characters that neighbouring pieces share, so that nothing hides on a border."""
MESSAGES_BEFORE = 5
"""So many earlier messages are looked at together with a new one."""
TAIL = 60
"""Of the earlier messages so many last characters, of the new one so many first."""

FEW_WORDS = 2
"""A message of no more words may be a bit of a sentence that began or ends in another."""


@dataclass(frozen=True)
class Window:
    """A piece of a message and the character where it starts."""

    text: str
    start: int


@dataclass(frozen=True)
class Windows:
    """What is read of a message. ``left_out``: first and last+1 character that is not read."""

    pieces: tuple[Window, ...]
    left_out: tuple[int, int] | None = None


@dataclass(frozen=True)
class Joined:
    """Earlier messages and a new one in one text; the new one begins at ``new_from``."""

    text: str
    new_from: int


def windows(text: str) -> Windows:
    """The overlapping pieces in which a message is read."""
    if len(text) <= WINDOW:
        return Windows((Window(text, 0),))
    if len(text) <= LONGEST:
        return Windows(tuple(_pieces(text, 0, len(text))))
    half = LONGEST // 2
    end = len(text) - half
    pieces = (*_pieces(text, 0, half), *_pieces(text, end, len(text)))
    return Windows(pieces, (half, end))


def joined(text: str, earlier: Sequence[str]) -> Joined:
    """The end of the earlier messages and the beginning of the new one, as one text.

    Bits of a sentence, a word or two long, are put together; whole ones stay apart.
    """
    messages = [*(_end_of(message) for message in earlier[-MESSAGES_BEFORE:]), _start_of(text)]
    few = [len(message.split()) <= FEW_WORDS for message in messages]
    before = "".join(
        message + (", " if few[place] or few[place + 1] else "\n")
        for place, message in enumerate(messages[:-1])
    )
    before = _end_of(before)
    return Joined(before + messages[-1], len(before))


def _end_of(text: str) -> str:
    """The last characters, from the beginning of a word if there is one."""
    if len(text) <= TAIL:
        return text
    space = text.find(" ", len(text) - TAIL, len(text) - TAIL // 2)
    return text[-TAIL:] if space < 0 else text[space + 1 :]


def _start_of(text: str) -> str:
    """The first characters, to the end of a word if there is one."""
    space = -1 if len(text) <= TAIL else text.rfind(" ", TAIL // 2, TAIL)
    return text[:TAIL] if space < 0 else text[:space]


def _pieces(text: str, start: int, end: int) -> list[Window]:
    pieces = []
    while end - start > WINDOW:
        stop = start + WINDOW
        space = text.rfind(" ", stop - OVERLAP // 2, stop)
        stop = stop if space < 0 else space
        pieces.append(Window(text[start:stop], start))
        begin = stop - OVERLAP
        space = text.find(" ", begin, begin + OVERLAP // 2)
        start = begin if space < 0 else space
    return [*pieces, Window(text[start:end], start)]
