# ruff: noqa: F811 (fixtures of a neighbour)
"""A Rasa that hangs, and replicas that are not there: what is asked instead, and what is said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from bot.adapters.understanding_rasa import RasaUnderstanding, client
from bot.domain.commands import Command, CommandName
from tests.integration.understanding.test_rasa_client import (
    KEYS,
    STOP,
    Served,
    never,
    rasa,  # noqa: F401
    senders,
    serve,  # noqa: F401
    talks,  # noqa: F401
    unused_address,
)

Talks = Callable[..., RasaUnderstanding]
Serve = Callable[[], Awaitable[Served]]
UNDERSTOOD = Command(CommandName.STOP)


@pytest.fixture(autouse=True)
def soon_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PASSED_OVER", 0.3)


async def _ask(understanding: RasaUnderstanding, times: int) -> list[Command | None]:
    return [await understanding.understand("hello", f"p{each}:0") for each in range(times)]


async def test_a_supervised_one_that_times_out_again_and_again_is_down_until_it_answers(
    rasa: Served, talks: Talks
) -> None:
    understanding = talks(rasa.url, timeout=0.05, supervised=lambda: "ready")
    rasa.answer = never
    assert await _ask(understanding, 2) == [None] * 2
    assert understanding.state() == "ready"
    await _ask(understanding, 1)
    assert understanding.state() == "down"

    heard = len(rasa.heard)
    assert await _ask(understanding, 5) == [None] * 5
    assert len(rasa.heard) == heard, "nobody waits for it between two tries"
    rasa.answer = STOP
    await asyncio.sleep(0.31)
    assert await _ask(understanding, 1) == [UNDERSTOOD]
    assert understanding.state() == "ready"


async def test_one_answer_in_between_is_enough(rasa: Served, talks: Talks) -> None:
    understanding = talks(rasa.url, timeout=0.1, supervised=lambda: "ready")
    for _ in range(3):
        rasa.answer = never
        await _ask(understanding, 2)
        rasa.answer = STOP
        await _ask(understanding, 1)
    assert understanding.state() == "ready"


async def test_after_six_time_outs_it_is_told_to_start_anew(rasa: Served, talks: Talks) -> None:
    told: list[bool] = []
    understanding = talks(
        rasa.url,
        timeout=0.05,
        supervised=lambda: "ready",
        when_hung=lambda: told.append(True),
    )
    rasa.answer = never
    for _ in range(5):
        await _ask(understanding, 1)
        await asyncio.sleep(0.31)
    assert told == []
    await _ask(understanding, 1)
    assert told == [True]
    assert understanding.state() == "ready", "its process says how it is from here on"


async def test_waiting_for_a_place_is_not_its_fault(rasa: Served, talks: Talks) -> None:
    """Many at once on a busy Rasa time out in the queue; what is in it is answered."""

    async def slowly(request: client.Any) -> client.Any:
        await asyncio.sleep(0.15)
        return await STOP(request)

    rasa.answer = slowly
    understanding = talks(rasa.url, timeout=0.2, supervised=lambda: "ready")
    answers = await asyncio.gather(
        *(understanding.understand("hello", f"p{each}:0") for each in range(16))
    )
    assert answers.count(UNDERSTOOD) >= 4
    assert answers.count(None) >= 6
    assert understanding.state() == "ready"


async def test_a_replica_that_is_not_there_is_passed_over(serve: Serve, talks: Talks) -> None:
    one, two = await serve(), await serve()
    threads = 40
    understanding = talks(one.url, two.url, unused_address(), timeout=2)
    assert await _ask(understanding, threads) == [UNDERSTOOD] * threads
    assert understanding.state() == "ready"
    before = senders(one), senders(two)
    assert len(before[0]) + len(before[1]) == threads
    await _ask(understanding, threads)
    assert (senders(one), senders(two)) == before, "each conversation stays where it went"


async def test_a_replica_that_hangs_is_passed_over_and_comes_back(
    serve: Serve, talks: Talks
) -> None:
    one, two = await serve(), await serve()
    understanding = talks(one.url, two.url, timeout=0.1)
    await _ask(understanding, 12)
    mine = len(senders(one))
    assert 0 < mine < 12
    one.answer = never
    answers = await _ask(understanding, 12)
    assert answers.count(None) == 3
    assert await _ask(understanding, 12) == [UNDERSTOOD] * 12
    assert understanding.state() == "ready"
    one.answer = STOP
    one.heard.clear()
    await asyncio.sleep(0.31)
    await _ask(understanding, 12)
    assert len(senders(one)) == mine


async def test_with_all_gone_it_is_down_and_nobody_waits(talks: Talks) -> None:
    understanding = talks(unused_address(), unused_address(), timeout=2)
    async with asyncio.timeout(1):
        assert await _ask(understanding, 3) == [None] * 3
    assert understanding.state() == "down"


async def test_one_hung_replica_takes_no_place_of_the_others(serve: Serve) -> None:
    one, two = await serve(), await serve()
    one.answer = never
    async with AsyncExitStack() as stack:
        understanding = RasaUnderstanding(lambda: (one.url, two.url), KEYS, timeout=1.5)
        stack.push_async_callback(understanding.aclose)
        async with asyncio.timeout(3):
            answers = await asyncio.gather(
                *(understanding.understand("hello", f"p{each}:0") for each in range(24))
            )
    assert answers.count(UNDERSTOOD) == len(senders(two)) >= 6
