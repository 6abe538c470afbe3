"""The copy as one page that needs nothing else: no script, no picture, nothing from elsewhere."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bot.domain.access_copy import AccessCopy, Section
from bot.domain.access_copy_words import HEADINGS, LEFT_OUT, day, moment

PAGE_NAME = "your-record.html"

_TEMPLATES = Environment(
    loader=PackageLoader("bot.adapters.access_copies", "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(copy: AccessCopy) -> str:
    """The copy as HTML."""
    return _TEMPLATES.get_template("your_record.html").render(
        copy=copy,
        sections=[(each, HEADINGS[each], copy.of(each)) for each in Section],
        left_out=[LEFT_OUT[each] for each in copy.left_out],
        day=day,
        moment=moment,
    )
