"""A reviewed message as a row for the net's tests: what it says, and what is expected of it."""

from __future__ import annotations

import hashlib

from bot.domain.errors import BadInput
from bot.domain.safety_net import Tier
from bot.domain.safety_review import Reviewed, ReviewItem

EXPECTED = ("crisis", "check", "none")


def kept_line(item: ReviewItem, words: str, expected: str = "") -> dict[str, str]:
    """The row, with an id that leads back to nobody; ``words`` have no names in them.

    Raises ``BadInput`` where it has to be said what is expected.
    """
    if expected not in ("", *EXPECTED):
        raise BadInput(f"Expected is one of {', '.join(EXPECTED)}.")
    if not expected:
        if item.finding not in {Reviewed.RIGHT, Reviewed.OTHER_FAMILY}:
            raise BadInput("Say what the net should have said: --expected.")
        tier = Tier(item.tier)
        expected = "crisis" if tier > Tier.CHECK else tier.value
    text = " ".join(words.split())
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    return {"id": f"reviewed-{mark}", "text": text, "expected": expected}
