"""How words are written here, as the wording file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.safety_net.phrases import Phrase


@dataclass(frozen=True)
class Wording:
    """How words are written here. Keys are as ``Plain`` leaves them, without apostrophes kept.

    ``stands_for``: text-speak, short forms, dialect and usual misspellings → the words meant.
    ``also``: words with a second meaning → the other readings. ``fillers``: words that say
    nothing. ``emoji``: sign → words. ``real_words``: words of English that are one slip from a word
    of the rules. The rest: see ``Spelling``.
    """

    stands_for: Mapping[str, Phrase]
    also: Mapping[str, Phrase]
    fillers: frozenset[str]
    emoji: Mapping[str, str]
    explicit: frozenset[str]
    not_misspelt: frozenset[str]
    run_together: frozenset[str]
    real_words: frozenset[str] = frozenset()
