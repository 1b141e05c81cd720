"""Who cleans when, and for how long? Bounds the articles in work, their size and their time."""

import contextlib
import ctypes
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from service import size
from service.errors import RequestError
from service.lexicon import Lexicon
from service.model import Hit

# Characters, and lines or tags. A document beyond either takes much memory while it is cleaned: one at a time.
_LARGE, _LARGE_LINES = 1_000_000, 20_000
_RETRY = 1  # seconds; a queue of articles is over by then


class Watched(Lexicon):
    """A lexicon during one article: it notes what it finds, and stops the work when the time is over."""

    def __init__(self, lexicon: Lexicon, until: float) -> None:
        self.__dict__.update(vars(lexicon))
        self.hits: list[str] = []
        self._until = until

    def match(self, text: str) -> Hit | None:
        """Match as the lexicon does, or raise `RequestError` (503) once the time is over."""
        if time.monotonic() > self._until:
            raise RequestError(503, "the article takes longer than an article may", retry_after=_RETRY)
        hit = super().match(text)
        if hit is not None:
            self.hits.append(hit.phrase)
        return hit


class Turns:
    """Lets one article after the other be cleaned in this process, and beside it one large one.

    Cleaning is all computing: of two at once, each would take twice as long, and both come late.
    """

    def __init__(self, seconds: float, max_lines: int) -> None:
        self._seconds = seconds
        self._max_lines = max_lines
        self._turn = threading.Semaphore(1)
        self._large = threading.Semaphore(1)
        self._opening = threading.Semaphore(1)

    def opened(self, pieces: Iterable[bytes], stack: ExitStack, since: float) -> Iterator[bytes]:
        """Yield the pieces of a body; from `_LARGE` bytes on, it is the only large one, until `stack` is left.

        What it unpacks to, its text and its answer take many times its bytes. `since`: when it was here (monotonic).
        Raises `RequestError` (503) if no turn comes in time.
        """
        seen, alone = 0, False
        for piece in pieces:
            seen += len(piece)
            if seen > _LARGE and not alone:
                stack.enter_context(self._held(self._opening, since + self._seconds))
                stack.callback(_trim)
                alone = True
            yield piece

    @contextmanager
    def take(self, source: str, lexicon: Lexicon, *, html: bool, since: float | None = None) -> Iterator[Watched]:
        """Wait for a turn to clean `source`, and give the lexicon to do it with.

        Raises `RequestError`: 413 if there are too many lines, 503 if no turn comes in time. `since`: from when on its
        time counts (monotonic), by default from now.
        """
        parts = size.parts(source, self._max_lines, html=html)
        until = (since or time.monotonic()) + self._seconds
        large = len(source) > _LARGE or parts > _LARGE_LINES
        try:
            with self._held(self._large if large else self._turn, until):
                yield Watched(lexicon, until)
        finally:
            if large:
                _trim()

    @contextmanager
    def _held(self, semaphore: threading.Semaphore, until: float) -> Iterator[None]:
        if not semaphore.acquire(timeout=max(0.0, until - time.monotonic())):
            raise RequestError(503, "the service is busy: no turn came in time", retry_after=_RETRY)
        try:
            yield
        finally:
            semaphore.release()


def _trim() -> None:
    """Give back what a large document took, where the C library keeps it for later: some hundred megabytes."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
