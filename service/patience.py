"""How long is a slow client waited for?"""

import contextlib
import errno
import socket
import time
from collections.abc import Callable
from typing import Self

# Seconds to send the first part of a body, and the rate in bytes per second at which the rest must come; the same for
# reading an answer. A tenth of the slowest mobile network still called one.
_GRACE, _RATE = 20.0, 2000.0
_STEP = 1 << 18  # bytes that are given to the kernel at once
_LOOK = 1.0  # seconds between two looks at whether the service stops


class Patient(socket.socket):
    """A client's connection. To read from it and to write to it ends when the client is too slow.

    Without a limit of its own (`idle`), a body must come at a rate, however it is cut into pieces. With one, as batches
    have, the client may take its time, but must do something within so many seconds, and `over` is asked meanwhile.
    """

    @classmethod
    def of(cls, connection: socket.socket) -> Self:
        """Return a connection as one of these, which takes its place."""
        return cls(connection.family, connection.type, connection.proto, connection.detach())

    def begin(
        self, idle: float | None, over: Callable[[], bool], arrived: float | None = None, *, later: bool = False
    ) -> None:
        """Begin to wait for one request; of one that is here as a whole, `arrived` says since when (monotonic).

        `later`: what the kernel does not take of the answer at once is kept as `unsent`, and nobody waits for it here.
        """
        self._since = time.monotonic()
        self._got = 0
        self._idle = idle
        self._over = over
        self._last: float | None = None
        self._later = later
        self.unsent = bytearray()
        self.arrived = arrived
        self.broken = False  # something of the request was left unread: nothing can follow it

    def hurry(self, seconds: float) -> None:
        """Wait no longer than `seconds` for all that is still to be read."""
        self._last = time.monotonic() + seconds

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Receive as sockets do, or raise `TimeoutError`."""
        before = self.gettimeout()
        now = time.monotonic()
        until = now + self._idle if self._idle is not None else self._since + _GRACE + self._got / _RATE
        if before is not None:
            until = min(until, now + before)
        if self._last is not None:
            until = min(until, self._last)
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
        if self._later:
            self.unsent += content
            self.send_on()
            return
        before = self.gettimeout()
        view, end = memoryview(content), time.monotonic() + allowed(len(content))
        try:
            while view:
                self.settimeout(self._idle if self._idle is not None else max(0.001, end - time.monotonic()))
                view = view[super().send(view[:_STEP], flags) :]
        except TimeoutError:
            raise ConnectionResetError(errno.ECONNRESET, "the client does not read") from None
        finally:
            self.settimeout(before)

    def send_on(self) -> None:
        """Send as much of what is `unsent` as the kernel takes at once."""
        with contextlib.suppress(BlockingIOError, InterruptedError):
            while self.unsent:
                del self.unsent[: super().send(self.unsent[:_STEP], socket.MSG_DONTWAIT)]


def allowed(size: int) -> float:
    """Return how many seconds a client may take for an answer of so many bytes."""
    return _GRACE + size / _RATE
