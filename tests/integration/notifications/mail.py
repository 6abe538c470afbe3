"""A real mail server on loopback that keeps what it is given, or refuses, or hangs."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class MailBox:
    """What arrived. ``answers`` is what the server says to each letter; ``hangs`` makes it wait."""

    answer: str = "250 OK"
    letters: list[Message] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    hangs: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.hangs.is_set():
            await server.loop.run_in_executor(None, self.ended.wait, 20)
        if self.answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return self.answer

    @property
    def whole(self) -> str:
        """Everything that arrived, headers and all."""
        return "\n".join(
            f"{each.as_string()}\n{each.get_payload(decode=True)!r}" for each in self.letters
        )


@contextmanager
def mail_box(port: int = 0, **options: Any) -> Iterator[MailBox]:
    """A mail server while it lasts."""
    box = MailBox()
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)

    # Its own trial connection goes to the port that was asked for: 0, where the system chooses.
    def knock() -> None:
        box.port = controller.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        socket.create_connection(("127.0.0.1", box.port)).close()

    controller._trigger_server = knock  # type: ignore[method-assign]
    controller.start()
    try:
        yield box
    finally:
        box.ended.set()
        controller.stop()


def only_with_password(server: Any, session: Any, envelope: Any, way: str, told: Any) -> AuthResult:
    """Lets in one user."""
    right = LoginPassword(b"user", b"pass@word")
    return AuthResult(success=told == right, handled=False)


def certificate(folder: Path) -> Path:
    """A certificate for loopback with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    loopback = x509.IPAddress(ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def tls_of(pem: Path) -> ssl.SSLContext:
    """A server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
