"""What is a client told before the application has its request? The bytes of a problem over HTTP."""

import http

from service import jsontext, wire
from service.errors import RequestError


def problem(error: RequestError) -> bytes:
    """Return the whole answer, after which the connection is closed."""
    body = jsontext.dump(wire.problem(error))
    lines = [
        f"HTTP/1.1 {error.status} {http.HTTPStatus(error.status).phrase}",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    if error.retry_after is not None:
        lines.append(f"Retry-After: {error.retry_after}")
    return "\r\n".join([*lines, "", ""]).encode() + body
