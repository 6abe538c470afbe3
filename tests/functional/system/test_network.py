"""No test reaches the network: beyond loopback every connection is blocked."""

from __future__ import annotations

import asyncio
import socket

import httpx2
import pytest
from pytest_socket import SocketConnectBlockedError

FOR_DOCUMENTATION = "192.0.2.1"
"""An address that belongs to nobody (RFC 5737)."""

FOR_DOCUMENTATION_6 = "2001:db8::1"


@pytest.mark.filterwarnings("ignore:A test tried to use:UserWarning")
class TestBeyondLoopback:
    """Each way that code under test could take. The guard warns and raises: the error counts."""

    def test_a_socket(self) -> None:
        with pytest.raises(SocketConnectBlockedError, match=FOR_DOCUMENTATION):
            socket.create_connection((FOR_DOCUMENTATION, 80), timeout=1)

    def test_a_socket_over_ipv6(self) -> None:
        with (
            socket.socket(socket.AF_INET6) as attempt,
            pytest.raises(SocketConnectBlockedError, match=FOR_DOCUMENTATION_6),
        ):
            attempt.connect((FOR_DOCUMENTATION_6, 80))

    async def test_asyncio(self) -> None:
        with pytest.raises(SocketConnectBlockedError, match=FOR_DOCUMENTATION):
            await asyncio.open_connection(FOR_DOCUMENTATION, 80)

    def test_a_web_client(self) -> None:
        with pytest.raises(SocketConnectBlockedError, match=FOR_DOCUMENTATION):
            httpx2.get(f"http://{FOR_DOCUMENTATION}/")


def test_loopback_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname(), timeout=5) as connection,
    ):
        assert connection.getpeername() == listening.getsockname()
