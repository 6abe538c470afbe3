"""A member of staff's process that brings in plans until it is killed or its input ends.

    python -m tests.functional.system.plan_writer CODE…

The home is COMPANION_HOME. It writes "kept CODE TAG" after each.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import cycle

from bot.bootstrap import open_companion
from bot.settings import Settings
from tests.functional.system.ready_home import marked_plan

PAUSE = 1.0


async def main(codes: list[str]) -> None:
    companion = open_companion(Settings())
    dawn = await companion.staff.named("dawn")
    for code in cycle(codes):
        tag = f"v{companion.ids.new()}"
        await companion.plans.bring_in(marked_plan(code, tag), by=dawn)
        sys.stdout.write(f"kept {code} {tag}\n")
        sys.stdout.flush()
        await asyncio.sleep(PAUSE)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
