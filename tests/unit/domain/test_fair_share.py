"""Sharing room among lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fair_share import fair_share


@pytest.mark.parametrize(
    ("most", "shared"),
    [(0, ""), (1, "a"), (3, "ax1"), (4, "abx1"), (5, "abxy1"), (6, "abcxy1"), (99, "abcdxy1")],
)
def test_one_of_each_first(most: int, shared: str) -> None:
    assert "".join(fair_share(["abcd", "xy", "1"], most)) == shared


@given(st.lists(st.text(max_size=6), max_size=6), st.integers(0, 30))
def test_as_many_as_there_is_room_for_from_each_beginning(lines: list[str], most: int) -> None:
    tagged = [[(place, each) for each in line] for place, line in enumerate(lines)]
    shared = fair_share(tagged, most)
    assert len(shared) == min(most, sum(map(len, lines)))
    for place, line in enumerate(tagged):
        mine = [each for each in shared if each[0] == place]
        assert mine == line[: len(mine)]
        left = len(line) - len(mine)
        assert not left or all(
            len([each for each in shared if each[0] == other]) <= len(mine) + 1
            for other in range(len(lines))
        )
