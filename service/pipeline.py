"""How do the items of a Scrapy spider get their body and related links? `ITEM_PIPELINES` names the class here.

Needs Scrapy and httpx: `pip install "afterword[scrapy]"`.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Self

from itemadapter import ItemAdapter
from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector
from scrapy.utils.asyncio import is_asyncio_available

from service.client import URL, AsyncClient
from service.errors import AfterwordError, RequestError

log = logging.getLogger(__name__)

# What is asked of which field of an item, and which part of the answer fills which field.
INPUT = {"html": "html", "text": "text", "url": "url", "title": "title"}
OUTPUT = {"body": "body", "related": "related"}
# A crawl has time: its items wait, Scrapy slows down while they do, and a service that is moved is back by then.
PATIENCE = 600.0  # seconds
PARALLEL = 4  # batches under way at a time

_FULL = 50  # items; then a batch goes at once
_LINGER = 0.05  # seconds that an item waits for others to go with it

_Waiting = list[tuple[dict[str, Any], "asyncio.Future[dict[str, Any]]"]]


class AfterwordPipeline:
    """Cleans every item that has a text or a page, and fills its `body` and `related`. Others pass as they are.

    Settings: `AFTERWORD_URL`, `AFTERWORD_KEY`, `AFTERWORD_PATIENCE` (seconds an item waits for a service that is away),
    `AFTERWORD_SCOPE`, `AFTERWORD_INPUT` (what is asked: field of the item), `AFTERWORD_OUTPUT` (part of the answer:
    field of the item). An item that the service refuses, or does not answer in time, passes as it came, without a body;
    it is told in the log and counted in `afterword/failed`.
    """

    def __init__(
        self,
        client: AsyncClient,
        asks: Mapping[str, str] = INPUT,
        fills: Mapping[str, str] = OUTPUT,
        scope: str | None = None,
        stats: StatsCollector | None = None,
    ) -> None:
        self._client, self._asks, self._fills, self._stats = client, asks, fills, stats
        self._options: dict[str, object] = {"scope": scope} if scope else {}
        if "lines" in fills:
            self._options["explain"] = True
        self._waiting: _Waiting = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline as the settings of `crawler` want it."""
        asked = crawler.settings
        client = AsyncClient(
            asked.get("AFTERWORD_URL") or URL,
            key=asked.get("AFTERWORD_KEY"),
            patience=asked.getfloat("AFTERWORD_PATIENCE", PATIENCE),
            parallel=PARALLEL,
        )
        asks, fills = asked.getdict("AFTERWORD_INPUT") or INPUT, asked.getdict("AFTERWORD_OUTPUT") or OUTPUT
        return cls(client, asks, fills, asked.get("AFTERWORD_SCOPE"), crawler.stats)

    def open_spider(self) -> None:
        """Check that there is a loop to wait in."""
        if not is_asyncio_available():
            raise RuntimeError("the Afterword pipeline needs asyncio: leave TWISTED_REACTOR as Scrapy has it")

    async def process_item(self, item: Any) -> Any:
        """Return the item with its fields filled."""
        fields = ItemAdapter(item)
        article = self._article(fields)
        if article is None:
            self._count("passed")
            return item
        try:
            answer = await self._ask(article)
        except AfterwordError as error:
            log.error("not cleaned: %s: %s", fields.get(self._asks.get("url", "")) or "an item", error)
            self._count("failed")
            return item
        for part, field in self._fills.items():
            try:
                fields[field] = answer.get(part)
            except KeyError:
                name = type(item).__name__
                raise KeyError(f"{name} has no field {field!r}: add it, or set AFTERWORD_OUTPUT without it") from None
        self._count("cleaned")
        return item

    async def close_spider(self) -> None:
        """End all connections. Scrapy has waited for every item by now."""
        await self._client.close()

    def _article(self, fields: ItemAdapter) -> dict[str, Any] | None:
        """Return what is asked for an item; None if it has neither page nor text."""
        found = {part: fields.get(field) for part, field in self._asks.items()}
        given = {part: _joined(value) if part in ("html", "text") else _first(value) for part, value in found.items()}
        given = {part: value for part, value in given.items() if value}
        for part, value in given.items():
            if not isinstance(value, str):
                raise TypeError(f"the item's {self._asks[part]!r} is {type(value).__name__}, and must be a str")
        if "html" in given:
            given.pop("text", None)  # the page says more
        elif "text" not in given:
            return None
        return {**self._options, **given}

    async def _ask(self, article: dict[str, Any]) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._waiting.append((article, future))
        if len(self._waiting) >= _FULL:
            self._send()
        elif self._timer is None:
            self._timer = loop.call_later(_LINGER, self._send)
        return await future

    def _send(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, []
        if waiting:
            task = asyncio.get_running_loop().create_task(self._clean(waiting))
            self._under_way.add(task)  # the loop itself would forget it
            task.add_done_callback(self._under_way.discard)

    async def _clean(self, waiting: _Waiting) -> None:
        left = iter(waiting)
        try:
            async for answer in self._client.clean_many([article for article, _ in waiting]):
                future = next(left)[1]
                if future.done():  # its item was given up
                    continue
                if "error" in answer:
                    future.set_exception(_refusal(answer["error"]))
                else:
                    future.set_result(answer)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the items that wait for it
            for _, future in left:
                if not future.done():
                    future.set_exception(error)

    def _count(self, what: str) -> None:
        if self._stats is not None:
            self._stats.inc_value(f"afterword/{what}")


def _joined(value: object) -> object:
    """Return a text in pieces, as selectors and item loaders give it, as one."""
    return "\n\n".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str | bytes) else value


def _first(value: object) -> object:
    """Return the first of several, as item loaders give them."""
    return next(iter(value), None) if isinstance(value, Sequence) and not isinstance(value, str | bytes) else value


def _refusal(problem: Mapping[str, Any]) -> RequestError:
    faults = [(fault["pointer"], fault["detail"]) for fault in problem.get("errors", ())]
    return RequestError(problem["status"], problem.get("detail", problem["title"]), faults)
