"""What belongs to the request that is being served?"""

from collections.abc import Callable, Iterator
from typing import IO

from flask import Flask, current_app, request

from service.errors import RequestError
from service.loaded import Loaded
from service.watch import TRACE, Trace

EXTENSION = "afterword"  # where an application keeps what it holds
RETRY = 1  # seconds; by then another replica has been found
# gunicorn waits until this much has come, so a small step keeps answers of a batch close behind its lines.
_STEP = 8192
_SHOWN = 200  # characters of a path


def holding(app: Flask) -> Loaded:
    """Return what `app` holds."""
    found: Loaded = app.extensions[EXTENSION]
    return found


def held() -> Loaded:
    """Return what the application that serves holds."""
    return holding(current_app)


def trace() -> Trace:
    """Return what is noted of the request."""
    found: Trace = request.environ[TRACE]
    return found


def place() -> str:
    """Return what was asked, in one line for the log."""
    return f"{request.method} {request.path.encode('unicode_escape').decode()[:_SHOWN]}"


def client() -> str:
    """Return whom a rate is held for: the key's owner, else the address."""
    return trace().key or request.remote_addr or ""


def pieces() -> Iterator[bytes]:
    """Yield the body as it comes. The pieces may be taken when the request is no longer the current one."""
    return _read(request.stream, request.content_length, trace(), held().lifecycle.over)


def stopping() -> RequestError:
    """Return what a client is told whose batch would go on after the service has stopped."""
    return RequestError(503, "the service stops: nothing from here on was cleaned", retry_after=RETRY)


def _read(stream: IO[bytes], length: int | None, noted: Trace, over: Callable[[], bool]) -> Iterator[bytes]:
    while True:
        try:
            piece = stream.read(_STEP)
        except Exception:  # noqa: BLE001 - each server has its own error for a body that breaks off or is ill framed
            if over():
                raise stopping() from None
            raise RequestError(400, "the body could not be read to its end") from None
        if not piece:
            # A connection that breaks looks like an end. Half an article must not be taken for a whole one.
            if length is not None and noted.received < length:
                raise RequestError(400, "the body ends before its Content-Length")
            return
        noted.received += len(piece)
        yield piece
