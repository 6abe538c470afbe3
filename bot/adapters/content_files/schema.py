"""JSON Schema files for editors, made from the models that the loader uses."""

from __future__ import annotations

import json
from pathlib import Path

from bot.adapters.content_files.models import (
    ActivityFile,
    CautionsFile,
    ContactsFile,
    ContentFile,
    MessagesFile,
    NeedsFile,
    RepliesFile,
    ReviewFile,
    SkillFile,
    StandingWordsFile,
    WordsNeverUsedFile,
)

_MODELS: dict[str, type[ContentFile]] = {
    "skill": SkillFile,
    "activity": ActivityFile,
    "messages": MessagesFile,
    "replies": RepliesFile,
    "review": ReviewFile,
    "standing_words": StandingWordsFile,
    "needs": NeedsFile,
    "cautions": CautionsFile,
    "contacts": ContactsFile,
    "words_never_used": WordsNeverUsedFile,
}


def schemas() -> dict[str, str]:
    """File name → the JSON Schema of that kind of file, as it is to be written."""
    return {
        f"{name}.json": json.dumps(model.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
        for name, model in _MODELS.items()
    }


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder, over what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
