"""Talking to Rasa over HTTP: what it answers, all that can go wrong, and what it is never told."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog
from aiohttp import web

from bot.adapters.keys import KeyRing
from bot.adapters.understanding_rasa import RasaUnderstanding
from bot.adapters.understanding_rasa.client import (
    ASIDE_SECONDS,
    ASIDES,
    AT_ONCE,
    LONGEST,
    SURE,
    without_injection,
)
from bot.domain.commands import Command, CommandName

KEYS = KeyRing("k1", {"k1": b"m" * 32}, b"i" * 32)
SUBJECT = "p_01hx3c9k7wren"
THREAD = f"{SUBJECT}:0"

WEBHOOK = "/webhooks/rest/webhook"
PARSE = "/model/parse"

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def payload(**custom: Any) -> list[dict[str, Any]]:
    """An answer of Rasa's REST channel with one custom response."""
    return [{"recipient_id": "someone", "custom": custom}]


@dataclass
class Served:
    """A server that speaks as Rasa does; ``answer`` is what it does with a message."""

    url: str = ""
    answer: Answer | None = None
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.heard.append((request.path, await request.json()))
        self.queries.append(dict(request.query))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            assert self.answer is not None
            return await self.answer(request)
        finally:
            self.in_flight -= 1

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [body for _, body in self.heard]


def says(answer: Any, *, after: float = 0) -> Answer:
    async def respond(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(after)
        return web.json_response(answer)

    return respond


def says_raw(body: str | bytes, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    async def respond(request: web.Request) -> web.StreamResponse:
        raw = body.encode() if isinstance(body, str) else body
        return web.Response(body=raw, status=status, headers=headers)

    return respond


async def never(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    raise AssertionError


async def breaks_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'[{"recipient_id": ')
    assert request.transport is not None
    request.transport.close()
    return response


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


STOP = says(payload(command="stop"))


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[], Awaitable[Served]]]:
    async with AsyncExitStack() as stack:

        async def start() -> Served:
            served = Served(answer=STOP)
            app = web.Application()
            app.router.add_get("/", says("Hello from Rasa: 3.6.21"))
            app.router.add_post(WEBHOOK, served.take)
            app.router.add_post(PARSE, served.take)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            return served

        yield start


@pytest.fixture
async def rasa(serve: Callable[[], Awaitable[Served]]) -> Served:
    return await serve()


Talks = Callable[..., RasaUnderstanding]


@pytest.fixture
async def talks() -> AsyncIterator[Talks]:
    made: list[RasaUnderstanding] = []

    def to(*urls: str, timeout: float = 2.0, **more: Any) -> RasaUnderstanding:
        understanding = RasaUnderstanding(lambda: urls, KEYS, timeout=timeout, **more)
        made.append(understanding)
        return understanding

    yield to
    for each in made:
        await each.aclose()


def unused_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


async def test_a_message_becomes_one_command(rasa: Served, talks: Talks) -> None:
    rasa.answer = says(payload(command="find_skill", distress="7", emotion="anger", topic="None"))
    understood = await talks(rasa.url).understand("I'm at a 7 and about to shout", THREAD)
    assert understood == Command(CommandName.FIND_SKILL, {"distress": "7", "emotion": "anger"})
    assert [path for path, _ in rasa.heard] == [WEBHOOK]
    assert rasa.bodies[0]["message"] == "I'm at a 7 and about to shout"
    assert set(rasa.bodies[0]) == {"sender", "message"}


async def test_an_answer_is_read_whatever_type_it_says_it_is(rasa: Served, talks: Talks) -> None:
    rasa.answer = says_raw('[{"custom": {"command": "stop"}}]', headers={"Content-Type": "x/y"})
    assert await talks(rasa.url).understand("hello", THREAD) == Command(CommandName.STOP)


NO_ANSWER: dict[str, Answer] = {
    "an empty list": says([]),
    "status 500": says_raw('[{"custom": {"command": "stop"}}]', status=500),
    "status 404": says_raw("not found", status=404),
    "status 202 with an answer": says_raw('[{"custom": {"command": "stop"}}]', status=202),
    "nothing at all": says_raw(""),
    "not JSON": says_raw("<html>It works!</html>", headers={"Content-Type": "text/html"}),
    "half of JSON": says_raw('[{"custom": {"comm'),
    "not UTF-8": says_raw(b'[{"custom": {"command": "\xff\xfe"}}]'),
    "an unknown charset": says_raw(b"\xff[", headers={"Content-Type": "text/plain; charset=none"}),
    "JSON that is nested without end": says_raw("[" * 200_000),
    "an object": says({"command": "stop"}),
    "a number": says(7),
    "null": says(None),
    "a list of words": says(["stop"]),
    "a list of anything": says([7, None, "custom", ["custom"]]),
    "text instead of custom": says([{"recipient_id": "x", "text": "Hey! How are you?"}]),
    "a connection that closes in the middle": breaks_off,
    "a connection that closes at once": hangs_up,
}


@pytest.mark.parametrize("way", NO_ANSWER)
async def test_whatever_is_no_answer_is_none_and_the_next_message_is_understood(
    rasa: Served, talks: Talks, way: str
) -> None:
    understanding = talks(rasa.url)
    rasa.answer = NO_ANSWER[way]
    assert await understanding.understand("hello", THREAD) is None
    rasa.answer = STOP
    assert await understanding.understand("hello", THREAD) == Command(CommandName.STOP)


NOT_UNDERSTOOD: dict[str, Any] = {
    "an unknown command": payload(command="delete_everything"),
    "a command that was not filled in": payload(command="{command}"),
    "no command": payload(distress="7"),
    "an unknown slot": payload(command="stop", plan="all of it"),
    "a slot that is no words": payload(command="find_skill", distress=7),
    "a nested slot": payload(command="find_skill", topic={"command": "stop"}),
    "custom that is no object": [{"recipient_id": "x", "custom": "stop"}],
    "two payloads": [*payload(command="stop"), *payload(command="show_plan")],
    "a payload and words": [*payload(command="stop"), {"recipient_id": "x", "text": "Hey!"}],
    "words and a payload": [{"recipient_id": "x", "text": "Hey!"}, *payload(command="stop")],
}


@pytest.mark.parametrize("way", NOT_UNDERSTOOD)
async def test_an_answer_that_is_not_one_known_command_becomes_a_question(
    rasa: Served, talks: Talks, way: str
) -> None:
    rasa.answer = says(NOT_UNDERSTOOD[way])
    understood = await talks(rasa.url).understand("hello", THREAD)
    assert understood == Command(CommandName.NOT_UNDERSTOOD)


async def test_refused_connections_are_none(talks: Talks) -> None:
    understanding = talks(unused_address())
    assert await understanding.understand("hello", THREAD) is None
    assert understanding.state() == "down"


@pytest.mark.parametrize(
    "address", ["", "127.0.0.1:5005", "ftp://127.0.0.1", "http://", "http://[::1"]
)
async def test_an_address_that_is_none_is_none(talks: Talks, address: str) -> None:
    assert await talks(address).understand("hello", THREAD) is None


async def test_no_address_is_none(talks: Talks) -> None:
    understanding = talks()
    assert await understanding.understand("hello", THREAD) is None
    assert await understanding.asks_for("where is my plan?") is None


async def test_an_answer_elsewhere_is_not_followed(
    rasa: Served, serve: Callable[[], Awaitable[Served]], talks: Talks
) -> None:
    """A redirection would send the person's words on to wherever it points."""
    elsewhere = await serve()
    rasa.answer = says_raw("", 307, {"Location": f"{elsewhere.url}{WEBHOOK}"})
    assert await talks(rasa.url).understand("hello", THREAD) is None
    assert elsewhere.heard == []


def seconds() -> float:
    return asyncio.get_running_loop().time()


async def test_a_late_answer_is_none_after_the_time_that_is_set(rasa: Served, talks: Talks) -> None:
    rasa.answer = never
    began = seconds()
    assert await talks(rasa.url, timeout=0.2).understand("hello", THREAD) is None
    assert 0.15 <= seconds() - began < 1


async def test_an_answer_that_trickles_in_is_late_too(rasa: Served, talks: Talks) -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" ")
            await asyncio.sleep(0.05)
        return response

    rasa.answer = trickle
    began = seconds()
    assert await talks(rasa.url, timeout=0.3).understand("hello", THREAD) is None
    assert seconds() - began < 1


async def test_waiting_for_a_place_counts_as_well(rasa: Served, talks: Talks) -> None:
    rasa.answer = never
    understanding = talks(rasa.url, timeout=0.6)
    first = [
        asyncio.create_task(understanding.understand("hello", f"{SUBJECT}:{each}"))
        for each in range(AT_ONCE)
    ]
    await asyncio.sleep(0.1)
    began = seconds()
    assert await understanding.understand("hello", THREAD) is None
    assert 0.5 <= seconds() - began < 0.85
    assert await asyncio.gather(*first) == [None] * AT_ONCE


async def test_no_more_than_a_few_are_in_rasa_at_a_time(rasa: Served, talks: Talks) -> None:
    rasa.answer = says(payload(command="stop"), after=0.05)
    understanding = talks(rasa.url, timeout=5)
    answers = await asyncio.gather(
        *(understanding.understand("hello", f"{SUBJECT}:{each}") for each in range(5 * AT_ONCE))
    )
    assert answers == [Command(CommandName.STOP)] * (5 * AT_ONCE)
    assert rasa.most_in_flight == AT_ONCE


async def test_places_are_free_again_after_every_kind_of_end(
    serve: Callable[[], Awaitable[Served]], talks: Talks
) -> None:
    rasa, later = await serve(), await serve()
    now = rasa.url
    understanding = RasaUnderstanding(lambda: [now], KEYS, timeout=0.2)
    for way in [*NO_ANSWER.values(), never]:
        rasa.answer = way
        assert await understanding.understand("hello", THREAD) is None
    given_up = asyncio.create_task(understanding.understand("hello", THREAD))
    await asyncio.sleep(0.05)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    now = later.url
    later.answer = says(payload(command="stop"), after=0.05)
    answers = [understanding.understand("hello", f"x:{each}") for each in range(AT_ONCE)]
    assert None not in await asyncio.gather(*answers)
    assert later.most_in_flight == AT_ONCE
    await understanding.aclose()


@pytest.mark.parametrize(
    ("typed", "arrives"),
    [
        ("/restart", "restart"),
        (" /restart", "restart"),
        ("\u00a0/restart", "restart"),
        ("\u2003\n//  / restart", "restart"),
        ("\ufeff/restart", "restart"),
        ("\u200b\u200e/restart", "restart"),
        ("\0/restart", "restart"),
        ("\x1f/restart", "restart"),
        ('/crisis_plan{"x": 1}', 'crisis_plan{"x": 1}'),
        ("and/or", "and/or"),
        ("7/10 now ", "7/10 now"),
        ("lone \ud83d half", "lone \ufffd half"),
        ("👩🏽‍🚒 hello", "👩🏽‍🚒 hello"),
    ],
)
async def test_words_arrive_as_words_and_never_as_an_intent(
    rasa: Served, talks: Talks, typed: str, arrives: str
) -> None:
    understanding = talks(rasa.url)
    assert await understanding.understand(typed, THREAD) is not None
    assert rasa.bodies[-1]["message"] == arrives
    rasa.answer = says({"intent": {"name": "stop", "confidence": 1.0}})
    assert await understanding.asks_for(typed) is not None
    assert rasa.bodies[-1] == {"text": arrives}


@pytest.mark.parametrize(
    "typed", ["", " ", "\n\t", "\u00a0", "/", " / / ", "\u200b", "\ufeff", "\0"]
)
async def test_blank_words_are_never_sent(rasa: Served, talks: Talks, typed: str) -> None:
    understanding = talks(rasa.url)
    assert await understanding.understand(typed, THREAD) is None
    assert await understanding.asks_for(typed) is None
    assert rasa.heard == []


async def test_a_very_long_message_is_cut_before_it_is_sent(rasa: Served, talks: Talks) -> None:
    await talks(rasa.url).understand("a" * 100_000, THREAD)
    assert rasa.bodies[0]["message"] == "a" * LONGEST


async def test_rasa_is_told_a_pseudonym_and_never_whose_words_these_are(
    rasa: Served, talks: Talks
) -> None:
    understanding = talks(rasa.url)
    for thread in (THREAD, THREAD, f"{SUBJECT}:1", "p_other:0"):
        await understanding.understand("hello", thread)
    once, again, next_epoch, other = (body["sender"] for body in rasa.bodies)
    assert once == again
    assert len({once, next_epoch, other}) == 3
    assert SUBJECT not in json.dumps(rasa.heard)
    assert len(once) == 32
    assert int(once, 16) >= 0


async def test_another_installation_has_other_pseudonyms(rasa: Served) -> None:
    for keys in (KEYS, KeyRing("k1", {"k1": b"m" * 32}, b"j" * 32)):
        understanding = RasaUnderstanding(lambda: [rasa.url], keys, timeout=2)
        await understanding.understand("hello", THREAD)
        await understanding.aclose()
    assert len({body["sender"] for body in rasa.bodies}) == 2


async def test_without_a_thread_nothing_is_sent(rasa: Served, talks: Talks) -> None:
    """Rasa would put everybody into one conversation."""
    assert await talks(rasa.url).understand("hello", "") is None
    assert rasa.heard == []


def senders(served: Served) -> set[str]:
    return {body["sender"] for body in served.bodies}


async def test_a_conversation_stays_on_its_server_and_all_are_spread(
    serve: Callable[[], Awaitable[Served]], talks: Talks
) -> None:
    servers = [await serve() for _ in range(3)]
    understanding = talks(*(each.url for each in servers))
    threads = [f"p{each}:0" for each in range(60)]
    for _ in range(2):
        await asyncio.gather(*(understanding.understand("hello", each) for each in threads))
    assert sum(len(senders(each)) for each in servers) == len(threads)
    assert all(len(senders(each)) >= 5 for each in servers)

    before = {sender: at for at, each in enumerate(servers) for sender in senders(each)}
    for each in servers:
        each.heard.clear()
    fewer = talks(servers[2].url, servers[0].url)
    await asyncio.gather(*(fewer.understand("hello", each) for each in threads))
    moved = [s for at in (0, 2) for s in senders(servers[at]) if before[s] != at]
    assert {before[sender] for sender in moved} == {1}


async def test_the_address_is_asked_for_anew_each_time(
    serve: Callable[[], Awaitable[Served]], talks: Talks
) -> None:
    """A supervised Rasa has another port after each start."""
    one, other = await serve(), await serve()
    now: Sequence[str] = [one.url]
    understanding = RasaUnderstanding(lambda: now, KEYS, timeout=2)
    await understanding.understand("hello", THREAD)
    now = [other.url]
    await understanding.understand("hello", THREAD)
    await understanding.aclose()
    assert (len(one.heard), len(other.heard)) == (1, 1)


async def test_the_state_is_what_the_last_message_told(rasa: Served, talks: Talks) -> None:
    understanding = talks(rasa.url)
    assert understanding.state() == "ready"
    rasa.answer = NO_ANSWER["status 500"]
    await understanding.understand("hello", THREAD)
    assert understanding.state() == "down"
    rasa.answer = STOP
    await understanding.understand("hello", THREAD)
    assert understanding.state() == "ready"


async def test_the_state_of_a_supervised_rasa_is_its_process_own(
    rasa: Served, talks: Talks
) -> None:
    state = "starting"
    understanding = talks(rasa.url, supervised=lambda: state)
    assert understanding.state() == "starting"
    assert await understanding.asks_for("where is my plan?") is None
    assert rasa.heard == []
    state = "ready"
    rasa.answer = says({"intent": {"name": "crisis_plan", "confidence": 0.9}})
    assert await understanding.asks_for("where is my plan?") is not None


@pytest.mark.parametrize(("intent", "name"), list(ASIDES.items()))
async def test_words_at_a_free_text_step_may_ask_for_something_else(
    rasa: Served, talks: Talks, intent: str, name: CommandName
) -> None:
    rasa.answer = says({"text": "…", "intent": {"name": intent, "confidence": SURE}})
    assert await talks(rasa.url).asks_for("where is my plan?") == Command(name)
    assert rasa.heard == [(PARSE, {"text": "where is my plan?"})]


@pytest.mark.parametrize(
    "parsed",
    [
        {"intent": {"name": "crisis_plan", "confidence": SURE - 0.001}},
        {"intent": {"name": "crisis_plan", "confidence": 0}},
        {"intent": {"name": "crisis_plan", "confidence": "0.9"}},
        {"intent": {"name": "crisis_plan", "confidence": None}},
        {"intent": {"name": "crisis_plan"}},
        {"intent": {"name": "mood_low", "confidence": 1.0}},
        {"intent": {"name": None, "confidence": 1.0}},
        {"intent": {"name": ["crisis_plan"], "confidence": 1.0}},
        {"intent": "crisis_plan"},
        {"intent": None},
        {},
        [],
        [{"intent": {"name": "crisis_plan", "confidence": 1.0}}],
        "crisis_plan",
        None,
    ],
    ids=str,
)
async def test_words_that_rasa_is_not_sure_of_belong_to_the_step(
    rasa: Served, talks: Talks, parsed: Any
) -> None:
    rasa.answer = says(parsed)
    assert await talks(rasa.url).asks_for("I feel ashamed of my plan") is None
    assert len(rasa.heard) == 1


async def test_a_free_text_step_waits_a_second_at_most(rasa: Served, talks: Talks) -> None:
    assert ASIDE_SECONDS == 1
    rasa.answer = never
    understanding = talks(rasa.url, timeout=30)
    began = seconds()
    assert await understanding.asks_for("where is my plan?") is None
    assert 0.9 <= seconds() - began < 1.5
    quick = talks(rasa.url, timeout=0.2)
    began = seconds()
    assert await quick.asks_for("where is my plan?") is None
    assert seconds() - began < 0.6


async def test_the_parse_route_is_opened_with_its_token_and_the_webhook_without(
    rasa: Served, talks: Talks
) -> None:
    understanding = talks(rasa.url, parse_token="sesame-_1")
    await understanding.asks_for("where is my plan?")
    await understanding.understand("where is my plan?", THREAD)
    assert rasa.queries == [{"token": "sesame-_1"}, {}]


async def test_whether_a_server_is_there(rasa: Served, talks: Talks) -> None:
    understanding = talks(rasa.url)
    assert await understanding.answers(rasa.url)
    assert not await understanding.answers(f"{rasa.url}/nothing")
    assert not await understanding.answers(unused_address())


async def test_logs_hold_no_words_of_the_person(
    rasa: Served, talks: Talks, caplog: pytest.LogCaptureFixture
) -> None:
    understanding = talks(rasa.url, timeout=0.2, parse_token="sesame")
    with structlog.testing.capture_logs() as logged:
        for way in [*NO_ANSWER.values(), *map(says, NOT_UNDERSTOOD.values()), never]:
            rasa.answer = way
            await understanding.understand("marker sentence about my mum", THREAD)
            await understanding.asks_for("marker sentence about my mum")
    assert {each["event"] for each in logged} == {
        "rasa_no_answer",
        "rasa_answer_not_a_command",
        "rasa_command_unknown",
    }
    everything = f"{logged} {caplog.text}"
    for secret in ("marker", "mum", SUBJECT, "sesame", "Hey!"):
        assert secret not in everything


async def test_it_can_be_closed_twice_and_before_its_first_use(talks: Talks) -> None:
    understanding = talks("http://127.0.0.1:1")
    await understanding.aclose()
    await understanding.aclose()


@pytest.mark.parametrize("typed", ["/" * 50_000, " / " * 50_000, "\u200b" * 50_000])
def test_taking_an_injection_away_is_quick_however_long_it_is(typed: str) -> None:
    assert without_injection(typed) == ""
