"""Content files: the YAML that clinicians write and sign, read into the domain's content."""

from bot.adapters.content_files.files import hazard_log
from bot.adapters.content_files.loading import load_content

__all__ = ["hazard_log", "load_content"]
