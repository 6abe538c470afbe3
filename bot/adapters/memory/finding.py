"""Reading entities: by id, by plain fields, by an index."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime
from typing import Any, TypeVar

from bot.adapters.memory.contents import Contents
from bot.adapters.memory.kinds import Kind, kind_of

Entity = TypeVar("Entity")
Between = tuple[str, datetime, datetime]


def get(contents: Contents, of: type[Entity], key: str) -> Entity | None:
    """One entity by its id."""
    kind = kind_of(of)
    return deepcopy(contents.entities[kind.of].get(key))


def find(
    contents: Contents,
    of: type[Entity],
    *,
    order: str,
    limit: int | None,
    between: Between | None,
    equal: dict[str, object],
) -> list[Entity]:
    """Entities by plain fields. Raises ``TypeError`` for a field that is none."""
    kind = kind_of(of)
    for name in (*equal, order.removeprefix("-"), between[0] if between else ""):
        if name and name not in kind.plain:
            raise TypeError(f"{of.__name__}.{name} is no plain field: it cannot be asked for.")
    found: list[Any] = [
        each
        for each in contents.entities[kind.of].values()
        if all(_is(getattr(each, name), value) for name, value in equal.items())
        and (between is None or _is_between(getattr(each, between[0]), between))
    ]
    if order:
        name = order.removeprefix("-")
        found.sort(key=lambda each: _place(kind, each, name), reverse=order.startswith("-"))
    return deepcopy(found[:limit])


def find_by_index(contents: Contents, of: type[Entity], name: str, value: str) -> list[Entity]:
    """Entities by an indexed text. Raises ``TypeError`` where there is no such index."""
    kind = kind_of(of)
    text_of = kind.indexed.get(name)
    if text_of is None:
        raise TypeError(f"{of.__name__}.{name} has no index.")
    wanted = "".join(value.split()) if name == "nhs_number" else value
    every = contents.entities[kind.of].values()
    return deepcopy([each for each in every if wanted and text_of(each) == wanted])


def _is(held: object, wanted: object) -> bool:
    if isinstance(wanted, Iterable) and not isinstance(wanted, str):
        return held is not None and held in list(wanted)
    return held is None if wanted is None else held is not None and held == wanted


def _is_between(held: Any, between: Between) -> bool:
    _, start, before = between
    return held is not None and bool(start <= held < before)


def _place(kind: Kind, entity: object, name: str) -> tuple[bool, Any, str]:
    held = getattr(entity, name)
    return held is not None, held, kind.key_of(entity)
