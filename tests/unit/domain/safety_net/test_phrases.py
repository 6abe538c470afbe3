from __future__ import annotations

import pytest

from bot.domain.safety_net.phrases import (
    MOST_PHRASES,
    Choice,
    Edge,
    Gap,
    PhraseError,
    parse,
    parse_group,
)

GROUPS = {"death": frozenset({("die",), ("be", "dead")})}


def words(written: str) -> tuple[str, ...]:
    return {"don't": ("do", "not"), "just": ()}.get(written, (written,))


def one(*phrases: str) -> Choice:
    return Choice(frozenset(tuple(phrase.split()) for phrase in phrases))


def maybe(*phrases: str) -> Choice:
    return Choice(one(*phrases).phrases, optional=True)


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("want to die", (one("want"), one("to"), one("die"))),
        ("don't", (one("do"), one("not"))),
        ("{want|need to}", (one("want", "need to"),)),
        ("[so|very] sad", (maybe("so", "very"), one("sad"))),
        ("to @death", (one("to"), one("die", "be dead"))),
        ("{want {to|not to}|will} die", (one("want to", "want not to", "will"), one("die"))),
        ("{be [so] sad}", (one("be sad", "be so sad"),)),
        ("want <3> die", (one("want"), Gap(3), one("die"))),
        ("^ die $", (Edge(begins=True), one("die"), Edge(begins=False))),
        ("#many pills", (one("#many"), one("pills"))),
    ],
)
def test_a_line_is_read(written: str, pattern: object) -> None:
    assert parse(written, GROUPS, words) == (pattern,)


def test_marks_in_a_choice_make_several_patterns() -> None:
    assert parse("die {now|$|in <2> days}", GROUPS, words) == (
        (one("die"), Edge(begins=False)),
        (one("die"), one("in"), Gap(2), one("days")),
        (one("die"), one("now")),
    )
    assert parse("die [$]", GROUPS, words) == ((one("die"), Edge(begins=False)), (one("die"),))


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("die <0> now", "a gap is 1 to 8 words"),
        ("die <9> now", "a gap is 1 to 8 words"),
        ("@life", "no word group 'life'"),
        ("{die", "it ends too soon"),
        ("{die]", "where '|' or '}' was expected"),
        ("die}", "was not opened"),
        ("die <x>", "cannot read '<x>'"),
        ("{|}", "a choice of nothing"),
        ("", "nothing in it must be there"),
        ("[die]", "nothing in it must be there"),
        ("^ <2> $", "nothing in it must be there"),
        ("just die", "'just' is passed over"),
        ("{$|a}{$|b}{$|c}{$|d}{$|e}{$|f}", "more than 32 patterns"),
        ("{" + "{a|b|c|d|e|f|g|h|i|j} " * 4 + "}", f"more than {MOST_PHRASES} phrases"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(written: str, wrong: str) -> None:
    with pytest.raises(PhraseError) as raised:
        parse(written, GROUPS, words)
    assert wrong in str(raised.value)


def test_a_group_is_all_its_phrases() -> None:
    assert parse_group("to [really] @death", GROUPS, words) == frozenset(
        {
            ("to", "die"),
            ("to", "be", "dead"),
            ("to", "really", "die"),
            ("to", "really", "be", "dead"),
        }
    )


@pytest.mark.parametrize("written", ["die <2> now", "die $"])
def test_a_group_has_no_gaps_or_marks(written: str) -> None:
    with pytest.raises(PhraseError, match="belong in rules"):
        parse_group(written, GROUPS, words)
