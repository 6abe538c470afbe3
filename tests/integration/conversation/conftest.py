"""Conversations over a real record, in a home of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bootstrap import load
from bot.domain.content import Content
from bot.domain.safety_net import SafetyNet
from bot.settings import Settings
from tests.integration.conversation.talk import Talk, begin


@pytest.fixture(scope="session")
def loaded() -> tuple[Content, SafetyNet]:
    return load(Settings())


@pytest.fixture
async def talk(tmp_path: Path, loaded: tuple[Content, SafetyNet]) -> AsyncIterator[Talk]:
    """A person who has been added and not joined: still a stranger."""
    made = await begin(tmp_path, loaded)
    yield made
    await made.companion.aclose()


@pytest.fixture
async def asha(talk: Talk) -> Talk:
    """Asha, who joined: lives in Derby, nobody else sees her phone, no health cautions."""
    cautions = {f"caution_{each}": "no" for each in talk.companion.content.cautions}
    await talk.joins(
        area="derby_city", age_band="18_to_34", others_see_phone="no", safe_times="any_time",
        **cautions,
    )  # fmt: skip
    return talk
