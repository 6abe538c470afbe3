"""When Telegram or the network is not well: said clearly, tried again, nothing lost."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import cast

import pytest
import structlog
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.adapters.clock import SystemClock
from bot.channels.telegram import State, Telegram
from bot.domain.errors import (
    ChannelRefused,
    ChannelUnavailable,
    CompanionError,
    RecordUnavailable,
    SettingsError,
)
from bot.domain.messages import ActKind, Said
from bot.services.ports import Accepted, Queue
from tests.functional.bot_api import BotApiServer, Person, Refusal
from tests.functional.channels.connected import Connected

MARKER = "only-between-us-please"
WRONG = "4242:another-token-altogether-1234567890"
PROJECT = Path(__file__).parents[3]


def connect(token: str, url: str) -> Telegram:
    never_reached = cast("Queue", None)
    return Telegram(SecretStr(token), never_reached, SystemClock(), api_url=url)


async def test_the_token_is_checked_at_the_start(telegram: BotApiServer) -> None:
    right, wrong = connect(telegram.token, telegram.url), connect(WRONG, telegram.url)
    assert await right.check() == "companion_test_bot"
    with pytest.raises(ChannelRefused, match=r"check its token.*TELEGRAM_TOKEN"):
        await wrong.check()
    telegram.goes_down()
    with pytest.raises(ChannelUnavailable):
        await right.check()
    await right.close()
    await wrong.close()


@pytest.mark.parametrize("token", ["", "hello", "4242:with space", "4242:a/../../b", "4242:a\nb"])
def test_what_is_no_token_is_a_wrong_setting(token: str) -> None:
    with pytest.raises(SettingsError, match="TELEGRAM_TOKEN") as raised:
        connect(token, "http://127.0.0.1:1")
    assert not token or token not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["127.0.0.1:80", "ftp://127.0.0.1", "http://127.0.0.1/bot", "http://", "http://h?a=b"]
)
def test_an_address_with_more_than_host_and_port_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="TELEGRAM_API_URL"):
        connect(WRONG, url)


async def test_a_token_refused_later_is_tried_again_and_said(
    companion: Connected, telegram: BotApiServer, asha: Person
) -> None:
    await companion.enters(State.POLLING)
    right, telegram.token = telegram.token, WRONG
    await companion.enters(State.REFUSED)
    asha.says("anyone?")
    telegram.token = right
    await companion.enters(State.POLLING)
    assert [act.text for act in await companion.hears()] == ["anyone?"]


async def test_a_second_program_on_the_bot_is_said(
    companion: Connected, telegram: BotApiServer, tmp_path: Path
) -> None:
    await companion.enters(State.POLLING)
    home = tmp_path / "second"
    home.mkdir()
    with capture_logs() as logs:
        async with Connected(telegram, home):
            await companion.enters(State.CONFLICT)
    assert any(
        line.get("state") == "conflict" and "another program" in line["advice"] for line in logs
    )
    await companion.enters(State.POLLING)
    assert telegram.called("getUpdates", 409)


async def test_a_webhook_left_by_another_program_is_taken_over(
    telegram: BotApiServer, asha: Person, tmp_path: Path
) -> None:
    telegram.has_webhook()
    async with Connected(telegram, tmp_path) as companion:
        asha.says("hello")
        await companion.hears()
    assert not telegram.api.webhook


async def test_the_menu_is_set_and_its_refusal_stops_nothing(
    telegram: BotApiServer, asha: Person, tmp_path: Path
) -> None:
    telegram.refuses("setMyCommands", Refusal(400, "Bad Request: BOT_COMMAND_INVALID"))
    home = tmp_path / "second"
    home.mkdir()
    with capture_logs() as logs:
        async with Connected(telegram, tmp_path) as companion:
            asha.says("hello")
            await companion.hears()
    assert [line["event"] for line in logs] == ["telegram_commands_refused"]
    async with Connected(telegram, home) as companion:
        await companion.enters(State.POLLING)
    assert telegram.api.commands == [{"command": "plan", "description": "My plan"}]


async def test_the_network_goes_and_comes_back(
    companion: Connected, telegram: BotApiServer, asha: Person
) -> None:
    asha.says("before")
    (before,) = await companion.hears()
    telegram.goes_down()
    await companion.enters(State.UNREACHABLE)
    (reply,) = await companion.says(before, "an answer")
    asha.says("meanwhile")
    telegram.comes_back()
    assert [act.text for act in await companion.hears()] == ["meanwhile"]
    assert (await asha.hears()).text == "an answer"
    assert await companion.outcome(reply) == "sent"
    await companion.enters(State.POLLING)


async def test_asked_to_wait_it_polls_no_sooner(
    companion: Connected, telegram: BotApiServer, asha: Person
) -> None:
    await companion.enters(State.POLLING)
    telegram.asks_to_wait(1, "getUpdates")
    asha.says("wakes the poll")
    await companion.enters(State.ASKED_TO_WAIT)
    asked = time.monotonic()
    polls = len(telegram.called("getUpdates"))
    asha.says("hello")
    await companion.enters(State.POLLING)
    assert time.monotonic() - asked > 0.8
    assert len(telegram.called("getUpdates")) == polls + 1
    assert {act.text for act in await companion.hears(2)} == {"wakes the poll", "hello"}


async def test_it_ends_promptly_while_nothing_works(telegram: BotApiServer, tmp_path: Path) -> None:
    async with Connected(telegram, tmp_path) as companion:
        await companion.enters(State.POLLING)
        telegram.goes_down()
        await companion.enters(State.UNREACHABLE)
        began = time.monotonic()
    assert time.monotonic() - began < 3


async def test_while_the_record_is_away_messages_wait_with_telegram(
    telegram: BotApiServer, asha: Person, tmp_path: Path
) -> None:
    waited: list[int] = []

    class AwayThreeTimes(Queue):
        def __init__(self, queue: Queue) -> None:
            self._queue = queue

        async def accept(self, said: Said) -> Accepted:
            if len(waited) < 3:
                waited.append(telegram.waiting)
                raise RecordUnavailable
            return await self._queue.accept(said)

    asha.says("one")
    asha.says("two")
    async with Connected(telegram, tmp_path, queue=AwayThreeTimes) as companion:
        await companion.enters(State.RECORD_UNAVAILABLE)
        assert [act.text for act in await companion.hears(2)] == ["one", "two"]
    assert waited == [2, 2, 2]


async def test_an_act_that_can_never_be_kept_is_kept_without_its_words(
    telegram: BotApiServer, asha: Person, tmp_path: Path
) -> None:
    class Choosy(Queue):
        def __init__(self, queue: Queue) -> None:
            self._queue = queue

        async def accept(self, said: Said) -> Accepted:
            if said.text == "poison":
                raise ValueError(said.text)
            return await self._queue.accept(said)

    with capture_logs() as logs:
        async with Connected(telegram, tmp_path, queue=Choosy) as companion:
            asha.says("poison")
            asha.says("after")
            acts = await companion.hears(2)
    assert [(act.kind, act.text) for act in acts] == [(ActKind.OTHER, ""), (ActKind.TEXT, "after")]
    assert any(line["event"] == "telegram_update_not_kept" for line in logs)
    assert "poison" not in str(logs)


async def test_killed_between_keeping_and_confirming_nothing_is_lost_or_doubled(
    telegram: BotApiServer, asha: Person, tmp_path: Path
) -> None:
    asha.says("said once")
    told = json.dumps({"home": str(tmp_path), "port": telegram.port})
    died = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.functional.channels.dying", told],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        timeout=60,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert telegram.waiting == 1
    async with Connected(telegram, tmp_path) as companion:
        asha.says("and then")
        assert [act.text for act in await companion.hears(2)] == ["said once", "and then"]
        assert companion.kept() == 2
    assert telegram.waiting == 0


async def test_neither_the_token_nor_words_are_in_any_log_or_error(
    telegram: BotApiServer,
    asha: Person,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    structlog.reset_defaults()
    errors: list[CompanionError] = []
    async with Connected(telegram, tmp_path) as companion:
        asha.says(MARKER)
        (act,) = await companion.hears()
        telegram.asks_to_wait(1)
        telegram.adds_update("message", {"message_id": 1, "text": MARKER, "chat": MARKER})
        await companion.says(act, f"about {MARKER}")
        await asha.hears()
        asha.blocks_bot()
        (refused,) = await companion.says(act, f"again {MARKER}")
        await companion.outcome(refused)
        right, telegram.token = telegram.token, WRONG
        await companion.enters(State.REFUSED)
        errors.append(await _error_of(companion.channel))
        telegram.goes_down()
        await companion.enters(State.UNREACHABLE)
        errors.append(await _error_of(companion.channel))
        telegram.comes_back()
        telegram.token = right
        await companion.enters(State.POLLING)
    out, err = capfd.readouterr()
    told = "".join("".join(traceback.format_exception(each)) for each in errors)
    for text in (caplog.text, out, err, told):
        assert right not in text
        assert right.partition(":")[2] not in text
        assert MARKER not in text
    assert "reply_refused" in out
    assert "telegram_trouble" in out


async def _error_of(channel: Telegram) -> CompanionError:
    with pytest.raises(CompanionError) as raised:
        await channel.check()
    return raised.value
