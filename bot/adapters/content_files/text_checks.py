"""Checks of the files of texts: every key that the program says, every gap, every button."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.adapters.content_files.files import Found
from bot.adapters.content_files.models import (
    ButtonPart,
    FamilyPart,
    MessagesFile,
    RepliesFile,
    TextPart,
)
from bot.adapters.content_files.problems import Problem
from bot.adapters.content_files.reading import Source
from bot.adapters.content_files.required_texts import (
    ASK_ANSWERS,
    CLOSINGS,
    COMMANDS,
    FAMILIES,
    PURPOSES,
    SAFETY_TEXTS,
)
from bot.adapters.content_files.wording import gaps_in, has_stray_brace
from bot.domain.safety_net import Family

Gaps = Mapping[str, frozenset[str]]


def check_messages(
    file: Found[MessagesFile], required: Gaps, skills: frozenset[str]
) -> Iterator[Problem]:
    """A file of messages against the keys that the program says."""
    source, model = file.source, file.model
    yield from _check_buttons(source, model.buttons, skills)
    yield from _check_texts(source, model.texts, required, frozenset(model.buttons))


def check_replies(file: Found[RepliesFile], skills: frozenset[str]) -> Iterator[Problem]:
    """The safety replies: families, closings, and a word for every closing button."""
    source, model = file.source, file.model
    buttons = frozenset(model.buttons)
    closings = {
        f"closing_{each.value}": frozenset[str]()
        for each in model.buttons.values()
        if each.to == "concern"
    }
    yield from _check_buttons(source, model.buttons, skills)
    yield from _check_texts(source, model.texts, {**SAFETY_TEXTS, **closings}, buttons)
    for name, keys in model.closings.items():
        for key in keys:
            if key not in buttons:
                yield source.problem(f"there is no button '{key}' in this file", "closings", name)
    for name in sorted(CLOSINGS - set(model.closings)):
        yield source.problem("is missing", "closings", name)
    yield from _check_families(file)


def _check_families(file: Found[RepliesFile]) -> Iterator[Problem]:
    source, model = file.source, file.model
    known = {*Family, "default"}
    for name in sorted(FAMILIES - set(model.families)):
        yield source.problem("is missing", "families", name)
    for name, family in model.families.items():
        if name not in known:
            yield source.problem("the safety net knows no family of this name", "families", name)
        if family.closing not in model.closings:
            what = f"there is no closing '{family.closing}' in this file"
            yield source.problem(what, "families", name, "closing")
        for what in _wrong_with(family):
            yield source.problem(what, "families", name)


def _wrong_with(family: FamilyPart) -> Iterator[str]:
    if family.closing == "ask" and not family.ask:
        yield "ends with the answers to a question it does not ask"
    if len(set(family.opening)) < len(family.opening):
        yield "says the same twice"
    for purpose in family.numbers:
        if purpose not in PURPOSES:
            yield f"no contact is for '{purpose}'"
    if any(gaps_in(text) or has_stray_brace(text) for text in (*family.opening, *family.ask)):
        yield "has a gap, and nothing fills gaps here"


def _check_buttons(
    source: Source, buttons: Mapping[str, ButtonPart], skills: frozenset[str]
) -> Iterator[Problem]:
    known = {"command": COMMANDS, "skill": skills, "ask": ASK_ANSWERS}
    for key, button in buttons.items():
        if button.to in known and button.value not in known[button.to]:
            yield source.problem(
                f"there is no {button.to} '{button.value}'", "buttons", key, "value"
            )


def _check_texts(
    source: Source, texts: Mapping[str, TextPart], required: Gaps, buttons: frozenset[str]
) -> Iterator[Problem]:
    for key in sorted(set(required) - set(texts)):
        yield source.problem("is missing", "texts", key)
    for key, text in texts.items():
        if key not in required:
            yield source.problem("nothing says a text of this name", "texts", key)
            continue
        for button in text.buttons:
            if button not in buttons:
                yield source.problem(f"there is no button '{button}' in this file", "texts", key)
        for wording in text.say:
            yield from _check_wording(source, key, wording, required[key])


def _check_wording(
    source: Source, key: str, wording: str, gaps: frozenset[str]
) -> Iterator[Problem]:
    if has_stray_brace(wording):
        yield source.problem("a { or } stands alone", "texts", key, "say")
    for gap in sorted(gaps_in(wording) - gaps):
        yield source.problem(
            f"there is nothing to fill the gap {{{gap}}} with", "texts", key, "say"
        )
    for gap in sorted(gaps - gaps_in(wording) - {"name"}):
        yield source.problem(f"each wording has to hold {{{gap}}}", "texts", key, "say")
