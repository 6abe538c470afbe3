"""The safety net: the check that every message passes before anything else."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.domain.safety_net.answers import read_answer
from bot.domain.safety_net.contexts import LOWERED_FAMILIES
from bot.domain.safety_net.hits import Hit, hits, idiom_spans, verdict
from bot.domain.safety_net.ruleset import RuleSet
from bot.domain.safety_net.verdict import Answer, Family, Request, Tier, Verdict
from bot.domain.safety_net.windows import MESSAGES_BEFORE, WINDOW, joined, windows

UNREAD_RULE = "unread-too-long"
"""Said of a message of which a part was not read."""
MODEL_RULE = "model"
"""Said of a message that the model raised."""
MODEL_FAILED = "model-failed"
"""Said of a message that the model could not score: an operator has to look."""

ENOUGH = 40
"""After so many immediate statements in a long message the rest of it changes no reply."""

SETTLED = frozenset({*LOWERED_FAMILIES.values(), Family.BEREAVEMENT, Family.REQUESTED})
"""What rules said to be about these is asked about; the model makes no more of it."""

Score = Callable[[str, Sequence[tuple[int, int]]], float]
"""A message, and the places (characters) where rules spoke, to danger from 0 to 1."""


@dataclass(frozen=True)
class Thresholds:
    """Model scores (0–1) from which a message is a check or a crisis."""

    check: float = 0.5
    crisis: float = 0.9


class SafetyNet:
    """Judges messages by rules and, where there is one, a model that can only raise a tier.

    Deterministic and bounded; raises no error for any text. Where ``score`` fails, the rules'
    verdict stands; where they said nothing, the message is unread.
    """

    def __init__(
        self,
        rules: RuleSet,
        score: Score | None = None,
        thresholds: Thresholds | None = None,
        model_version: str = "",
    ) -> None:
        self._rules = rules
        self._model_version = model_version
        self._score = score
        self._thresholds = thresholds or Thresholds()

    @property
    def has_model(self) -> bool:
        """Whether there is a model, or rules judge alone."""
        return self._score is not None

    @property
    def version(self) -> str:
        """Of the rules, and of the model where there is one."""
        model = f" model:{self._model_version}" if self.has_model else ""
        return f"rules:{self._rules.version}{model}"

    def scored_by(self, score: Score, thresholds: Thresholds, version: str = "") -> SafetyNet:
        """The same rules with a model."""
        return SafetyNet(self._rules, score, thresholds, version)

    def judge(self, text: str, earlier: Sequence[str] = ()) -> Verdict:
        """The verdict on a message. ``earlier``: the person's last messages, oldest first.

        Together with the earlier ones a message is judged by rules alone, and only what reaches
        into the new one counts. The model is asked where rules say no more than check, and about
        words alone: a bare number is no message to it.
        """
        found = self._by_rules(text, earlier)
        sure = any(hit.tier > Tier.CHECK for hit in found)
        if self._score is not None and not sure and any(map(str.isalpha, text)):
            found += self._scored(self._score, text, found)
        return verdict(found)

    def judge_by_rules(self, text: str, earlier: Sequence[str] = ()) -> Verdict:
        """The verdict without the model, for what is answered in advance."""
        return verdict(self._by_rules(text, earlier))

    def answer_to_ask(self, text: str) -> Answer | None:
        """What a typed reply says to the direct question about ending one's life, if anything."""
        return read_answer(self._rules, text, self.judge_by_rules(text))

    def requests(self, text: str) -> frozenset[Request]:
        """What a message asks for, by rules."""
        return frozenset(
            definition.request
            for window in windows(text).pieces
            for reading in self._rules.reader.read(window.text)
            for definition, _ in self._rules.requests.find(reading)
        )

    def _by_rules(self, text: str, earlier: Sequence[str]) -> list[Hit]:
        risen = [self._risen(hit, earlier) for hit in self._all(text, earlier)]
        return [hit for hit in risen if hit.tier > Tier.NONE]

    def _all(self, text: str, earlier: Sequence[str]) -> Iterator[Hit]:
        yield from self._alone(text)
        yield from self._across(text, earlier)

    def _risen(self, hit: Hit, earlier: Sequence[str]) -> Hit:
        """A hit that means something only after risk, at the tier of that risk, or of none."""
        if not hit.after_risk:
            return hit
        before = [verdict(self._alone(message)).tier for message in earlier[-MESSAGES_BEFORE:]]
        worst = max(before, default=Tier.NONE)
        return replace(hit, tier=max(hit.tier, worst) if worst > Tier.NONE else Tier.NONE)

    def _alone(self, text: str) -> Iterator[Hit]:
        cut = windows(text)
        if cut.left_out:
            yield Hit(UNREAD_RULE, Tier.CHECK, Family.UNREAD, cut.left_out)
        immediate = 0
        for window in cut.pieces:
            for reading in self._rules.reader.read(window.text):
                for hit in hits(self._rules, reading):
                    start, end = hit.span
                    immediate += hit.tier.is_immediate
                    yield replace(hit, span=(start + window.start, end + window.start))
                if immediate >= ENOUGH:
                    return

    def _across(self, text: str, earlier: Sequence[str]) -> Iterator[Hit]:
        """What began in an earlier message and ends in this one."""
        if not earlier:
            return
        together = joined(text, earlier)
        for reading in self._rules.reader.read(together.text):
            for hit in hits(self._rules, reading):
                start, end = hit.span
                if start < together.new_from < end:
                    yield replace(hit, span=(0, end - together.new_from))

    def _scored(self, score: Score, text: str, found: Sequence[Hit]) -> Iterator[Hit]:
        try:
            danger = score(self._without_idioms(text), [hit.span for hit in found])
        except Exception:  # whatever is wrong with the model, the rules' verdict stands
            danger = math.nan
        if not 0 <= danger <= 1:
            tier = Tier.NONE if found else Tier.CHECK
            yield Hit(MODEL_FAILED, tier, Family.UNREAD, (0, len(text)), once=True)
            return
        # What rules asked once for, or put in its context (denied, past, of another), stays so.
        settled = any(hit.context or hit.once or hit.family in SETTLED for hit in found)
        if danger >= self._thresholds.crisis and not settled:
            yield Hit(MODEL_RULE, Tier.IMMEDIATE_CRISIS, Family.UNSAFE, (0, len(text)))
        elif danger >= self._thresholds.check and not found:
            yield Hit(MODEL_RULE, Tier.CHECK, Family.UNSAFE, (0, len(text)))

    def _without_idioms(self, text: str) -> str:
        """The text with its everyday sayings blanked, places kept; a long one as it is."""
        if len(text) > WINDOW:
            return text
        for start, end in idiom_spans(self._rules, self._rules.reader.read(text)[0]):
            text = text[:start] + " " * (end - start) + text[end:]
        return text
