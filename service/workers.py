"""How do all cores clean, with the order kept? One process deals out records and takes back what they became."""

import os
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from typing import Any, Self

from service import clean, size, wire
from service.errors import RequestError
from service.lexicon import Lexicon, load
from service.outlet import Row, Shape
from service.record import Choice, Record, read, told

_AHEAD = 4  # chunks for each worker: it never waits for the next, and little is in memory


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records in a row. `ends` tells that a mark is to be set after them, `position` how many bytes are read."""

    records: Sequence[Record]
    position: int
    ends: bool


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of a chunk: parts of the output, and a line for each record that failed."""

    payloads: Sequence[Any]
    failed: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class _Job:
    shape: Shape
    choice: Choice
    lines: int
    lexicon: Lexicon


_job: _Job | None = None  # of this process, if it is a worker


class Workers:
    """Processes that clean. Started at once, before this process has threads or open files they could inherit."""

    def __init__(self, count: int, shape: Shape, choice: Choice, lines: int, lexicon: Lexicon) -> None:
        self._count = count
        # Forked, workers share the packs that are loaded. macOS cannot fork safely: there each loads its own.
        self._forked = sys.platform == "linux"
        self._given = (shape, choice, lines, lexicon if self._forked else None)
        self._pool = self._start(count)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self, count: int) -> ProcessPoolExecutor:
        context = get_context("fork" if self._forked else "spawn")
        pool = ProcessPoolExecutor(count, context, _begin, self._given)
        with warnings.catch_warnings():
            # Python 3.12 warns of any thread beside a fork. Those here are of a pool that broke and of the bar, and
            # hold no lock that a worker takes.
            warnings.simplefilter("ignore", DeprecationWarning)
            pool.submit(os.getpid).result()
        return pool

    def cleaned(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, Cleaned]]:
        """Yield what becomes of each of `chunks`, in order. Takes in only a few more than it has given out."""
        window: deque[tuple[Chunk, Future[Cleaned]]] = deque()
        for chunk in chunks:
            window.append((chunk, self._submitted(chunk)))
            if len(window) > _AHEAD * self._count:
                yield self._first(window)
        while window:
            yield self._first(window)

    def _submitted(self, chunk: Chunk) -> "Future[Cleaned]":
        try:
            return self._pool.submit(_clean, chunk.records)
        except BrokenProcessPool as error:
            failed: Future[Cleaned] = Future()
            failed.set_exception(error)
            return failed

    def _first(self, window: "deque[tuple[Chunk, Future[Cleaned]]]") -> tuple[Chunk, Cleaned]:
        chunk, future = window.popleft()
        try:
            return chunk, future.result()
        except BrokenProcessPool:
            # The system has ended a worker, for want of memory say, or a record has. Nobody knows which one.
            self._pool.shutdown(wait=False)
            cleaned = self._one_by_one(chunk)
            self._pool = self._start(self._count)
            for place, (other, theirs) in enumerate(window):
                if not theirs.done() or theirs.exception() is not None:
                    window[place] = (other, self._submitted(other))
            return chunk, cleaned

    def _one_by_one(self, chunk: Chunk) -> Cleaned:
        """Clean each record with nothing beside it. One that ends its worker even so is told of, and left out."""
        payloads: list[Any] = []
        failed: list[bytes] = []
        pool = self._start(1)
        for record in chunk.records:
            try:
                found: Cleaned = pool.submit(_clean, [record]).result()
            except BrokenProcessPool:
                failed.append(told(record, wire.problem(RequestError(500, "the process that cleaned it died"))))
                pool.shutdown(wait=False)
                pool = self._start(1)
            else:
                payloads += found.payloads
                failed += found.failed
        pool.shutdown(wait=False)
        return Cleaned(payloads, failed)


def _begin(shape: Shape, choice: Choice, lines: int, lexicon: Lexicon | None) -> None:
    """Make this process a worker."""
    global _job  # noqa: PLW0603 - what a worker is given once, and its tasks cannot bring along
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that deals out
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _job = _Job(shape, choice, lines, lexicon or load())


def _end_with_parent() -> None:
    # A pool's workers wait for each other's pipes, and would outlive a parent that was killed.
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _clean(records: Sequence[Record]) -> Cleaned:
    if _job is None:
        raise RuntimeError("this process is no worker")
    rows: list[Row] = []
    failed: list[bytes] = []
    for record in records:
        try:
            rows.append((record, _row(record, _job)))
        except RequestError as error:
            failed.append(told(record, wire.problem(error)))
        except Exception as error:  # noqa: BLE001 - one record may fail, the rest go on
            failed.append(told(record, wire.problem(_fault(error))))
    payloads = []
    try:
        payloads.append(_job.shape.encode(rows))
    except Exception:  # noqa: BLE001 - one of them is not of the table's types: which?
        for row in rows:
            try:
                payloads.append(_job.shape.encode([row]))
            except Exception as error:  # noqa: BLE001
                failed.append(told(row[0], wire.problem(_fault(error))))
    return Cleaned(payloads, failed)


def _row(record: Record, job: _Job) -> dict[str, Any]:
    fields, asked = read(record, job.choice)
    request = wire.read_request(asked, wire.CleanOptions(), wire.CleanRequest)
    options = request.options()
    size.parts(request.html or request.text or "", job.lines, html=request.html is not None)
    if request.html is not None:
        result = clean.clean_html(request.html, job.lexicon, options)
    else:
        result = clean.clean_text(request.text or "", job.lexicon, options)
    answer = wire.answer(result, html=request.html is not None, explain=options.explain)
    return {**job.choice.kept(fields), **{field: answer.get(part) for part, field in job.choice.fill.items()}}


def _fault(error: Exception) -> RequestError:
    return RequestError(500, f"{type(error).__name__}: {error}".removesuffix(": "))
