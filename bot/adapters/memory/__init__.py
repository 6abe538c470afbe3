"""The record and its queues in memory: for tests, and for people who try the services."""

from bot.adapters.memory.contents import Memory
from bot.adapters.memory.record import MemoryRecord

__all__ = ["Memory", "MemoryRecord"]
