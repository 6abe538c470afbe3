from __future__ import annotations

import pytest

from bot.domain.safety_net.windows import LONGEST, OVERLAP, TAIL, WINDOW, joined, windows


@pytest.mark.parametrize("length", [0, 1, WINDOW, WINDOW + 1, LONGEST - 1, LONGEST])
def test_a_message_up_to_the_limit_is_read_whole(length: int) -> None:
    text = ("word " * LONGEST)[:length]
    cut = windows(text)
    assert cut.left_out is None
    covered = 0
    for window in cut.pieces:
        assert text[window.start : window.start + len(window.text)] == window.text
        assert len(window.text) <= WINDOW
        assert window.start <= max(covered - OVERLAP // 2, 0)
        covered = window.start + len(window.text)
    assert covered == len(text)


def test_of_a_longer_message_the_first_and_the_last_are_read() -> None:
    text = "first " + "x" * LONGEST + " last"
    cut = windows(text)
    assert cut.pieces[0].text.startswith("first ")
    assert cut.pieces[-1].text.endswith(" last")
    assert cut.left_out == (LONGEST // 2, len(text) - LONGEST // 2)
    assert sum(len(piece.text) for piece in cut.pieces) < LONGEST + 10 * OVERLAP


def test_words_are_not_cut_in_two() -> None:
    text = "abcdefg " * LONGEST
    for window in windows(text[:LONGEST]).pieces:
        assert set(window.text.split()) == {"abcdefg"}


@pytest.mark.parametrize(
    ("earlier", "text", "together"),
    [
        (["I", "want"], "to die", "I, want, to die"),
        (["I want to"], "die", "I want to, die"),
        (["I want to go home"], "die hard is on", "I want to go home\ndie hard is on"),
        (["hello"], "I want to go", "hello, I want to go"),
        (["a", "b", "c", "d", "e", "f"], "g", "b, c, d, e, f, g"),
    ],
)
def test_messages_are_joined(earlier: list[str], text: str, together: str) -> None:
    result = joined(text, earlier)
    assert result.text == together
    assert result.text[result.new_from :] == text


def test_long_messages_are_joined_end_to_beginning() -> None:
    result = joined("new " * 100, ["old " * 100])
    assert 0 < result.new_from <= TAIL
    assert len(result.text) - result.new_from <= TAIL
    assert set(result.text.split()) == {"old", "new"}
    assert len(joined("x" * 500, ["y" * 500]).text) == 2 * TAIL
