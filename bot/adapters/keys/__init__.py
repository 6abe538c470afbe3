"""The key ring: master keys that wrap each person's data key, and the key of all digests.

It lives in a file outside the database, or is printed by a command. Its keys never leave it:
others ask it to wrap, unwrap, digest and sign.
"""

from bot.adapters.keys.file import KeyFile
from bot.adapters.keys.ring import KeyRing

__all__ = ["KeyFile", "KeyRing"]
