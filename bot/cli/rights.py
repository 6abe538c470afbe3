"""The services for people's rights, opened for one command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.adapters.records.rights.ledger import LEDGER_FILE
from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.domain.people import Staff
from bot.services.privacy.rights import Rights

Result = TypeVar("Result")


def use(by: str, do: Callable[[Rights, Staff, Companion], Awaitable[Result]]) -> Result:
    """Open the home and do something about rights in the name of a member of staff."""

    async def opened(companion: Companion) -> Result:
        rights = Rights.over(
            companion.record,
            companion.clock,
            companion.ids,
            companion.keys,
            companion.content_source,
            companion.settings.companion_home / LEDGER_FILE,
        )
        return await do(rights, await staff_named(companion, by), companion)

    return with_companion(opened)
