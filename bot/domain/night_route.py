"""What a team has signed about the night: who, if anybody, picks up which family of concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NightPickup(StrEnum):
    """What happens to a concern when the team is not at work."""

    ROUND_THE_CLOCK = "round_the_clock"
    """A round-the-clock team picks it up within so many minutes."""
    NOBODY = "nobody"
    """Nobody does, and the person is told so."""


@dataclass(frozen=True)
class NightRoute:
    """A team's signed choice for one family of concerns, from and until (UTC).

    ``within_minutes`` is 0 where nobody picks up.
    """

    id: str
    team: str
    family: str
    pickup: NightPickup
    within_minutes: int
    signed_by: str
    since: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether this is the choice in force. A clock that is set back takes no signature away."""
        return self.until is None or now < self.until
