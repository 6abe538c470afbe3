"""Telegram, by long polling through python-telegram-bot."""

from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.connection import State

__all__ = ["State", "Telegram"]
