# Look-alikes are what these tests are about.
# ruff: noqa: RUF001

from __future__ import annotations

import pytest

from bot.domain.safety_net.characters import Plain, plain_character
from bot.domain.safety_net.reading import Origin


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("KILL", "kill"),
        ("ＫＩＬＬ", "kill"),
        ("кіll", "kill"),
        ("𝓀𝒾𝓁𝓁", "kill"),
        ("🅺🅸🅻🅻", "kill"),
        ("ⓚⓘⓛⓛ", "kill"),
        ("ᴋɪʟʟ", "kill"),
        ("k\u0336i\u0336l\u0336l\u0336", "kill"),
        ("ki\u200bl\u00adl\ufeff", "kill"),
        ("chcę umrzeć", "chce umrzec"),
        ("vreau să mor", "vreau sa mor"),
        ("łódź", "lodz"),
        ("don’t", "don't"),
        ("self‑harm", "self-harm"),
        ("kill_myself", "kill myself"),
        ("a\tb", "a b"),
        ("a\r\nb", "a\n\nb"),
        ("su\x00icide", "suicide"),
        ("\ud800", " "),
        ("no…", "no..."),
        ("ਮਰਨਾ", "ਮਰਨਾ"),
        ("مَرنا", "مرنا"),
        ("我想死", "我想死"),
        ("ﷺ", " "),
        ("👍", " "),
    ],
)
def test_characters_are_made_plain(written: str, plain: str) -> None:
    assert written.translate(Plain({})) == plain


def test_emoji_are_spoken_where_they_have_words() -> None:
    assert "a🔪b".translate(Plain({"🔪": "knife"})) == "a knife b"
    assert "a🔪b".translate(Plain({})) == "a b"


def test_unprepared_characters_are_not_kept() -> None:
    table = Plain({})
    size = len(table)
    "𝓀我🙂".translate(table)
    assert len(table) == size


@pytest.mark.parametrize("text", ["ki\u200bll 🔪 ﬁre", "plain", "a…b", "𝓀𝒾ll"])
def test_every_plain_character_knows_where_it_came_from(text: str) -> None:
    table = Plain({"🔪": "knife"})
    plain = text.translate(table)
    places = table.offsets(text)
    assert len(places) == len(plain) + 1
    assert places[-1] == len(text)
    for place, letter in zip(places, plain, strict=False):
        assert letter in f" knife {plain_character(text[place])}"


def test_a_stretch_of_plain_text_is_found_in_the_text_as_written() -> None:
    text = "x ki\u200bll y"
    origin = Origin(text, Plain({}))
    assert text.translate(Plain({})) == "x kill y"
    assert text[slice(*origin.span(2, 6))] == "ki\u200bll"
