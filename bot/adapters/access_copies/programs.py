"""The copy for programs. What its parts mean is in ``docs/data-protection/README.md``."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.access_copy import FORMAT_VERSION, AccessCopy, Item, Section
from bot.domain.access_copy_words import HEADINGS

JSON_NAME = "your-record.json"


def for_programs(copy: AccessCopy) -> str:
    """The copy as JSON. Times are ISO 8601, UTC."""
    body = {
        "format": "companion-record",
        "version": FORMAT_VERSION,
        "code": copy.code,
        "asked_at": copy.asked_at.isoformat(),
        "made_at": copy.until.isoformat(),
        "left_out": [each.value for each in copy.left_out],
        "sections": [
            {
                "id": section.value,
                "heading": HEADINGS[section],
                "items": [_item(each) for each in copy.of(section)],
            }
            for section in Section
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "at": item.at.isoformat() if item.at else None,
        "title": item.title,
        "details": [{"label": each.label, "words": each.words} for each in item.lines],
    }
