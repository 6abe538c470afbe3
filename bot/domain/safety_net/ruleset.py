"""The rules, compiled and ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from bot.domain.safety_net.definitions import (
    AnswerDefinition,
    ContextDefinition,
    IdiomBlock,
    IdiomDefinition,
    RequestDefinition,
    RuleBook,
    RuleDefinition,
    Source,
)
from bot.domain.safety_net.errors import RulesError
from bot.domain.safety_net.matcher import Match, Matcher
from bot.domain.safety_net.phrases import Pattern, Phrase, PhraseError, Words, parse, parse_group
from bot.domain.safety_net.reader import Reader
from bot.domain.safety_net.reading import Reading

Speaking = RuleDefinition | IdiomDefinition | IdiomBlock
D = TypeVar("D", Speaking, ContextDefinition, RequestDefinition, AnswerDefinition)
Groups = Mapping[str, frozenset[Phrase]]


@dataclass(frozen=True)
class Finder(Generic[D]):
    """Definitions of one kind, one for each pattern, and the matcher that finds the patterns."""

    definitions: tuple[D, ...]
    matcher: Matcher

    def find(self, reading: Reading) -> list[tuple[D, Match]]:
        """Each definition found, as often as it has patterns that are there."""
        return [(self.definitions[match.pattern], match) for match in self.matcher.find(reading)]


@dataclass(frozen=True)
class RuleSet:
    """All rules, checked and compiled. Rules and idioms are found in one go.

    ``answer_reader`` keeps the words that ``reader`` passes over: "not really" is not "not".
    ``version`` is a short hash of the files.
    """

    reader: Reader
    answer_reader: Reader
    rules: Finder[Speaking]
    contexts: Finder[ContextDefinition]
    requests: Finder[RequestDefinition]
    answers: Finder[AnswerDefinition]
    book: RuleBook
    version: str = ""


def compile_rules(book: RuleBook, version: str = "") -> RuleSet:
    """The rules of a book, ready for use. Raises RulesError naming file, rule and fault."""
    words = Reader(book.wording).words
    groups = _groups(book, words)
    blocks = [
        IdiomBlock(replace(idiom.source, patterns=idiom.unless))
        for idiom in book.idioms
        if idiom.unless
    ]
    speaking: list[Speaking] = [*book.rules, *book.idioms, *blocks]
    rules = _finder(speaking, groups, words)
    contexts = _finder(book.contexts, groups, words)
    requests = _finder(book.requests, groups, words)
    every_word = replace(book.wording, fillers=frozenset())
    answers = _finder(book.answers, groups, Reader(every_word).words)
    known = rules.matcher.vocabulary | contexts.matcher.vocabulary
    known |= requests.matcher.vocabulary | answers.matcher.vocabulary
    return RuleSet(
        reader=Reader(book.wording, known),
        answer_reader=Reader(every_word, known),
        rules=rules,
        contexts=contexts,
        requests=requests,
        answers=answers,
        book=book,
        version=version,
    )


def _finder(definitions: Iterable[D], groups: Groups, words: Words) -> Finder[D]:
    owners: list[D] = []
    patterns: list[Pattern] = []
    for definition in definitions:
        source = definition.source
        if not source.patterns:
            raise RulesError(source.file, source.id, "it has no patterns")
        for written in source.patterns:
            for pattern in _patterns(source, written, groups, words):
                patterns.append(pattern)
                owners.append(definition)
    return Finder(tuple(owners), Matcher(patterns))


def _patterns(source: Source, written: str, groups: Groups, words: Words) -> tuple[Pattern, ...]:
    try:
        return parse(written, groups, words)
    except PhraseError as error:
        raise RulesError(source.file, source.id, f"'{written}': {error}") from error


def _groups(book: RuleBook, words: Words) -> Groups:
    """Word groups may use one another, in any order, but not in a circle."""
    done: dict[str, frozenset[Phrase]] = {}

    def settle(name: str, asked_by: Sequence[str]) -> None:
        file = book.group_files[name]
        if name in asked_by:
            raise RulesError(file, name, f"it uses itself, through {' → '.join(asked_by)}")
        phrases: set[Phrase] = set()
        for line in book.groups[name]:
            for used in book.groups:
                if f"@{used}" in _names(line) and used not in done:
                    settle(used, (*asked_by, name))
            try:
                phrases |= parse_group(line, done, words)
            except PhraseError as error:
                raise RulesError(file, name, f"'{line}': {error}") from error
        done[name] = frozenset(phrases)

    for name in book.groups:
        if name not in done:
            settle(name, ())
    return done


def _names(line: str) -> set[str]:
    for mark in "{}[]|":
        line = line.replace(mark, " ")
    return {word for word in line.split() if word.startswith("@")}
