"""A practitioner at their screen, without a browser: cookies, forms and the words of a page."""

from __future__ import annotations

import re
from html import unescape
from types import TracebackType
from typing import Self

import httpx2

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_NOT_SHOWN = re.compile(r"<(script|style|head)\b.*?</\1>", re.DOTALL)
_BLOCKS = re.compile(r"</?(p|li|tr|h[1-6]|dt|dd|div|ol|ul|section|summary|table|br)\b[^>]*>")
_TAG = re.compile(r"<[^>]+>")


class Visit:
    """``with Visit(url) as visit:`` is one browser's worth of cookies."""

    def __init__(self, url: str) -> None:
        self._client = httpx2.Client(base_url=url, follow_redirects=True, timeout=20)
        self.status = 0
        self.path = ""
        self.html = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def opens(self, path: str) -> str:
        """Go to a page; its words."""
        return self._take(self._client.get(path))

    def signs_in(self, username: str, password: str) -> str:
        """Fill the sign-in form in and send it; the words of the page that follows."""
        self.opens("/sign-in")
        found = _CSRF.search(self.html)
        assert found, "the form has no token"
        form = {"csrf": found.group(1), "username": username, "password": password}
        return self._take(self._client.post("/sign-in", data=form))

    def sends(self, action: str) -> str:
        """Send the page's form that goes there, as it stands; the words of the page that follows.

        ``action`` is how its address ends.
        """
        forms = [each for each in _FORM.findall(self.html) if each[0].endswith(action)]
        assert forms, f"no form goes to {action}"
        to, inside = forms[0]
        fields = dict(_HIDDEN.findall(inside))
        return self._take(self._client.post(unescape(to), data=fields))

    @property
    def words(self) -> str:
        """The page as someone reads it, a line for each block."""
        text = _TAG.sub("", _BLOCKS.sub("\n", _NOT_SHOWN.sub("", self.html)))
        lines = (" ".join(unescape(line).split()) for line in text.splitlines())
        return "\n".join(line for line in lines if line)

    def _take(self, answer: httpx2.Response) -> str:
        self.status, self.path, self.html = answer.status_code, answer.url.path, answer.text
        return self.words
