"""A person's copy of their record: a page to read, the same for programs, in an encrypted zip."""

from bot.adapters.access_copies.encrypted import SHORTEST_PASSPHRASE, new_passphrase, write_copy
from bot.adapters.access_copies.page import PAGE_NAME, page
from bot.adapters.access_copies.programs import JSON_NAME, for_programs

__all__ = [
    "JSON_NAME",
    "PAGE_NAME",
    "SHORTEST_PASSPHRASE",
    "for_programs",
    "new_passphrase",
    "page",
    "write_copy",
]
