"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logging_is_as_it_was() -> Iterator[None]:
    """A command that is run in this process sets up its own logging, and the next test's."""
    yield
    structlog.reset_defaults()
