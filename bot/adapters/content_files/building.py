"""From checked files of texts, replies and contacts to the domain's content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.adapters.content_files.models import (
    ButtonPart,
    ContactPart,
    FamilyPart,
    HoursPart,
    RatesPart,
    RepliesFile,
    ReviewFile,
    TextPart,
)
from bot.domain.content import Contact, Hours, SafetyReply, Text
from bot.domain.safety_sampling import Rates, Sampling

Button = tuple[str, str, str]


def buttons_of(models: Mapping[str, ButtonPart]) -> dict[str, Button]:
    """Named buttons as (label, press target, value)."""
    return {key: (each.label, each.to, each.value) for key, each in models.items()}


def texts_of(
    models: Mapping[str, TextPart], buttons: Mapping[str, Button], prefix: str = ""
) -> dict[str, Text]:
    """Texts by key, each with its own buttons."""
    return {
        f"{prefix}{key}": Text(each.say, tuple(buttons[name] for name in each.buttons))
        for key, each in models.items()
    }


def replies_of(model: RepliesFile) -> dict[str, SafetyReply]:
    """Family → how it is answered."""
    return {name: _reply(name, each) for name, each in model.families.items()}


def _reply(name: str, model: FamilyPart) -> SafetyReply:
    return SafetyReply(
        family=name,
        opening=model.opening,
        ask=model.ask,
        plan=model.plan,
        numbers=model.numbers,
        closing=model.closing,
        sets_aside=model.sets_aside,
        check_opening=model.check.opening if model.check else (),
        check_ask=model.check.ask if model.check else (),
    )


def sampling_of(model: ReviewFile) -> Sampling:
    """Which messages are drawn for review, and the texts that say so."""
    teams = {team: _rates(each) for team, each in model.teams.items()}
    return Sampling(frozenset(model.told_by), _rates(model.rates), teams)


def _rates(model: RatesPart) -> Rates:
    return Rates(**model.model_dump())


def contacts_of(models: Sequence[ContactPart]) -> tuple[Contact, ...]:
    """Contacts in their order."""
    return tuple(sorted((_contact(each) for each in models), key=lambda each: each.order))


def _contact(model: ContactPart) -> Contact:
    return Contact(
        id=model.id,
        name=model.name,
        reach=model.reach,
        region=model.region,
        purposes=model.purposes,
        hours=_hours(model.hours),
        hours_text=model.hours_text,
        ages=model.ages,
        verified_on=model.verified_on,
        expires_on=model.expires_on,
        owner=model.owner,
        order=model.order,
    )


def _hours(model: HoursPart | None) -> Hours:
    return Hours() if model is None else Hours(model.days, model.opens, model.closes)
