"""Reading one YAML file: its bytes, its hash, its values, and the line each value stands on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.adapters.content_files.problems import Problem

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

_TRUTH = "tag:yaml.org,2002:bool"


class _ContentLoader(SafeLoader):
    """The safe loader, with every key once and only true and false as truth values.

    YAML 1.1 reads ``on``, ``yes`` and ``no`` as truth values; here they are names of fields and
    words that people say.
    """

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise _TwiceError(problem=key.value, problem_mark=key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_ContentLoader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] != _TRUTH]
    for first, resolvers in SafeLoader.yaml_implicit_resolvers.items()
}
_ContentLoader.add_implicit_resolver(_TRUTH, re.compile(r"^(?:true|false)$"), ["t", "f"])


class _TwiceError(yaml.MarkedYAMLError):
    """The same key twice in one place."""


@dataclass(frozen=True)
class Source:
    """One file as read. ``file`` is its path inside the content folder, ``digest`` its sha256."""

    file: str
    digest: str
    values: Mapping[str, object] = field(default_factory=dict)
    node: yaml.Node | None = None

    def problem(self, what: str, *way: str | int) -> Problem:
        """A problem with the value that the way (keys and list places) leads to."""
        return Problem(self.file, self._place(way), what)

    def _place(self, way: tuple[str | int, ...]) -> str:
        node, line, named = self.node, 1, list[str]()
        for step, key in enumerate(way):
            found = _child(node, key)
            if found is not None:
                node, line = found
                named.append(_named(node, key))
            elif step == len(way) - 1 and isinstance(key, str):
                named.append(f"'{key}'")
        return ", ".join([f"line {line}", *named])


def digest_of(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(folder: Path, path: Path) -> Source | Problem:
    """Read one file, or say what keeps it from being read."""
    file = path.relative_to(folder).as_posix()
    try:
        raw = path.read_bytes()
    except OSError as refused:
        return Problem(file, "", f"cannot be opened ({refused.strerror})")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as broken:
        line = raw[: broken.start].count(b"\n") + 1
        return Problem(file, f"line {line}", "is not UTF-8: save the file as UTF-8")
    try:
        loader = _ContentLoader(text)
        node = loader.get_single_node()
        values = None if node is None else loader.construct_document(node)
    except _TwiceError as twice:
        return Problem(file, _line(twice.problem_mark), f"'{twice.problem}' is there twice")
    except yaml.MarkedYAMLError as broken_yaml:
        mark = broken_yaml.problem_mark or broken_yaml.context_mark
        why = broken_yaml.problem or broken_yaml.context
        return Problem(file, _line(mark), f"is not YAML: {why}")
    except (yaml.YAMLError, ValueError, RecursionError) as broken_text:
        return Problem(file, "", f"is not YAML: {broken_text}")
    if not isinstance(values, dict):
        return Problem(file, "line 1", "should begin with 'id:', 'version:' and 'author:'")
    return Source(file, hashlib.sha256(raw).hexdigest(), values, node)


def _line(mark: yaml.Mark | None) -> str:
    return f"line {mark.line + 1}" if mark else ""


def _child(node: yaml.Node | None, key: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        item: yaml.Node = node.value[key]
        return item, item.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if isinstance(name, yaml.ScalarNode) and name.value == str(key):
                return value, name.start_mark.line + 1
    return None


def _named(node: yaml.Node, key: str | int) -> str:
    """A list's item by its own name where it has one: 'freeze' rather than "number 1"."""
    if isinstance(key, str):
        return f"'{key}'"
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value in {"id", "value"} and isinstance(value, yaml.ScalarNode):
                return f"'{value.value}'"
    return f"number {key + 1}"
