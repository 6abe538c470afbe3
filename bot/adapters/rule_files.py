"""Reads the safety rules from their folder. See the README there for what the files hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from bot.domain.safety_net import (
    Answer,
    AnswerDefinition,
    ContextDefinition,
    ContextKind,
    Family,
    IdiomDefinition,
    Reach,
    Request,
    RequestDefinition,
    RuleBook,
    RuleDefinition,
    RulesError,
    RuleSet,
    Source,
    Tier,
    Wording,
    compile_rules,
    version_of,
)

HEADER = frozenset({"kind", "id", "version", "author"})
_SOURCE = frozenset({"id", "patterns", "example", "counter_example"})


class _TextLoader(yaml.SafeLoader):
    """Every value is text: "no", "off" and "2" are words that people write."""


_TextLoader.yaml_implicit_resolvers = {}

E_ = TypeVar("E_", bound=StrEnum)


def load_rules(folder: Path) -> RuleSet:
    """All rules in a folder, checked and compiled. Raises RulesError: file, rule, what is wrong."""
    shelf = _Shelf()
    if not (files := sorted(folder.glob("*.yml"))):
        raise RulesError(str(folder), "", "there are no rule files (*.yml) here")
    for file in files:
        entry = _read(file)
        if (kind := entry.text("kind")) not in _READERS:
            raise entry.wrong(f"unknown kind '{kind}': one of {', '.join(sorted(_READERS))}")
        for required in sorted(HEADER):
            entry.need(required)
        _READERS[kind](entry, shelf)
    return compile_rules(shelf.book(), version_of((each.name, each.read_bytes()) for each in files))


@dataclass(frozen=True)
class _Entry:
    """A mapping in a file, and its name for errors."""

    file: str
    name: str
    values: Mapping[str, object]

    def wrong(self, what: str) -> RulesError:
        return RulesError(self.file, self.name, what)

    def need(self, key: str) -> object:
        value = self.values.get(key)
        if not value:
            raise self.wrong(f"'{key}' is missing")
        return value

    def only(self, allowed: Iterable[str]) -> None:
        unknown = sorted(str(key) for key in self.values if key not in set(allowed))
        if unknown:
            raise self.wrong(f"unknown: {', '.join(unknown)}")

    def text(self, key: str) -> str:
        value = self.need(key)
        if not isinstance(value, str):
            raise self.wrong(f"'{key}' is not text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(f"'{key}' is not a list of texts")
        return tuple(value)

    def flag(self, key: str) -> bool:
        value = self.values.get(key, "false")
        if value not in ("true", "false"):
            raise self.wrong(f"'{key}' is neither true nor false")
        return value == "true"

    def number(self, key: str) -> int:
        value = self.values.get(key, "0")
        if not isinstance(value, str) or not value.isdecimal() or int(value) > 20:
            raise self.wrong(f"'{key}' is not a number from 0 to 20")
        return int(value)

    def one_of(self, key: str, kind: type[E_]) -> E_:
        return self.as_one_of(self.text(key), kind)

    def as_one_of(self, value: str, kind: type[E_]) -> E_:
        try:
            return kind(value)
        except ValueError:
            known = ", ".join(member.value for member in kind)
            raise self.wrong(f"'{value}' is not one of: {known}") from None

    def mapping(self, key: str) -> dict[str, str]:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f"'{key}' is not a list of 'this: that'")
        for left, right in value.items():
            if not isinstance(left, str) or not isinstance(right, str):
                raise self.wrong(f"'{key}': '{left}: {right}' is not text")
        return value

    def entries(self, key: str) -> list[_Entry]:
        value = self.need(key)
        if not isinstance(value, list):
            raise self.wrong(f"'{key}' is not a list")
        entries = []
        for place, item in enumerate(value, 1):
            if not isinstance(item, dict) or not isinstance(item.get("id"), str):
                raise self.wrong(f"number {place} of '{key}' has no id")
            entries.append(_Entry(self.file, item["id"], item))
        return entries

    def source(self) -> Source:
        return Source(
            file=self.file,
            id=self.name,
            patterns=self.texts("patterns"),
            example=self.text("example"),
            counter_example=self.text("counter_example"),
        )


@dataclass
class _Shelf:
    """What has been read so far."""

    rules: list[RuleDefinition] = field(default_factory=list)
    contexts: list[ContextDefinition] = field(default_factory=list)
    idioms: list[IdiomDefinition] = field(default_factory=list)
    requests: list[RequestDefinition] = field(default_factory=list)
    answers: list[AnswerDefinition] = field(default_factory=list)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    group_files: dict[str, str] = field(default_factory=dict)
    wording: Wording | None = None
    real_words: frozenset[str] = frozenset()
    ids: dict[str, str] = field(default_factory=dict)

    def named(
        self, top: _Entry, key: str, allowed: Iterable[str], shared: Iterable[str] = ()
    ) -> Iterator[_Entry]:
        """The entries of a file, each with an id of its own and nothing unknown in it."""
        top.only({*HEADER, *shared, key})
        for entry in top.entries(key):
            entry.only({*_SOURCE, *allowed})
            if entry.name in self.ids:
                raise entry.wrong(f"the id is already used in {self.ids[entry.name]}")
            self.ids[entry.name] = entry.file
            yield entry

    def book(self) -> RuleBook:
        if self.wording is None:
            raise RulesError("wording.yml", "", "there is no file of kind 'wording'")
        if not self.rules:
            raise RulesError("*.yml", "", "there is no file of kind 'rules'")
        return RuleBook(
            wording=replace(self.wording, real_words=self.real_words),
            groups=self.groups,
            group_files=self.group_files,
            rules=tuple(self.rules),
            contexts=tuple(self.contexts),
            idioms=tuple(self.idioms),
            requests=tuple(self.requests),
            answers=tuple(self.answers),
        )


def _read(file: Path) -> _Entry:
    try:
        values = yaml.load(file.read_text(encoding="utf-8"), _TextLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(file.name, "", f"cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise RulesError(file.name, "", f"is not YAML: {error}") from error
    if not isinstance(values, dict):
        raise RulesError(file.name, "", "does not hold 'name: value' lines")
    return _Entry(file.name, "", values)


def _rules(top: _Entry, shelf: _Shelf) -> None:
    shared = {"family", "tier", "lowered_by"}
    for entry in shelf.named(top, "rules", {*shared, "once", "after_risk"}, shared):
        both = _Entry(entry.file, entry.name, {**top.values, **entry.values})
        lowered_by = (both.as_one_of(kind, ContextKind) for kind in both.texts("lowered_by"))
        tier = both.one_of("tier", Tier)
        if tier is Tier.NONE:
            raise entry.wrong("a rule of tier 'none' says nothing")
        shelf.rules.append(
            RuleDefinition(
                source=entry.source(),
                tier=tier,
                family=both.one_of("family", Family),
                lowered_by=frozenset(lowered_by),
                once=entry.flag("once"),
                after_risk=entry.flag("after_risk"),
            )
        )


def _contexts(top: _Entry, shelf: _Shelf) -> None:
    for entry in shelf.named(top, "contexts", {"context", "reach", "within"}):
        kind, reach = entry.one_of("context", ContextKind), entry.one_of("reach", Reach)
        context = ContextDefinition(entry.source(), kind, reach, entry.number("within"))
        shelf.contexts.append(context)


def _idioms(top: _Entry, shelf: _Shelf) -> None:
    for entry in shelf.named(top, "idioms", {"unless"}):
        shelf.idioms.append(IdiomDefinition(entry.source(), entry.texts("unless")))


def _requests(top: _Entry, shelf: _Shelf) -> None:
    for entry in shelf.named(top, "requests", {"request"}):
        request = RequestDefinition(entry.source(), entry.one_of("request", Request))
        shelf.requests.append(request)


def _answers(top: _Entry, shelf: _Shelf) -> None:
    for entry in shelf.named(top, "answers", {"answer"}):
        shelf.answers.append(AnswerDefinition(entry.source(), entry.one_of("answer", Answer)))


def _groups(top: _Entry, shelf: _Shelf) -> None:
    top.only({*HEADER, "groups"})
    groups = top.need("groups")
    if not isinstance(groups, dict):
        raise top.wrong("'groups' is not a list of 'name: [phrases]'")
    named = _Entry(top.file, "", groups)
    for name in groups:
        if not isinstance(name, str) or not name.isidentifier():
            raise top.wrong(f"'{name}' is not a name for a word group (letters and _)")
        if name in shelf.groups:
            raise top.wrong(f"the word group '{name}' is already in {shelf.group_files[name]}")
        shelf.groups[name] = named.texts(name)
        shelf.group_files[name] = top.file


def _wording(top: _Entry, shelf: _Shelf) -> None:
    lists = ("fillers", "explicit", "not_misspelt", "run_together")
    top.only({*HEADER, *lists, "stands_for", "also", "emoji"})
    if shelf.wording is not None:
        raise top.wrong("there is more than one file of kind 'wording'")
    emoji, stands_for, also = (top.mapping(key) for key in ("emoji", "stands_for", "also"))
    for word in {**stands_for, **also}:
        if len(word.split()) != 1:
            raise top.wrong(f"'{word}' is more than one word")
    for sign in emoji:
        if len(sign) != 1:
            raise top.wrong(f"emoji: '{sign}' is not one character")
    fillers, explicit, not_misspelt, run_together = (frozenset(top.texts(key)) for key in lists)
    shelf.wording = Wording(
        stands_for={word: tuple(meant.split()) for word, meant in stands_for.items()},
        also={word: tuple(meant.split()) for word, meant in also.items()},
        fillers=fillers,
        emoji=emoji,
        explicit=explicit,
        not_misspelt=not_misspelt,
        run_together=run_together,
    )


def _real_words(top: _Entry, shelf: _Shelf) -> None:
    top.only({*HEADER, "words"})
    shelf.real_words |= frozenset(top.text("words").split())


_READERS: Mapping[str, Callable[[_Entry, _Shelf], None]] = {
    "rules": _rules,
    "contexts": _contexts,
    "idioms": _idioms,
    "requests": _requests,
    "answers": _answers,
    "groups": _groups,
    "wording": _wording,
    "real_words": _real_words,
}
