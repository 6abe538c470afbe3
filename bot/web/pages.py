"""Pages: Jinja templates in the NHS.UK look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    meta,
)
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
        self._environment = _environment(templates)
        self._always = {"asset": assets.address, "place": place}

    def show(self, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
        """A page made from a template and what it shows."""
        page = self._environment.get_template(template).render(**self._always, **shown)
        return HTMLResponse(page, status)


@cache
def _environment(templates: Path) -> Environment:
    ours = FileSystemLoader([templates, SHARED])
    loader = ChoiceLoader([ours, PackageLoader("nhsuk_frontend_jinja", "templates")])
    environment = Environment(
        loader=loader,
        autoescape=True,
        # The NHS.UK macros read parameters that were not given, at any depth.
        undefined=ChainableUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        date=date_words, day=local_day, moment=moment, times=times, iso=local_iso
    )
    _compile(environment, loader, ours.list_templates(), set())
    return environment


def _compile(
    environment: Environment, loader: BaseLoader, names: Iterable[str], done: set[str]
) -> None:
    """Compile now what pages are made of: later it would hold up somebody's conversation."""
    for name in names:
        if name in done:
            continue
        done.add(name)
        environment.get_template(name)
        source, _, _ = loader.get_source(environment, name)
        used = meta.find_referenced_templates(environment.parse(source))
        _compile(environment, loader, [each for each in used if each], done)
