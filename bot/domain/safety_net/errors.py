"""What can be wrong with the rules."""

from __future__ import annotations

from bot.domain.errors import ContentBroken


class RulesError(ContentBroken):
    """The safety rules cannot be used."""

    def __init__(self, file: str, rule: str, wrong: str) -> None:
        self.file = file
        self.rule = rule
        self.wrong = wrong
        where = f"{file}, {rule}" if rule else file
        super().__init__(f"{where}: {wrong}")
