"""Bank holidays in England, from the ``holidays`` package's tables: nothing is asked of anybody."""

from __future__ import annotations

from datetime import date

import holidays

_ENGLAND = holidays.country_holidays("GB", subdiv="ENG")


def is_bank_holiday(day: date) -> bool:
    """Whether a local day is a bank holiday in England."""
    return day in _ENGLAND
