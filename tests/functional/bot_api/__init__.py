"""A server that speaks Telegram's Bot API, and people who write to the bot through it.

For tests of anything that is connected to Telegram:

    with BotApiServer() as telegram:
        # start the companion with TELEGRAM_API_URL=telegram.url TELEGRAM_TOKEN=telegram.token
        asha = telegram.person("Asha")
        asha.says("/start K7M2P9QX")
        welcome = await asha.hears()
        asha.taps("My plan")
        plan = await asha.hears()

By hand: ``python -m tests.functional.bot_api --port 8700``.
"""

from tests.functional.bot_api.chats import Chat, Message, NothingHeard, Person
from tests.functional.bot_api.methods import Refusal
from tests.functional.bot_api.server import TOKEN, BotApiServer, Call

__all__ = [
    "TOKEN",
    "BotApiServer",
    "Call",
    "Chat",
    "Message",
    "NothingHeard",
    "Person",
    "Refusal",
]
