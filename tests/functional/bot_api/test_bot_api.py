"""The Bot API server behaves as Telegram documents it, seen through python-telegram-bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
)

from tests.functional.bot_api import BotApiServer, NothingHeard, Person


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server


@pytest.fixture
async def bot(telegram: BotApiServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with Bot(telegram.token, base_url=f"{telegram.url}/bot") as bot:
        yield bot


@pytest.fixture
def asha(telegram: BotApiServer) -> Person:
    return telegram.person("Asha")


async def test_an_offset_confirms_and_forgets(
    bot: Bot, telegram: BotApiServer, asha: Person
) -> None:
    for words in ("one", "two", "three"):
        asha.says(words)
    first = await bot.get_updates(limit=2)
    assert [update.message.text for update in first if update.message] == ["one", "two"]
    assert [update.update_id for update in await bot.get_updates(limit=2)] == [
        update.update_id for update in first
    ]
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [update.message.text for update in rest if update.message] == ["three"]
    assert telegram.waiting == 1
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()
    assert telegram.waiting == 0


async def test_a_long_poll_waits_for_the_next_message(bot: Bot, asha: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    assert not poll.done()
    asha.says("hello")
    async with asyncio.timeout(1):
        assert len(await poll) == 1


async def test_a_second_poll_ends_the_first(bot: Bot, telegram: BotApiServer) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    async with Bot(telegram.token, base_url=f"{telegram.url}/bot") as other:
        await other.get_updates(timeout=0)
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first


async def test_a_webhook_forbids_polling(bot: Bot, telegram: BotApiServer) -> None:
    telegram.has_webhook()
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_only_the_kinds_asked_for_come(bot: Bot, asha: Person) -> None:
    await bot.get_updates(allowed_updates=["message"])
    asha.says("hello")
    asha.edits("hello you")
    assert len(await bot.get_updates()) == 1


async def test_a_wrong_token_is_not_found(telegram: BotApiServer) -> None:
    wrong = Bot("4242:another", base_url=f"{telegram.url}/bot")
    with pytest.raises(InvalidToken):
        await wrong.initialize()
    await wrong.shutdown()
    assert telegram.called("getMe", 404)


async def test_what_telegram_refuses_to_send(bot: Bot, asha: Person) -> None:
    asha.says("hello")
    chat = int(asha.address)
    long_token = [[InlineKeyboardButton("Plan", callback_data="x" * 65)]]
    with pytest.raises(BadRequest, match="text is empty"):
        await bot.send_message(chat, " \n")
    with pytest.raises(BadRequest, match=r"(?i)too long"):
        await bot.send_message(chat, "a" * 4097)
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(chat, "Hello", reply_markup=InlineKeyboardMarkup(long_token))
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(999, "Hello")


async def test_a_block_and_a_stranger_are_refused(
    bot: Bot, telegram: BotApiServer, asha: Person
) -> None:
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(int(asha.address), "Hello")
    asha.says("hello")
    asha.blocks_bot()
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(int(asha.address), "Hello")


async def test_asked_to_wait_and_broken(bot: Bot, telegram: BotApiServer, asha: Person) -> None:
    asha.says("hello")
    telegram.asks_to_wait(7)
    with pytest.raises(RetryAfter, match="0:00:07"):
        await bot.send_message(int(asha.address), "Hello")
    telegram.breaks()
    with pytest.raises(NetworkError):
        await bot.send_message(int(asha.address), "Hello")
    await bot.send_message(int(asha.address), "Hello")
    assert (await asha.hears()).text == "Hello"


async def test_down_and_back_on_the_same_port(bot: Bot, telegram: BotApiServer) -> None:
    telegram.goes_down()
    with pytest.raises(NetworkError):
        await bot.get_me()
    telegram.comes_back()
    assert (await bot.get_me()).username


async def test_a_tap_is_answered_once(bot: Bot, telegram: BotApiServer, asha: Person) -> None:
    asha.says("hello")
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("My plan", callback_data="token")]])
    await bot.send_message(int(asha.address), "Hello", reply_markup=keyboard)
    asha.taps("My plan")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert query.data == "token"
    await query.answer()
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await query.answer()
    with pytest.raises(AssertionError, match="no button 'Other'"):
        asha.taps("Other")


async def test_the_last_update_can_come_again(
    bot: Bot, telegram: BotApiServer, asha: Person
) -> None:
    asha.says("hello")
    (update,) = await bot.get_updates()
    await bot.get_updates(offset=update.update_id + 1)
    telegram.resend_last_update()
    (again,) = await bot.get_updates(offset=update.update_id + 1)
    assert again.update_id == update.update_id


async def test_hearing_nothing_says_so(asha: Person) -> None:
    await asha.hears_nothing(0.05)
    with pytest.raises(NothingHeard, match="Asha heard nothing"):
        await asha.hears(0.05)


async def test_commands_are_kept(bot: Bot, telegram: BotApiServer) -> None:
    await bot.set_my_commands([("plan", "My plan")])
    assert telegram.api.commands == [{"command": "plan", "description": "My plan"}]
    with pytest.raises(BadRequest, match=r"(?i)bot_command_invalid"):
        await bot.set_my_commands([("My Plan", "My plan")])
