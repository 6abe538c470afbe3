"""How well the net hears a family of which its model has seen nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.adapters.sentence_model.coefficients import Coefficients
from bot.adapters.sentence_model.examples import Example, load_examples
from bot.adapters.sentence_model.features import Seen, see
from bot.adapters.sentence_model.minilm import MiniLM
from bot.adapters.sentence_model.scoring import danger
from bot.adapters.sentence_model.stretches import LONG, MOST, Span
from bot.adapters.sentence_model.training import EXAMPLES, sight_of
from bot.domain.safety_net import SafetyNet, Thresholds, Tier


@dataclass(frozen=True)
class LeftOut:
    """A family of risk: its lines, and those heard by the net, by the model and by the rules."""

    family: str
    lines: int
    net: int
    model: int
    rules: int


def families_left_out(net: SafetyNet, content: Path) -> list[LeftOut]:
    """Each family of risk in ``content``, judged with a model that is trained without it.

    ``net`` has the rules. Thresholds are those of training. Raises ``ContentBroken`` and
    ``ModelUnusable``.
    """
    # scikit-learn takes a second to import, and only training needs it.
    from bot.adapters.sentence_model.fitting import Fitting, out_of_family
    from bot.adapters.sentence_model.thresholds import chosen

    examples = load_examples(content / EXAMPLES)
    model = MiniLM.installed()
    sight = sight_of(model, examples)
    fitting = Fitting(examples, sight)
    thresholds = chosen(out_of_family(fitting, examples, sight))
    of_risk = sorted({each.family for each in examples if each.tier > Tier.CHECK})
    found = []
    for family in of_risk:
        outside = [e for e in examples if e.family == family and e.tier > Tier.CHECK]
        coefficients = replace(
            fitting.but({("risk", family), ("check", family)}), thresholds=thresholds
        )
        found.append(_heard(net, _Known(model, coefficients, sight), thresholds, family, outside))
    return found


class _Known:
    """Scores messages whose sight is known; a long one with hits in it is looked at again."""

    def __init__(self, model: MiniLM, coefficients: Coefficients, sight: dict[str, Seen]) -> None:
        self._model = model
        self._coefficients = coefficients
        self._sight = sight

    def __call__(self, text: str, hits: Sequence[Span]) -> float:
        known = None if hits and len(text) > LONG * MOST else self._sight.get(text)
        return danger(self._coefficients, known or see(self._model, text, hits))


def _heard(
    net: SafetyNet,
    score: _Known,
    thresholds: Thresholds,
    family: str,
    lines: Sequence[Example],
) -> LeftOut:
    whole = net.scored_by(score, thresholds)
    by_net = by_model = by_rules = 0
    for each in lines:
        said = each.messages
        by_net += any(
            whole.judge(text, said[:place]).tier > Tier.NONE for place, text in enumerate(said)
        )
        by_rules += any(
            whole.judge_by_rules(text, said[:place]).tier > Tier.NONE
            for place, text in enumerate(said)
        )
        by_model += any(score(text, ()) >= thresholds.check for text in said)
    return LeftOut(family, len(lines), by_net, by_model, by_rules)
