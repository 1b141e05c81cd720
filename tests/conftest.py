"""What several tests need: the lexicon, the application, the user's example, and a real server."""

import os
import subprocess
import sys
from collections.abc import Iterator

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.lexicon import Lexicon, load
from service.settings import Settings
from tests.serving import ROOT, Server, free_port, wait_for

# Time is measured where it is promised, not by the clock of a busy machine.
hypothesis.settings.register_profile("afterword", deadline=None)
hypothesis.settings.load_profile("afterword")


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
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service as `make serve` starts it, on a free port."""
    port = free_port()
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "AFTERWORD_WORKERS": "2"}
    command = [sys.executable, "-m", "service", "serve"]
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("wb") as told, subprocess.Popen(command, cwd=ROOT, env=environment, stderr=told) as process:
        found = Server(process, port, log)
        try:
            wait_for(found)
            yield found
        finally:
            process.terminate()
            status = process.wait(timeout=30)
    assert status == 0, "gunicorn did not end well after SIGTERM"
