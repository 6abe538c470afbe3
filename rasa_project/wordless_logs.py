"""Logs that say where and what kind, and never repeat a person's words.

Rasa logs the text of a message when it fails on it, with the variables of the stack.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import rasa.__main__
import structlog

_EVENT_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
"""Rasa's structured events are named like "rest.message.received.failure"."""

_OWN_WORDS = ("sanic.root",)
"""Loggers that only say how the server itself starts and stops."""


class WordlessFormatter(logging.Formatter):
    """Level, logger, place and kind of exception; a message only where it cannot hold words."""

    def format(self, record: logging.LogRecord) -> str:
        """One line for a record."""
        said = [
            self.formatTime(record),
            record.levelname,
            record.name,
            f"{record.module}:{record.lineno}",
        ]
        message = record.getMessage()
        if record.name in _OWN_WORDS or _EVENT_NAME.fullmatch(message):
            said.append(message.splitlines()[0] if message else "")
        if record.exc_info and record.exc_info[0]:
            said.append(_kind(record.exc_info[1]))
        return " ".join(said)


def _kind(exception: BaseException | None) -> str:
    """The kind of an exception; of the system's own, such as a port in use, also its words."""
    name = type(exception).__name__
    return f"{name} ({exception.strerror})" if isinstance(exception, OSError) else name


def _event_name_only(_: Any, __: str, event: dict[str, Any]) -> str:
    return str(event.get("event", ""))


def _configure(log_level: int | None = None) -> None:
    level = logging.WARNING if log_level is None else log_level
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, _event_name_only],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(WordlessFormatter())
    logging.root.handlers[:] = [handler]
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def install() -> None:
    """Take the place of Rasa's set-up of its logs, which comes last before a command runs."""
    rasa.__main__.configure_structlog = _configure
