"""Replies reach the person: in order, whatever Telegram says, and never stale."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from bot.channels.telegram.wording import LONGEST_TEXT
from bot.domain.messages import Act, Button, Press, ReplyKind
from tests.functional.bot_api import BotApiServer, Person, Refusal
from tests.functional.channels.connected import LATE, Connected

PLAN = Button("My plan", Press("command", "plan"))
RING = Button("Numbers to ring", Press("command", "contacts"))
LONG_AGO = timedelta(minutes=11)


@pytest.fixture
async def hello(companion: Connected, asha: Person) -> Act:
    asha.says("hello")
    (act,) = await companion.hears()
    return act


async def test_a_reply_with_buttons(companion: Connected, asha: Person, hello: Act) -> None:
    (reply,) = await companion.says(hello, "Hello. *What* would <b>help</b>?", buttons=(PLAN, RING))
    message = await asha.hears()
    assert message.text == "Hello. *What* would <b>help</b>?"
    assert message.buttons == ("My plan", "Numbers to ring")
    assert await companion.outcome(reply) == "sent"


async def test_replies_come_in_order(companion: Connected, asha: Person, hello: Act) -> None:
    await companion.says(hello, *(str(number) for number in range(20)))
    assert [(await asha.hears()).text for _ in range(20)] == [str(n) for n in range(20)]


async def test_a_long_reply_comes_in_parts_with_its_buttons_last(
    companion: Connected, asha: Person, hello: Act
) -> None:
    paragraphs = ["word " * 300 + "end."] * 4
    await companion.says(hello, "\n\n".join(paragraphs), buttons=(PLAN,))
    first, second = await asha.hears_all()
    assert all(len(each.text) <= LONGEST_TEXT for each in (first, second))
    assert "\n\n".join((first.text, second.text)) == "\n\n".join(paragraphs)
    assert first.text.endswith("end.")
    assert (first.buttons, second.buttons) == ((), ("My plan",))


async def test_told_to_wait_it_waits_and_keeps_the_order(
    companion: Connected, telegram: BotApiServer, asha: Person, hello: Act
) -> None:
    telegram.asks_to_wait(1)
    started = time.monotonic()
    await companion.says(hello, "first", "second")
    assert [(await asha.hears()).text, (await asha.hears()).text] == ["first", "second"]
    assert time.monotonic() - started >= 1
    assert len(telegram.called("sendMessage", 429)) == 1
    assert len(telegram.called("sendMessage")) == 3


async def test_told_to_wait_in_the_middle_it_goes_on_where_it_was(
    companion: Connected, telegram: BotApiServer, asha: Person, hello: Act
) -> None:
    telegram.refuses("sendMessage", Refusal(429, "Too Many Requests", retry_after=1), times=1)
    await companion.says(hello, "warm-up")
    await asha.hears()
    text = "a" * LONGEST_TEXT + "\n\n" + "b" * LONGEST_TEXT
    send = telegram.api.methods["sendmessage"]
    seen: list[str] = []

    async def slow_down_once(given: dict[str, object]) -> object:
        seen.append(str(given["text"])[0])
        if seen == ["a", "b"]:
            raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)
        return await send(given)

    telegram.answers_with("sendMessage", slow_down_once)
    await companion.says(hello, text)
    assert [(await asha.hears()).text[0] for _ in range(2)] == ["a", "b"]
    assert seen == ["a", "b", "b"]


async def test_one_persons_wait_is_not_anothers(
    companion: Connected, telegram: BotApiServer, asha: Person, hello: Act
) -> None:
    ben = telegram.person("Ben")
    ben.says("hello")
    (from_ben,) = await companion.hears()
    telegram.asks_to_wait(3)
    await companion.says(hello, "for Asha")
    async with asyncio.timeout(2):
        while not telegram.called("sendMessage", 429):
            await asyncio.sleep(0.01)
    await companion.says(from_ben, "for Ben")
    assert (await ben.hears(timeout=1)).text == "for Ben"
    assert (await asha.hears()).text == "for Asha"


async def test_a_broken_answer_is_tried_again(
    companion: Connected, telegram: BotApiServer, asha: Person, hello: Act
) -> None:
    telegram.breaks(times=2)
    await companion.says(hello, "still here")
    assert (await asha.hears()).text == "still here"
    assert len(telegram.called("sendMessage", 502)) == 2


async def test_blocked_is_noted_and_not_tried_again(
    companion: Connected, telegram: BotApiServer, asha: Person, hello: Act
) -> None:
    asha.blocks_bot()
    (reply,) = await companion.says(hello, "are you there?")
    assert await companion.outcome(reply) == "failed"
    asha.unblocks_bot()
    (reply,) = await companion.says(hello, "welcome back")
    assert (await asha.hears()).text == "welcome back"
    assert len(telegram.called("sendMessage", 403)) == 1


async def test_an_ordinary_reply_that_is_too_late_is_withheld(
    companion: Connected, asha: Person, hello: Act
) -> None:
    (late,) = await companion.says(hello, "about that", ago=LONG_AGO)
    assert await companion.outcome(late) == "withheld"
    (just,) = await companion.says(hello, "just in time", ago=timedelta(minutes=9))
    assert await companion.outcome(just) == "sent"
    assert [message.text for message in asha.messages] == ["just in time"]


@pytest.mark.parametrize("kind", [ReplyKind.SAFETY, ReplyKind.PLAN])
async def test_safety_and_plan_go_late_and_say_so(
    companion: Connected, asha: Person, hello: Act, kind: ReplyKind
) -> None:
    (reply,) = await companion.says(hello, "Your plan.", buttons=(RING,), kind=kind, ago=LONG_AGO)
    message = await asha.hears()
    assert message.text == f"{LATE}\n\nYour plan."
    assert message.buttons == ("Numbers to ring",)
    assert await companion.outcome(reply) == "sent"


async def test_on_time_they_say_nothing_of_delay(
    companion: Connected, asha: Person, hello: Act
) -> None:
    await companion.says(hello, "Your plan.", kind=ReplyKind.PLAN)
    assert (await asha.hears()).text == "Your plan."
