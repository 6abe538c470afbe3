"""Reading and writing short words: the plain form of what was typed, and gaps in content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_GAP = re.compile(r"\{([a-z_.]+)\}")

NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}

_RATING = re.compile(
    r"(?:(?:i m|im|i am|its|it s|it is|about|around|maybe|probably|like|at|a|an) )*"
    r"(\d{1,2}|" + "|".join(NUMBER_WORDS) + r")"
    r"(?: (?:out of 10|out of ten|10|of 10))?"
    r"(?: (?:now|i think|maybe|probably|ish|please|right now))*"
)


def plain(text: str) -> str:
    """Lower case, straight spaces, no punctuation: how standing words and labels are compared."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(each if each.isalnum() else " " for each in folded.replace("'", "").replace("’", ""))
    return " ".join(kept.split())


def rating(text: str, lowest: int, highest: int) -> int | None:
    """The number in an answer to "how strong, 0 to 10?", or None if it is no such answer.

    The whole message has to be the answer: "7", "7/10", "a seven", "about 6 now". A number
    inside a longer sentence is not taken here.
    """
    found = _RATING.fullmatch(plain(text))
    if found is None:
        return None
    said = found.group(1)
    number = int(said) if said.isdecimal() else NUMBER_WORDS[said]
    return number if lowest <= number <= highest else None


def filled(text: str, gaps: Mapping[str, str]) -> str:
    """The text with its {gaps} filled. A gap without a value keeps nothing, not its braces."""
    return _GAP.sub(lambda found: gaps.get(found.group(1), ""), text).strip()


def safe_text(text: str, limit: int = 100_000) -> str:
    """Text that every store and peer can hold: no lone surrogates or control characters, bounded.

    Line breaks and tabs stay. ``limit`` in characters bounds what is kept, far above what any
    channel lets a person write.
    """
    sound = text[:limit].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(
        each for each in sound if each in "\n\t" or unicodedata.category(each) not in {"Cc", "Cs"}
    )
