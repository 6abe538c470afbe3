"""From a file's values to its model, with what does not fit said in an author's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.adapters.content_files.problems import Problem
from bot.adapters.content_files.reading import Source
from bot.adapters.content_files.wording import PATTERNS

Model = TypeVar("Model", bound=BaseModel)

_Context = Mapping[str, Any]

_IN_WORDS: dict[str, Callable[[_Context], str]] = {
    "missing": lambda _: "is missing",
    "extra_forbidden": lambda _: "is not a field that is known here",
    "string_type": lambda _: "should be text: put it in quotes",
    "string_pattern_mismatch": lambda given: PATTERNS.get(given["pattern"], "does not fit"),
    "string_too_long": lambda given: f"is too long: {given['max_length']} characters at most",
    "string_too_short": lambda _: "is empty",
    "too_short": lambda given: (
        f"needs {given['min_length']} or more, and has {given['actual_length']}"
    ),
    "too_long": lambda given: f"has more than {given['max_length']}",
    "union_tag_invalid": lambda given: (
        f"'{given['tag']}' is not a kind of step: {given['expected_tags']}"
    ),
    "union_tag_not_found": lambda _: "'kind' is missing",
    "literal_error": lambda given: f"should be {given['expected']}",
    "int_type": lambda _: "should be a whole number",
    "int_parsing": lambda _: "should be a whole number",
    "int_from_float": lambda _: "should be a whole number",
    "bool_type": lambda _: "should be true or false",
    "bool_parsing": lambda _: "should be true or false",
    "greater_than": lambda given: f"should be more than {given['gt']}",
    "greater_than_equal": lambda given: f"should be {given['ge']} or more",
    "less_than_equal": lambda given: f"should be {given['le']} or less",
    "tuple_type": lambda _: "should be a list",
    "dict_type": lambda _: "should have named entries below it",
    "model_type": lambda _: "should have fields of its own",
    "model_attributes_type": lambda _: "should have fields of its own",
    "date_type": lambda _: "should be a date such as 2026-11-22",
    "date_from_datetime_parsing": lambda _: "should be a date such as 2026-11-22",
    "time_type": lambda _: 'should be a time in quotes, such as "09:00"',
    "time_parsing": lambda _: 'should be a time in quotes, such as "09:00"',
}


def validate(source: Source, model: type[Model]) -> Model | list[Problem]:
    """The file as its model, or everything that does not fit."""
    try:
        return model.model_validate(source.values)
    except ValidationError as invalid:
        return [_problem(source, error) for error in invalid.errors(include_url=False)]


def _problem(source: Source, error: ErrorDetails) -> Problem:
    way = tuple(key for key in error["loc"] if key != "[key]")
    in_words = _IN_WORDS.get(error["type"])
    what = in_words(error.get("ctx", {})) if in_words else error["msg"]
    return source.problem(what, *way)
