"""Runs of letters as features: they see spellings and endings that the sentence model does not."""

from __future__ import annotations

import re
import zlib

BUCKETS = 1 << 14
"""Features that runs of letters are spread over."""
SHORTEST, LONGEST = 3, 5
LONGEST_TEXT = 200
"""Characters of a stretch that are looked at."""

_WORDS = re.compile(r"[\w']+")


def buckets(text: str) -> list[int]:
    """The features (0 to ``BUCKETS``) of the runs of 3 to 5 letters in each word, each once."""
    found: set[int] = set()
    for word in set(_WORDS.findall(text[:LONGEST_TEXT].casefold())):
        marked = f" {word} ".encode("utf-8", "replace")
        for length in range(SHORTEST, LONGEST + 1):
            for start in range(max(1, len(marked) - length + 1)):
                found.add(zlib.crc32(marked[start : start + length]) % BUCKETS)
    return sorted(found)
