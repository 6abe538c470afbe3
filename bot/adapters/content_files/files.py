"""Which files there are in a content folder, what each is, and what it is read as."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from bot.adapters.content_files.models import (
    ActivityFile,
    CautionsFile,
    ContactsFile,
    MessagesFile,
    NeedsFile,
    RepliesFile,
    ReviewFile,
    SkillFile,
    StandingWordsFile,
    WordsNeverUsedFile,
)
from bot.adapters.content_files.problems import Problem
from bot.adapters.content_files.reading import Source, digest_of, read
from bot.adapters.content_files.validating import validate
from bot.domain.content import ContentItem

Model = TypeVar("Model", bound=BaseModel)

NEEDED_LIVE = frozenset({"safety", "contacts", "cautions", "joining"})
"""Groups that live mode does not start without a sign-off for."""

MESSAGES = "messages.yml"
JOINING_MESSAGES = "joining_messages.yml"
REPLIES = "safety/replies.yml"
ALERTS = "safety/alerts.yml"
AFTER_DANGER = "safety/after_danger.yml"
REVIEW = "safety/review.yml"
NEEDS = "needs.yml"
CAUTIONS = "cautions.yml"
STANDING_WORDS = "standing_words.yml"
WORDS_NEVER_USED = "words_never_used.yml"
OPENING = "activities/opening.yml"
CLOSING = "activities/closing.yml"
FIND_SKILL = "activities/find_skill.yml"
JOINING = "activities/joining.yml"


@dataclass(frozen=True)
class _Kind:
    """What a file is: the group that it is signed off in, and its model."""

    group: str
    model: type[BaseModel]


_FILES = {
    MESSAGES: _Kind("messages", MessagesFile),
    JOINING_MESSAGES: _Kind("joining", MessagesFile),
    REPLIES: _Kind("safety", RepliesFile),
    ALERTS: _Kind("safety", MessagesFile),
    AFTER_DANGER: _Kind("safety", MessagesFile),
    REVIEW: _Kind("safety", ReviewFile),
    NEEDS: _Kind("messages", NeedsFile),
    CAUTIONS: _Kind("cautions", CautionsFile),
    STANDING_WORDS: _Kind("messages", StandingWordsFile),
    WORDS_NEVER_USED: _Kind("messages", WordsNeverUsedFile),
    OPENING: _Kind("activities", ActivityFile),
    CLOSING: _Kind("activities", ActivityFile),
    FIND_SKILL: _Kind("activities", ActivityFile),
    JOINING: _Kind("joining", ActivityFile),
}

_FOLDERS = {
    "dbt": _Kind("skills", SkillFile),
    "scm": _Kind("skills", SkillFile),
    "contacts": _Kind("contacts", ContactsFile),
}

_RULES = "safety/rules"
"""Read by the safety net's own loader; here only listed for sign-off."""
_EXAMPLES = "safety/examples/"
"""Read by training alone; nobody is ever shown them."""


@dataclass(frozen=True)
class Found(Generic[Model]):
    """One file that fits its model."""

    source: Source
    model: Model


@dataclass
class ContentFolder:
    """Every file of a folder, by its path inside it, and what is wrong with the others."""

    found: dict[str, Found[BaseModel]] = field(default_factory=dict)
    items: list[ContentItem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def one(self, file: str, model: type[Model]) -> Found[Model]:
        """The file of that name. ``KeyError`` where it is missing or broken."""
        one = self.found[file]
        if not isinstance(one.model, model):
            raise KeyError(file)
        return Found(one.source, one.model)

    def every(self, model: type[Model]) -> list[Found[Model]]:
        """All files of one kind, in the order of their paths."""
        return [
            Found(each.source, each.model)
            for each in self.found.values()
            if isinstance(each.model, model)
        ]


def read_folder(folder: Path) -> ContentFolder:
    """Read and validate every file. What is wrong is gathered, not raised."""
    found = ContentFolder()
    if not folder.is_dir():
        found.problems.append(Problem(str(folder), "", "there is no such content folder"))
        return found
    paths = sorted(path for path in folder.rglob("*") if path.suffix in {".yml", ".yaml"})
    for path in paths:
        _take(found, folder, path)
    names = {path.relative_to(folder).as_posix() for path in paths}
    found.problems += [Problem(name, "", "is missing") for name in _FILES if name not in names]
    return found


def hazard_log(path: Path) -> list[ContentItem]:
    """The hazard log for sign-off, under the path that it was given; nothing where it is not."""
    if not path.is_file():
        return []
    return [ContentItem(path.as_posix(), "hazards", digest_of(path), needed_live=True)]


def _take(found: ContentFolder, folder: Path, path: Path) -> None:
    file = path.relative_to(folder).as_posix()
    parent = path.parent.relative_to(folder).as_posix()
    if file.startswith(_EXAMPLES):
        return
    if parent == _RULES and path.suffix == ".yml":
        found.items.append(_item(file, "safety", digest_of(path)))
        return
    kind = _FILES.get(file) or (_FOLDERS.get(parent) if path.suffix == ".yml" else None)
    if kind is None:
        found.problems.append(Problem(file, "", "nothing reads a file of this name in this place"))
        return
    source = read(folder, path)
    if isinstance(source, Problem):
        found.problems.append(source)
        return
    model = validate(source, kind.model)
    if isinstance(model, list):
        found.problems += model
        return
    found.found[file] = Found(source, model)
    found.items.append(_item(file, kind.group, source.digest))


def _item(file: str, group: str, digest: str) -> ContentItem:
    return ContentItem(file, group, digest, group in NEEDED_LIVE)
