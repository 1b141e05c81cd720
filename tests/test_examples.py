"""What stands in examples/ does what it says, against the running service."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.serving import ROOT, Server, free_port

EXAMPLES = ROOT / "examples"
SEED = ROOT / "tests" / "kerry-lavrov.txt"
PAGE = """<article><h1>Storm closes the bridge</h1>
<p>The bridge over the river was closed on Monday, after a storm had damaged two of its pillars.</p>
<p>Engineers will look at the damage on Tuesday, and traffic is led over the old bridge until then.</p>
<h3>Read also</h3>
<ul><li><a href="/2.html" rel="next">Ministry warns of further storms this week</a></li></ul></article>"""


def run(server: Server | None, *command: str, status: int = 0) -> str:
    """Run a command that finds the service at its usual place, and return what it prints."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    url = f"http://127.0.0.1:{server.port if server else free_port()}"
    environment = {**os.environ, "AFTERWORD_URL": url, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=180)
    assert ended.returncode == status, ended.stderr.decode()
    return ended.stdout.decode()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "1.html"
    path.write_text(PAGE, "utf-8")
    return path


def test_requests(server: Server, seed: str) -> None:
    shown = run(server, sys.executable, str(EXAMPLES / "with_requests.py"), str(SEED))

    assert shown.startswith(seed[: seed.index("\n\nSee also:")])
    assert shown.splitlines()[-3:] == [
        f"related: {title}" for title in seed.split("See also:\n\n")[1].split("\n\n")[:3]
    ]


def test_fetch(server: Server, page: Path) -> None:
    shown = run(server, "node", str(EXAMPLES / "with_fetch.mjs"), str(page))

    assert "until then." in shown
    assert shown.splitlines()[-1] == "related: Ministry warns of further storms this week https://news.example/2.html"


def test_jq(server: Server, tmp_path: Path, seed: str) -> None:
    crawl = tmp_path / "crawl.jsonl"
    wrong = {"id": "x", "content": "a", "url": "nowhere"}
    crawl.write_text("".join(json.dumps(line) + "\n" for line in [{"id": 1, "content": seed}, wrong] * 300), "utf-8")
    answers = [json.loads(line) for line in run(server, "sh", str(EXAMPLES / "with_jq.sh"), str(crawl)).splitlines()]

    assert len(answers) == 600
    assert answers[0]["body"] == seed[: seed.index("\n\nSee also:")]
    assert len(answers[0]["related"]) == 3
    assert answers[1]["id"] == "x"
    assert "url" in answers[1]["error"]


@pytest.fixture
def site(tmp_path: Path, page: Path) -> Iterator[str]:
    (tmp_path / "2.html").write_text(PAGE.replace(' rel="next"', ""), "utf-8")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the class it comes from has it
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()
        thread.join()


def test_spider(server: Server, site: str, tmp_path: Path) -> None:
    out = tmp_path / "articles.jsonl"
    run(
        server, sys.executable, "-m", "scrapy", "runspider", str(EXAMPLES / "spider.py"), "-a", f"start={site}/1.html",
        "-s", f"AFTERWORD_URL=http://127.0.0.1:{server.port}", "-O", str(out),
    )  # fmt: skip
    items = [json.loads(line) for line in out.read_text("utf-8").splitlines()]

    assert [item["url"] for item in items] == [f"{site}/1.html", f"{site}/2.html"]
    assert all(item["body"].endswith("until then.") for item in items)
    assert items[0]["related"][0]["url"] == f"{site}/2.html"
