"""Runs the Rasa server, as a child that ends with its parent.

    python -W ignore serve.py --port PORT --model FILE --work FOLDER [--interface 127.0.0.1]
        [--parent PID]

A first line on standard input, if there is one, is the token for Rasa's own HTTP routes, such as
/model/parse; without it those routes are not there. The REST webhook never asks for a token, so
the server listens on loopback only. The thread that starts this must live as long as it should.
Ends with 0 after SIGTERM; 1 when Rasa cannot start; 2 for wrong arguments.
"""

from __future__ import annotations

import argparse
import ctypes
import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

LoadAgent = Callable[..., Awaitable[Any]]

PROJECT = Path(__file__).resolve().parent

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_M_MMAP_THRESHOLD = -3


def arguments() -> argparse.Namespace:
    """The command line, checked; ends the program when it is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--interface", type=ipaddress.ip_address, default="127.0.0.1")
    parser.add_argument("--parent", type=int, default=0)
    given = parser.parse_args()
    if not ipaddress.ip_address(str(given.interface)).is_loopback:
        parser.error("--interface must be a loopback address: nothing guards the webhook.")
    if not given.model.is_file():
        parser.error(f"There is no model at {given.model}. Train one first.")
    return given


def check_port(interface: str, port: int) -> None:
    """End with 1 when the port is taken: Rasa itself would end as if all were well."""
    with socket.socket(socket.AF_INET6 if ":" in interface else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((interface, port))
        except OSError as problem:
            sys.exit(f"Port {port} on {interface} cannot be used: {problem.strerror}.")


def end_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when the thread that started it ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent:
        # The parent was gone before the kernel was asked.
        sys.exit(1)


def give_memory_back() -> None:
    """Keep blocks of a megabyte and more out of the heap: 55 MB less once the model is loaded."""
    _LIBC.mallopt(_M_MMAP_THRESHOLD, 1 << 20)


def token() -> str:
    """The first line of standard input, unless that is a terminal."""
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        return ""
    return sys.stdin.readline().strip()


def rasa_command(given: argparse.Namespace, api_token: str) -> list[str]:
    """The same words as at a prompt."""
    command = [
        "rasa",
        "run",
        "--interface",
        str(given.interface),
        "--port",
        str(given.port),
        "--model",
        str(given.model.resolve()),
        "--endpoints",
        str(PROJECT / "endpoints.yml"),
        "--credentials",
        str(PROJECT / "credentials.yml"),
    ]
    return [*command, "--enable-api", "--auth-token", api_token] if api_token else command


def ready_or_ended(load_agent: LoadAgent) -> LoadAgent:
    """Rasa's loading of the model, but ending the program where Rasa would serve without one."""

    async def load(*args: Any, **kwargs: Any) -> Any:
        agent = await load_agent(*args, **kwargs)
        if not agent.is_ready():
            sys.stderr.write("The model cannot be loaded. Train it again.\n")
            os._exit(1)
        return agent

    return load


def main() -> None:
    """Fence this process in, then hand it to Rasa."""
    given = arguments()
    check_port(str(given.interface), given.port)
    end_with_parent(given.parent)
    give_memory_back()
    api_token = token()
    os.umask(0o077)
    sys.argv = rasa_command(given, api_token)
    given.work.mkdir(parents=True, exist_ok=True)
    os.chdir(given.work)

    import quiet_start

    quiet_start.prepare()
    import rasa.__main__
    import rasa.core.agent
    import wordless_logs

    wordless_logs.install()
    rasa.core.agent.load_agent = ready_or_ended(rasa.core.agent.load_agent)
    rasa.__main__.main()


if __name__ == "__main__":
    main()
