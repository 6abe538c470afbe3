"""Rasa answers nothing, late, or nonsense: the person gets an answer, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.functional.system.between import Behaviour, RasaBetween, hangs_up, late, says, says_bytes
from tests.functional.system.chatting import Chat, chatting
from tests.functional.system.home import Made, free_port
from tests.functional.system.serving import Serving, serving

pytestmark = pytest.mark.xdist_group("system")

SENTENCE = "could you tell me about the thing from before"
PATIENCE = 0.5
THANKS = [{"recipient_id": "x", "custom": {"command": "thanks"}}]
OWN_WORDS = [{"recipient_id": "x", "text": "Have you tried pulling yourself together?"}]
MENU = {"My plan", "Find a skill", "Numbers to ring", "Talk to someone"}


@dataclass(frozen=True)
class Scene:
    """A companion, the Rasa that it asks, and a stranger at a terminal."""

    serving: Serving
    rasa: RasaBetween
    chat: Chat


@pytest.fixture(scope="module")
def scene(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    copy = made.copied_to(tmp_path_factory.mktemp("misbehaving") / "home")
    with RasaBetween() as rasa:
        settings = {"RASA_URL": rasa.url, "RASA_TIMEOUT_SECONDS": str(PATIENCE)}
        home = copy.home.with_settings(WEB_PORT=str(free_port()), **settings)
        with serving(home) as process, chatting(home) as chat:
            yield Scene(process, rasa, chat)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(says([]), id="nothing"),
        pytest.param(says(None), id="null"),
        pytest.param(says({"custom": {"command": "thanks"}}), id="an object"),
        pytest.param(says("thanks"), id="a string"),
        pytest.param(says(["thanks", 7, None]), id="a list of anything"),
        pytest.param(says(OWN_WORDS), id="words of its own"),
        pytest.param(says(THANKS, status=500), id="500"),
        pytest.param(says(THANKS, status=404), id="404"),
        pytest.param(late(3 * PATIENCE, says(THANKS)), id="late"),
        pytest.param(says_bytes(b"<html>Bad gateway</html>", "text/html"), id="a page"),
        pytest.param(says_bytes(b'[{"custom": {"command": "tha'), id="half an answer"),
        pytest.param(says_bytes(b"\xff\xfe\x00[]"), id="no text"),
        pytest.param(says_bytes(b"[" * 200_000), id="deeply nested"),
        pytest.param(hangs_up, id="hangs up"),
    ],
)
def test_no_answer_is_answered_by_the_fallback(scene: Scene, behaviour: Behaviour) -> None:
    scene.rasa.behaves = behaviour
    exchange = scene.chat.says(SENTENCE)
    assert exchange.answered_by == "fallback"
    assert {*exchange.buttons} >= MENU
    assert "pulling yourself together" not in exchange.text
    assert exchange.seconds < PATIENCE + 8, "on a busy machine too"
    _goes_on(scene)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param({"command": "do_as_you_like"}, id="unknown command"),
        pytest.param({"command": "thanks", "mood_of_the_day": "blue"}, id="unknown slot"),
        pytest.param({"command": ["thanks"]}, id="no name"),
        pytest.param({}, id="empty"),
    ],
)
def test_a_command_that_is_none_becomes_a_question(scene: Scene, command: object) -> None:
    scene.rasa.behaves = says([{"recipient_id": "x", "custom": command}])
    said = len(scene.serving.said)
    exchange = scene.chat.says(SENTENCE)
    assert exchange.answered_by == "rasa"
    assert {*exchange.buttons} >= MENU
    assert "rasa_command_unknown" in scene.serving.said[said:], "the operator is told"
    _goes_on(scene)


def test_gaps_that_were_not_filled_are_left_out(scene: Scene) -> None:
    scene.rasa.behaves = says(
        [{"custom": {"command": "practise_skill", "skill": "{skill}", "distress": "None"}}]
    )
    exchange = scene.chat.says(SENTENCE)
    assert exchange.answered_by == "rasa"
    assert "{" not in exchange.text
    assert "None" not in exchange.text
    _goes_on(scene)


def _goes_on(scene: Scene) -> None:
    """Standing words answer as ever, and so does Rasa once it is well; every act is handled."""
    assert SENTENCE not in scene.serving.said, "no log holds what was written"
    assert scene.chat.says("numbers").answered_by == "command"
    scene.rasa.behaves = says(THANKS)
    assert scene.chat.says("and now it is all right").answered_by == "rasa"
    assert {each.state for each in scene.serving.record.rows()} == {"handled"}
    assert all(each.replies for each in scene.serving.record.rows())
