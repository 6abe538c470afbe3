"""The kinds of words that content files hold, and the gaps that the program fills in them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

LONGEST_LABEL = 34
"""Characters of a button's label: what a narrow phone shows on one line."""

_ID = r"^[a-z][a-z0-9_]*$"
_VALUE = r"^[a-z0-9_]+$"
_KEY = r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)?$"
_ANSWER = r"^[a-z][a-z_]*(\.[a-z_]+)?$"
_TYPED = r"^[a-z0-9]+( [a-z0-9]+)*$"
_PHRASE = r"^([a-z0-9]+|\*)( ([a-z0-9]+|\*))*$"

PATTERNS = {
    _ID: "should be lower-case letters, digits and _ only, beginning with a letter",
    _VALUE: "should be lower-case letters, digits and _ only",
    _KEY: "should be lower-case letters, digits and _ only, with one dot at most",
    _ANSWER: "should be lower-case letters and _ only",
    _PHRASE: "should be words as people type them, with * for any one or two",
    _TYPED: "should be as people type it: lower case, without punctuation",
}
"""What each pattern asks for, in an author's words."""

_GAP = re.compile(r"\{([^{}]*)\}")


def gaps_in(text: str) -> frozenset[str]:
    """The names of the gaps in a text, as they stand between the braces."""
    return frozenset(_GAP.findall(text))


def has_stray_brace(text: str) -> bool:
    """Whether a brace stands alone, so that a gap was begun and not ended."""
    return bool(set("{}") & set(_GAP.sub("", text)))


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _schema_of_say(fewest: int) -> WithJsonSchema:
    text = {"type": "string", "minLength": 1}
    several = {"type": "array", "minItems": fewest, "items": text}
    forms = [text, several] if fewest < 2 else [several]
    return WithJsonSchema({"description": "Texts that mean the same.", "anyOf": forms})


Id = Annotated[str, StringConstraints(pattern=_ID, max_length=20)]
"""A step's id. It travels in a button of 64 bytes with other things."""

Name = Annotated[str, StringConstraints(pattern=_ID, max_length=32)]
"""The id of a file, a skill, a contact, a button or a family."""

TextKey = Annotated[str, StringConstraints(pattern=_KEY, max_length=40)]
"""The key of a text."""

Value = Annotated[str, StringConstraints(pattern=_VALUE, max_length=16)]
"""An option's value, as it is stored and as it travels in a button."""

AnswerName = Annotated[str, StringConstraints(pattern=_ANSWER, max_length=32)]
"""The name under which an answer is kept; letters only, since it also names a gap."""

Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_LABEL)
]

Typed = Annotated[str, StringConstraints(pattern=_TYPED, max_length=60)]
"""Words as a person may type them, in their plain form (see ``domain.wording.plain``)."""

GapName = Annotated[str, StringConstraints(pattern=_ID, max_length=20)]
"""The name of a gap that is filled with how a person reaches others."""

Phrase = Annotated[str, StringConstraints(pattern=_PHRASE, max_length=60)]
"""Words that mean a closing button; * is any word or two."""

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1600)]

Say = Annotated[
    tuple[Sentence, ...], BeforeValidator(_one_or_more), Field(min_length=1), _schema_of_say(1)
]
"""One text, or alternatives of the same meaning."""

SayOrNothing = Annotated[tuple[Sentence, ...], BeforeValidator(_one_or_more), _schema_of_say(0)]

ThreeSayings = Annotated[tuple[Sentence, ...], Field(min_length=3), _schema_of_say(3)]
"""At least three alternatives, so that none comes twice running."""
