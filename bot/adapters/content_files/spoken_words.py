"""What no text here may hold: words that hurt, exclamation marks, emoji, telephone numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from bot.adapters.content_files.problems import Problem
from bot.adapters.content_files.reading import Source

_SPOKEN = frozenset(
    {
        "say", "again", "after", "label", "title", "module", "summary", "why", "opening", "ask",
        "credit", "name", "hours_text",
    }
)  # fmt: skip
"""Fields whose words reach a person. What people may type themselves is never checked."""

_NUMBER = re.compile(r"\d[\d ]{1,}\d")

_NUMBERS_IN_WORDS = frozenset({"999", "111"})

Way = tuple[str | int, ...]


def check_words(source: Source, never: Sequence[str]) -> Iterator[Problem]:
    """Everything in one file that a person should not read."""
    banned = _pattern(never)
    for way, text in _spoken(source.values, ()):
        found = banned.search(text.replace("’", "'"))
        if found is not None:
            yield source.problem(f"'{found.group()}' is a word that is never used", *way)
        if "!" in text:
            yield source.problem("has an exclamation mark", *way)
        if any(unicodedata.category(each) in {"So", "Cs", "Co"} for each in text):
            yield source.problem("has an emoji", *way)
        for number in _NUMBER.findall(text):
            if len(number) > 2 and number not in _NUMBERS_IN_WORDS:
                yield source.problem(f"'{number}': a telephone number belongs in contacts", *way)


def _pattern(never: Sequence[str]) -> re.Pattern[str]:
    words = "|".join(re.escape(each) for each in sorted(never, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def _spoken(values: object, way: Way, *, heard: bool = False) -> Iterator[tuple[Way, str]]:
    if isinstance(values, Mapping):
        for key, value in values.items():
            is_text = not isinstance(value, Mapping)
            yield from _spoken(value, (*way, str(key)), heard=str(key) in _SPOKEN and is_text)
    elif isinstance(values, list):
        for at, value in enumerate(values):
            yield from _spoken(value, (*way, at), heard=heard)
    elif isinstance(values, str) and heard:
        yield way, values
