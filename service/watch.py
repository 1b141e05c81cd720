"""What happened to this request? Gives it an id, logs it and counts it. Wraps the application."""

import logging
import re
import secrets
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from service.metrics import Metrics

log = logging.getLogger(__name__)

TRACE = "afterword.trace"  # where the request's `Trace` lies in its environment
_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_PARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_SHOWN = 200  # characters of a path that we do not know, and of an address


@dataclass(slots=True)
class Trace:
    """One request, as the log tells it. The application adds what it knows."""

    id: str
    trace_id: str | None = None
    key: str | None = None
    articles: int = 0
    received: int = 0  # bytes
    began: float = field(default_factory=time.perf_counter)


class Watch:
    """A WSGI application around another one. Paths in `quiet` are logged only when they fail."""

    def __init__(
        self, inner: WSGIApplication, metrics: Metrics, paths: Collection[str], quiet: Collection[str]
    ) -> None:
        self._inner = inner
        self._metrics = metrics
        self._paths = paths
        self._quiet = quiet

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        trace, headers = traced(environ)
        environ[TRACE] = trace
        status = 0

        def start(line: str, found: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            nonlocal status
            status = int(line[:3])
            return start_response(line, [*found, *headers], exc_info)

        def ended(sent: int) -> None:
            self._ended(environ, trace, status, sent)

        self._metrics.began()
        try:
            return _Answer(self._inner(environ, start), ended)
        except BaseException:
            ended(0)
            raise

    def _ended(self, environ: WSGIEnvironment, trace: Trace, status: int, sent: int) -> None:
        seconds = time.perf_counter() - trace.began
        # WSGI hands paths over as bytes in the guise of Latin-1.
        path = environ["PATH_INFO"].encode("latin-1", "replace").decode("utf-8", "replace")
        self._metrics.answered(path, status, seconds, trace.received, sent)
        level = logging.DEBUG if path in self._quiet and status < 400 else logging.INFO
        if log.isEnabledFor(level):
            # Never the query string: it may hold a headline.
            told = {
                "method": environ["REQUEST_METHOD"],
                "path": path if path in self._paths else path[:_SHOWN],
                "status": status,
                "ms": round(seconds * 1000, 2),
                "received": trace.received,
                "sent": sent,
                "client": (environ.get("REMOTE_ADDR") or "")[:_SHOWN],
                "request_id": trace.id,
            }
            more = {"trace_id": trace.trace_id, "key": trace.key, "articles": trace.articles}
            log.log(level, "request", extra=told | {name: value for name, value in more.items() if value})


class _Answer:
    """An answer's pieces, counted. Whoever serves them calls `close`, whether all were sent or not."""

    def __init__(self, pieces: Iterable[bytes], ended: Callable[[int], None]) -> None:
        self._pieces = pieces
        self._ended: Callable[[int], None] | None = ended
        self._sent = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._sent += len(piece)
            yield piece

    def close(self) -> None:
        try:
            if hasattr(self._pieces, "close"):
                self._pieces.close()
        finally:
            if self._ended is not None:
                self._ended(self._sent)
            self._ended = None


def traced(environ: WSGIEnvironment) -> tuple[Trace, list[tuple[str, str]]]:
    """Return the request's trace, and the headers that tell the client of it.

    The id is the client's own if it has a decent one, else that of its trace (W3C traceparent), else a new one.
    """
    parent = _PARENT.fullmatch(environ.get("HTTP_TRACEPARENT", ""))
    own = environ.get("HTTP_X_REQUEST_ID", "")
    trace_id = parent[1] if parent else None
    trace = Trace(own if _ID.fullmatch(own) else trace_id or uuid.uuid4().hex, trace_id)
    headers = [("X-Request-ID", trace.id)]
    if parent:
        headers.append(("traceparent", f"00-{parent[1]}-{secrets.token_hex(8)}-{parent[3]}"))
    return trace, headers
