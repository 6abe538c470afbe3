"""What goes in and out: fixed once made, comparable, and ordinary unless it says otherwise."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from bot.domain.messages import Act, ActKind, Button, Press, Reply, ReplyKind, Said, SubjectId

AT = datetime(2026, 3, 2, tzinfo=UTC)
ACT = Act("a1", SubjectId("p1"), "telegram", "ad1", ActKind.TEXT, "hello", AT, AT)
SAID = Said("telegram", "12345", "77", ActKind.TEXT, AT, "hello")
PLAN = Button("My plan", Press("command", "plan"))


@pytest.mark.parametrize(
    ("thing", "name"),
    [(ACT, "text"), (SAID, "text"), (PLAN, "press"), (PLAN.press, "to"), (Reply("hi"), "text")],
    ids=lambda each: type(each).__name__ if not isinstance(each, str) else each,
)
def test_nothing_that_was_said_can_be_changed(thing: object, name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(thing, name, "something else")


def test_a_reply_is_ordinary_and_bare_unless_it_says_otherwise() -> None:
    """Only plans and safety replies go out late, so nothing may become one by oversight."""
    assert Reply("hi") == Reply("hi", (), ReplyKind.ORDINARY)


def test_two_buttons_that_do_the_same_are_the_same() -> None:
    assert Button("My plan", Press("command", "plan")) == PLAN
    assert Button("My plan", Press("command", "plan", ref="r1")) != PLAN


def test_an_act_without_a_button_has_no_token_and_was_not_tried() -> None:
    assert (ACT.token, ACT.attempts) == ("", 0)
