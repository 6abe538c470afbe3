"""How one class of the domain becomes rows of one table, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, make_dataclass
from dataclasses import field as dataclass_field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError
from sqlalchemy import Table

from bot.adapters.records.sealing.encryption import DataKey, OpenKey, Place
from bot.domain.errors import BadInput, SealBroken

Entity = TypeVar("Entity")
Row = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Whole microseconds since 1970. ``moment`` is aware."""
    return (moment - _EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The moment, UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def to_column(value: object) -> object:
    """A plain value as its column keeps it."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return to_micros(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def is_storable(value: object) -> bool:
    """Whether a text can stand in a plain column of every database."""
    if not isinstance(value, str) or (value.isascii() and "\0" not in value):
        return True
    return "\0" not in value and not any("\ud800" <= each <= "\udfff" for each in value)


def _reader(hint: object) -> Callable[[Any], Any] | None:
    if get_origin(hint) in {Union, UnionType}:
        rest = [each for each in get_args(hint) if each is not NoneType]
        read = _reader(rest[0])
        return None if read is None else lambda value: None if value is None else read(value)
    if isinstance(hint, type):
        if issubclass(hint, StrEnum):
            return hint
        if issubclass(hint, datetime):
            return from_micros
        if issubclass(hint, date):
            return date.fromisoformat
    return None


@dataclass(frozen=True)
class SealedColumn:
    """A binary column that holds one or more fields as JSON, under a label that never changes."""

    name: str
    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Mapped(Generic[Entity]):
    """One class and its table.

    ``key`` is the field that identifies a row; ``subject`` the field that says whose key seals
    it (empty: nothing is sealed). ``indexed`` names sealed fields that are found by digest, with
    the text to digest (empty: none). ``digest`` is the same for a unique column of the table.
    """

    kind: type[Entity]
    table: Table
    key: str = "id"
    subject: str = "subject"
    sealed: tuple[SealedColumn, ...] = ()
    indexed: Mapping[str, Callable[[Entity], str]] = dataclass_field(default_factory=dict)
    digest: tuple[str, Callable[[Entity], str]] | None = None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The table's columns, in order."""
        return tuple(self.table.columns.keys())

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The fields that stand in columns of their own name."""
        hidden = {each for column in self.sealed for each in column.fields}
        return tuple(each.name for each in fields(self.kind) if each.name not in hidden)  # type: ignore[arg-type]

    @cached_property
    def _parts(self) -> tuple[tuple[SealedColumn, Any, TypeAdapter[Any]], ...]:
        hints = get_type_hints(self.kind)
        defaults = {each.name: each for each in fields(self.kind)}  # type: ignore[arg-type]
        parts: list[tuple[SealedColumn, Any, TypeAdapter[Any]]] = []
        for column in self.sealed:
            spec: list[Any] = []
            for name in column.fields:
                known = defaults[name]
                if known.default_factory is not MISSING:
                    spec.append(
                        (name, hints[name], dataclass_field(default_factory=known.default_factory))
                    )
                elif known.default is not MISSING:
                    spec.append((name, hints[name], dataclass_field(default=known.default)))
                else:
                    spec.append((name, hints[name]))
            part = make_dataclass(f"{self.kind.__name__}_{column.name}", spec, kw_only=True)
            parts.append((column, part, TypeAdapter(part)))
        return tuple(parts)

    @cached_property
    def _readers(self) -> tuple[tuple[str, int, Callable[[Any], Any] | None], ...]:
        hints = get_type_hints(self.kind)
        places = {name: place for place, name in enumerate(self.columns)}
        return tuple((name, places[name], _reader(hints[name])) for name in self.plain)

    @cached_property
    def _places(self) -> tuple[int, int]:
        at = self.columns.index
        return at(self.key), at(self.subject) if self.subject else -1

    def place_of(self, row: Sequence[Any]) -> tuple[str, str]:
        """Whose row it is (empty: nobody's), and its id."""
        key_at, subject_at = self._places
        return row[subject_at] if self.subject else "", row[key_at]

    @cached_property
    def _openers(self) -> tuple[tuple[str, int, Callable[[bytes], Any]], ...]:
        at = self.columns.index
        return tuple(
            # Past the adapter's own wrapper: this runs a thousand times for one summary.
            (column.label, at(column.name), adapter.validator.validate_json)
            for column, _, adapter in self._parts
        )

    def subject_of(self, entity: Entity) -> str:
        """Whose key seals it; empty for what belongs to nobody."""
        return str(getattr(entity, self.subject)) if self.subject else ""

    def to_row(self, entity: Entity, key: DataKey | None) -> Row:
        """The entity as a row. ``key`` is its subject's; None where nothing is sealed."""
        row: Row = {name: to_column(getattr(entity, name)) for name in self.plain}
        row_id = str(getattr(entity, self.key))
        if not all(map(is_storable, row.values())):
            raise BadInput(f"{self.table.name} {row_id!r}")
        for column, part, adapter in self._parts:
            if key is None:
                raise SealBroken(f"{column.label} {row_id}")
            held = part(**{name: getattr(entity, name) for name in column.fields})
            place = Place(self.subject_of(entity), column.label, row_id)
            try:
                text = adapter.serializer.to_json(held, warnings="error")
                row[column.name] = key.seal(place, text)
            except PydanticSerializationError:
                # The error's text holds the value.
                raise BadInput(f"{column.label} {row_id}") from None
        return row

    def from_row(self, row: Sequence[Any], open_key: OpenKey) -> Entity:
        """The entity of a row (columns in the table's order). Raises ``SealBroken``."""
        values = {}
        for name, place, read in self._readers:
            value = row[place]
            values[name] = value if read is None else read(value)
        if self._openers:
            key_at, subject_at = self._places
            row_id, subject = row[key_at], row[subject_at]
            key = open_key(subject)
            for label, place, parse in self._openers:
                text = key.open(Place(subject, label, row_id), row[place])
                try:
                    values.update(vars(parse(text)))
                except ValidationError:
                    # The error's text holds the value.
                    raise SealBroken(f"{label} {row_id}") from None
        return self.kind(**values)
