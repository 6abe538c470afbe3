"""What safety replies must say and must not, in every wording and every form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from bot.adapters.content_files import load_content
from bot.domain.safety_net import Family
from bot.domain.typed_answers import meant
from bot.domain.wording import filled

CONTENT = load_content(Path(__file__).parents[3] / "skills_content")
REPLIES = CONTENT.replies
OLDEST_READER = 14
FORMS = {
    "everybody": (),
    "relay": ("relay",),
    "young": ("young",),
    "Northern Ireland": ("northern_ireland",),
    "Northern Ireland by relay": ("northern_ireland", "relay"),
    "abroad": ("abroad",),
    "abroad by relay": ("abroad", "relay"),
}

BODY = ("overdose_on_purpose", "overdose_by_accident", "injury", "medical", "eating",
        "self_harm_done", "substances")  # fmt: skip
ACTS_ON_IT = ("default", "intent", "plan_or_means", "attempt", "goodbye", "preparation", "voices",
              "harm_to_others", "parent_thoughts", "someone_else", "abuse_now", "at_risk",
              "method_request", "not_heard")  # fmt: skip


def in_form(text: str, order: tuple[str, ...]) -> str:
    """A wording as somebody reads it."""
    gaps = {}
    for name, forms in CONTENT.ways.items():
        form = next((forms[each] for each in order if each in forms), forms["say"])
        gaps |= {name: form, name.capitalize(): form[:1].upper() + form[1:]}
    others = {"when": "after 9am on Monday", "minutes": "15", "staff": "Dawn", "person": "Jo"}
    return filled(text, {**gaps, **others})


def wordings() -> Iterator[tuple[str, str]]:
    """Every text of every reply, by where it stands."""
    for family, reply in REPLIES.items():
        for part in ("opening", "ask", "check_opening", "check_ask"):
            yield from ((f"{family}.{part}", each) for each in getattr(reply, part))
    for key, text in CONTENT.texts.items():
        if key.startswith("safety."):
            yield from ((key, each) for each in text.say)


def reading_age(text: str) -> float:
    """Flesch and Kincaid's grade, with five years added: the age of those who can read it."""
    sentences = max(1, len(re.findall(r"[.?!:]+(?:\s|$)", text)))
    words = re.findall(r"[A-Za-z']+", text)
    return 0.39 * len(words) / sentences + 11.8 * sum(map(_syllables, words)) / len(words) - 10.59


def _syllables(word: str) -> int:
    plain = re.sub(r"'(s|re|ve|ll|d|m|t)$", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", plain))
    silent = plain.endswith("e") and not plain.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def test_the_measure_tells_hard_from_easy() -> None:
    assert reading_age("The cat sat on the mat. It was warm.") < 7
    hard = "Consideration of organisational responsibilities necessitates comprehensive evaluation."
    assert reading_age(hard) > 20


@pytest.mark.parametrize(("place", "text"), [*wordings()])
def test_everything_is_easy_to_read(place: str, text: str) -> None:
    assert reading_age(in_form(text, ())) <= OLDEST_READER, place


@pytest.mark.parametrize("family", sorted({*Family, "default"}))
def test_every_family_has_words_of_its_own(family: str) -> None:
    reply = REPLIES[family]
    for said in (reply.opening, reply.ask, reply.check_opening, reply.check_ask):
        assert len(said) == len(set(said))
        assert not said or len(said) >= 3
    assert len(reply.opening) >= 3
    if family not in {"default", "unread", "someone_else"}:
        assert len(reply.ask or reply.check_ask) >= 3, "asked in its own words"


def test_no_two_families_open_alike() -> None:
    openings = [
        each for reply in REPLIES.values() for each in (*reply.opening, *reply.check_opening)
    ]
    assert len(openings) == len(set(openings))


def test_texts_that_can_come_again_have_other_wordings() -> None:
    for key, text in CONTENT.texts.items():
        if key.startswith("safety."):
            assert len(set(text.say)) == len(text.say) >= 2, key


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("family", [*BODY, *ACTS_ON_IT])
def test_every_opening_says_where_to_turn_in_an_emergency(family: str, form: str) -> None:
    for wording in REPLIES[family].opening:
        text = in_form(wording, FORMS[form])
        if "abroad" in form:
            assert "emergency number" in text, text
            assert "999" not in text
            assert "A&E" not in text
        else:
            assert "999" in text, text
        if "Northern" in form:
            assert "111" not in text, text


@pytest.mark.parametrize(("place", "text"), [*wordings()])
def test_no_form_holds_a_number_of_its_own(place: str, text: str) -> None:
    for form in FORMS.values():
        said = in_form(text, form)
        assert "{" not in said
        assert set(re.findall(r"\d{3,}", said)) <= {"999", "111"}, place
        assert not re.search(
            r"\b(mg|milligrams?|paracetamol|pills?|dose|kg|stone|calories?)\b", said
        )


@pytest.mark.parametrize(
    ("family", "form"), [*product(sorted(REPLIES), ["relay", "abroad by relay"])]
)
def test_nobody_who_cannot_hear_is_told_to_ring_alone(family: str, form: str) -> None:
    reply = REPLIES[family]
    closings = [text.say for key, text in CONTENT.texts.items() if key.startswith("safety.closing")]
    own = (*reply.opening, *reply.ask, *reply.check_opening, *reply.check_ask)
    for wording in (*own, *(each for say in closings for each in say)):
        assert not re.search(r"\bring(ing)?\b", in_form(wording, FORMS[form]), re.IGNORECASE), (
            wording
        )
    labels = [
        CONTENT.relay_labels.get(label, label)
        for label, _, _ in CONTENT.closings.get(reply.closing, ())
    ]
    assert not any(re.search(r"\b(ring|rung)\b", label) for label in labels)


def test_the_young_are_not_told_of_one_person_but_of_a_grown_up() -> None:
    texts = [in_form(each, FORMS["young"]) for each in REPLIES["intent"].opening]
    assert any("a grown-up you trust" in each for each in texts)
    assert not any("one person" in each for each in texts)


def test_nobody_is_answered_by_a_breathing_exercise_or_a_farewell() -> None:
    for place, text in wordings():
        assert not re.search(
            r"breath(e|ing) (in|out|slowly|exercise)|take care|bye for now", text
        ), place


def test_every_check_asks_about_ending_ones_life_or_is_about_another() -> None:
    for family, reply in REPLIES.items():
        for each in reply.check_ask:
            assert re.search(r"end(ing)? your (own )?life", each), each
            assert each.count("?") == 1, each
        assert family == "someone_else" or not reply.check_opening or reply.check_ask


def test_every_closing_button_has_words_that_mean_it_and_no_words_mean_two() -> None:
    typed = CONTENT.typed_closings
    four = {"rung", "with_someone", "cannot_ring", "not_now"}
    assert four <= set(typed)
    for value in four:
        for phrase in typed[value]:
            said = phrase.replace("*", "sister")
            assert meant(said, {each: typed[each] for each in four}) == value, phrase


def test_contacts_outside_england_name_their_source_and_day() -> None:
    outside = {each.id: each for each in CONTENT.contacts if each.region not in
               {"uk", "england", "derbyshire"}}  # fmt: skip
    assert {"scotland_111", "wales_111_option_2", "lifeline_ni", "europe_112"} <= set(outside)
    shown = [each for each in outside.values() if each.verified_on is not None]
    assert all(re.search(r"\d", each.reach) for each in shown)
    assert outside["ni_abuse"].verified_on is None, "nobody has confirmed its number"
    assert outside["directory_abroad"].verified_on is None
