"""The page that a clinician reads says what the program does."""

from __future__ import annotations

from bot.domain.permissions import Thing
from scripts.write_permissions import ABOUT, PAGE, page


def test_the_page_is_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), "run scripts/write_permissions.py"


def test_every_thing_has_a_part_of_the_page() -> None:
    assert set(ABOUT) == set(Thing)
