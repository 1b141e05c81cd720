"""What schemathesis must be told: a body of JSON lines is sent as it was made."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(_context: Any, value: Any) -> bytes:
    """Return a body, as bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
