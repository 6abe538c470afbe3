"""Pages: Jinja templates in the NHS.UK look."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader
from starlette.responses import HTMLResponse

from bot.domain.opening_hours import LOCAL, date_words
from bot.domain.summary_text import moment, times
from bot.web.assets import Assets
from bot.web.place import Place

SHARED = Path(__file__).parent / "templates"


def local_iso(when: datetime) -> str:
    """A moment for machines, in local time."""
    return when.astimezone(LOCAL).isoformat(timespec="minutes")


def local_day(when: datetime) -> str:
    """The local day of a moment, in words."""
    return date_words(when.astimezone(LOCAL).date())


class Pages:
    """Renders templates of one web: its own folder first, then the shared ones."""

    def __init__(self, templates: Path, assets: Assets, place: Place) -> None:
        # The NHS.UK macros read parameters that were not given, at any depth.
        self._environment = Environment(
            loader=ChoiceLoader(
                [
                    FileSystemLoader([templates, SHARED]),
                    PackageLoader("nhsuk_frontend_jinja", "templates"),
                ]
            ),
            autoescape=True,
            undefined=ChainableUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(asset=assets.address, place=place)
        self._environment.filters.update(
            date=date_words, day=local_day, moment=moment, times=times, iso=local_iso
        )

    def show(self, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
        """A page made from a template and what it shows."""
        return HTMLResponse(self._environment.get_template(template).render(**shown), status)
