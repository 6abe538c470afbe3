"""Rewrites how people type into the English that the sentence model was trained on.

The model reads "wot av i got to do" as noise, and "what have i got to do" as a question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

SPELLINGS = Path(__file__).with_name("plain_english.yml")

_ADDRESS = re.compile(r",? (?:m[ei] )?(?:duck|mate|pal|youth)(?=[.!? ]*$)")
"""A friendly name at the end of a message, which says nothing about what it asks for."""

_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_WORD = re.compile(r"[\w'/]+")


@cache
def spellings() -> Mapping[str, str]:
    """Plain English by spelling, both in lower case."""
    groups: dict[str, list[str]] = yaml.safe_load(SPELLINGS.read_text(encoding="utf-8"))
    return {written: plain for plain, all_written in groups.items() for written in all_written}


def plain_english(text: str) -> str:
    """The text in lower case, with known spellings, slang and drawn-out letters made plain."""
    lowered = _DRAWN_OUT.sub(r"\1\1", text.lower().replace("’", "'"))
    asked = _ADDRESS.sub("", lowered)
    known = spellings()
    return _WORD.sub(lambda word: known.get(word[0], word[0]), asked if asked.strip() else lowered)
