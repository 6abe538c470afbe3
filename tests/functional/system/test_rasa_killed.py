"""Rasa is killed in the middle of a practice: everything but whole sentences goes on."""

from __future__ import annotations

import psutil
import pytest

from tests.functional.system.conftest import Served
from tests.functional.system.serving import until_gone
from tests.functional.system.talking import Talking

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("system")]

SENTENCE = "i'm at a 7 and about to shout at my mum"


def test_plan_and_steps_go_on_and_rasa_comes_back(served: Served, ben: Talking) -> None:
    assert ben.says(SENTENCE).answered_by == "rasa"
    ben.taps("STOP · 1 min")
    ben.taps("I've stopped")

    before = served.home.companion("doctor", "--json").well().json["rasa"]
    assert before == {"pid": served.serving.rasa().pid, "state": "ready"}
    _kill(before["pid"])

    menu = served.meets("Cleo").says("can you tell me who reads all of this then")
    assert menu.answered_by == "fallback"
    assert {"My plan", "Find a skill", "Numbers to ring", "Talk to someone"} <= {*menu.buttons}
    step = ben.taps("I've stepped back")
    assert "one feeling, one thought" in step.text
    assert step.answered_by == "activity"
    again = ben.says("it is all a bit much with the neighbours")
    assert again.answered_by == "activity", "the step's own re-ask answers what it does not know"
    assert "I've looked" in again.buttons
    assert ben.says("plan").answered_by == "command"
    assert "Put the big light on." in ben.last.text
    ben.taps("I've looked")
    ben.taps("I know what I'll do")
    ben.says("5")
    assert ben.taps("It helped").answered_by == "activity"
    assert served.serving.health()["rasa"] != "ready", "all of this was without Rasa"

    served.serving.until_rasa()
    after = served.home.companion("doctor", "--json").well().json["rasa"]
    assert after == {"pid": served.serving.rasa().pid, "state": "ready"}
    assert after["pid"] != before["pid"]
    assert ben.says(SENTENCE).answered_by == "rasa"
    assert "STOP · 1 min" in ben.last.buttons


def _kill(pid: int) -> None:
    rasa = psutil.Process(pid)
    rasa.kill()
    until_gone(rasa)
