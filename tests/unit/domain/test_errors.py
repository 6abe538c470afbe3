"""Every error has its own message to the operator, with what is particular about it added."""

from __future__ import annotations

import inspect

import pytest

from bot.domain import errors
from bot.domain.errors import CompanionError, NotFound

EVERY = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, CompanionError)
]


@pytest.mark.parametrize("error", EVERY)
def test_its_docstring_is_its_message_a_sentence_of_its_own(error: type[CompanionError]) -> None:
    message = str(error())
    assert message[0].isupper()
    assert message.endswith(".")
    assert "  " not in message
    assert [each for each in EVERY if str(each()) == message] == [error]


def test_what_is_particular_comes_after_the_message() -> None:
    assert str(NotFound("There is nobody with the code wren.")) == (
        "There is no such thing in the record. There is nobody with the code wren."
    )


def test_every_error_can_be_caught_as_one() -> None:
    assert len(EVERY) > 20
    with pytest.raises(CompanionError):
        raise NotFound


def test_an_error_without_a_message_of_its_own_says_what_it_was_given() -> None:
    class Unnamed(CompanionError):
        __doc__ = None

    assert str(Unnamed("The disk is full.")) == "The disk is full."
