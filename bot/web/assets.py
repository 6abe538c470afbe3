"""Style sheets and pictures in memory, named by their digest so that they cache for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.domain.errors import SettingsError

STATIC = Path(__file__).parent / "static"

SERVED = frozenset({".css", ".js", ".svg", ".png", ".ico"})

NEEDED = "built/companion.css"

FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file: as it is, and compressed."""

    kind: str
    body: bytes
    compressed: bytes


class Assets:
    """All static files under one digest, so that files may name each other by relative paths."""

    def __init__(self, root: Path = STATIC) -> None:
        self._files = {
            path.relative_to(root).as_posix(): _asset(path)
            for path in sorted(root.rglob("*"))
            if path.suffix in SERVED
        }
        if NEEDED not in self._files:
            raise SettingsError("The style sheet has not been built: run 'make setup'.")
        whole = hashlib.sha256()
        for name, asset in self._files.items():
            whole.update(name.encode() + b"\0" + hashlib.sha256(asset.body).digest())
        self.digest = whole.hexdigest()[:16]

    def address(self, name: str) -> str:
        """The path to a file. Raises ``KeyError`` for one that is not there."""
        self._files[name]
        return f"/static/{self.digest}/{name}"

    async def serve(self, request: Request) -> Response:
        """Answer with the file, or 404 for another digest or name."""
        asset = self._files.get(request.path_params["name"])
        if asset is None or request.path_params["digest"] != self.digest:
            raise HTTPException(404)
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.compressed, media_type=asset.kind, headers=headers)
        return Response(asset.body, media_type=asset.kind, headers=headers)


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(kind, body, gzip.compress(body, mtime=0))
