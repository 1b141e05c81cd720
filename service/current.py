"""What belongs to the request that is being served?"""

import ipaddress
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import Flask, current_app, request

from service.errors import RequestError
from service.loaded import Loaded
from service.watch import TRACE, Trace

EXTENSION = "afterword"  # where an application keeps what it holds
RETRY = 1  # seconds; by then another replica has been found
_STEP = 8192  # bytes read at once
_SOCKET = "gunicorn.socket"  # where the connection lies in the environment: a `service.patience.Patient`
_SHOWN = 200  # characters of a path
_OWNED = 64  # bits of an IPv6 address that one client's addresses have in common


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
    """Return whom a rate is held for: the key's owner, else the address, without a port; of IPv6, its network."""
    return trace().key or _network(request.remote_addr or "")


def _network(address: str) -> str:
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:_SHOWN]
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((int(known), _OWNED), strict=False).network_address)


def pieces(*, at_once: bool = False) -> Iterator[bytes]:
    """Yield the body as it comes. The pieces may be taken when the request is no longer the current one.

    `at_once`: what has come is not kept back until there is more of it.
    """
    reader = getattr(request.environ["wsgi.input"], "reader", None) if at_once else None
    step = partial(_some, reader) if reader is not None else partial(request.stream.read, _STEP)
    return _read(step, request.content_length, trace(), held().lifecycle.over)


def arrived() -> float:
    """Return since when the request is here as a whole (monotonic): it may have waited for a thread."""
    return getattr(request.environ.get(_SOCKET), "arrived", None) or time.monotonic()


def hurry(seconds: float) -> None:
    """Wait no longer than `seconds` for what is left of the body."""
    if (connection := request.environ.get(_SOCKET)) is not None:
        connection.hurry(seconds)


def leave() -> None:
    """Leave the rest of the body unread: the connection ends with the answer."""
    if (connection := request.environ.get(_SOCKET)) is not None:
        connection.broken = True


def stopping() -> RequestError:
    """Return what a client is told whose batch would go on after the service has stopped."""
    return RequestError(503, "the service stops: nothing from here on was cleaned", retry_after=RETRY)


def _some(reader: Any) -> bytes:
    """Return what has come of a body, at least a byte. `reader` is gunicorn's, which else waits for all it may."""
    first: bytes = reader.read(1)
    waiting = (reader.buf if hasattr(reader, "buf") else reader.unreader.buf).getbuffer().nbytes if first else 0
    return first + reader.read(waiting) if waiting else first


def _read(step: Callable[[], bytes], length: int | None, noted: Trace, over: Callable[[], bool]) -> Iterator[bytes]:
    while True:
        try:
            piece = step()
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
