"""Characters made plain as a reader sees them: look-alikes, invisible and decorated ones."""

# Look-alikes are what this module is about.
# ruff: noqa: RUF001

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

_APOSTROPHES = "'’‘‛`´ʼʹ′＇"
_DASHES = "-‐‑‒–—―−﹣－"
_INVISIBLE = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_LOOK_ALIKES = {
    "а": "a", "в": "b", "е": "e", "ё": "e", "з": "3", "і": "i", "ї": "i", "ј": "j", "к": "k",
    "м": "m", "н": "h", "о": "o", "р": "p", "с": "c", "т": "t", "у": "y", "х": "x", "ѕ": "s",
    "ԁ": "d", "ԛ": "q", "ԝ": "w", "һ": "h", "ӏ": "l", "ь": "b",
    "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i", "κ": "k", "μ": "u", "ν": "v", "ο": "o",
    "ρ": "p", "σ": "o", "τ": "t", "υ": "u", "χ": "x", "ω": "w",
    "ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ı": "i", "ŧ": "t", "þ": "p", "æ": "ae",
    "œ": "oe", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ʟ": "l", "ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ᴅ": "d",
    "ᴇ": "e", "ꜰ": "f", "ɢ": "g", "ʜ": "h", "ɪ": "i", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m", "ɴ": "n",
    "ᴏ": "o", "ᴘ": "p", "ʀ": "r", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ʏ": "y",
    "ᴢ": "z", "€": "e", "£": "l", "¡": "i",
}  # fmt: skip
_FULL_STOPS = {"…": "...", "。": ".", "۔": ".", "।": ".", "؟": "?", "？": "?", "！": "!", "‼": "!!"}
_MARKED_SCRIPTS = range(0x0900, 0x0E00)
"""South Asian scripts, whose marks are vowels and stay."""
_HAN, _HAN_BEYOND, _HANGUL = range(0x3400, 0xA000), range(0x20000, 0x40000), range(0xAC00, 0xD7A4)
"""No rules are written in these scripts, and looking each character up would be slow."""
_ENCLOSED_LETTERS = (0x1F110, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
"""Where runs of A to Z in circles, squares and flags begin."""
_ENCLOSED = range(0x1F100, 0x1F200)
_PREPARED = 0x2FFF
_MOST_PARTS = 6
"""A character that stands for more letters than this is an ornament."""


def plain_character(character: str) -> str:
    """One character made plain: lower case, no marks, "" if invisible, " " if it says nothing."""
    code = ord(character)
    if character in _APOSTROPHES:
        return "'"
    if character in _DASHES:
        return "-"
    if character in _FULL_STOPS:
        return _FULL_STOPS[character]
    if character in "\n\r\v\f\x85\u2028\u2029":
        return "\n"
    if character in "\t_" or 0xD800 <= code <= 0xDFFF:
        return " "
    if character in _INVISIBLE or unicodedata.category(character) in ("Cf", "Cc"):
        return ""
    for first in _ENCLOSED_LETTERS:
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    if code in _MARKED_SCRIPTS:
        return unicodedata.normalize("NFD", character)
    parts = unicodedata.normalize("NFKD", character).casefold()
    return "".join(_plain(part) for part in parts) if len(parts) <= _MOST_PARTS else " "


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Sk"):
        return ""
    if category == "So":
        return " "
    return _LOOK_ALIKES.get(character, character)


@cache
def _prepared() -> dict[int, str]:
    return {code: plain_character(chr(code)) for code in range(_PREPARED)}


@lru_cache(maxsize=32_768)
def _looked_up(code: int) -> str:
    """``plain_character``, with the kinds that most characters are of told first."""
    character = chr(code)
    if code in _HAN or code in _HANGUL or code in _HAN_BEYOND:
        return character
    if code not in _ENCLOSED and not unicodedata.decomposition(character):
        kind = unicodedata.category(character)
        if kind in ("Lo", "Cn"):
            return character
        if kind == "So":
            return " "
    return plain_character(character)


class Plain(dict[int, str]):
    """A table for ``str.translate``: every character made plain, emoji as words.

    Of what is not prepared the last thousands of characters are kept, so that it never grows.
    """

    def __init__(self, emoji: Mapping[str, str]) -> None:
        super().__init__(_prepared())
        self.update({ord(sign): f" {words} " for sign, words in emoji.items()})

    def __missing__(self, code: int) -> str:
        return _looked_up(code)

    def offsets(self, text: str) -> list[int]:
        """For each character of the translated text (and its end) the place it came from."""
        lengths = map(len, map(self.__getitem__, map(ord, text)))
        places = [place for place, length in enumerate(lengths) for _ in range(length)]
        places.append(len(text))
        return places
