"""The period that a page shows, out of its address. Dates are not personal: a GET form will do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.summaries import EARLIEST_YEAR, LATEST_YEAR, Period

USUAL_DAYS = 28

QUICK = ((7, "Last 7 days"), (28, "Last 4 weeks"), (91, "Last 3 months"), (365, "Last year"))

_AS_WRITTEN = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")


@dataclass(frozen=True)
class Chosen:
    """What was asked for: the period shown, the texts of both fields, and what is wrong."""

    period: Period
    first_text: str
    last_text: str
    errors: Mapping[str, str]


def read_period(query: Mapping[str, str], today: date) -> Chosen:
    """The period from ``from`` and ``to`` (ISO, or day/month/year as people write it).

    Without them the last four weeks; with what cannot be used the same, and an error per field.
    """
    usual = Period.ending(today, days=USUAL_DAYS)
    first_text, last_text = query.get("from", "").strip(), query.get("to", "").strip()
    errors: dict[str, str] = {}
    first = _read(first_text, usual.first, "from", errors)
    last = _read(last_text, today, "to", errors)
    if not errors and last > today:
        errors["to"] = "The last day cannot be in the future"
    if not errors and not first_text and first > last:
        first = max(last - timedelta(days=USUAL_DAYS - 1), date(EARLIEST_YEAR, 1, 1))
    if not errors and first > last:
        errors["from"] = "The first day must be the last day or before it"
    period = usual if errors else Period(first, last)
    if errors:
        return Chosen(period, first_text, last_text, errors)
    return Chosen(period, _written(first), _written(last), errors)


def _read(text: str, otherwise: date, name: str, errors: dict[str, str]) -> date:
    if not text:
        return otherwise
    found = _as_date(text)
    if found is None:
        errors[name] = "Enter a real date, such as 3/3/2026"
    return found or otherwise


def _written(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def _as_date(text: str) -> date | None:
    written = _AS_WRITTEN.fullmatch(text)
    try:
        if written:
            day, month, year = (int(each) for each in written.groups())
            found = date(year, month, day)
        else:
            found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST_YEAR <= found.year <= LATEST_YEAR else None
