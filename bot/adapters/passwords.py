"""Password hashing by argon2, in its own small pool of threads."""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.domain.errors import BadInput


class Argon2Passwords:
    """Hashes and checks passwords. A check takes about a sixth of a second of one core."""

    def __init__(self, hasher: PasswordHasher | None = None, threads: int = 2) -> None:
        self._hasher = hasher or PasswordHasher()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords")

    async def hash(self, password: str) -> str:
        """An argon2id hash. Raises ``BadInput`` for what no keyboard can type."""
        typed = _as_typed(password)
        if typed is None:
            raise BadInput("password")
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, self._hasher.hash, typed
        )

    async def verify(self, hashed: str, password: str) -> bool:
        """Whether the password is the one that was hashed; False for a hash that is none."""
        typed = _as_typed(password)
        if typed is None:
            return False
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, self._matches, hashed, typed
        )

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False)

    def _matches(self, hashed: str, typed: bytes) -> bool:
        try:
            return self._hasher.verify(hashed, typed)
        except (VerificationError, InvalidHashError):
            return False


def _as_typed(password: str) -> bytes | None:
    """One form for what two keyboards type differently; None where it is no text at all."""
    try:
        return unicodedata.normalize("NFKC", password).encode()
    except UnicodeEncodeError:
        return None
