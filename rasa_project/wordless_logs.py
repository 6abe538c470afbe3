"""Logs that say where and what kind, and never repeat a person's words.

Rasa logs the text of a message when it fails on it, with the variables of the stack. It also
warns about text that looks like a command, quoting it: ``quiet_start`` drops every warning.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import rasa.__main__
import structlog

_EVENT_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
"""Rasa's structured events are named like "rest.message.received.failure"."""

_FULL_RECORD = logging.getLogRecordFactory()


def install() -> None:
    """Make every log record wordless before any handler sees it."""
    logging.setLogRecordFactory(_wordless_record)
    # Rasa sets its logs up last before a command runs: this takes the place of that.
    rasa.__main__.configure_structlog = _configure_structlog


def _wordless_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """A record that says its place, its event's name and the kind of its exception."""
    record = _FULL_RECORD(*args, **kwargs)
    said = [f"{record.module}:{record.lineno}"]
    if isinstance(record.msg, str) and _EVENT_NAME.fullmatch(record.msg):
        said.append(record.msg)
    if record.exc_info and record.exc_info[1]:
        said.append(_kind(record.exc_info[1]))
    record.msg, record.args = " ".join(said), None
    record.exc_info = record.exc_text = record.stack_info = None
    return record


def _kind(exception: BaseException) -> str:
    """The kind of an exception; of the system's own, such as a port in use, also its words."""
    name = type(exception).__name__
    return f"{name} ({exception.strerror})" if isinstance(exception, OSError) else name


def _configure_structlog(log_level: int | None = None) -> None:
    level = logging.WARNING if log_level is None else log_level
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, _event_name_and_exception],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def _event_name_and_exception(
    _: Any, method: str, event: dict[str, Any]
) -> tuple[tuple[str], dict[str, Any]]:
    """What is handed on to the logger: the exception is only there for its kind."""
    failed = method in {"exception", "critical"} or bool(event.get("exc_info"))
    return (str(event.get("event", "")),), {"exc_info": failed}
