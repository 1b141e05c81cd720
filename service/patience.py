"""How long is a slow client waited for?"""

import errno
import socket
import time
from collections.abc import Callable

# Seconds to send the first part of a body, and the rate in bytes per second at which the rest must come; the same for
# reading an answer. A tenth of the slowest mobile network still called one.
_GRACE, _RATE = 20.0, 2000.0
_LOOK = 1.0  # seconds between two looks at whether the service stops


class Patient(socket.socket):
    """A client's connection. To read from it and to write to it ends when the client is too slow.

    Without a limit of its own (`idle`), a body must come at a rate, however it is cut into pieces. With one, as batches
    have, the client may take its time, but must do something within so many seconds, and `over` is asked meanwhile.
    """

    def begin(self, idle: float | None, over: Callable[[], bool]) -> None:
        """Begin to wait for one request."""
        self._since = time.monotonic()
        self._got = 0
        self._idle = idle
        self._over = over

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Receive as sockets do, or raise `TimeoutError`."""
        before = self.gettimeout()
        now = time.monotonic()
        until = now + self._idle if self._idle is not None else self._since + _GRACE + self._got / _RATE
        if before is not None:
            until = min(until, now + before)
        try:
            while True:
                self.settimeout(max(0.001, min(_LOOK, until - time.monotonic())))
                try:
                    piece = super().recv(size, flags)
                    break
                except TimeoutError:
                    if time.monotonic() >= until or self._over():
                        raise
        finally:
            self.settimeout(before)
        self._got += len(piece)
        return piece

    def sendall(self, content: bytes, flags: int = 0, /) -> None:  # type: ignore[override]  # only bytes are sent here
        """Send as sockets do, or raise `ConnectionResetError` if the client does not read."""
        before = self.gettimeout()
        # The whole call must be done by then, says Python, however many pieces it takes.
        self.settimeout(self._idle if self._idle is not None else _GRACE + len(content) / _RATE)
        try:
            super().sendall(content, flags)
        except TimeoutError:
            raise ConnectionResetError(errno.ECONNRESET, "the client does not read") from None
        finally:
            self.settimeout(before)
