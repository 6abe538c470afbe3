"""Ids that sort by time, codes that can be read aloud, tokens that cannot be guessed."""

from __future__ import annotations

import secrets
import threading

from bot.services.ports import Clock

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]
_CHANCE_BITS = 80

CODE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""No letter that is read as a digit, and no vowel: a code is never a word."""

CODE_LENGTH = 8


class SystemIds:
    """Makes ids, codes and tokens. Ids of one process are strictly rising, whatever the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def new(self) -> str:
        """26 characters: milliseconds since 1970 (48 bits) and chance (80 bits), base 32."""
        moment = int(self._clock.now().timestamp() * 1000)
        fresh = moment << _CHANCE_BITS | secrets.randbits(_CHANCE_BITS)
        with self._lock:
            # Within a millisecond, or after the clock went back, the next id follows the last.
            same = fresh >> _CHANCE_BITS <= self._last >> _CHANCE_BITS
            self._last = self._last + 1 + secrets.randbits(32) if same else fresh
            number = self._last
        return "".join([_PAIRS[number >> place & 1023] for place in range(120, -1, -10)])

    def code(self) -> str:
        """A one-time code: eight letters and digits that are hard to mistake."""
        return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))

    def token(self) -> str:
        """A token for a cookie: 256 bits of chance, url-safe."""
        return secrets.token_urlsafe(32)
