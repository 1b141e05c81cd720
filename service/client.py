"""How does a Python program ask the service? Sync and async, with patience while the service is away.

Needs httpx (`pip install "afterword[client]"`), and nothing of what the service itself runs on.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import httpx

from service import exchange
from service.errors import RequestError, UnreachableError
from service.exchange import Article, Chunk, Packer, Patience

if TYPE_CHECKING:
    from service.wire import CleanAnswer

__all__ = ["Article", "AsyncClient", "Client", "RequestError", "UnreachableError"]

URL = "http://127.0.0.1:8000"
PATIENCE = 60.0  # seconds; a service that is started anew is back in a few
PARALLEL = 4  # requests under way at a time: two workers, and as many again waiting at their door

# Seconds. The service itself gives up on a request before that.
_TIMEOUT = httpx.Timeout(150.0, connect=5.0, pool=None)
_CLEAN, _BATCH = "/v1/clean", "/v1/clean/batch"
_LINES = {"Content-Type": "application/x-ndjson"}
_OBJECT = {"Content-Type": "application/json"}


class Client:
    """Asks the service at `url`. One client serves many threads. Close it, or use it in a `with`.

    `patience` is how many seconds a request is tried again while the service is away, busy or being started anew;
    cleaning has no side effects, so asking twice does no harm. `key` is the API key, where the service wants one.
    """

    def __init__(
        self,
        url: str = URL,
        *,
        key: str | None = None,
        patience: float = PATIENCE,
        parallel: int = PARALLEL,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._patience, self._parallel = patience, parallel
        self._http = httpx.Client(base_url=url, headers=_headers(key), timeout=_TIMEOUT, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End all connections."""
        self._http.close()

    def clean(self, text: str | None = None, **options: object) -> "CleanAnswer":
        """Return the answer to one article: `text`, or `html=` and the page as served; options are those of the wire.

        Raises `RequestError` if the service refuses the request, `UnreachableError` if patience has run out.
        """
        body = exchange.article(text, options)
        patience = Patience(self._patience)
        while (found := exchange.answer(self._post(_CLEAN, body, _OBJECT, patience), patience)) is None:
            time.sleep(patience.wait())
        return found

    def clean_many(self, articles: Iterable[Article], **options: object) -> Iterator[dict[str, Any]]:
        """Yield one answer for each of `articles`, in order, as `/v1/clean/batch` gives it: an `id` is carried back.

        An article that is refused has `{"id": …, "error": {problem}}` in its place, and the rest go on. `options` hold
        for every article that does not bring its own. Takes in only a little more than it has given out, so `articles`
        may be endless. Raises `UnreachableError` if patience has run out, `RequestError` if no batch is taken at all.
        """
        under_way: deque[Future[list[dict[str, Any]]]] = deque()
        stop = threading.Event()
        threads = ThreadPoolExecutor(self._parallel, "afterword")
        try:
            for chunk in _chunks(articles, options):
                under_way.append(threads.submit(self._chunk, chunk, stop))
                if len(under_way) > self._parallel:
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        finally:  # whoever reads may stop early
            stop.set()
            threads.shutdown(wait=False, cancel_futures=True)

    def _chunk(self, chunk: Chunk, stop: threading.Event) -> list[dict[str, Any]]:
        while chunk.left:
            patience = Patience(self._patience)
            while not chunk.take(self._post(_BATCH, chunk.body(), _LINES, patience), patience):
                if stop.wait(patience.wait()):
                    return []  # nobody reads it
        return chunk.answers

    def _post(self, path: str, body: bytes, headers: dict[str, str], patience: Patience) -> httpx.Response | None:
        try:
            return self._http.post(path, content=body, headers=headers)
        except httpx.TransportError as error:
            patience.blame(error)
            return None


class AsyncClient:
    """Like `Client`, for asyncio."""

    def __init__(
        self,
        url: str = URL,
        *,
        key: str | None = None,
        patience: float = PATIENCE,
        parallel: int = PARALLEL,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._patience, self._parallel = patience, parallel
        limits = httpx.Limits(max_connections=parallel)  # whoever asks for more waits here, not at the service
        self._http = httpx.AsyncClient(
            base_url=url, headers=_headers(key), timeout=_TIMEOUT, limits=limits, transport=transport
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all connections."""
        await self._http.aclose()

    async def clean(self, text: str | None = None, **options: object) -> "CleanAnswer":
        """Return the answer to one article, as `Client.clean` does."""
        body = exchange.article(text, options)
        patience = Patience(self._patience)
        while (found := exchange.answer(await self._post(_CLEAN, body, _OBJECT, patience), patience)) is None:
            await asyncio.sleep(patience.wait())
        return found

    async def clean_many(
        self, articles: Iterable[Article] | AsyncIterable[Article], **options: object
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield one answer for each of `articles`, in order, as `Client.clean_many` does."""
        under_way: deque[asyncio.Task[list[dict[str, Any]]]] = deque()
        try:
            async for chunk in _chunks_of_either(articles, options):
                under_way.append(asyncio.create_task(self._chunk(chunk)))
                if len(under_way) > self._parallel:
                    for answer in await under_way.popleft():
                        yield answer
            while under_way:
                for answer in await under_way.popleft():
                    yield answer
        finally:  # whoever reads may stop early
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _chunk(self, chunk: Chunk) -> list[dict[str, Any]]:
        while chunk.left:
            patience = Patience(self._patience)
            while not chunk.take(await self._post(_BATCH, chunk.body(), _LINES, patience), patience):
                await asyncio.sleep(patience.wait())
        return chunk.answers

    async def _post(self, path: str, body: bytes, headers: dict[str, str], patience: Patience) -> httpx.Response | None:
        try:
            return await self._http.post(path, content=body, headers=headers)
        except httpx.TransportError as error:
            patience.blame(error)
            return None


def _headers(key: str | None) -> dict[str, str]:
    return {} if key is None else {"Authorization": f"Bearer {key}"}


def _chunks(articles: Iterable[Article], options: Mapping[str, object]) -> Iterator[Chunk]:
    packer = Packer(options)
    for article in articles:
        if (full := packer.add(article)) is not None:
            yield full
    if (rest := packer.rest()) is not None:
        yield rest


async def _chunks_of_either(
    articles: Iterable[Article] | AsyncIterable[Article], options: Mapping[str, object]
) -> AsyncIterator[Chunk]:
    if not isinstance(articles, AsyncIterable):
        for chunk in _chunks(articles, options):
            yield chunk
        return
    packer = Packer(options)
    async for article in articles:
        if (full := packer.add(article)) is not None:
            yield full
    if (rest := packer.rest()) is not None:
        yield rest
