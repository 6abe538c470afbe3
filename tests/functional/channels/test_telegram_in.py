"""What people do on Telegram reaches the inbox: all of it, in order, once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.telegram import State
from bot.domain.messages import ActKind, Button, Press, Said
from bot.services.buttons import unseal
from bot.services.ports import Accepted, Queue
from tests.functional.bot_api import BotApiServer, Person
from tests.functional.channels.connected import Connected

PLAN = Button("My plan", Press("command", "plan"))


async def test_a_message_is_kept_as_it_was_written(companion: Connected, asha: Person) -> None:
    sent_at = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    asha.says("hello, it's me", sent_at=sent_at)
    (act,) = await companion.hears()
    assert (act.kind, act.text) == (ActKind.TEXT, "hello, it's me")
    assert act.channel == "telegram"
    assert act.sent_at == sent_at
    assert companion.clock.now() - act.received_at < timedelta(seconds=5)


async def test_a_joining_code_is_passed_on_as_is(companion: Connected, asha: Person) -> None:
    asha.says("/start K7M2P9QX")
    (act,) = await companion.hears()
    assert act.text == "/start K7M2P9QX"


async def test_every_kind_is_told_apart(companion: Connected, asha: Person) -> None:
    asha.sticker()
    asha.voice()
    asha.video_note()
    asha.photo("me on the wall")
    asha.photo()
    asha.document("the letter they sent")
    asha.location()
    acts = await companion.hears(7)
    assert [(act.kind, act.text) for act in acts] == [
        (ActKind.STICKER, ""),
        (ActKind.VOICE, ""),
        (ActKind.VOICE, ""),
        (ActKind.PICTURE, "me on the wall"),
        (ActKind.PICTURE, ""),
        (ActKind.OTHER, "the letter they sent"),
        (ActKind.OTHER, ""),
    ]


async def test_an_edit_comes_with_its_new_words(companion: Connected, asha: Person) -> None:
    asha.says("I am fine")
    asha.edits("I am not fine")
    acts = await companion.hears(2)
    assert [(act.kind, act.text) for act in acts] == [
        (ActKind.TEXT, "I am fine"),
        (ActKind.EDITED, "I am not fine"),
    ]


async def test_nobody_speaks_by_pinning_a_message(companion: Connected, asha: Person) -> None:
    asha.says("hello")
    asha.pins()
    asha.says("still here")
    assert [act.text for act in await companion.hears(2)] == ["hello", "still here"]
    assert companion.kept() == 2


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_several_people_in_a_chat_make_it_a_group(
    companion: Connected, telegram: BotApiServer, asha: Person, kind: str
) -> None:
    ward = telegram.group("The ward", kind)
    asha.says("just me")
    asha.writes_in(ward, "hello everyone")
    alone, together = await companion.hears(2)
    assert (together.kind, together.text) == (ActKind.GROUP, "hello everyone")
    assert together.subject != alone.subject
    await companion.says(together, "I only talk with one person at a time.")
    async with asyncio.timeout(5):
        while not ward.messages:
            await asyncio.sleep(0.01)


async def test_half_a_character_does_not_stop_the_rest(companion: Connected, asha: Person) -> None:
    asha.says("broken \ud83d here")
    asha.says("and on")
    assert [act.text for act in await companion.hears(2)] == ["broken \ufffd here", "and on"]


async def test_an_update_that_cannot_be_read_stops_nobody(
    companion: Connected, telegram: BotApiServer, asha: Person
) -> None:
    asha.says("before")
    telegram.adds_update("message", {"message_id": 5, "date": 1, "chat": "not a chat"})
    asha.says("after")
    assert [act.text for act in await companion.hears(2)] == ["before", "after"]


async def test_a_tap_is_kept_and_then_answered(
    companion: Connected, telegram: BotApiServer, asha: Person
) -> None:
    asha.says("hello")
    (hello,) = await companion.hears()
    await companion.says(hello, "Hello.", buttons=(PLAN,))
    await asha.hears()
    asha.taps("My plan")
    (tap,) = await companion.hears()
    assert (tap.kind, tap.text, tap.subject) == (ActKind.BUTTON, "My plan", hello.subject)
    assert unseal(tap.token, tap.subject, companion.secrets) == PLAN.press
    async with asyncio.timeout(5):
        while not telegram.api.answered:
            await asyncio.sleep(0.01)


async def test_a_made_up_token_is_passed_on_and_says_nothing(
    companion: Connected, asha: Person
) -> None:
    asha.says("hello")
    asha.presses("made-up")
    _, press = await companion.hears(2)
    assert (press.kind, press.text, press.token) == (ActKind.BUTTON, "", "made-up")
    assert unseal(press.token, press.subject, companion.secrets) is None


async def test_a_press_on_a_message_that_telegram_no_longer_shows(
    companion: Connected, telegram: BotApiServer, asha: Person
) -> None:
    asha.says("hello")
    user = {"id": int(asha.address), "is_bot": False, "first_name": "Asha"}
    old = {"message_id": 1, "date": 0, "chat": {"id": int(asha.address), "type": "private"}}
    press = {"id": "1", "from": user, "chat_instance": "1"}
    telegram.adds_update("callback_query", {**press, "message": old, "data": "a token"})
    telegram.adds_update("callback_query", {**press, "message": old, "game_short_name": "chess"})
    asha.says("done")
    hello, pressed, done = await companion.hears(3)
    assert (pressed.kind, pressed.text, pressed.token) == (ActKind.BUTTON, "", "a token")
    assert pressed.subject == hello.subject
    assert done.text == "done"


async def test_a_press_in_a_group_is_a_groups(
    companion: Connected, telegram: BotApiServer, asha: Person
) -> None:
    ward = telegram.group("The ward")
    asha.says("hello")
    user = {"id": int(asha.address), "is_bot": False, "first_name": "Asha"}
    shown = {"message_id": 1, "date": 1, "chat": ward.as_json(), "text": "shown"}
    press = {"id": "1", "from": user, "chat_instance": "1", "message": shown, "data": "token"}
    telegram.adds_update("callback_query", press)
    alone, together = await companion.hears(2)
    assert together.kind is ActKind.GROUP
    assert together.subject != alone.subject


async def test_the_same_update_twice_is_kept_once(
    companion: Connected, telegram: BotApiServer, asha: Person
) -> None:
    asha.says("hello")
    await companion.hears()
    telegram.resend_last_update()
    asha.says("and then")
    assert [act.text for act in await companion.hears()] == ["and then"]
    assert companion.kept() == 2


async def test_the_offset_moves_only_after_the_act_is_kept(
    telegram: BotApiServer, asha: Person, tmp_path: Path
) -> None:
    unconfirmed: list[int] = []

    class Watched(Queue):
        def __init__(self, queue: Queue) -> None:
            self._queue = queue

        async def accept(self, said: Said) -> Accepted:
            unconfirmed.append(telegram.waiting)
            return await self._queue.accept(said)

    asha.says("one")
    asha.says("two")
    async with Connected(telegram, tmp_path, queue=Watched) as companion:
        assert [act.text for act in await companion.hears(2)] == ["one", "two"]
    assert unconfirmed == [2, 2]


async def test_many_at_once_come_in_order(companion: Connected, asha: Person) -> None:
    for number in range(150):
        asha.says(str(number))
    acts = await companion.hears(150, timeout=20)
    assert [act.text for act in acts] == [str(number) for number in range(150)]


async def test_what_was_kept_is_confirmed_at_once(
    companion: Connected, telegram: BotApiServer, asha: Person
) -> None:
    await companion.enters(State.POLLING)
    asha.says("hello")
    await companion.hears()
    async with asyncio.timeout(1):
        while telegram.waiting:
            await asyncio.sleep(0.01)


async def test_who_takes_the_polling_over_loses_nothing_and_keeps_nothing_twice(
    companion: Connected, asha: Person, telegram: BotApiServer
) -> None:
    asha.says("one")
    assert [act.text for act in await companion.hears()] == ["one"]
    await companion.polls_anew()
    await companion.hears_nothing()
    # After a week without any, Telegram may number updates from anywhere.
    telegram.api.numbers_updates_from(7)
    await companion.polls_anew()
    asha.says("two")
    assert [act.text for act in await companion.hears()] == ["two"]
    assert companion.kept() == 2
