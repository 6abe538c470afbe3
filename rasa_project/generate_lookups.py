"""Writes data/nlu/generated_skills.yml: what the skills in the content are called.

    python generate_lookups.py [--content FOLDER]

Runs in either environment. Ends with 0; or 2, with one line, when the content cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parent
CONTENT = PROJECT.parent / "skills_content"
TARGET = PROJECT / "data" / "nlu" / "generated_skills.yml"

WAYS_OF_ASKING = ("do {}", "can we do {}", "practise {}", "start {} please")


class UnusableContent(Exception):
    """The content holds no skills, or names two of them alike."""


@dataclass(frozen=True)
class Skill:
    """A skill, and what people call it, in lower case; the title comes first."""

    id: str
    names: tuple[str, ...]


def read_skills(content: Path) -> list[Skill]:
    """Every skill below a folder, in the order of their ids. Raises ``UnusableContent``."""
    skills = []
    for path in sorted(content.rglob("*.yml")):
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
            raise UnusableContent(f"{path} cannot be read as YAML.") from problem
        if isinstance(document, dict) and document.get("kind") == "skill":
            skills.append(_skill(document, path))
    if not skills:
        raise UnusableContent(f"No file below {content} holds a skill (kind: skill).")
    _check_names_differ(skills)
    return sorted(skills, key=lambda each: each.id)


def training_data(skills: list[Skill]) -> str:
    """The look-up table, a synonym for each name, and some examples of asking by name."""
    names = sorted(
        (name for skill in skills for name in skill.names), key=lambda name: (-len(name), name)
    )
    blocks = [
        _block("lookup", "skill", names),
        *(_block("synonym", skill.id, skill.names) for skill in skills),
        _block("intent", "named_skill", [asked for skill in skills for asked in _examples(skill)]),
    ]
    head = "# Written by generate_lookups.py from the content. Change the content instead.\n"
    return f'{head}version: "3.1"\n\nnlu:\n' + "".join(blocks)


def _skill(document: dict[str, object], path: Path) -> Skill:
    given = [document.get("title"), *_listed(document.get("names"))]
    names = [" ".join(str(name).lower().split()) for name in given if name]
    names = [name for name in names if not set(name) & set('[](){}"')]
    if not document.get("id") or not names:
        raise UnusableContent(f"{path} holds a skill without an id or a name.")
    return Skill(str(document["id"]), tuple(dict.fromkeys(names)))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _check_names_differ(skills: list[Skill]) -> None:
    owners: dict[str, str] = {}
    for skill in skills:
        for name in skill.names:
            owner = owners.setdefault(name, skill.id)
            if owner != skill.id:
                raise UnusableContent(f'Both {owner} and {skill.id} are called "{name}".')


def _examples(skill: Skill) -> list[str]:
    """A name of several words is an example by itself; a single word only within a request."""
    several = [f"[{name}](skill)" for name in skill.names if " " in name]
    single = [f"[{name}](skill)" for name in skill.names if " " not in name]
    title, *_ = (f"[{name}](skill)" for name in skill.names)
    asked = [way.format(title) for way in WAYS_OF_ASKING]
    return list(dict.fromkeys(several + asked + [f"do the {name} skill" for name in single]))


def _block(kind: str, name: str, lines: list[str] | tuple[str, ...]) -> str:
    return f"- {kind}: {name}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines)


def write(content: Path) -> int:
    """Write the file, if it is to change; how many skills are in it. Raises ``UnusableContent``."""
    skills = read_skills(content)
    text = training_data(skills)
    if not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text:
        TARGET.write_text(text, encoding="utf-8")
    return len(skills)


def main() -> int:
    """Write the file; print what was done."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--content", type=Path, default=CONTENT)
    content = parser.parse_args().content
    try:
        count = write(content)
    except UnusableContent as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write(f"{count} skills of {content} are named in {TARGET}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
