"""The longest inputs, of many kinds that would be slow for somebody."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

CHARACTERS = (24_000, 64_000)

REPEATED = {
    "cheerful": "It was a lovely day at the park and we had ice cream with the kids. ",
    "one letter": "a",
    "single letters": "i ",
    "spaced letters": "k i l l ",
    "letters and signs": "1!1!1a ",
    "doubled letters": "aabbccdd ",
    "emoji": "😭🔪",
    "ligatures": "ﷺ",
    "Han": "我想死",
    "numbers": "1 2 3 4 ",
    "explicit": "I want to kill myself ",
    "not": "not ",
    "line breaks": "\n",
    "dots": "a.b.c.",
    "apostrophes": "'",
    "signs": "*#@",
    "near misses": "kil miself sucide dye overdse ",
    "idioms": "dying for a cup of tea ",
    "digits for letters": "k1ll my53lf 5u1c1d3 ",
    "stretched": "diiiie killlll myyyself ",
    "doubtful": "can't go on like this, no point ",
}
_LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
_PLANES = ((0x3000, 0x33FF), (0xA000, 0xABFF), (0x10000, 0x1FFFF))


def long_texts(catalogue: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each kind at each length, the same every time; ``catalogue`` is mixed into one of them."""
    chance = random.Random(5)  # noqa: S311
    for characters in CHARACTERS:
        for name, piece in REPEATED.items():
            yield name, (piece * (characters // len(piece) + 1))[:characters]
        mixed = " ".join(chance.sample(catalogue, len(catalogue)))
        yield "the catalogue", (f"{mixed} " * (characters // len(mixed) + 1))[:characters]
        yield "made-up words", " ".join(_word(chance) for _ in range(characters // 6))[:characters]
        yield "any characters", "".join(_any(chance) for _ in range(characters))


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_LETTERS[:14], k=chance.randint(4, 9)))


def _any(chance: random.Random) -> str:
    return chr(chance.randint(*chance.choice(_PLANES)))
