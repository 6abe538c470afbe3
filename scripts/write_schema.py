"""Write skills_content/schema/ afresh from the models of content files."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.content_files.schema import write_schemas

if __name__ == "__main__":
    write_schemas(Path(__file__).parents[1] / "skills_content" / "schema")
