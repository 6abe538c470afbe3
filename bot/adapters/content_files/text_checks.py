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
    AFTER_ANSWERS,
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
    ways = gaps_of_ways(model)
    yield from _check_buttons(source, model.buttons, skills)
    yield from _check_texts(source, model.texts, {**SAFETY_TEXTS, **closings}, buttons, ways)
    for name, forms in model.ways.items():
        if "say" not in forms:
            yield source.problem("has no form for everybody: 'say'", "ways", name)
    for part, named in (("relay_labels", model.relay_labels), ("typed", model.typed)):
        for key in sorted(set(named) - buttons):
            yield source.problem(f"there is no button '{key}' in this file", part, key)
    for name, keys in model.closings.items():
        for key in keys:
            if key not in buttons:
                yield source.problem(f"there is no button '{key}' in this file", "closings", name)
    for name in sorted(CLOSINGS - set(model.closings)):
        yield source.problem("is missing", "closings", name)
    yield from _check_families(file)


def gaps_of_ways(model: RepliesFile) -> frozenset[str]:
    """The gaps that say how to reach somebody, with a capital for the start of a sentence too."""
    return frozenset(form for name in model.ways for form in (name, name.capitalize()))


def _check_families(file: Found[RepliesFile]) -> Iterator[Problem]:
    source, model = file.source, file.model
    ways = gaps_of_ways(model)
    known = {*Family, "default"}
    for name in sorted(FAMILIES - set(model.families)):
        yield source.problem("is missing", "families", name)
    for name, family in model.families.items():
        if name not in known:
            yield source.problem("the safety net knows no family of this name", "families", name)
        if family.closing not in model.closings:
            what = f"there is no closing '{family.closing}' in this file"
            yield source.problem(what, "families", name, "closing")
        for what in _wrong_with(family, ways):
            yield source.problem(what, "families", name)


def _wrong_with(family: FamilyPart, ways: frozenset[str]) -> Iterator[str]:
    if family.closing == "ask" and not family.ask:
        yield "ends with the answers to a question it does not ask"
    if len(set(family.opening)) < len(family.opening):
        yield "says the same twice"
    for purpose in family.numbers:
        if purpose not in PURPOSES:
            yield f"no contact is for '{purpose}'"
    said = (*family.opening, *family.ask)
    if family.check is not None:
        said = (*said, *family.check.opening, *family.check.ask)
    if any(gaps_in(text) - ways or has_stray_brace(text) for text in said):
        yield "has a gap, and nothing fills gaps here of that name"


def _check_buttons(
    source: Source, buttons: Mapping[str, ButtonPart], skills: frozenset[str]
) -> Iterator[Problem]:
    known = {"command": COMMANDS, "skill": skills, "ask": ASK_ANSWERS, "after": AFTER_ANSWERS}
    for key, button in buttons.items():
        if button.to in known and button.value not in known[button.to]:
            yield source.problem(
                f"there is no {button.to} '{button.value}'", "buttons", key, "value"
            )


def _check_texts(
    source: Source,
    texts: Mapping[str, TextPart],
    required: Gaps,
    buttons: frozenset[str],
    ways: frozenset[str] = frozenset(),
) -> Iterator[Problem]:
    """``ways`` are gaps that may stand in any of these texts."""
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
            yield from _check_wording(source, key, wording, required[key], ways)


def _check_wording(
    source: Source, key: str, wording: str, gaps: frozenset[str], ways: frozenset[str]
) -> Iterator[Problem]:
    if has_stray_brace(wording):
        yield source.problem("a { or } stands alone", "texts", key, "say")
    for gap in sorted(gaps_in(wording) - gaps - ways):
        yield source.problem(
            f"there is nothing to fill the gap {{{gap}}} with", "texts", key, "say"
        )
    for gap in sorted(gaps - gaps_in(wording) - {"name"}):
        yield source.problem(f"each wording has to hold {{{gap}}}", "texts", key, "say")
