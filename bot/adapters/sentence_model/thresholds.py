"""From which score a message is a check, and from which a crisis."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bot.adapters.sentence_model.fitting import Scored
from bot.domain.safety_net import Thresholds

CHECKED = {"everyday": 0.02, "distress": 0.10}
"""The part of a folder's lines that may score a check, in families that the model never saw."""
CRISIS = {"everyday": 0.002, "distress": 0.01, "check": 0.05}
"""The part of them that may score a crisis."""


def chosen(scored: Iterable[Scored]) -> Thresholds:
    """The lowest thresholds that keep these bounds over scores from out of the family."""
    by_folder: dict[str, list[float]] = {}
    for each in scored:
        by_folder.setdefault(each.example.folder, []).append(each.danger)
    check, crisis = (
        max(above_all_but(part, by_folder.get(folder, ())) for folder, part in bounds.items())
        for bounds in (CHECKED, CRISIS)
    )
    return Thresholds(check, max(check, crisis))


def above_all_but(part: float, scores: Iterable[float]) -> float:
    """The lowest threshold that at most such a part of the scores reaches; 1 without scores."""
    ordered = sorted(scores, reverse=True)
    if not ordered:
        return 1.0
    allowed = int(part * len(ordered))
    # A score that equals the threshold reaches it, so the threshold is the next number above.
    return min(1.0, math.nextafter(ordered[allowed], 2)) if allowed < len(ordered) else 0.0
