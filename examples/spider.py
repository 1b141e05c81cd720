"""A spider whose items come out clean: scrapy runspider spider.py -a start=https://news.example/ -O articles.jsonl."""

import scrapy


class ArticleSpider(scrapy.Spider):
    """Takes every page as it is; the pipeline fills `body` and `related`."""

    name = "articles"
    custom_settings = {  # noqa: RUF012 - as Scrapy's own documentation writes it
        "ITEM_PIPELINES": {"service.pipeline.AfterwordPipeline": 300},
        "AFTERWORD_OUTPUT": {"body": "body", "related": "related", "published": "day"},  # answer: field of the item
    }

    def __init__(self, start: str, **given):
        super().__init__(**given)
        self.start_urls = [start]

    def parse(self, response):
        """Yield the page, and go on to where it links."""
        yield {"url": response.url, "html": response.text}
        yield from response.follow_all(css="a[rel=next]")
