"""The connection to Telegram: what comes in is kept before Telegram may forget it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import structlog
from pydantic import SecretStr
from telegram import BotCommand, LinkPreviewOptions, Update
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.channels.telegram.connection import (
    ADVICE,
    TELEGRAMS_OWN,
    Connection,
    State,
    seconds_to_wait,
    state_after,
    translated,
)
from bot.channels.telegram.updates import KINDS_OF_UPDATE, said_in
from bot.channels.telegram.wording import keyboard, parts
from bot.domain.errors import RecordUnavailable
from bot.domain.messages import ActKind, Reply
from bot.services.ports import Clock, Queue
from bot.services.unkept import Unkept

FAULTS_FORGIVEN = 3
"""Times that keeping an act may fail before a bare stand-in for it is kept, and others go on."""

KEPT_WITHIN = 3.0
"""Seconds in which an act is put in the inbox, unless the store is in trouble."""

_log = structlog.get_logger(__name__)


class Telegram:
    """The Telegram channel: ``run`` takes messages in, ``send`` is for ``Delivery``.

    ``api_url``: scheme, host and port of another Bot API server. ``commands``: (command,
    description) for Telegram's menu button. ``pauses``: seconds between failing tries, the last
    for all further ones. ``unkept`` is told of what the record would not take. Raises
    ``SettingsError`` for a token or an address that cannot be one.
    """

    name = "telegram"

    def __init__(
        self,
        token: SecretStr,
        queue: Queue,
        clock: Clock,
        *,
        api_url: str | None = None,
        commands: Sequence[tuple[str, str]] = (),
        poll_seconds: int = 25,
        pauses: Sequence[float] = (1, 2, 4, 8, 15, 30),
        unkept: Unkept | None = None,
    ) -> None:
        self._queue = queue
        self._clock = clock
        self._commands = commands
        self._poll_seconds = poll_seconds
        self._pauses = pauses
        self._unkept = unkept
        self._connection = Connection(token, api_url or TELEGRAMS_OWN)
        self._bot = self._connection.bot
        self._state = State.STARTING
        self._prepared = False
        self._offset: int | None = None
        self._faults: dict[int, int] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._parts_sent: dict[int, int] = {}
        self.last_poll: datetime | None = None
        """When Telegram last answered a poll, UTC."""

    def state(self) -> State:
        """How the connection is."""
        return self._state

    async def check(self) -> str:
        """The bot's username, as in t.me/USERNAME.

        Raises ``ChannelRefused`` for a wrong token, ``ChannelUnavailable`` where Telegram cannot
        be reached.
        """
        try:
            return (await self._bot.get_me()).username or ""
        except TelegramError as error:
            raise translated(error) from None

    async def run(self, stop: asyncio.Event) -> None:
        """Take messages in until ``stop`` is set. A lost connection is tried again for ever.

        It may be run again afterwards. Another process may have taken messages in meanwhile, so
        it begins with what Telegram still holds; what was kept already is known by its number.
        """
        failures = 0
        self._offset = None
        while not stop.is_set():
            try:
                await self._prepare()
                updates = await self._poll(stop)
                for place, update in enumerate(updates):
                    await self._keep_or_tell(update, updates[place:])
                    self._offset = update.update_id + 1
            except Exception as fault:
                pause = self._pauses[min(failures, len(self._pauses) - 1)]
                failures += 1
                if isinstance(fault, RetryAfter):
                    pause = seconds_to_wait(fault)
                self._enter(state_after(fault), fault)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)
            else:
                failures = 0
                self._enter(State.POLLING)
        self._enter(State.STOPPED)

    async def send(self, address: str, reply: Reply, buttons: list[tuple[str, str]]) -> None:
        """Send a reply, in as many messages as Telegram needs; the buttons go with the last.

        After a failure in the middle the next try goes on where it stopped. Raises as
        ``bot.services.delivery.Sender`` says.
        """
        pieces = parts(reply.text)
        key = hash((address, reply.text))
        for place in range(self._parts_sent.get(key, 0), len(pieces)):
            is_last = place == len(pieces) - 1
            try:
                await self._bot.send_message(
                    int(address),
                    pieces[place],
                    reply_markup=keyboard(buttons) if is_last else None,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
            except TelegramError as error:
                raise translated(error) from None
            if not is_last:
                self._parts_sent[key] = place + 1
        self._parts_sent.pop(key, None)

    async def close(self) -> None:
        """Close the connections, after ``run`` and the delivery have ended."""
        if self._answering:
            await asyncio.wait(self._answering)
        await self._connection.close()

    async def _prepare(self) -> None:
        """Once: take over from a webhook, which Telegram does not allow beside polling."""
        if self._prepared:
            return
        await self._bot.delete_webhook()
        if self._commands:
            try:
                await self._bot.set_my_commands([BotCommand(*each) for each in self._commands])
            except BadRequest as error:
                _log.error("telegram_commands_refused", why=error.message)
        self._prepared = True

    async def _poll(self, stop: asyncio.Event) -> tuple[Update, ...]:
        """The next updates. The first poll after a trouble waits for none: is it over?"""
        is_settled = self._state in {State.POLLING, State.CONFLICT}
        poll = asyncio.create_task(
            self._bot.get_updates(
                offset=self._offset,
                timeout=self._poll_seconds if is_settled else 0,
                allowed_updates=list(KINDS_OF_UPDATE),
            )
        )
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({poll, stopping}, return_when=asyncio.FIRST_COMPLETED)
            updates = poll.result() if poll.done() else ()
        finally:
            poll.cancel()
            stopping.cancel()
            await asyncio.gather(poll, stopping, return_exceptions=True)
        self.last_poll = self._clock.now()
        return updates

    async def _keep_or_tell(self, update: Update, waiting: Sequence[Update]) -> None:
        """Keep an act. Where that fails or takes long, those in danger behind it do not wait."""
        keeping = asyncio.create_task(self._keep(update))
        try:
            while not (await asyncio.wait({keeping}, timeout=KEPT_WITHIN))[0]:
                with suppress(TelegramError):
                    # Looking from this one on: nothing is confirmed, so nothing is lost.
                    waiting = await self._bot.get_updates(
                        offset=update.update_id, timeout=0, allowed_updates=list(KINDS_OF_UPDATE)
                    )
                await self._tell(waiting)
            if isinstance(keeping.exception(), RecordUnavailable):
                await self._tell(waiting)
            await keeping
        finally:
            keeping.cancel()

    async def _keep(self, update: Update) -> None:
        """Put an act in the inbox: only then does the offset move and Telegram forget it."""
        said = said_in(update, self._clock.now())
        if said is not None:
            try:
                accepted = await self._queue.accept(said)
                if self._unkept is not None and accepted.new:
                    self._unkept.kept(accepted.act_id, said)
            except RecordUnavailable:
                raise
            except Exception:
                faults = self._faults[update.update_id] = self._faults.get(update.update_id, 0) + 1
                if faults < FAULTS_FORGIVEN:
                    raise
                _log.error("telegram_update_not_kept", update=update.update_id)
                await self._queue.accept(replace(said, kind=ActKind.OTHER, text="", token=""))
            self._faults.pop(update.update_id, None)
        if update.callback_query is not None:
            task = asyncio.create_task(self._answer(update.callback_query.id))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _tell(self, updates: Sequence[Update]) -> None:
        """These stay with Telegram. Whoever wrote of danger hears at once that it is not kept."""
        if self._unkept is None:
            return
        for update in updates:
            said = said_in(update, self._clock.now())
            if said is not None:
                await self._unkept.not_kept(said)

    async def _answer(self, query_id: str) -> None:
        """Stop the button's spinner. It does not matter if that comes too late."""
        with suppress(TelegramError):
            await self._bot.answer_callback_query(query_id)

    def _enter(self, state: State, fault: Exception | None = None) -> None:
        if state is not self._state and state in ADVICE:
            _log.warning(
                "telegram_trouble",
                state=state.value,
                fault=type(fault).__name__,
                advice=ADVICE[state],
            )
        self._state = state
