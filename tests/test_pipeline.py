"""The Scrapy pipeline: every item of a crawl is cleaned once, whatever becomes of the service meanwhile."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import scrapy
from scrapy.utils.test import get_crawler

from service import pipeline
from service.client import AsyncClient
from service.pipeline import AfterwordPipeline
from tests.crawl import MAKERS, AttrsItem
from tests.serving import ROOT, Server, free_port, wait_for
from tests.test_client import Handler, gone, lines_of

PAGES = 200


# --- a crawl ----------------------------------------------------------------------------------------------------------


def page(number: int) -> str:
    return f"""<html><head><title>Report {number}</title></head><body><article><h1>Report {number} on the bridge</h1>
<p>The bridge number {number} over the river was closed on Monday, after a storm had damaged two of its pillars.</p>
<p>Engineers will look at the damage on Tuesday, and traffic is led over the old bridge until then.</p>
<h3>Read also</h3><ul><li><a href="/{number + 1}">Ministry warns of storm {number} later this week</a></li></ul>
<p>Share on Facebook</p></article></body></html>"""


class Site(ThreadingHTTPServer):
    """A news site that notes how many pages it has served, and serves only some until it is told to go on."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.served = 0
        self.held = threading.Event()


class Page(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        if not self.path[1:].isdigit():
            self.send_error(404)
            return
        self.server.served += 1
        if self.server.served > PAGES // 2:
            self.server.held.wait(240)
        content = page(int(self.path[1:])).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the class it comes from has it
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.held.set()
        found.shutdown()
        thread.join()


@contextmanager
def serving(port: int, log: Path) -> Iterator[Server]:
    """Serve on `port`; whatever happens, kill all of it at the end."""
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "AFTERWORD_WORKERS": "2"}
    command = [sys.executable, "-m", "service", "serve"]
    with (
        log.open("wb") as told,
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=told, start_new_session=True) as process,
    ):
        try:
            yield Server(process, port, log)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_every_item_of_a_crawl_is_cleaned_once_though_the_service_is_killed(site: Site, tmp_path: Path) -> None:
    port, out = free_port(), tmp_path / "items.jsonl"
    command = [sys.executable, "-m", "tests.crawl", f"http://127.0.0.1:{site.server_port}", f"http://127.0.0.1:{port}"]
    with serving(port, tmp_path / "log") as server:
        wait_for(server)
        crawl = subprocess.Popen(
            [*command, str(PAGES), str(out)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        until = time.monotonic() + 120
        while len(lines(out)) < PAGES // 4:
            assert time.monotonic() < until, "the crawl does not get on"
            time.sleep(0.02)
    # Killed, in the middle of requests. Now the site serves the rest, whose items find nobody.
    time.sleep(1)
    cleaned = len(lines(out))
    site.held.set()
    time.sleep(2)
    assert len(lines(out)) == cleaned, "somebody else cleans"
    with serving(port, tmp_path / "log2"):
        told, complaints = crawl.communicate(timeout=240)

    assert complaints.decode() == ""
    assert cleaned < PAGES
    assert json.loads(told) == {"afterword/cleaned": PAGES}
    items = lines(out)
    assert sorted(int(item["url"].rpartition("/")[2]) for item in items) == list(range(PAGES))
    for item in items:
        number = int(item["url"].rpartition("/")[2])
        assert f"The bridge number {number} over" in item["body"]
        assert "Share" not in item["body"]
        assert [link["title"] for link in item["related"]] == [f"Ministry warns of storm {number} later this week"]
        assert item["related"][0]["url"] == f"http://127.0.0.1:{site.server_port}/{number + 1}"
    assert {item["type"] for item in items} == {make.__name__ for make in MAKERS}


# --- one item ---------------------------------------------------------------------------------------------------------


class Asked:
    """A service that notes what it is asked."""

    def __init__(self) -> None:
        self.batches: list[list[dict[str, Any]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.batches.append([json.loads(line) for line in request.content.splitlines()])
        return lines_of(
            {"id": one["id"], "error": {"status": 422, "title": "Unprocessable", "detail": "scope is wrong"}}
            if one.get("scope") == "all"
            else {"id": one["id"], "body": f"clean {one.get('html') or one['text']}", "related": [], "published": None}
            for one in self.batches[-1]
        )


def process(items: list[Any], handler: Handler, patience: float = 5, **given: Any) -> list[Any]:
    """Return what becomes of `items` that come at the same time."""

    async def run() -> list[Any]:
        client = AsyncClient(transport=httpx.MockTransport(handler), patience=patience)
        made = AfterwordPipeline(client, **given)
        try:
            return await asyncio.gather(*map(made.process_item, items), return_exceptions=True)
        finally:
            await made.close_spider()

    return asyncio.run(run())


def test_items_that_come_together_go_together() -> None:
    asked = Asked()
    items = process([{"text": str(n)} for n in range(120)], asked)

    assert [item["body"] for item in items] == [f"clean {n}" for n in range(120)]
    assert len(asked.batches) == 3


def test_what_is_asked() -> None:
    asked = Asked()
    process(
        [
            {"text": "a", "html": "<p>b", "url": "https://a.example/", "title": "t", "more": 1},
            {"text": ["One.", "Two."], "url": ["https://a.example/"], "title": []},
            {"html": "", "text": "c", "url": None},
        ],
        asked,
        scope="article",
    )

    assert asked.batches == [
        [
            {"id": 0, "scope": "article", "html": "<p>b", "url": "https://a.example/", "title": "t"},
            {"id": 1, "scope": "article", "text": "One.\n\nTwo.", "url": "https://a.example/"},
            {"id": 2, "scope": "article", "text": "c"},
        ]
    ]


def test_fields_can_be_chosen() -> None:
    (item,) = process(
        [{"content": "a"}], Asked(), asks={"text": "content"}, fills={"body": "content", "published": "day"}
    )

    assert item == {"content": "clean a", "day": None}


def test_what_has_no_text_passes() -> None:
    asked = Asked()
    items = [{"image": "a.png"}, {"text": ""}, {"text": None}]

    assert process([dict(item) for item in items], asked) == items
    assert asked.batches == []


def test_what_is_refused_passes_as_it_came_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert process([{"text": "a", "url": "https://a.example/"}], Asked(), scope="all") == [
        {"text": "a", "url": "https://a.example/"}
    ]
    assert [record.message for record in caplog.records if record.levelno == logging.ERROR] == [
        "not cleaned: https://a.example/: scope is wrong"
    ]


def test_what_nobody_answers_passes_as_it_came_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert process([{"text": "a"}, {"text": "b"}], gone, patience=0.1) == [{"text": "a"}, {"text": "b"}]
    assert sum("did not answer for 0.1 seconds" in record.message for record in caplog.records) == 2


class Bare(scrapy.Item):  # type: ignore[misc]
    text = scrapy.Field()
    body = scrapy.Field()


def test_a_field_that_is_missing_is_named() -> None:
    (wrong,) = process([Bare(text="a")], Asked())
    assert isinstance(wrong, KeyError)
    assert "Bare has no field 'related'" in str(wrong)

    (item,) = process([Bare(text="a")], Asked(), fills={"body": "body"})
    assert dict(item) == {"text": "a", "body": "clean a"}


def test_bytes_are_refused_and_harm_no_other_item() -> None:
    wrong, right = process([AttrsItem("https://a.example/", b"<p>a"), {"text": "b"}], Asked())  # type: ignore[arg-type]

    assert isinstance(wrong, TypeError)
    assert "'html' is bytes" in str(wrong)
    assert right["body"] == "clean b"


def test_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def client(url: str, **options: Any) -> str:
        given.update(options, url=url)
        return "client"

    monkeypatch.setattr(pipeline, "AsyncClient", client)
    crawler = get_crawler(
        settings_dict={
            "AFTERWORD_URL": "http://a.example:1",
            "AFTERWORD_KEY": "secret",
            "AFTERWORD_PATIENCE": "7",
            "AFTERWORD_SCOPE": "article",
            "AFTERWORD_INPUT": {"text": "content"},
            "AFTERWORD_OUTPUT": '{"body": "clean", "lines": "lines"}',
        }
    )
    made = AfterwordPipeline.from_crawler(crawler)

    assert given == {"url": "http://a.example:1", "key": "secret", "patience": 7.0, "parallel": pipeline.PARALLEL}
    assert (made._asks, made._fills) == ({"text": "content"}, {"body": "clean", "lines": "lines"})
    assert made._options == {"scope": "article", "explain": True}


def test_without_asyncio_it_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "is_asyncio_available", lambda: False)
    with pytest.raises(RuntimeError, match="TWISTED_REACTOR"):
        AfterwordPipeline(AsyncClient()).open_spider()
