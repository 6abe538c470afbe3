"""A Rasa server for a measurement: the external one that is set, else one of its own."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.adapters.understanding_rasa import RasaProcess, model_for, train
from bot.domain.errors import CompanionError
from bot.settings import Settings

STARTS_WITHIN = 120.0


class RasaDidNotAnswer(CompanionError):
    """Rasa did not answer a measurement."""


class MeasuredRasa:
    """A ready Rasa server at ``url``, with the token of its parse route."""

    def __init__(self, url: str, token: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._token = token
        self._session = session

    async def intent_of(self, text: str) -> tuple[str, float]:
        """The intent and its confidence. Raises ``RasaDidNotAnswer``."""
        query = {"token": self._token} if self._token else {}
        async with self._session.post(
            f"{self.url}/model/parse", json={"text": text}, params=query
        ) as response:
            if response.status != 200:
                raise RasaDidNotAnswer(f"Status {response.status}.")
            answer = await response.json(content_type=None)
        intent = answer["intent"]
        return str(intent["name"]), float(intent["confidence"])


@asynccontextmanager
async def measured_rasa(settings: Settings) -> AsyncIterator[MeasuredRasa]:
    """Rasa, ready; ended afterwards if it was started here. Raises ``RasaDidNotAnswer``."""
    async with aiohttp.ClientSession() as session:
        if settings.rasa_url:
            yield MeasuredRasa(settings.rasa_url[0], "", session)
            return
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            await train(settings.companion_content, work)
            process = RasaProcess(work, lambda: model_for(settings.companion_content))
            stop = asyncio.Event()
            running = asyncio.create_task(process.run(stop))
            try:
                await _until_ready(process)
                yield MeasuredRasa(process.addresses[0], process.parse_token, session)
            finally:
                stop.set()
                await running


async def _until_ready(process: RasaProcess) -> None:
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            while process.state() != "ready":
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise RasaDidNotAnswer("It was not ready in time.") from None
