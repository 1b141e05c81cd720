"""Every request has an id and one line in the log, which holds nothing of what was sent."""

import json
import logging
import re
from typing import Any

import pytest
from flask import Flask

from service import logs
from service.app import create_app
from service.lexicon import Lexicon
from service.settings import Settings
from tests.test_app import LINES, post

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def ask(
    app: Flask, path: str = "/v1/clean", body: bytes = b"a secret", kind: str = "text/plain", **headers: str
) -> Any:
    answer = post(app.test_client(), body, kind, path, **headers)
    answer.get_data()
    answer.close()
    return answer


def lines(caplog: pytest.LogCaptureFixture, form: str) -> list[str]:
    chosen = logs._FORMATTERS[form]
    if form == "text":
        formatter: logging.Formatter = logs.OneLine(chosen["fmt"])
    else:
        from pythonjsonlogger.json import JsonFormatter  # noqa: PLC0415 - as the configuration does, by name

        formatter = JsonFormatter(chosen["fmt"], rename_fields=chosen["rename_fields"], timestamp=chosen["timestamp"])
    return [formatter.format(record) for record in caplog.records]


@pytest.mark.parametrize("given", ["abc-123", "a.b_c:d/e+f=g@h", "x" * 128])
def test_a_decent_request_id_is_kept(app: Flask, given: str) -> None:
    assert ask(app, X_Request_ID=given).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a;b", "<script>", "ü"])
def test_any_other_is_replaced(app: Flask, given: str) -> None:
    found = {ask(app, X_Request_ID=given.encode().decode("latin-1")).headers["X-Request-ID"] for _ in range(2)}

    assert len(found) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", id_) for id_ in found)


def test_a_trace_goes_on(app: Flask) -> None:
    answer = ask(app, traceparent=PARENT)

    assert answer.headers["X-Request-ID"] == PARENT[3:35]
    assert re.fullmatch(f"00-{PARENT[3:35]}-[0-9a-f]{{16}}-01", answer.headers["traceparent"])
    assert answer.headers["traceparent"] != PARENT
    assert ask(app, traceparent=PARENT, X_Request_ID="own").headers["X-Request-ID"] == "own"


@pytest.mark.parametrize(
    "given", ["", "00-abc", PARENT.upper(), f"00-{'0' * 32}-00f067aa0ba902b7-01", PARENT + "-more"]
)
def test_what_is_no_trace_is_none(app: Flask, given: str) -> None:
    assert "traceparent" not in ask(app, traceparent=given).headers


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/v1/clean?scope=x", "/v1/clean/batch"])
def test_every_answer_has_an_id(app: Flask, path: str) -> None:
    assert ask(app, path).headers["X-Request-ID"]


def test_a_request_is_one_line_that_says_what_happened(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "service.watch"):
        ask(app, "/v1/clean?title=A+secret+headline&url=https://secret.example/1", traceparent=PARENT)
        ask(app, "/v1/clean/batch", b'{"text": "a secret"}\n{"text": "a secret"}\n', LINES)
        ask(app, "/v1/clean", b'{"text": "a secret', "application/json")
    told = [json.loads(line) for line in lines(caplog, "json")]

    assert [(line["path"], line["status"], line.get("articles")) for line in told] == [
        ("/v1/clean", 200, 1), ("/v1/clean/batch", 200, 2), ("/v1/clean", 400, None),
    ]  # fmt: skip
    assert (told[0]["trace_id"], told[0]["received"], told[0]["client"]) == (PARENT[3:35], 8, "127.0.0.1")
    assert all(line["ms"] >= 0 and line["sent"] > 0 and line["level"] == "INFO" and line["time"] for line in told)
    assert "secret" not in "".join(lines(caplog, "json") + lines(caplog, "text"))


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("path", ["/a%0Ab", "/%1B[31mred", "/%C2%85", '/"}{"status":1', "/" + "x" * 5000])
def test_nobody_writes_a_line_of_his_own(app: Flask, caplog: pytest.LogCaptureFixture, form: str, path: str) -> None:
    with caplog.at_level(logging.INFO, "service.watch"):
        ask(app, path)
    (line,) = lines(caplog, form)

    assert line.isprintable()
    assert len(line) < 1500
    if form == "json":
        assert json.loads(line)["status"] == 404


def test_what_machines_ask_is_not_logged_unless_it_fails(lexicon: Lexicon, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(Settings(), lexicon)
    with caplog.at_level(logging.INFO, "service.watch"):
        for _ in range(2):
            answer = app.test_client().get("/ready")
            answer.get_data()
            answer.close()
            app.extensions["afterword"].lifecycle.drain()

    assert [(record.__dict__["path"], record.__dict__["status"]) for record in caplog.records] == [("/ready", 503)]


def test_a_fault_is_logged_under_the_id_of_its_request(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.articles.clean.clean_text", lambda *_: 1 / 0)
    with caplog.at_level(logging.ERROR):
        answer = ask(app, X_Request_ID="find-me")

    assert answer.status_code == 500
    assert [json.loads(line)["request_id"] for line in lines(caplog, "json")] == ["find-me"]


@pytest.mark.parametrize("form", ["json", "text"])
def test_the_configuration_can_be_used(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    import subprocess  # noqa: PLC0415 - logging is set up in a process of its own
    import sys  # noqa: PLC0415

    code = (
        "import logging, logging.config; from service import logs;"
        f"logging.config.dictConfig(logs.configuration({form!r}, 'info'));"
        "logging.getLogger('service.x').info('one', extra={'n': 1}); logging.getLogger('gunicorn.access').info('two');"
        "logging.getLogger('elsewhere').warning('three')"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr

    assert [word for word in ("one", "two", "three") if word in told] == ["one", "three"]
    assert len(told.splitlines()) == 2
