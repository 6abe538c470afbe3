"""One home made by the command line for all tests, and one companion with Rasa that serves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.functional.bot_api import BotApiServer
from tests.functional.system.home import NO_RASA, Home, Made, free_port, make_home
from tests.functional.system.serving import Serving, serving
from tests.functional.system.talking import Talking


@dataclass(frozen=True)
class Served:
    """A served home with the Telegram that it is connected to."""

    made: Made
    home: Home
    telegram: BotApiServer
    serving: Serving

    def meets(self, name: str) -> Talking:
        """Somebody new on Telegram."""
        return Talking(name, self.telegram, self.serving)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The home as it was made; tests work in copies of it."""
    return make_home(tmp_path_factory.mktemp("made") / "home")


@pytest.fixture(scope="session")
def served(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A live companion with its own Rasa, ready."""
    mine = made.copied_to(tmp_path_factory.mktemp("served") / "home")
    with BotApiServer() as telegram:
        home = on_telegram(mine.home, telegram)
        with serving(home) as process:
            process.until_rasa()
            yield Served(mine, home, telegram, process)


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    """Another Telegram, for one test."""
    with BotApiServer() as server:
        yield server


@pytest.fixture(scope="session")
def ben(served: Served) -> Talking:
    """A person who has joined, with an agreed plan."""
    talking = served.meets("Ben")
    talking.joins(served.made.codes["P-2"])
    return talking


@pytest.fixture
def start() -> Iterator[Callable[[Home], Serving]]:
    """Starts serving a home; what still runs at the end of the test is ended."""
    with ExitStack() as running:
        yield lambda home: running.enter_context(serving(home))


@pytest.fixture
def fresh(made: Made, tmp_path: Path) -> Made:
    """A copy of the home for one test, with a port of its own and no Rasa unless it asks."""
    copy = made.copied_to(tmp_path / "home")
    return replace(copy, home=copy.home.with_settings(WEB_PORT=str(free_port()), RASA_URL=NO_RASA))


def on_telegram(home: Home, telegram: BotApiServer) -> Home:
    """The home connected to a Telegram of ours."""
    return home.with_settings(TELEGRAM_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url)
