"""Killed twenty times at random moments while people write: nothing lost, nothing muddled."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from itertools import groupby

import pytest

from tests.functional.bot_api import BotApiServer
from tests.functional.system.between import RasaBetween, hands_on
from tests.functional.system.conftest import Served, on_telegram
from tests.functional.system.home import Home, Made
from tests.functional.system.serving import Serving
from tests.functional.system.talking import Talking

pytestmark = [pytest.mark.long, pytest.mark.rasa, pytest.mark.xdist_group("system")]

KILLS = 20

ASKED = (
    ("plan", "Put the big light on."),
    ("who sees this", "Nobody reads along, and at night nobody looks."),
    ("numbers", "999"),
    ("menu", "Here's what I can do."),
    ("can you tell me who reads all of this then", "Your team can see"),
    ("stop", "Stop what?"),
)
"""Lines whose answers are told apart by their words."""

PRACTISED = (
    ("do the stop skill with me", "worst it gets"),
    ("6", "stop"),
    ("I've stopped", "step"),
    ("I've stepped back", "one feeling"),
    ("I've looked", "an hour"),
    ("I know what I'll do", "0 to 10"),
    ("3", "no difference"),
    ("It helped", ""),
)


def test_twenty_kills_while_people_write(
    fresh: Made, served: Served, telegram: BotApiServer, start: Callable[[Home], Serving]
) -> None:
    chance = random.Random(20)
    with RasaBetween() as rasa:
        rasa.behaves = hands_on(served.serving.rasa_port())
        settings = {"RASA_URL": rasa.url, "RASA_TIMEOUT_SECONDS": "40"}
        home = on_telegram(fresh.home, telegram).with_settings(**settings)
        process = start(home)
        people = {code: Talking(code, telegram, process) for code in fresh.codes}
        for code, person in people.items():
            person.joins(fresh.codes[code])
        heard = {code: len(person.person.messages) for code, person in people.items()}
        mark = process.record.mark()
        expected: dict[str, list[str]] = {code: [] for code in people}
        in_hand = 0
        for round_number in range(KILLS):
            for code, person in people.items():
                lines = PRACTISED if round_number % 2 else chance.sample(ASKED, len(ASKED))
                for line, answer in lines:
                    person.person.says(line)
                    expected[code].append(answer)
            process.until(process.record.is_busy, "at work", 30)
            time.sleep(chance.uniform(0, 0.2))
            process.kill()
            in_hand += process.record.is_busy()
            process = start(home)
            process.until(lambda: not telegram.waiting, "told of everything", 60)
            process.until_answered()
    assert in_hand > KILLS / 2, "most kills came while something was in hand"
    rows = process.record.rows(mark)
    assert len(rows) == sum(map(len, expected.values()))
    assert {each.state for each in rows} == {"handled"}
    assert all(each.replies == 1 for each in rows)
    for code, person in people.items():
        _check_heard(person, heard[code], expected[code])
        _check_practised(home, code)
    assert home.audit()["faults"] == []


def _check_heard(person: Talking, since: int, expected: list[str]) -> None:
    """Every answer, in order; what comes twice comes twice running, and at most once a kill."""
    messages = person.person.messages[since:]
    once = [next(same) for _, same in groupby(messages, key=lambda each: (each.text, each.rows))]
    assert len(messages) - len(once) <= KILLS
    assert len(once) == len(expected)
    for message, words in zip(once, expected, strict=True):
        assert words in message.text


def _check_practised(home: Home, code: str) -> None:
    (skill,) = home.report(code)["skills"]
    practices = skill["practices"]
    assert len(practices) == KILLS // 2
    assert {(each["before"], each["after"], each["result"]) for each in practices} == {
        (6, 3, "helped")
    }
