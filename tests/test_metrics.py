"""What is counted in one process is told by every other, and outlives the process."""

import os
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.lexicon import Lexicon
from service.metrics import Metrics
from service.model import Kind, Removed, Result
from service.settings import Settings
from tests.test_app import LINES, post


def told(metrics: Metrics) -> dict[str, float]:
    page, kind = metrics.page(None)
    assert kind.startswith("text/plain")
    lines = (line.rpartition(" ") for line in page.decode().splitlines() if not line.startswith("#"))
    return {name: float(number) for name, _, number in lines}


def in_child(work: Callable[[], None]) -> None:
    """Do `work` in a process of its own, which then ends without a word."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(4, ["/v1/clean"], ["en", "de"], ["en.share.this"])


RESULT = Result(
    "", "", language="en-GB", removed=(Removed(0, 1, Kind.SHARE, "x", "y"), Removed(1, 2, Kind.SHARE, "x", "y"))
)


def test_processes_count_together(metrics: Metrics) -> None:
    rows = [metrics.take_row(), metrics.take_row()]

    def work(row: int) -> None:
        metrics.use_row(row)
        for _ in range(1000):
            metrics.began()
            metrics.answered("/v1/clean", 200, 0.002, 10, 20)

    for row in rows:
        in_child(lambda row=row: work(row))  # type: ignore[misc]
    found = told(metrics)

    assert found['afterword_requests_total{path="/v1/clean",status="200"}'] == 2000
    assert found["afterword_received_bytes_total"] == 20_000
    assert found["afterword_sent_bytes_total"] == 40_000
    assert found["afterword_requests_in_progress"] == 0
    assert found['afterword_request_seconds_bucket{le="0.001",path="/v1/clean"}'] == 0
    assert found['afterword_request_seconds_bucket{le="0.0025",path="/v1/clean"}'] == 2000
    assert found['afterword_request_seconds_bucket{le="+Inf",path="/v1/clean"}'] == 2000
    assert found['afterword_request_seconds_sum{path="/v1/clean"}'] == pytest.approx(4)


def test_a_killed_worker_leaves_what_it_counted_but_not_what_it_held(metrics: Metrics) -> None:
    row = metrics.take_row()
    metrics.worker_started()

    def work() -> None:
        metrics.use_row(row)
        metrics.began()
        metrics.answered("/v1/clean", 200, 0.1, 0, 0)
        metrics.began()

    in_child(work)
    assert told(metrics)["afterword_requests_in_progress"] == 1
    metrics.free_row(row)
    found = told(metrics)

    assert found["afterword_requests_in_progress"] == 0
    assert found['afterword_requests_total{path="/v1/clean",status="200"}'] == 1
    assert found['afterword_worker_ends_total{how="killed"}'] == 1
    assert (found["afterword_worker_starts_total"], found["afterword_workers"]) == (1, 0)
    assert metrics.take_row() == row


def test_a_worker_that_ends_by_itself_says_so(metrics: Metrics) -> None:
    row = metrics.take_row()

    def work() -> None:
        metrics.use_row(row)
        metrics.bid_farewell()

    in_child(work)
    metrics.free_row(row)

    assert told(metrics)['afterword_worker_ends_total{how="ended"}'] == 1


def test_an_article_is_counted_by_kind_language_and_rule(metrics: Metrics) -> None:
    metrics.cleaned(RESULT, "text", ["en.share.this", "xx.of.a.later.pack"])
    found = told(metrics)

    assert found['afterword_articles_total{source="text"}'] == 1
    assert found['afterword_removed_lines_total{kind="share",language="en"}'] == 2
    assert found['afterword_rule_hits_total{rule="en.share.this"}'] == 1
    assert found['afterword_rule_hits_total{rule="other"}'] == 1


def test_rules_of_a_reload_are_counted_and_the_old_ones_stay(metrics: Metrics) -> None:
    metrics.cleaned(RESULT, "text", ["en.share.this"])
    metrics.know(["eo"], ["eo.share.this"])
    metrics.cleaned(RESULT, "text", ["eo.share.this", "en.share.this"])
    found = told(metrics)

    assert found['afterword_rule_hits_total{rule="en.share.this"}'] == 2
    assert found['afterword_rule_hits_total{rule="eo.share.this"}'] == 1


def test_what_a_client_sends_makes_no_new_series(metrics: Metrics) -> None:
    before = len(told(metrics))
    for number in range(50):
        metrics.answered(f"/nowhere/{number}", 600 + number, 1, 0, 0)
    found = told(metrics)

    assert found['afterword_requests_total{path="other",status="other"}'] == 50
    assert len(found) < before + 30


def test_more_rows_than_there_are_end_in_the_first(metrics: Metrics) -> None:
    assert [metrics.take_row() for _ in range(5)] == [1, 2, 3, 0, 0]
    metrics.free_row(0)
    assert metrics.take_row() == 0


def test_requests_are_counted_by_the_service(lexicon: Lexicon, seed: str) -> None:
    app: Flask = create_app(Settings(), lexicon)
    client: FlaskClient = app.test_client()
    for answer in (
        post(client, seed),
        post(client, b"{", "application/json"),
        post(client, b'{"text": "a"}\n{"text": "b"}\n', LINES, "/v1/clean/batch"),
        client.get("/no/such/path"),
    ):
        answer.get_data()
        answer.close()
    answer = client.get("/metrics")
    page = answer.text

    assert answer.mimetype == "text/plain"
    for line in (
        'afterword_requests_total{path="/v1/clean",status="200"} 1.0',
        'afterword_requests_total{path="/v1/clean",status="400"} 1.0',
        'afterword_requests_total{path="/v1/clean/batch",status="200"} 1.0',
        'afterword_requests_total{path="other",status="404"} 1.0',
        'afterword_articles_total{source="text"} 3.0',
        'afterword_removed_lines_total{kind="share",language="en"} 4.0',
        'afterword_rule_hits_total{rule="ru.share.network"} 3.0',
    ):
        assert re.search(rf"^{re.escape(line)}$", page, re.MULTILINE), line
    assert re.search(rf"^afterword_received_bytes_total {len(seed.encode()) + 1 + 28:.1f}$", page, re.MULTILINE)


def test_openmetrics_is_spoken_if_asked_for(client: FlaskClient) -> None:
    answer = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert answer.mimetype == "application/openmetrics-text"
    assert answer.text.endswith("# EOF\n")
