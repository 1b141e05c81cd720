"""How is a request refused? Every error becomes an RFC 9457 problem here."""

import logging
import traceback

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from service import current, inflate, jsontext, wire
from service.errors import RequestError
from service.watch import Trace

log = logging.getLogger(__name__)

_PROBLEM = "application/problem+json"
_LISTENING = 2.0  # seconds that a refused client may still send


def register(app: Flask) -> None:
    """Let `app` refuse as told here, whatever goes wrong in it."""
    app.before_request(_admit)
    app.register_error_handler(RequestError, refused)
    app.register_error_handler(HTTPException, _refused_by_flask)
    app.register_error_handler(Exception, _failed)


def logged(error: Exception, place: str, trace: Trace) -> RequestError:
    """Log where `error` came from, and return the problem to answer with. Its words may quote the article: left out."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s while serving %s\n%s", type(error).__name__, place, frames, extra={"request_id": trace.id})
    return RequestError(500, "the service failed on this request; the fault is logged")


def refused(error: RequestError) -> Response:
    """Return the answer that tells of `error`."""
    _discard()
    response = Response(jsontext.dump(wire.problem(error)), error.status, mimetype=_PROBLEM)
    if error.status == 415:
        response.headers["Accept-Encoding"] = "gzip"
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="afterword"'
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _admit() -> None:
    """Refuse who has no key, if keys are set."""
    keys = current.held().keys
    if not keys or not request.path.startswith("/v1/"):
        return
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    key = sent.strip() if scheme.lower() == "bearer" else request.headers.get("X-API-Key", "")
    name = keys.name(key)
    if name is None:
        told = "no such API key" if key else "an API key is needed, as Authorization: Bearer or X-API-Key"
        raise RequestError(401, told)
    current.trace().key = name


def _discard() -> None:
    """Read on what a refused client still sends, for a moment and up to twice the limit.

    A client that is cut off while it sends gets a broken connection, and never the reason. One that takes its time
    gets the reason in the midst of it.
    """
    current.hurry(_LISTENING)
    try:
        for _ in inflate.bounded(current.pieces(), 2 * current.held().settings.max_bytes):
            pass
    except RequestError:
        current.leave()


def _refused_by_flask(error: HTTPException) -> Response:
    """Answer what Flask found: no such path, or no such method on it."""
    response = refused(RequestError(error.code or 500, error.description or ""))
    response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return response


def _failed(error: Exception) -> Response:
    return refused(logged(error, current.place(), current.trace()))
