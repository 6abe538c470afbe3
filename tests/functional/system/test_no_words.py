"""Nothing that a person writes, and no token, is readable in any file or log of a home."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.functional.bot_api import BotApiServer
from tests.functional.system.conftest import Served

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("system")]

MARKERS = (
    "my neighbour quillfeather keeps asking about the harmonica",
    "quillfeather borrowed my wheelbarrow and nobody laughed",
    "please do the quillfeather skill with me",
    "the harmonica was under the wheelbarrow all along",
)
RARE = ("quillfeather", "harmonica", "wheelbarrow")


def test_with_rasa_up_and_with_rasa_too_late(served: Served) -> None:
    somebody = served.meets("Quillan Harmonicus")
    for words in MARKERS[:2]:
        assert somebody.says(words).answered_by == "rasa"
    rasa = served.serving.rasa()
    rasa.send_signal(signal.SIGSTOP)
    try:
        assert somebody.says(MARKERS[2]).answered_by == "fallback"
    finally:
        rasa.send_signal(signal.SIGCONT)
    served.serving.until_rasa()
    assert somebody.says(MARKERS[3]).answered_by == "rasa"

    files = [*_files_of(served)]
    names = {each.name for each in files}
    assert {"companion.sqlite", "companion.sqlite-wal", "rasa.log", "home.stderr"} <= names
    assert _where(b"peak", files), "what is not sealed is found, so this looks in the right places"
    for word in (*RARE, *(each.title() for each in RARE), *(each.upper() for each in RARE)):
        for encoding in ("utf-8", "utf-16-le"):
            assert _where(word.encode(encoding), files) == []
    assert _where(b"Harmonicus", files) == []
    assert _where(somebody.person.address.encode(), files) == [], "nor the number of the chat"


def test_the_telegram_token_is_in_no_file(served: Served) -> None:
    telegram = served.telegram
    telegram.breaks("getUpdates", 2)
    telegram.breaks("sendMessage", 1)
    served.meets("Nobody").says("menu")
    _unreachable_for_a_moment(served, telegram)
    secret = telegram.token.partition(":")[2].encode()
    assert "telegram_trouble" in served.serving.said
    assert _where(secret, [*_files_of(served)]) == []
    for command in (("doctor", "--json"), ("content", "list")):
        ran = served.home.companion(*command).well()
        assert secret.decode() not in ran.out + ran.err


def _unreachable_for_a_moment(served: Served, telegram: BotApiServer) -> None:
    telegram.goes_down()
    health = served.serving.health
    served.serving.until(lambda: health()["telegram"] == "unreachable", "out of reach", 20)
    telegram.comes_back()
    served.serving.until(lambda: health()["telegram"] == "polling", "polling again", 60)


def _files_of(served: Served) -> list[Path]:
    """Every file of the home and what it said, all Rasa's files among them."""
    home = served.home.path
    said = [home.with_name(f"{home.name}.{stream}") for stream in ("stderr", "stdout")]
    return [*said, *(each for each in home.rglob("*") if each.is_file())]


def _where(words: bytes, files: list[Path]) -> list[str]:
    return [each.name for each in files if each.exists() and words in each.read_bytes()]
