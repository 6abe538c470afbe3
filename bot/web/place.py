"""Where a web is and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Place:
    """One web: its public address (scheme, host and port), its name, whether it is a demo.

    ``cookie`` starts the names of its cookies: two webs on one host share none.
    """

    address: str
    service: str
    cookie: str
    demo: bool = False

    @property
    def behind_https(self) -> bool:
        """Whether people reach it by https."""
        return urlsplit(self.address).scheme == "https"

    @property
    def host(self) -> str:
        """The host in its public address, in lower case and without the port."""
        return (urlsplit(self.address).hostname or "").lower()

    def cookie_name(self, what: str) -> str:
        """A cookie's name; behind https one that browsers bind to this host alone."""
        name = f"{self.cookie}-{what}"
        return f"__Host-{name}" if self.behind_https else name
