"""A crawl for test_pipeline: python -m tests.crawl SITE SERVICE PAGES OUT. Ends when every page has been seen."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import attrs
import scrapy
from itemadapter import ItemAdapter
from scrapy.crawler import AsyncCrawlerProcess


@dataclass
class DataclassItem:
    url: str
    html: str
    body: str | None = None
    related: list[Any] = field(default_factory=list)


@attrs.define
class AttrsItem:
    url: str
    html: str
    body: str | None = None
    related: list[Any] = attrs.field(factory=list)


class ScrapyItem(scrapy.Item):  # type: ignore[misc]
    url = scrapy.Field()
    html = scrapy.Field()
    body = scrapy.Field()
    related = scrapy.Field()


MAKERS = (dict, DataclassItem, AttrsItem, ScrapyItem)


class Spider(scrapy.Spider):
    """Yields one item for each page, in turn as each of the types of items there are."""

    name = "local"

    def __init__(self, site: str, pages: str, out: str) -> None:
        super().__init__(self.name)
        self.start_urls = [f"{site}/{number}" for number in range(int(pages))]
        self.out = Path(out)

    def parse(self, response: Any) -> Any:
        make = MAKERS[int(response.url.rpartition("/")[2]) % len(MAKERS)]
        yield make(url=response.url, html=response.text)


class Writer:
    """The pipeline after: notes each item as it came out, on the disk at once."""

    def __init__(self, out: Path) -> None:
        self._file = out.open("w", buffering=1, encoding="utf-8")

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Writer":
        return cls(crawler.spider.out)

    def process_item(self, item: Any) -> Any:
        fields = {**ItemAdapter(item).asdict(), "type": type(item).__name__}
        del fields["html"]
        self._file.write(json.dumps(fields) + "\n")
        return item

    def close_spider(self) -> None:
        self._file.close()


def main(site: str, service: str, pages: str, out: str) -> None:
    settings = {
        "ITEM_PIPELINES": {"service.pipeline.AfterwordPipeline": 300, Writer: 400},
        "AFTERWORD_URL": service,
        "LOG_LEVEL": "WARNING",
        "TELNETCONSOLE_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "DOWNLOAD_DELAY": 0,
    }
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Spider)
    process.crawl(crawler, site=site, pages=pages, out=out)
    process.start()
    print(json.dumps({name: n for name, n in crawler.stats.get_stats().items() if name.startswith("afterword/")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
