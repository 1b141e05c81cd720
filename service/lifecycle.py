"""Is the service ready, does it drain, must it end?"""

import mmap
import time


class Lifecycle:
    """What workers must know of the life of the service. `drain` is seen by all processes, `end` by its own."""

    def __init__(self) -> None:
        self._flag = mmap.mmap(-1, 1)
        self._over: float | None = None

    @property
    def draining(self) -> bool:
        """Whether the service has been told to stop: no new client should be sent here."""
        return self._flag[0] != 0

    def drain(self) -> None:
        """Tell all workers that the service will stop. May be called in a signal handler."""
        self._flag[0] = 1

    def end(self, seconds: float) -> None:
        """Say that this worker ends: what never ends by itself must be over in `seconds`."""
        self._over = time.monotonic() + seconds

    def over(self) -> bool:
        """Whether what never ends by itself, such as a batch, must end now."""
        return self._over is not None and time.monotonic() >= self._over
