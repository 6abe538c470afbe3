"""``companion chat --json``: by itself, beside a running companion, and as a made-up person."""

from __future__ import annotations

import statistics

import pytest

from tests.functional.system.chatting import Exchange, chatting
from tests.functional.system.conftest import Served
from tests.functional.system.home import Made
from tests.functional.system.serving import rasa_below, until_gone

pytestmark = pytest.mark.xdist_group("system")

QUESTION = "can you tell me who reads all of this then"


def check_shape(exchange: Exchange, line: str) -> None:
    """It is what programs rely on."""
    told = exchange.told
    assert set(told) == {"in", "out", "answered_by", "tier", "ms"}
    assert told["in"] == line
    assert told["out"]
    for each in told["out"]:
        assert set(each) == {"text", "buttons"}
        assert all(isinstance(label, str) for label in each["buttons"])
    assert told["answered_by"] in {"safety_net", "command", "activity", "rasa", "fallback"}
    assert isinstance(told["tier"], str)
    assert told["ms"] >= 0


@pytest.mark.rasa
def test_by_itself_it_brings_its_own_rasa_and_takes_it_along(fresh: Made) -> None:
    with chatting(fresh.home.with_settings(RASA_URL="")) as chat:
        first = chat.says(QUESTION)
        check_shape(first, QUESTION)
        assert first.answered_by == "rasa", "it waits for Rasa before it reads the first line"
        assert chat.says("numbers").answered_by == "command"
        danger = chat.says("i am going to kill myself tonight")
        assert danger.answered_by == "safety_net"
        assert danger.tier.startswith("immediate_")
        (rasa,) = rasa_below(chat.pid)
    until_gone(rasa)


@pytest.mark.rasa
def test_a_stranger_has_the_net_numbers_and_two_skills(served: Served) -> None:
    with chatting(served.home) as chat:
        assert "no plan to show" in chat.says("plan").text
        assert {"STOP", "Grounding with your senses"} <= {*chat.says("hello").buttons}
        assert "999" in chat.says("numbers").text
        assert "Nobody at all" in chat.says("who sees this").text
        danger = chat.says("i am going to kill myself tonight")
        assert (danger.answered_by, danger.tier[:10]) == ("safety_net", "immediate_")
        started = chat.says("do the stop skill with me")
        assert started.answered_by == "rasa"
        assert chat.says("7").answered_by == "activity"
        assert chat.says("I've stopped").answered_by == "activity"


@pytest.mark.rasa
def test_beside_a_running_companion_a_turn_costs_little_more(served: Served) -> None:
    with chatting(served.home) as chat:
        check_shape(chat.says("numbers"), "numbers")
        turns = [chat.says(("numbers", "menu")[turn % 2]) for turn in range(30)]
        assert rasa_below(chat.pid) == [], "it uses the running one's Rasa"
    assert {each.answered_by for each in turns} == {"command"}
    assert statistics.median(each.ms for each in turns) < 100
    beyond = statistics.median(each.seconds * 1000 - each.ms for each in turns)
    assert beyond < 60, "a look at the outbox every so often would take longer"


def test_nobody_speaks_as_somebody_in_a_real_home(fresh: Made) -> None:
    ran = fresh.home.companion("chat", "--as", "P-1", "--json", typed=b"plan\n")
    assert ran.code == 5
    assert "demonstration" in ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err
