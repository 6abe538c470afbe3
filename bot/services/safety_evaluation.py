"""How well the safety net hears: rows with what is expected of them, judged and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import BadInput
from bot.domain.safety_net import Answer, Family, SafetyNet, Tier
from bot.services.evaluation import wilson

EXPECTATIONS = ("crisis", "check", "none")
EXACTLY_CHECK = ("38", "40", "42", "43", "45", "46", "47")
"""Categories of which ``check`` means check and no more."""
ANSWERS = "58"
"""The category of answers to the direct question."""
ANY_TIER = "crisis, at any tier"
ANSWERED = "answer_to_ask"
"""The rule of a row that was read as an answer to the direct question."""
SLOWEST = 5

Timer = Callable[[], float]
"""Seconds, from any beginning."""


@dataclass(frozen=True)
class Row:
    """A message or, with line breaks, several. ``after_check``: it answers the direct question."""

    id: str
    text: str
    expected: str = ""
    after_check: bool = False
    category: str = ""

    def is_met(self, tier: Tier) -> bool:
        """Whether a tier is what was expected: ``crisis`` is any of the three above check."""
        match self.expected:
            case "crisis":
                return tier > Tier.CHECK
            case "check" if self.category.startswith(EXACTLY_CHECK):
                return tier is Tier.CHECK
            case "check":
                return tier >= Tier.CHECK
            case "none":
                return tier is Tier.NONE
        return True


@dataclass(frozen=True)
class Judged:
    """What the net said of a row. ``ms``: how long it took, in milliseconds."""

    row: Row
    tier: Tier
    family: Family | None
    rules: tuple[str, ...]
    ms: float

    @property
    def met(self) -> bool:
        """Whether it was what was expected, or nothing was."""
        return self.row.is_met(self.tier)


@dataclass(frozen=True)
class Share:
    """So many of so many, with the 95% Wilson interval of the part."""

    of: int
    count: int

    @property
    def interval(self) -> tuple[float, float]:
        """Its ends, 0 to 1."""
        return wilson(self.count, self.of)


@dataclass(frozen=True)
class Heard:
    """The whole. ``by_category``: rows met of its rows.

    ``recall``: rows met by what was expected, and ``any tier``: of crisis rows those above none.
    """

    judged: tuple[Judged, ...]
    recall: Mapping[str, Share]
    false_alarms: Mapping[Tier, Share]
    by_category: Mapping[str, Share]

    @property
    def missed(self) -> tuple[Judged, ...]:
        """Rows that were not judged as expected."""
        return tuple(each for each in self.judged if not each.met)

    @property
    def slowest(self) -> tuple[Judged, ...]:
        """The rows that took longest, longest first."""
        return tuple(sorted(self.judged, key=lambda each: -each.ms)[:SLOWEST])


def row_of(parsed: object) -> Row:
    """A parsed JSON line as a row; unknown fields are passed over. Raises ``BadInput``."""
    if not isinstance(parsed, dict):
        raise BadInput("this is not an object with an id and a text.")
    for name in ("id", "text"):
        if not isinstance(parsed.get(name), str):
            raise BadInput(f"its {name} is missing, or is not text.")
    expected = parsed.get("expected") or ""
    if expected not in ("", *EXPECTATIONS):
        raise BadInput(f"'{expected}' was expected: one of {', '.join(EXPECTATIONS)}.")
    after_check, category = parsed.get("after_check") or False, parsed.get("category") or ""
    if not isinstance(after_check, bool) or not isinstance(category, str):
        raise BadInput("after_check is true or false, and a category is text.")
    after_check = after_check or category.startswith(ANSWERS)
    return Row(parsed["id"], parsed["text"], expected, after_check, category)


def completed(row: Row, catalogue: Mapping[str, Row]) -> Row:
    """A row of the catalogue with what the catalogue expects, where it does not say so itself."""
    ours = catalogue.get(row.id)
    if ours is None or row.expected:
        return row
    return replace(
        row,
        expected=ours.expected,
        category=row.category or ours.category,
        after_check=row.after_check or ours.after_check,
    )


def judge_row(net: SafetyNet, row: Row, timer: Timer) -> Judged:
    """A row's messages in their order, each with those before it; the most urgent verdict."""
    messages = row.text.split("\n")
    began = timer()
    verdicts = [net.judge(each, messages[:place]) for place, each in enumerate(messages)]
    worst = max(verdicts, key=lambda each: each.tier.rank)
    judged = Judged(row, worst.tier, worst.family, worst.rules, 0)
    if row.after_check and not worst.tier.is_immediate:
        judged = _as_answer(judged, net.answer_to_ask(messages[-1]))
    return replace(judged, ms=(timer() - began) * 1000)


def _as_answer(judged: Judged, answer: Answer | None) -> Judged:
    """As the conversation takes it: only a clear no is none, and yes or unsure goes on."""
    if answer is None:
        return judged
    if answer is Answer.NO:
        return replace(judged, tier=Tier.NONE, family=None, rules=(ANSWERED,))
    return replace(
        judged, tier=Tier.IMMEDIATE_CRISIS, family=Family.INTENT, rules=(ANSWERED, *judged.rules)
    )


def evaluate(net: SafetyNet, rows: Iterable[Row], timer: Timer) -> Heard:
    """Judge every row and count."""
    judged = tuple(judge_row(net, row, timer) for row in rows)
    expecting = {
        expected: [each for each in judged if each.row.expected == expected]
        for expected in EXPECTATIONS
    }
    calm = expecting["none"]
    recall = {name: _met(of) for name, of in expecting.items() if of and name != "none"}
    if crises := expecting["crisis"]:
        recall[ANY_TIER] = Share(len(crises), sum(each.tier > Tier.NONE for each in crises))
    return Heard(
        judged,
        recall,
        {tier: Share(len(calm), sum(e.tier is tier for e in calm)) for tier in _ALARMS if calm},
        _by_category(judged),
    )


def _met(judged: Sequence[Judged]) -> Share:
    return Share(len(judged), sum(each.met for each in judged))


def _by_category(judged: Sequence[Judged]) -> dict[str, Share]:
    with_both = [each for each in judged if each.row.category and each.row.expected]
    rows = Counter(each.row.category for each in with_both)
    met = Counter(each.row.category for each in with_both if each.met)
    return {category: Share(count, met[category]) for category, count in sorted(rows.items())}


_ALARMS = tuple(tier for tier in Tier if tier > Tier.NONE)
