"""Long replies in parts, and buttons in rows that a thumb can hit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.wording import LONGEST_TEXT, keyboard, parts

words = st.text(st.sampled_from("ab \n.🌻"), max_size=300)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def rows(*labels: str) -> list[list[str]]:
    markup = keyboard([(label, f"token of {label}") for label in labels])
    return [[button.text for button in row] for row in markup.inline_keyboard] if markup else []


def test_a_text_that_fits_is_one_part() -> None:
    text = "a" * LONGEST_TEXT
    assert parts(text) == [text]


def test_a_long_text_is_cut_after_a_paragraph() -> None:
    paragraph = "One step. And another.\nAnd a third."
    text = "\n\n".join([paragraph] * 200)
    pieces = parts(text)
    assert len(pieces) == 2
    assert all(piece.startswith("One step.") for piece in pieces)
    assert all(piece.endswith("And a third.") for piece in pieces)
    assert "\n\n".join(pieces) == text


def test_one_long_paragraph_is_cut_after_a_line_then_a_sentence_then_a_word() -> None:
    assert parts("first line\nsecond line", 14) == ["first line", "second line"]
    assert parts("A sentence. Another one", 15) == ["A sentence.", "Another one"]
    assert parts("several words here", 15) == ["several words", "here"]
    assert parts("unbroken", 5) == ["unbro", "ken"]


@given(words, st.integers(4, 40))
def test_parts_fit_and_lose_no_words(text: str, longest: int) -> None:
    pieces = parts(text, longest)
    assert all(units(piece) <= longest for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_character_of_two_units_is_never_halved() -> None:
    assert parts("🌻" * 5, 5) == ["🌻🌻", "🌻🌻", "🌻"]


def test_buttons_stand_one_to_a_row() -> None:
    assert rows("My plan", "Numbers to ring", "Talk to someone") == [
        ["My plan"],
        ["Numbers to ring"],
        ["Talk to someone"],
    ]


def test_short_labels_stand_side_by_side() -> None:
    assert rows("Yes", "No", "Not sure", "My plan") == [["Yes", "No", "Not sure"], ["My plan"]]
    assert rows("1", "2", "3", "4", "5") == [["1", "2", "3", "4"], ["5"]]


def test_no_buttons_is_no_keyboard() -> None:
    assert keyboard([]) is None


def test_a_button_carries_its_token() -> None:
    markup = keyboard([("My plan", "sealed")])
    assert markup is not None
    assert markup.inline_keyboard[0][0].callback_data == "sealed"
