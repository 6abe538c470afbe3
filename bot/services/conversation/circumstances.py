"""Where a person is, how old, and how they reach others: what words and numbers depend on."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.contact_places import AGES_OF_BAND, REGION_OF_AREA
from bot.domain.opening_hours import LOCAL
from bot.domain.people import Person
from bot.services.conversation.desk import Turn

GROWN_UP = 18

RELAY_OR_SIGN = "relay_or_sign"


@dataclass(frozen=True)
class Circumstances:
    """``region`` is one of contacts'; ``age`` in years, None where it is not known.

    ``by_relay``: they sign, text or use relay where others ring.
    """

    region: str
    age: int | None
    is_young: bool
    by_relay: bool

    @property
    def variants(self) -> tuple[str, ...]:
        """Which forms of a wording fit, the one that matters most first."""
        forms = [self.region]
        if self.by_relay:
            forms.append("relay")
        if self.is_young:
            forms.append("young")
        return tuple(forms)


def circumstances(turn: Turn) -> Circumstances:
    """What is known of whoever writes; of a guest nothing."""
    person = turn.person
    area = turn.joining.get("area", "")
    age = _age(person, turn) if person else None
    return Circumstances(
        region=REGION_OF_AREA.get(area, "" if area else turn.desk.region),
        age=age,
        is_young=age is not None and age < GROWN_UP,
        by_relay=person is not None and bool(person.needs.get(RELAY_OR_SIGN)),
    )


def _age(person: Person, turn: Turn) -> int | None:
    """By their date of birth and by what they said; where these differ, the younger."""
    said = AGES_OF_BAND.get(turn.joining.get("age_band", ""))
    if person.born is None:
        return said
    today = turn.now.astimezone(LOCAL).date()
    had_birthday = (today.month, today.day) >= (person.born.month, person.born.day)
    years = today.year - person.born.year - (not had_birthday)
    return years if said is None or said >= GROWN_UP else min(years, said)
