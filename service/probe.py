"""Is the service beside this process healthy? `python -m service.probe`, the image's own health check."""

import http.client
import os
import sys

_SECONDS = 4


def healthy() -> bool:
    """Whether `/health` of the service on this machine says so. Imports little: it runs every few seconds."""
    host = os.environ.get("HOST") or "127.0.0.1"
    # What listens everywhere listens here too.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only read
    connection = http.client.HTTPConnection(host, int(os.environ.get("PORT") or 8000), timeout=_SECONDS)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not healthy())
