"""Signing in and out."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.services.staff import SignedIn, StaffAccounts
from bot.web.doors import Cookies, field_of
from bot.web.pages import Pages

NOTES = {
    "out": "You are signed out.",
    "ended": "You were signed out because the page had not been used for a while.",
}


@dataclass(frozen=True)
class SignIn:
    """The sign-in page."""

    accounts: StaffAccounts
    cookies: Cookies
    pages: Pages

    async def show(self, request: Request) -> Response:
        """The form."""
        note = next((words for name, words in NOTES.items() if name in request.query_params), "")
        return self._page(request, note=note)

    async def enter(self, request: Request) -> Response:
        """Start a session, or show the form again: the same words whatever was wrong."""
        form = await request.form()
        username = field_of(form, "username")
        cookie = await self.accounts.sign_in(username, field_of(form, "password"))
        if cookie is None:
            return self._page(request, status=403, refused=True, username=username)
        response = RedirectResponse("/", 303)
        self.cookies.begin_session(response, cookie)
        return response

    async def leave(self, request: Request, visitor: SignedIn) -> Response:
        """End the session."""
        await self.accounts.sign_out(visitor)
        response = RedirectResponse("/sign-in?out=yes", 303)
        self.cookies.end_session(response)
        return response

    def _page(
        self,
        request: Request,
        *,
        status: int = 200,
        note: str = "",
        refused: bool = False,
        username: str = "",
    ) -> Response:
        visit = self.cookies.visit_or_new(request)
        page = self.pages.show(
            "sign_in.jinja",
            status=status,
            note=note,
            refused=refused,
            username=username,
            csrf=self.cookies.visit_csrf(visit),
        )
        self.cookies.keep_visit(page, visit)
        return page
