"""Reads the example messages that the model is trained on.

A file holds one family and is named after it (a second one ``family_2.yml``): ``kind: examples``,
``id``, ``version``, ``author``, ``family``, ``tier`` and ``lines``. A line break inside a line
separates messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.domain.errors import ContentBroken
from bot.domain.safety_net import Tier

KIND = "examples"
FOLDERS: Mapping[str, frozenset[Tier]] = {
    "risk": frozenset({Tier.IMMEDIATE_MEDICAL, Tier.IMMEDIATE_CRISIS, Tier.SAFEGUARDING}),
    "check": frozenset({Tier.CHECK}),
    "distress": frozenset({Tier.NONE}),
    "everyday": frozenset({Tier.NONE}),
}
"""The folders, and the tiers that the lines in them may have."""

_NUMBERED = re.compile(r"_\d+$")
_TEXTS = ("kind", "id", "version", "author", "family", "tier")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Example:
    """One example: its messages in order, what they are about, and where it stands."""

    text: str
    family: str
    tier: Tier
    file: str
    line: int

    @property
    def folder(self) -> str:
        """Which of the folders it stands in."""
        return self.file.split("/")[0]

    @property
    def messages(self) -> tuple[str, ...]:
        """The messages, oldest first."""
        return tuple(self.text.split("\n"))


def load_examples(folder: Path) -> tuple[Example, ...]:
    """All examples, in the order of their files.

    Raises ``ContentBroken`` naming file, line and fault.
    """
    examples: list[Example] = []
    for name, tiers in FOLDERS.items():
        for path in sorted((folder / name).glob("*.yml")):
            examples += _of_file(path, f"{name}/{path.name}", tiers)
    if not examples:
        raise ContentBroken(f"{folder}: there are no examples ({', '.join(FOLDERS)}) here.")
    return tuple(examples)


def plain_text(text: str) -> str:
    """A line without what does not make it another: case, and how much space there is."""
    return " ".join(text.casefold().split())


def copies(examples: Iterable[Example]) -> Iterator[tuple[Example, Example]]:
    """Each example that stood before, and where it stood first."""
    seen: dict[str, Example] = {}
    for each in examples:
        first = seen.setdefault(plain_text(each.text), each)
        if first is not each:
            yield each, first


def _of_file(path: Path, file: str, tiers: frozenset[Tier]) -> list[Example]:
    values = _values(path, file)
    texts = {key: _text(values, key, file) for key in _TEXTS}
    unknown = sorted(values.keys() - {*_TEXTS, "lines"})
    if unknown:
        raise ContentBroken(f"{file}: unknown: {', '.join(unknown)}.")
    if texts["kind"] != KIND:
        raise ContentBroken(f"{file}: its kind is '{texts['kind']}', not '{KIND}'.")
    if texts["family"] != _NUMBERED.sub("", path.stem):
        raise ContentBroken(f"{file}: its family is '{texts['family']}', not the file's name.")
    if texts["tier"] not in tiers:
        wanted = " or ".join(sorted(tiers))
        raise ContentBroken(f"{file}: its tier is '{texts['tier']}'; {wanted} in this folder.")
    tier = Tier(texts["tier"])
    lines = values.get("lines")
    if not isinstance(lines, yaml.SequenceNode) or not lines.value:
        raise ContentBroken(f"{file}: it has no lines.")
    return [
        Example(_line(node, file), texts["family"], tier, file, node.start_mark.line + 1)
        for node in lines.value
    ]


def _values(path: Path, file: str) -> dict[str, yaml.Node]:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), _LOADER)
    except (OSError, UnicodeDecodeError) as error:
        raise ContentBroken(f"{file}: cannot be read: {error}") from None
    except yaml.YAMLError as error:
        raise ContentBroken(f"{file}: is not YAML: {error}") from None
    if not isinstance(node, yaml.MappingNode):
        raise ContentBroken(f"{file}: does not hold 'name: value' lines.")
    return {key.value: value for key, value in node.value}


def _text(values: Mapping[str, yaml.Node], key: str, file: str) -> str:
    node = values.get(key)
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise ContentBroken(f"{file}: '{key}' is missing.")
    return str(node.value)


def _line(node: yaml.Node, file: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise ContentBroken(f"{file}, line {node.start_mark.line + 1}: this is not a text.")
    return str(node.value)
