"""How much may a process hold for its requests at once? Bodies that come, and answers that are on their way."""

import threading
from collections.abc import Iterable, Iterator

from service.errors import RequestError

BODIES = 8  # of the largest size, that a process holds at most
_RETRY = 2  # seconds; a large article is done by then


class Room:
    """Counts bytes. Whoever would bring more than there is room for is refused."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._lock = threading.Lock()

    def change(self, by: int, *, ask: bool = True) -> None:
        """Hold so many bytes more, or fewer. Raises `RequestError` (503) if there is no room and somebody may `ask`."""
        with self._lock:
            if ask and by > 0 and self._held and self._held + by > self._most:
                raise RequestError(503, "the service holds as much as it may", retry_after=_RETRY)
            self._held += by


class Share:
    """What one request holds of the room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._size = 0

    def counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield `pieces`, held from now on."""
        for piece in pieces:
            self._room.change(len(piece))
            self._size += len(piece)
            yield piece

    def hold(self, size: int) -> None:
        """Hold `size` bytes, in place of what was held. More of them than before must find room."""
        self._room.change(size - self._size)
        self._size = size

    def keep(self, size: int) -> None:
        """Hold `size` bytes of an answer, in place of what was held: it is there, whether there is room or not."""
        self._room.change(size - self._size, ask=False)
        self._size = size

    def close(self) -> None:
        """Hold nothing more."""
        self.keep(0)
