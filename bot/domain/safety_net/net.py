"""The safety net: the check that every message passes before anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.domain.safety_net.answers import read_answer
from bot.domain.safety_net.hits import Hit, hits, verdict
from bot.domain.safety_net.ruleset import RuleSet
from bot.domain.safety_net.verdict import Answer, Family, Request, Tier, Verdict
from bot.domain.safety_net.windows import MESSAGES_BEFORE, joined, windows

UNREAD_RULE = "unread-too-long"
"""Said of a message of which a part was not read."""
MODEL_RULE = "model"
"""Said of a message that only the model raised."""


@dataclass(frozen=True)
class Thresholds:
    """Model scores (0–1) from which a message is a check or a crisis."""

    check: float = 0.5
    crisis: float = 0.9


class SafetyNet:
    """Judges messages by rules and, where there is one, a model that can only raise a tier.

    Deterministic and bounded. The rules raise no error for any text; an error of ``score``
    (a message → 0 to 1) is the caller's.
    """

    def __init__(
        self,
        rules: RuleSet,
        score: Callable[[str], float] | None = None,
        thresholds: Thresholds | None = None,
    ) -> None:
        self._rules = rules
        self._score = score
        self._thresholds = thresholds or Thresholds()

    def judge(self, text: str, earlier: Sequence[str] = ()) -> Verdict:
        """The verdict on a message. ``earlier``: the person's last messages, oldest first.

        Together with the earlier ones a message is judged by rules alone, and only what reaches
        into the new one counts.
        """
        found = [self._risen(hit, earlier) for hit in self._all(text, earlier)]
        found = [hit for hit in found if hit.tier > Tier.NONE]
        if self._score is not None and not any(hit.tier.is_immediate for hit in found):
            found += self._scored(text, self._score(text))
        return verdict(found)

    def answer_to_ask(self, text: str) -> Answer | None:
        """What a typed reply says to the direct question about ending one's life, if anything."""
        return read_answer(self._rules, text, self.judge(text))

    def requests(self, text: str) -> frozenset[Request]:
        """What a message asks for, by rules."""
        return frozenset(
            definition.request
            for window in windows(text).pieces
            for reading in self._rules.reader.read(window.text)
            for definition, _ in self._rules.requests.find(reading)
        )

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
        for window in cut.pieces:
            for reading in self._rules.reader.read(window.text):
                for hit in hits(self._rules, reading):
                    start, end = hit.span
                    yield replace(hit, span=(start + window.start, end + window.start))

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

    def _scored(self, text: str, score: float) -> Iterator[Hit]:
        if score >= self._thresholds.check:
            tier = Tier.IMMEDIATE_CRISIS if score >= self._thresholds.crisis else Tier.CHECK
            yield Hit(MODEL_RULE, tier, Family.UNSAFE, (0, len(text)))
