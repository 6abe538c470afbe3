"""Conversations after danger, on SQLite and in memory; what writes also on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr

from bot import bootstrap
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.memory import MemoryRecord
from bot.adapters.passwords import Argon2Passwords
from bot.adapters.records import SqlRecord
from bot.bootstrap import Companion, load
from bot.domain.content import Content
from bot.domain.safety_net import SafetyNet
from bot.settings import Settings
from tests.integration.conversation import talk as talking
from tests.integration.conversation.talk import Clock, Talk, begin
from tests.integration.records.conftest import made, postgresql

__all__ = ["postgresql"]

Open = Callable[..., Companion]


@pytest.fixture(scope="session")
def loaded() -> tuple[Content, SafetyNet]:
    return load(Settings())


def opened_on(store: str, request: pytest.FixtureRequest, folder: Path) -> Open:
    """What opens a companion over a store of this kind."""
    if store == "sqlite":
        return bootstrap.open_companion
    if store == "memory":
        return _on_memory
    request.param = store
    address = made(request, folder, "migrated")

    def on_postgresql(settings: Settings, *given: Any, **more: Any) -> Companion:
        set_so = settings.model_copy(update={"database_url": SecretStr(address)})
        return bootstrap.open_companion(set_so, *given, **more)

    return on_postgresql


def _on_memory(
    settings: Settings,
    clock: Clock,
    *,
    loaded: tuple[Content, SafetyNet],
    passwords: Argon2Passwords,
) -> Companion:
    ids = SystemIds(clock)
    record = cast(SqlRecord, MemoryRecord(clock, ids))
    keys = KeyRing.load(settings.key_file)
    return bootstrap._wired(settings, record, keys, clock, ids, passwords, *loaded)


@pytest.fixture(params=["sqlite", "memory"])
async def asha(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    loaded: tuple[Content, SafetyNet],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Talk]:
    """Asha, who joined: lives in Derby, nobody else sees her phone, no health cautions."""
    opening = opened_on(request.param, request, tmp_path)
    monkeypatch.setattr(talking, "open_companion", opening)
    talk = await begin(tmp_path, loaded)
    cautions = {f"caution_{each}": "no" for each in talk.companion.content.cautions}
    await talk.joins(
        area="derby_city", age_band="18_to_34", others_see_phone="no", safe_times="any_time",
        **cautions,
    )  # fmt: skip
    yield talk
    await talk.companion.aclose()
