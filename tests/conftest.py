"""What several tests need: the repository, the lexicon, the application, and a real server."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.lexicon import Lexicon, load
from service.settings import Settings

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


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load()


@pytest.fixture(scope="session")
def app(lexicon: Lexicon) -> Flask:
    return create_app(Settings(max_bytes=1_000_000), lexicon)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def seed() -> str:
    """The user's example: a Russian site's article in English, with its trailer."""
    return (ROOT / "tests" / "kerry-lavrov.txt").read_text("utf-8")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The service as `make serve` starts it, on a free port."""
    port = free_port()
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "AFTERWORD_WORKERS": "2"}
    command = [sys.executable, "-m", "service", "serve"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        found = Server(process, port)
        try:
            _wait_for(found)
            yield found
        finally:
            process.terminate()
            status = process.wait(timeout=30)
    assert status == 0, "gunicorn did not end well after SIGTERM"


def _wait_for(server: Server) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.process.poll() is None, "the server ended by itself"
        try:
            if server.ask("/ready").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not start within a minute")
