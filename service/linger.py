"""When may a connection be closed whose answer was sent? Once the client has closed it, or after a moment.

To close it at once would take the answer back from a client that still sends.
"""

import contextlib
import socket
import time
from selectors import EVENT_READ, BaseSelector

_SECONDS, _BYTES = 2.0, 1 << 20  # that a connection is still read
_STEP = 1 << 16  # bytes read at once


class Lingering:
    """Connections that only wait for their end. `poller` calls the data of its keys with their socket."""

    def __init__(self, poller: BaseSelector) -> None:
        self._poller = poller
        self._until: dict[socket.socket, tuple[float, int]] = {}

    def add(self, connection: socket.socket) -> None:
        """Say nothing more on `connection`, and close it in time."""
        try:
            connection.shutdown(socket.SHUT_WR)
            connection.setblocking(False)
            self._poller.register(connection, EVENT_READ, self._drain)
        except (OSError, ValueError, KeyError):
            connection.close()
            return
        self._until[connection] = (time.monotonic() + _SECONDS, 0)

    def end(self, now: float) -> None:
        """Close those whose moment is over at `now` (monotonic)."""
        for connection, (until, _) in list(self._until.items()):
            if now > until:
                self._close(connection)

    def _drain(self, connection: socket.socket) -> None:
        until, drained = self._until[connection]
        try:
            piece = socket.socket.recv(connection, _STEP)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            piece = b""
        if not piece or drained > _BYTES:
            self._close(connection)
        else:
            self._until[connection] = (until, drained + len(piece))

    def _close(self, connection: socket.socket) -> None:
        del self._until[connection]
        with contextlib.suppress(OSError, KeyError, ValueError):
            self._poller.unregister(connection)
        connection.close()
