"""Which messages a safety reviewer sees: all where danger was found, a sample of the others.

The draw hangs on the act's id alone, by a keyed digest: it can be repeated, and nobody can foresee
it from the words. Each stratum carries its rate, so that figures can be weighted by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.domain.messages import AnsweredBy
from bot.domain.safety_net import MODEL_RULE, Tier

LONG = 300
SHORT = 40
"""Characters from which a message is long, and below which it is short."""


@dataclass(frozen=True)
class Rates:
    """One in so many messages is drawn; where several fit, the one that draws most counts.

    ``none_first_of_week`` is for a person's first words in a week: it draws a few a week also
    where little is written.
    """

    check: int = 5
    none: int = 200
    none_long: int = 50
    none_not_understood: int = 100
    none_first_of_week: int = 10


@dataclass(frozen=True)
class Sampling:
    """``told_by``: hashes of joining texts that say that messages are reviewed.

    ``teams``: rates of those that do not draw by ``rates``.
    """

    told_by: frozenset[str] = frozenset()
    rates: Rates = Rates()
    teams: Mapping[str, Rates] = field(default_factory=dict)

    def rates_of(self, team: str) -> Rates:
        """The rates of a team."""
        return self.teams.get(team, self.rates)


@dataclass(frozen=True)
class Stratum:
    """Messages of one kind, of which one in ``one_in`` is drawn."""

    parts: tuple[str, ...]
    one_in: int

    def __str__(self) -> str:
        return " ".join((*self.parts, f"1/{self.one_in}"))

    def draws(self, digest: str) -> bool:
        """Whether the message with that keyed digest (hex) is drawn."""
        return int(digest[:15], 16) % self.one_in == 0


def weight_of(stratum: str) -> int:
    """For how many messages one of this stratum stands."""
    _, _, one_in = stratum.rpartition("1/")
    return max(1, int(one_in)) if one_in.isdecimal() else 1


def stratum_of(
    rates: Rates,
    tier: Tier,
    rules: tuple[str, ...],
    *,
    characters: int,
    channel: str,
    answered_by: AnsweredBy,
    is_first_of_week: bool,
) -> Stratum:
    """Where a message belongs. From safeguarding on every message is drawn."""
    if tier > Tier.CHECK:
        return Stratum(("all",), 1)
    parts = [tier.value, _length(characters), channel.partition(":")[0], answered_by.value]
    if tier is Tier.CHECK:
        if MODEL_RULE in rules:
            parts.append("by_model")
        return Stratum(tuple(parts), rates.check)
    fitting = [rates.none]
    if characters >= LONG:
        fitting.append(rates.none_long)
    if answered_by is AnsweredBy.FALLBACK:
        fitting.append(rates.none_not_understood)
    if is_first_of_week:
        parts.append("first_of_week")
        fitting.append(rates.none_first_of_week)
    return Stratum(tuple(parts), min(fitting))


def is_new_week(contact_on: str, today: str) -> bool:
    """Whether the last day of contact (ISO; empty: none so far) was in an earlier week."""
    if not contact_on:
        return True
    last, now = date.fromisoformat(contact_on), date.fromisoformat(today)
    return last.isocalendar()[:2] != now.isocalendar()[:2]


def _length(characters: int) -> str:
    if characters >= LONG:
        return "long"
    return "short" if characters < SHORT else "middle"
