"""What is a client told before the application has its request? The bytes of a problem over HTTP, and a line of log."""

import logging
import re

from service import jsontext, watch, wire
from service.errors import RequestError
from service.headers import HEADERS

log = logging.getLogger(__name__)

_READ = 1 << 15  # bytes of a head in which an id is looked for
_NAMED = re.compile(rb"\r\n(x-request-id|traceparent):[ \t]*([!-~]{1,128})[ \t]*(?=\r\n)", re.IGNORECASE)


def problem(error: RequestError, begun: bytes, address: object) -> bytes:
    """Return the whole answer, after which the connection is closed. `begun` is what has come of the request."""
    head = begun[:_READ].partition(b"\r\n\r\n")[0] + b"\r\n"
    named = {name.decode().upper().replace("-", "_"): value.decode() for name, value in _NAMED.findall(head)}
    trace, headers = watch.traced({f"HTTP_{name}": value for name, value in named.items()})
    client = address[0] if isinstance(address, tuple) else None
    log.info("refused", extra={"status": error.status, "client": client, "request_id": trace.id})
    told = wire.problem(error)
    body = jsontext.dump(told)
    lines = [
        f"HTTP/1.1 {error.status} {told['title']}",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in (*HEADERS.items(), *headers)),
    ]
    if error.retry_after is not None:
        lines.append(f"Retry-After: {error.retry_after}")
    return "\r\n".join([*lines, "", ""]).encode() + body
