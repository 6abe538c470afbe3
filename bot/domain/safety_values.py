"""Which values of a questionnaire or a diary may be a sign of danger: one table."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.errors import BadInput
from bot.domain.safety_net import Family

_TABLE = """
source | item               | from   | to | family           | asked in the words of
core10 | item_6             | 1      | 4  | plan_or_means    | value_plans
diary  | self_harm_acted_on | 1      | 99 | self_harm_done   | value_self_harm
diary  | urge_self_harm     | agreed | 5  | urge             | value_urge
diary  | urge_suicide       | agreed | 5  | passive_thoughts | value_urge_suicide
"""
"""CORE-10 item 6 is scored 0 to 4, a diary's urges 0 to 5; "acted on" is yes (1) or how often.

"agreed" is the number that was agreed with the person at set-up.
"""

LOWEST_URGE, HIGHEST_URGE = 1, 5
"""The numbers that can be agreed: at 0 somebody without an urge would be asked."""


@dataclass(frozen=True)
class ValueRule:
    """One row. ``lowest`` None: the number agreed with the person."""

    lowest: int | None
    highest: int
    family: Family
    words: str

    def counts(self, value: int, urge_from: int) -> bool:
        """Whether a value is one to ask about."""
        return value >= (urge_from if self.lowest is None else self.lowest)


def _rules(table: str) -> dict[tuple[str, str], ValueRule]:
    rows = [[cell.strip() for cell in line.split("|")] for line in table.split("\n") if line][1:]
    return {
        (source, item): ValueRule(
            None if start == "agreed" else int(start), int(end), Family(family), words
        )
        for source, item, start, end, family, words in rows
    }


RULES = _rules(_TABLE)


def rule_for(source: str, item: str, value: int) -> ValueRule | None:
    """The rule for an item; None for one that is never a sign of danger.

    Raises ``BadInput`` for a value that the item cannot have.
    """
    rule = RULES.get((source, item))
    if rule is not None and not 0 <= value <= rule.highest:
        raise BadInput(f"'{item}' goes from 0 to {rule.highest}.")
    return rule
