"""The service with one more route: `POST /noop` reads its body and does nothing, for comparison."""

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
