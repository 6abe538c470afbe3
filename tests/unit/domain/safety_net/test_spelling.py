from __future__ import annotations

import pytest

from bot.domain.safety_net.spelling import Spelling, one_slip

SPELLING = Spelling(
    known={"want", "to", "die", "kill", "myself", "suicide", "overdose", "feeling"},
    explicit={"suicide", "myself", "overdose", "kill", "die", "killing"},
    not_misspelt={"billing", "herself"},
    run_together={"kill myself", "want to die"},
    real_words={"felling", "seeing"},
)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("suicide", "suicide", True),
        ("suicde", "suicide", True),
        ("suiicide", "suicide", True),
        ("suixide", "suicide", True),
        ("sucide", "suicide", True),
        ("siucide", "suicide", True),
        ("suicied", "suicide", True),
        ("seicied", "suicide", False),
        ("suicid", "suicides", False),
        ("scuiide", "suicide", False),
        ("uicides", "suicide", False),
        ("", "a", True),
        ("", "ab", False),
    ],
)
def test_one_slip(first: str, second: str, same: bool) -> None:
    assert one_slip(first, second) is same
    assert one_slip(second, first) is same


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("suicde", "suicide"),
        ("mysefl", "myself"),
        ("overdsoe", "overdose"),
        ("myslf", "myself"),
        ("kil", None),
        ("kall", None),
        ("billing", None),
        ("filling", "killing"),
        ("herself", None),
        ("table", None),
        ("suicideeeee", "suicide"),
        ("kiiilll", "kill"),
        ("dieee", "die"),
        ("diee", "die"),
        ("wantt", None),
        ("wanttt", "want"),
        ("ssuuiicciiddee", None),
        ("feling", "feeling"),
        ("felling", None),
        ("x" * 300, None),
    ],
)
def test_unknown_words_are_read_as_known_ones(word: str, meant: str | None) -> None:
    assert SPELLING.corrected(word) == ((meant,) if meant else ())


def test_a_word_near_several_may_be_each_of_them_the_explicit_ones_first() -> None:
    near = Spelling({"hearing", "bearing", "wearing"}, {"fearing"}, (), ())
    assert near.corrected("xearing")[0] == "fearing"
    several = Spelling({"hearing", "bearing", "wearing"}, (), (), ())
    assert set(several.corrected("xearing")) == {"hearing", "bearing", "wearing"}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("k1ll", "kill"),
        ("ki11", "kill"),
        ("my$elf", "myself"),
        ("mys3lf", "myself"),
        ("su!cide", "suicide"),
        ("d1e", "die"),
        ("k*ll", "kill"),
        ("s*icide", "suicide"),
        ("s#icide", "suicide"),
        ("su**ide", "suicide"),
        ("s*****e", "suicide"),
        ("d*e", "die"),
        ("f*ck", None),
        ("su1cde", "suicide"),
        ("b4", None),
        ("1!1!1!1!", None),
    ],
)
def test_digits_and_signs_are_read_as_letters(word: str, meant: str | None) -> None:
    assert SPELLING.unsigned(word) == meant


def test_words_run_together_are_taken_apart() -> None:
    assert SPELLING.taken_apart("iwanttodie") == ("want", "to", "die")
    assert SPELLING.taken_apart("killmyselfnow") == ("kill", "myself")
    assert SPELLING.taken_apart("willingness") is None


def test_explicit_words_are_known_as_such() -> None:
    assert SPELLING.is_explicit("kill")
    assert not SPELLING.is_explicit("want")
