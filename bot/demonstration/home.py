"""The home of a demonstration: opened, or made where there is none."""

from __future__ import annotations

from bot.adapters.clock import SystemClock
from bot.adapters.keys import KeyRing
from bot.bootstrap import DEMO_MARK, Companion, open_companion
from bot.domain.errors import SettingsError
from bot.settings import Settings


async def open_or_make(settings: Settings, owner: str = "") -> Companion:
    """Open a demonstration. An empty home becomes one, with a key of its own.

    Raises ``SettingsError`` for a home whose database was not made as a demonstration.
    """
    database = settings.companion_home / "companion.sqlite"
    fresh = settings.database_url is None and not database.exists()
    if fresh and not settings.key_file.exists() and not settings.companion_key_command:
        settings.companion_home.mkdir(parents=True, exist_ok=True)
        KeyRing.create(settings.key_file, SystemClock().now())
    companion = open_companion(settings, owner=owner)
    if await companion.is_demo():
        return companion
    if not fresh and not await companion.is_empty():
        await companion.aclose()
        raise SettingsError(
            "This home has a database with people in it: a demonstration needs a home of its own."
        )
    await companion.record.meta_set(DEMO_MARK, "yes")
    return companion


async def is_demo_home(settings: Settings) -> bool:
    """Whether the home holds a demonstration; an empty home holds none."""
    there = (
        settings.database_url is not None or (settings.companion_home / "companion.sqlite").exists()
    )
    if not there:
        return False
    companion = open_companion(settings)
    try:
        return await companion.is_demo()
    finally:
        await companion.aclose()
