"""What is raised where there is no model to score with."""

from __future__ import annotations

from bot.domain.errors import CompanionError


class ModelUnusable(CompanionError):
    """The safety net's model cannot be used, so rules judge alone: run 'companion train'."""
