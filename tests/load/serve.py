"""The service with one more route: `POST /noop` reads its body and does nothing, for comparison."""

import os
import time
from pathlib import Path

from flask import Flask, Response, request

from service import app


def create_app() -> Flask:
    """Return the application as it is served, and the route."""
    found = app.create_app()

    @found.post("/noop")
    def noop() -> Response:
        request.get_data()
        return Response(b"{}\n", mimetype="application/json")

    return found


def create_shifted_app() -> Flask:
    """Return the same in a process whose time of day is off by the seconds that a file says."""
    file, right = Path(os.environ["SHIFT_FILE"]), time.time
    time.time = lambda: right() + float(file.read_text() or 0)
    return create_app()
