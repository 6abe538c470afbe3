"""Reading and writing short words: the plain form of what was typed, and gaps in content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_GAP = re.compile(r"\{([^{}]*)\}")

NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}

_RATING = re.compile(
    r"(?:(?:i think|id say|im|i am|its|it is|about|around|maybe|probably|still|now|down to|up to"
    r"|like|at|a|an) )*"
    r"(\d{1,2}|" + "|".join(NUMBER_WORDS) + r")"
    r"(?: (?:out )?of (?:10|ten))?"
    r"(?: ?ish| (?:now|right now|at the moment|still|i think|maybe|probably|please))*"
)

_NO_COUNT = re.compile(r"[-–−+<>:.£$€]\d")
"""A sign, a range, a fraction, a price or a face ("-1", "7-8", "6.5", "<3"): no number to take."""

_APOSTROPHES = str.maketrans("", "", "'’‘`\u02bc\u00b4")


def plain(text: str) -> str:
    """Lower case, straight spaces, no punctuation: how standing words and labels are compared."""
    folded = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    return " ".join("".join(each if each.isalnum() else " " for each in folded).split())


def whole_number(text: str) -> int | None:
    """The number that a message is and nothing else: "2", "2.", "(2)"; None for "-2" or "<3"."""
    typed = plain(text)
    if len(typed) > 3 or not typed.isdecimal() or _NO_COUNT.search(text):
        return None
    return int(typed)


def rating(text: str, lowest: int, highest: int) -> int | None:
    """The number in an answer to "how strong, 0 to 10?", or None if it is no such answer.

    The whole message has to be the answer: "7", "7/10", "a seven", "about 6 now". A number
    inside a longer sentence is not taken here.
    """
    folded = unicodedata.normalize("NFKC", text)
    found = _RATING.fullmatch(plain(folded.replace("/", " out of ")))
    if found is None or _NO_COUNT.search(folded):
        return None
    said = found.group(1)
    number = int(said) if said.isdecimal() else NUMBER_WORDS[said]
    return number if lowest <= number <= highest else None


def filled(text: str, gaps: Mapping[str, str]) -> str:
    """The text with its {gaps} filled. A gap without a value keeps nothing, not its braces."""
    return _GAP.sub(lambda found: gaps.get(found.group(1), ""), text).strip()


def safe_text(text: str, limit: int = 100_000) -> str:
    """Text that every store and peer can hold: no lone surrogates or control characters, bounded.

    Line breaks and tabs stay, and every control character that parts words becomes a line break,
    so that no two words are joined. ``limit`` in characters bounds what is kept, far above what
    any channel lets a person write.
    """
    sound = text[:limit].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(_sound(each) for each in sound.replace("\r\n", "\n"))


def _sound(character: str) -> str:
    if character == "\t" or unicodedata.category(character) not in {"Cc", "Cs"}:
        return character
    return "\n" if character.isspace() else ""
