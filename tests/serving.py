"""A real server for tests, and what it answers."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send one request. Underscores in header names stand for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, named)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, dict(response.headers), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read())


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait_for(server: Server) -> None:
    """Return when `server` is ready to clean; fail if it ends before, or takes a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.process.poll() is None, f"the server ended by itself:\n{server.log.read_text()}"
        try:
            if server.ask("/ready").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start within a minute")
