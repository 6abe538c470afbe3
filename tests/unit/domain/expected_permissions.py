"""The reviewed copy of the permissions, read; and a table's mutants, which it has to notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

from bot.domain.people import Role
from bot.domain.permissions import Action, Relation, Thing, read_table

REVIEWED = Path(__file__).with_name("permissions_expected.txt")

IF_SHARED = ", if shared"

Ask = tuple[str, str, str, str]
"""Role, relation, thing and action, in the words of the reviewed copy."""

ROLES, RELATIONS, THINGS, ACTIONS = map(tuple, (Role, Relation, Thing, Action))
EVERY_ASK: frozenset[Ask] = frozenset(product(ROLES, RELATIONS, THINGS, ACTIONS))


def read_reviewed(text: str) -> tuple[frozenset[Ask], frozenset[Ask]]:
    """What is allowed, and what is allowed where it is shared.

    Raises ``ValueError`` for a line that is none, and for an answer that is given twice.
    """
    allowed: set[Ask] = set()
    shared: set[Ask] = set()
    action = thing = ""
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("who may "):
            action, thing = line.removeprefix("who may ").split()
            continue
        near, roles = line.strip().split(": ")
        answers = shared if near.endswith(IF_SHARED) else allowed
        for role in roles.split(", "):
            ask = (role, near.removesuffix(IF_SHARED), thing, action)
            if ask in allowed | shared or ask not in EVERY_ASK:
                raise ValueError(line)
            answers.add(ask)
    return frozenset(allowed), frozenset(shared)


def answers_of(table: str) -> tuple[frozenset[Ask], frozenset[Ask]]:
    """What a table allows, in the shape of ``read_reviewed``. Raises ``ValueError``."""
    may, if_shared = read_table(table)
    allowed = frozenset((*cell, action) for cell, actions in may.items() for action in actions)
    return allowed, frozenset((*cell, Action.SEE) for cell in if_shared)


def reviewed_of(role: Role) -> tuple[frozenset[Ask], frozenset[Ask]]:
    """The reviewed copy's answers about one role."""
    allowed, shared = read_reviewed(REVIEWED.read_text(encoding="utf-8"))
    return (
        frozenset(each for each in allowed if each[0] == role),
        frozenset(each for each in shared if each[0] == role),
    )


def is_noticed(table: str, reviewed: tuple[frozenset[Ask], frozenset[Ask]]) -> bool:
    """Whether a table says anything else than the reviewed copy, or cannot be read."""
    try:
        return answers_of(table) != reviewed
    except ValueError:
        return True


def rows_of(table: str, role: Role) -> str:
    """A table with the rows of one role alone."""
    head, *lines = [line for line in table.split("\n") if line]
    return "\n".join([head, *(line for line in lines if _cells(line)[0] == role)])


def mutants(table: str, role: Role) -> Iterator[str]:
    """The rows of a role, each time with one word more or one less in one of its cells."""
    head, *lines = rows_of(table, role).split("\n")
    rows = {tuple(_cells(line)[:3]): line for line in lines}
    for cell in product([role], RELATIONS, THINGS):
        words = _cells(rows[cell])[3].split() if cell in rows else []
        others = [line for line in lines if line != rows.get(cell)]
        for each in (*ACTIONS, "see*"):
            yield "\n".join([head, *others, *_row(cell, {*words} ^ {each})])


def _cells(line: str) -> list[str]:
    return [each.strip() for each in line.split("|")]


def _row(cell: Iterable[str], words: set[str]) -> list[str]:
    """The row of a cell: a row without words is no row."""
    return [" | ".join([*cell, " ".join(sorted(words))])] if words else []
