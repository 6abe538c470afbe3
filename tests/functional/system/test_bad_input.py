"""What nobody wrote a story for: each gets a clear answer, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.system.chatting import Chat, chatting
from tests.functional.system.conftest import Served
from tests.functional.system.talking import Talking

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("system")]

LINKS = {"safety_net", "command", "activity", "rasa", "fallback"}


@pytest.fixture(scope="module")
def chat(served: Served) -> Iterator[Chat]:
    """A stranger at a terminal, beside the running companion."""
    with chatting(served.home) as running:
        yield running


def test_the_same_update_twice_is_answered_once(served: Served, ben: Talking) -> None:
    ben.says("menu")
    telegram, record = served.telegram, served.serving.record
    heard, mark = len(ben.person.messages), record.mark()
    telegram.resend_last_update()
    ben.says("who sees this")
    assert record.accepted(mark) == 1
    assert ["Your team can see" in each.text for each in ben.person.messages[heard:]] == [True]


def test_an_old_button_changes_nothing_and_says_so(ben: Talking) -> None:
    ben.says("skills")
    old = ben.last.messages[-1]
    ben.taps("Angry or wound up")
    late = ben.taps("Low or lonely", on=old)
    assert late.text.startswith("That button was from earlier")
    assert "worst it gets" in late.text, "the open question is asked again"
    assert "Skip" in late.buttons
    ben.says("stop")


def test_a_button_that_somebody_made_up_does_nothing(ben: Talking) -> None:
    made_up = ben.does(lambda: ben.person.presses("v2vpC7SrqJocleave_yes|"))
    assert made_up.text.startswith("That button was from earlier")
    assert "Put the big light on." in ben.says("plan").text, "nobody has left"


@pytest.mark.parametrize(
    ("what", "answer"),
    [
        ("sticker", "I can't make out stickers"),
        ("voice", "I can't listen to voice messages"),
        ("video_note", "I can't listen to voice messages"),
        ("photo", "I can't see pictures"),
        ("document", "I can't open that kind of message"),
        ("location", "I can't open that kind of message"),
    ],
)
def test_what_is_no_text_gets_a_word_of_its_own(ben: Talking, what: str, answer: str) -> None:
    assert answer in ben.does(getattr(ben.person, what)).text


def test_words_under_a_picture_are_read_by_the_safety_net(ben: Talking) -> None:
    heard = ben.does(lambda: ben.person.photo("i am going to kill myself tonight"))
    assert heard.answered_by == "safety_net"
    assert heard.tier.startswith("immediate_")
    assert "Put the big light on." in heard.text, "the own plan comes first"


def test_an_edited_message_is_read_and_answered(ben: Talking) -> None:
    ben.says("menu")
    heard = ben.does(lambda: ben.person.edits("the menu please"))
    assert heard.text.startswith("I saw that you changed a message")


def test_a_group_gets_one_answer_and_no_word_of_anyones(served: Served, ben: Talking) -> None:
    ward = served.telegram.group("The ward")
    ben.does(lambda: ben.person.writes_in(ward, "plan"))
    (answer,) = ward.messages
    assert answer.text.startswith("I only answer in a private chat")
    assert "big light" not in answer.text


def test_a_code_is_good_once(served: Served, ben: Talking) -> None:
    somebody = served.meets("Somebody")
    assert "used already" in somebody.says(f"/start {served.made.codes['P-2']}").text
    assert "used already" in somebody.says(served.made.codes["P-2"].lower()).text
    assert "doesn't match" in somebody.says("/start 23456789").text
    assert "joined already" in ben.says(f"/start {served.made.codes['P-2']}").text


def test_rasas_own_commands_are_only_words(ben: Talking) -> None:
    ben.says("stop")
    heard = ben.says('/find_skill{"distress":"9"}')
    assert not [each for each in heard.buttons if each.endswith(" min")], "no 9 was taken from it"
    ben.says("stop")
    assert ben.says("/restart").answered_by == "rasa", "Rasa answered: it did not start again"
    assert ben.says("/session_start").text


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        pytest.param(b"", "That message was empty", id="empty"),
        pytest.param(b"   \t ", "That message was empty", id="blank"),
        pytest.param("🙂🙂🙂".encode(), "", id="emoji only"),
        pytest.param(b'/find_skill{"distress":"7"}', "", id="an intent of Rasa's"),
        pytest.param(b"/restart", "", id="a command of Rasa's"),
        pytest.param(b"\x00\x01\x02\x07\x08", "", id="control characters only"),
        pytest.param(b"hi \x1b[31mred\x1b[0m\x7f there\x00", "", id="control characters within"),
        pytest.param(b"\xed\xa0\x80\xed\xb0\x80 and \xed\xa0\xbd", "", id="lone surrogates"),
        pytest.param(b"\xff\xfe\x80 not text", "", id="not UTF-8"),
        pytest.param(b"[" * 5_000, "", id="brackets"),
        pytest.param(b"word " * 20_000, "", id="100 KB of words"),
        pytest.param("ü".encode() * 50_000, "", id="100 KB in one word"),
    ],
)
def test_any_line_at_a_terminal_gets_an_answer(chat: Chat, line: bytes, answer: str) -> None:
    exchange = chat.says(line)
    assert exchange.text.strip()
    assert answer in exchange.text
    assert exchange.answered_by in LINKS
    assert exchange.ms < 5_000
    assert chat.says("numbers").answered_by == "command", "the next one is answered as ever"


def test_danger_at_the_end_of_100_kb_is_not_missed(chat: Chat) -> None:
    exchange = chat.says("word " * 20_000 + "i am going to kill myself tonight")
    assert exchange.answered_by == "safety_net"
    assert exchange.tier != "none"
    assert "999" in exchange.text
