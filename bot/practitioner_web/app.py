"""The application: which doors lead to which rooms, and who may come in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain.permissions import Action, Relation, Thing, can
from bot.practitioner_web.concerns import Concerns
from bot.practitioner_web.person import PersonRoom
from bot.practitioner_web.sign_in import SignIn
from bot.practitioner_web.today import Today
from bot.services.alerting.opening import Opening
from bot.services.alerts import Alerts
from bot.services.caseloads import Caseloads
from bot.services.ports import Clock, Ids, Secrets
from bot.services.staff import SignedIn, StaffAccounts
from bot.services.summaries import Summaries
from bot.web.assets import Assets
from bot.web.building import build
from bot.web.doors import Cookies, Door, Guard, PublicDoor
from bot.web.health import Health, Readiness
from bot.web.pages import Pages
from bot.web.place import Place

TEMPLATES = Path(__file__).parent / "templates"

SERVICE = "Companion"


def practitioner_place(address: str, *, demo: bool) -> Place:
    """The practitioner web at a public address (scheme, host and port)."""
    return Place(address, SERVICE, "companion-practitioner", demo)


def anyone_signed_in(visitor: SignedIn) -> bool:
    """Every role."""
    return True


def works_with_people(visitor: SignedIn) -> bool:
    """Roles that can have a caseload."""
    return can(visitor.staff, Action.SEE, Thing.CONCERN, Relation.OWN)


def create_app(
    *,
    accounts: StaffAccounts,
    caseloads: Caseloads,
    summaries: Summaries,
    alerts: Alerts,
    opening: Opening,
    clock: Clock,
    secrets: Secrets,
    ids: Ids,
    place: Place,
    readiness: Callable[[], Awaitable[Readiness]],
    metrics: CollectorRegistry,
) -> Starlette:
    """The practitioner web over these services. Raises ``SettingsError`` without its style."""
    assets = Assets()
    pages = Pages(TEMPLATES, assets, place)
    cookies = Cookies(place, secrets, ids)
    sign_in = SignIn(accounts, cookies, pages)
    today = Today(caseloads, clock, pages)
    person = PersonRoom(caseloads, summaries, clock, pages)
    concerns = Concerns(alerts, person)

    async def front(request: Request, visitor: SignedIn) -> Response:
        # The link of an alert leads here; who has to sign in first comes by the front door.
        await opening.opened(by=visitor.staff)
        if works_with_people(visitor):
            return RedirectResponse("/today", 303)
        return pages.show("no_room.jinja", visitor=visitor)

    guard: Guard[SignedIn] = Guard(cookies, accounts.session)
    public = [
        PublicDoor("/sign-in", "GET", sign_in.show),
        PublicDoor("/sign-in", "POST", sign_in.enter),
        PublicDoor("/static/{digest}/{name:path}", "GET", assets.serve),
        *Health(readiness, metrics).doors(),
    ]
    doors = [
        Door("/", "GET", front, anyone_signed_in),
        Door("/alerts", "GET", front, anyone_signed_in),
        Door("/sign-out", "POST", sign_in.leave, anyone_signed_in),
        Door("/today", "GET", today.show, works_with_people),
        Door("/people/{code}", "GET", person.show, works_with_people),
        Door("/people/{code}/concerns/{concern}/take", "POST", concerns.take, works_with_people),
        Door("/people/{code}/concerns/{concern}/close", "POST", concerns.close, works_with_people),
        Door("/people/{code}/tasks/{task}/finish", "POST", concerns.finish, works_with_people),
    ]
    routes = [guard.public(each) for each in public] + [guard.guarded(each) for each in doors]
    return build(routes, pages, place)
