"""How a reply looks on Telegram: in parts that it takes, with buttons for a phone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

LONGEST_TEXT = 4096
"""UTF-16 code units in one message (Bot API, sendMessage)."""

_BREAKS = (r"\n{2,}", r"\n", r"(?<=[.!?]) ", r"\s")
"""Where a text is cut, best first: after a paragraph, a line, a sentence, a word."""

_SHORT_LABEL, _ROW_WIDTH, _ROW_LENGTH = 10, 18, 4


def parts(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """The text in pieces of at most ``longest`` code units, cut at the ends of paragraphs."""
    pieces = []
    while _units(text) > longest:
        fits = _beginning(text, longest)
        cut = _cut(text, fits)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [each for each in (*pieces, text) if each] or [text]


def keyboard(buttons: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup | None:
    """Buttons of (label, token): one a row, but short labels side by side, four at most."""
    rows: list[list[InlineKeyboardButton]] = []
    width = _ROW_WIDTH
    for label, token in buttons:
        button = InlineKeyboardButton(label, callback_data=token)
        taken = len(label) if len(label) <= _SHORT_LABEL else _ROW_WIDTH
        if rows and width + taken <= _ROW_WIDTH and len(rows[-1]) < _ROW_LENGTH:
            rows[-1].append(button)
            width += taken
        else:
            rows.append([button])
            width = taken
    return InlineKeyboardMarkup(rows) if rows else None


def _cut(text: str, fits: int) -> int:
    """Where to cut so that at most ``fits`` characters come before: half of them at least."""
    for pattern in _BREAKS:
        ends = [found.end() for found in re.finditer(pattern, text[: fits + 1])]
        good = [end for end in ends if fits // 2 < end <= fits]
        if good:
            return good[-1]
    return fits


def _beginning(text: str, longest: int) -> int:
    """How many characters of a text fit into so many code units."""
    used = 0
    for place, character in enumerate(text):
        used += _units(character)
        if used > longest:
            return place
    return len(text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
