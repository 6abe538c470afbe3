"""However a companion ends, it ends soon, leaves no Rasa behind, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.functional.bot_api import BotApiServer
from tests.functional.system.between import Held, RasaBetween, holding_question, says
from tests.functional.system.conftest import on_telegram
from tests.functional.system.home import Home, Made
from tests.functional.system.serving import Serving, until_gone
from tests.functional.system.talking import Talking

pytestmark = pytest.mark.xdist_group("system")

SOON = 10.0
"""Seconds; a few on a machine that has nothing else to do."""

Start = Callable[[Home], Serving]


@pytest.mark.rasa
def test_sigterm_ends_it_and_its_rasa(fresh: Made, telegram: BotApiServer, start: Start) -> None:
    home = on_telegram(fresh.home, telegram).with_settings(RASA_URL="")
    process = start(home)
    process.until_rasa()
    rasa = process.rasa()
    code, seconds = process.terminate()
    assert code == 0
    assert seconds < SOON
    until_gone(rasa)
    trouble = [line for line in process.said.splitlines() if " level='info' " not in line]
    assert trouble == [], "it ended without a word of trouble"
    assert not (fresh.home.path / "serve.json").exists()


@pytest.mark.rasa
def test_sigkill_leaves_no_rasa(fresh: Made, start: Start) -> None:
    process = start(fresh.home.with_settings(RASA_URL=""))
    process.until(process.has_rasa, "starting Rasa", 60)
    rasa = process.rasa()
    process.kill()
    until_gone(rasa)
    assert (fresh.home.path / "serve.json").exists()
    told = fresh.home.companion("doctor", "--json").well().json
    assert told["rasa"] == {"pid": None, "state": "down"}, "what it told of itself is not believed"


def test_a_message_that_is_being_answered_at_sigterm_is_not_lost(
    fresh: Made, telegram: BotApiServer, start: Start
) -> None:
    held = Held("could you tell me about the thing from before")
    with RasaBetween() as rasa:
        rasa.behaves = holding_question(held, says([]))
        settings = {"RASA_URL": rasa.url, "RASA_TIMEOUT_SECONDS": "2"}
        home = on_telegram(fresh.home, telegram).with_settings(**settings)
        process = start(home)
        somebody = Talking("Somebody", telegram, process)
        somebody.says("menu")
        mark, heard = process.record.mark(), len(somebody.person.messages)
        somebody.person.says(held.words)
        held.until_reached()
        code, seconds = process.terminate()
        held.go()
        assert code == 0
        assert seconds < SOON
        again = start(home)
        again.until_answered(1, since=mark)
        (row,) = again.record.rows(mark)
        assert (row.state, row.answered_by) == ("handled", "fallback")
        assert len(somebody.person.messages[heard:]) == row.replies == 1
