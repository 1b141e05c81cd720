"""Which answers are still on their way? What the kernel does not take at once is sent as the client reads it.

No thread waits for that: a few clients that do not read would else stop all cleaning.
"""

import contextlib
import time
from collections.abc import Callable
from selectors import EVENT_WRITE, BaseSelector

from service.patience import Patient, allowed

_MOST = 1 << 26  # bytes of answers that wait; with more, the one that has waited for longest is given up


class Sending:
    """Connections whose answer is not all sent. `poller` calls the data of its keys with their socket."""

    def __init__(self, poller: BaseSelector) -> None:
        self._poller = poller
        self._until: dict[Patient, tuple[float, Callable[[bool], None]]] = {}

    def add(self, connection: Patient, done: Callable[[bool], None]) -> None:
        """Send the rest of the answer, then call `done` with whether the client has taken all of it in time."""
        self._until[connection] = (time.monotonic() + allowed(len(connection.unsent)), done)
        try:
            connection.setblocking(False)
            self._poller.register(connection, EVENT_WRITE, self._go_on)
        except (OSError, ValueError, KeyError):
            self._finish(connection, sent=False)
        while sum(len(waiting.unsent) for waiting in self._until) > _MOST:
            self._finish(next(iter(self._until)), sent=False)

    def end(self, now: float) -> None:
        """Give up those that are too slow at `now` (monotonic)."""
        for connection, (until, _) in list(self._until.items()):
            if now > until:
                self._finish(connection, sent=False)

    def _go_on(self, connection: Patient) -> None:
        try:
            connection.send_on()
        except OSError:
            self._finish(connection, sent=False)
            return
        if not connection.unsent:
            self._finish(connection, sent=True)

    def _finish(self, connection: Patient, *, sent: bool) -> None:
        _, done = self._until.pop(connection)
        with contextlib.suppress(OSError, KeyError, ValueError):
            self._poller.unregister(connection)
        done(sent)
