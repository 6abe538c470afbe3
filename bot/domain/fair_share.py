"""Sharing what there is room for among lines that wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def fair_share(lines: Sequence[Sequence[Item]], most: int) -> list[Item]:
    """So many of the lines' beginnings: one of each line, then a second of each, and so on.

    Whoever is to be told much keeps nobody else waiting. The result goes line by line.
    """
    turns = ((depth, line) for line, items in enumerate(lines) for depth in range(len(items)))
    shares = Counter(line for _, line in sorted(turns)[:most])
    return [each for line, items in enumerate(lines) for each in items[: shares[line]]]
