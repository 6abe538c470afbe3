"""The program is killed while it answers: afterwards everything is answered, and once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.functional.bot_api import BotApiServer
from tests.functional.system.between import (
    Held,
    RasaBetween,
    hands_on,
    holding_answer,
    holding_question,
)
from tests.functional.system.conftest import Served, on_telegram
from tests.functional.system.home import Home, Made
from tests.functional.system.serving import Serving
from tests.functional.system.talking import Talking

pytestmark = pytest.mark.xdist_group("system")

SENTENCE = "I'm at a 7 and about to shout at my mum"
QUESTION = "can you tell me who reads all of this then"

Start = Callable[[Home], Serving]


@pytest.fixture
def rasa(served: Served) -> Iterator[RasaBetween]:
    """A server in front of the real Rasa."""
    with RasaBetween() as between:
        between.behaves = hands_on(served.serving.rasa_port())
        yield between


@pytest.fixture
def home(fresh: Made, telegram: BotApiServer, rasa: RasaBetween) -> Home:
    settings = {"RASA_URL": rasa.url, "RASA_TIMEOUT_SECONDS": "40"}
    return on_telegram(fresh.home, telegram).with_settings(**settings)


@pytest.mark.rasa
def test_killed_while_one_message_is_with_rasa_and_another_waits(
    fresh: Made, home: Home, telegram: BotApiServer, rasa: RasaBetween, start: Start
) -> None:
    first = start(home)
    asha = Talking("Asha", telegram, first)
    asha.joins(fresh.codes["P-1"])
    asha.says(SENTENCE)
    asha.taps("STOP · 1 min")
    asha.taps("I've stopped")
    heard, mark = len(asha.person.messages), first.record.mark()
    held = Held(QUESTION)
    rasa.behaves = holding_question(held, rasa.behaves)
    asha.person.says(QUESTION)
    held.until_reached()
    asha.person.says("plan")
    first.until(lambda: first.record.accepted(mark) == 2, "both accepted", 10)
    assert first.record.unhandled() == 2, "one is being answered, the other was only received"
    first.kill()
    held.go()

    second = start(home)
    second.until_answered(2, since=mark)
    answered = second.record.rows(mark)
    assert [(each.state, each.answered_by) for each in answered] == [
        ("handled", "rasa"),
        ("handled", "command"),
    ]
    new = [each.text for each in asha.person.messages[heard:]]
    assert len(new) == sum(each.replies for each in answered), "nothing came twice"
    assert "Your team can see" in new[0]
    assert "Put the big light on." in new[-1]
    asha.serving = second
    _practises_to_the_end(asha)
    _one_practice(home, before=7, after=4)
    _audit_is_whole(home)


@pytest.mark.rasa
@pytest.mark.long
def test_killed_between_rasas_answer_and_our_commit(
    fresh: Made, home: Home, telegram: BotApiServer, rasa: RasaBetween, start: Start
) -> None:
    first = start(home)
    asha = Talking("Asha", telegram, first)
    asha.joins(fresh.codes["P-1"])
    heard, mark = len(asha.person.messages), first.record.mark()
    held = Held(SENTENCE)
    rasa.behaves = holding_answer(held, rasa.behaves)
    asha.person.says(SENTENCE)
    held.until_reached()
    with closing(first.record.hold()):
        held.go()
        held.until_taken()
        first.kill()
    assert first.record.accepted(mark) == 1
    assert first.record.unhandled() == 1
    assert asha.person.messages[heard:] == []

    second = start(home)
    second.until_answered(1, since=mark)
    assert rasa.asked.count(SENTENCE) == 2, "Rasa was asked again"
    (offer,) = asha.person.messages[heard:]
    assert "STOP · 1 min" in offer.buttons, "the 7 is kept, no rating is asked for"
    asha.serving = second
    assert "stop" in asha.taps("STOP · 1 min").text
    asha.taps("I've stopped")
    _practises_to_the_end(asha)
    _one_practice(home, before=7, after=4)
    _audit_is_whole(home)


def test_killed_between_telegrams_taking_a_reply_and_our_noting_it(
    fresh: Made, telegram: BotApiServer, start: Start
) -> None:
    """The one window in which a reply may come twice: that one, and no other."""
    home = on_telegram(fresh.home, telegram)
    first = start(home)
    asha = Talking("Asha", telegram, first)
    asha.joins(fresh.codes["P-1"])
    heard, mark = len(asha.person.messages), first.record.mark()
    taken = threading.Event()
    send = telegram.api.methods["sendmessage"]

    async def takes_and_says_nothing(given: dict[str, Any]) -> object:
        await send(given)
        taken.set()
        return await asyncio.Event().wait()

    telegram.answers_with("sendMessage", takes_and_says_nothing)
    asha.person.says("plan")
    assert taken.wait(10)
    asha.person.says("who sees this")
    first.until(lambda: first.record.accepted(mark) == 2, "both accepted", 10)
    first.kill()
    telegram.answers_with("sendMessage", send)

    second = start(home)
    second.until_answered(2, since=mark)
    plan, again, who_sees = asha.person.messages[heard:]
    assert "Put the big light on." in plan.text
    assert (again.text, again.rows) == (plan.text, plan.rows)
    assert "Your team can see" in who_sees.text
    assert [each.state for each in second.record.rows(mark)] == ["handled", "handled"]
    _audit_is_whole(home)


def _practises_to_the_end(asha: Talking) -> None:
    for label in ("I've stepped back", "I've looked", "I know what I'll do"):
        assert asha.taps(label).answered_by == "activity"
    asha.says("4")
    asha.taps("It made things worse")


def _one_practice(home: Home, *, before: int, after: int) -> None:
    (skill,) = home.report("P-1")["skills"]
    (practice,) = skill["practices"]
    assert (practice["before"], practice["after"]) == (before, after)
    assert (practice["result"], practice["finished"]) == ("worse", True)


def _audit_is_whole(home: Home) -> None:
    audit = home.audit()
    assert audit["faults"] == []
    assert audit["chains"] >= 2
