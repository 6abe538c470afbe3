"""What a reviewer's findings say of the net, weighted by how many messages each stands for.

Estimates: a share is that of the weights, its interval Wilson's with Kish's effective number of
messages, (sum of weights)² / sum of squared weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.safety_net import Tier
from bot.domain.safety_review import Reviewed, ReviewItem, ReviewStatus
from bot.domain.safety_sampling import weight_of

_HIT = frozenset({Reviewed.RIGHT, Reviewed.TOO_LOW, Reviewed.OTHER_FAMILY})
"""Of a message with a tier: danger was there, whatever else was wrong."""
_SAID = frozenset({*_HIT, Reviewed.TOO_HIGH})


@dataclass(frozen=True)
class Estimate:
    """A share of all messages of a kind, from ``reviewed`` of them.

    ``part`` 0 to 1; ``effective``: of how many messages drawn alike it is worth as much.
    """

    reviewed: int
    part: float
    effective: float


@dataclass(frozen=True)
class Findings:
    """What came of reviewing. ``precision`` is by tier, ``by_family`` by family.

    ``precision``: of what the net raised, the part in which danger was there, or may have been.
    ``recall``: of the messages in which danger was there, the part that the net raised at all.
    Each is None where nothing was reviewed that tells.
    """

    counts: Mapping[str, int]
    findings: Mapping[str, int]
    precision: Mapping[str, Estimate]
    by_family: Mapping[str, Estimate]
    recall: Estimate | None


def findings_of(items: Iterable[ReviewItem]) -> Findings:
    """Count and weigh."""
    every = list(items)
    said = [each for each in every if _is_said(each)]
    raised = [each for each in said if each.tier != Tier.NONE.value]
    missed = [
        each for each in said if each.tier == Tier.NONE.value and each.finding is Reviewed.TOO_LOW
    ]
    danger = [each for each in raised if each.finding in _HIT] + missed
    looked_for = any(each.tier == Tier.NONE.value for each in said)
    recall = _estimate(danger, [each for each in danger if each not in missed])
    return Findings(
        counts={s.value: sum(each.status is s for each in every) for s in ReviewStatus},
        findings={
            found.value: sum(each.finding is found for each in every)
            for found in Reviewed
            if found is not Reviewed.NOT_YET
        },
        precision={tier.value: one for tier in Tier if (one := _of(raised, "tier", tier.value))},
        by_family={
            family: one
            for family in sorted({each.family for each in raised if each.family})
            if (one := _of(raised, "family", family))
        },
        recall=recall if looked_for else None,
    )


def _is_said(item: ReviewItem) -> bool:
    return item.status is ReviewStatus.REVIEWED and item.finding in _SAID


def _of(raised: Sequence[ReviewItem], field: str, value: str) -> Estimate | None:
    these = [each for each in raised if getattr(each, field) == value]
    return _estimate(these, [each for each in these if each.finding in _HIT])


def _estimate(all_of: Sequence[ReviewItem], those: Sequence[ReviewItem]) -> Estimate | None:
    if not all_of:
        return None
    weights = [weight_of(each.stratum) for each in all_of]
    total = sum(weights)
    part = sum(weight_of(each.stratum) for each in those) / total
    return Estimate(len(all_of), part, total**2 / sum(each**2 for each in weights))
