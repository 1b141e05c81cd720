"""The HTTP contract, by the application's own client."""

import gzip
import json
import logging
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

import service.articles
import service.given
from service import tagger
from service.app import create_app
from service.errors import PackError
from service.lexicon import Lexicon
from service.settings import Settings

PLAIN = "text/plain"
JSON = "application/json"
LINES = "application/x-ndjson"

HEADLINE = "Kerry announced a meeting with Lavrov in case of success of negotiations on Syria"
RELATED = [
    "Sources in the Department informed about the upcoming two-day talks, Lavrov and Kerry",
    "Lavrov and Kerry discussed the situation in Aleppo",
    "Lavrov urged Kerry to work more actively with nagleyuschih militants in Syria",
]


def post(
    client: FlaskClient, body: bytes | str, kind: str | None = PLAIN, path: str = "/v1/clean", **headers: str
) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(path, data=body, content_type=kind, headers=named)


def is_problem(answer: TestResponse, status: int, *pointers: str) -> None:
    found = answer.get_json(force=True)

    assert answer.status_code == status, found
    assert answer.mimetype == "application/problem+json"
    assert (found["type"], found["status"]) == ("about:blank", status)
    assert found["title"]
    assert found["detail"]
    assert tuple(fault["pointer"] for fault in found.get("errors", [])) == pointers
    assert "Traceback" not in answer.text


# --- the user's example -----------------------------------------------------------------------------------------------


def _as_it_is(text: str) -> str:
    return text


def _labels_in_upper_case(text: str) -> str:
    head, mark, tail = text.partition("See also:")
    for label in (
        "Share this news",
        "Опубликовать в Google Plus",
        "Опубликовать в LiveJournal",
        "Опубликовать в Одноклассники",
    ):
        tail = tail.replace(label, label.upper())
    return head + mark.upper() + tail


VARIANTS: dict[str, tuple[Callable[[str], str], str, str]] = {
    "as it is": (_as_it_is, "utf-8", PLAIN),
    "CRLF": (lambda text: text.replace("\n", "\r\n"), "utf-8", PLAIN),
    "CR": (lambda text: text.replace("\n", "\r"), "utf-8", PLAIN),
    "single line ends": (lambda text: text.replace("\n\n", "\n"), "utf-8", PLAIN),
    "byte-order mark": (_as_it_is, "utf-8-sig", PLAIN),
    "UTF-16": (_as_it_is, "utf-16", "text/plain; charset=utf-16"),
    "trailing spaces": (lambda text: text.replace("\n", "  \t\n") + "  ", "utf-8", PLAIN),
    "leading spaces": (lambda text: text.replace("\n\n", "\n\n    "), "utf-8", PLAIN),
    "no colon": (lambda text: text.replace("See also:", "See also"), "utf-8", PLAIN),
    "upper case": (_labels_in_upper_case, "utf-8", PLAIN),
    "Windows-1251": (_as_it_is, "cp1251", "text/plain; charset=windows-1251"),
    "line end at the end": (lambda text: text + "\n", "utf-8", PLAIN),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_users_example(client: FlaskClient, seed: str, variant: str) -> None:
    change, codec, kind = VARIANTS[variant]
    sent = change(seed)
    answer = post(client, sent.encode(codec), kind)

    assert answer.status_code == 200
    found = answer.get_json()
    assert found["body"] == sent[: sent.index("— said the Russian diplomat.")] + "— said the Russian diplomat."
    assert found["title"] == HEADLINE
    assert found["published"] == "2016-08-23"
    assert [item["title"] for item in found["related"]] == RELATED
    assert [item["heading"].casefold() for item in found["related"]] == ["see also"] * 3
    assert [(item["url"], item["date"]) for item in found["related"]] == [(None, None)] * 3
    shared = "\n".join(span["text"] for span in found["removed"] if span["kind"] == "share").casefold()
    for label in (
        "Share this news",
        "Опубликовать в Google Plus",
        "Опубликовать в LiveJournal",
        "Опубликовать в Одноклассники",
    ):
        assert label.casefold() in shared
    again = [span for span in found["removed"] if HEADLINE in span["text"]]
    assert [span["kind"] for span in again] == ["headline"]
    assert all(span["reason"] for span in found["removed"])


def test_the_heading_is_given_as_it_stands_without_its_colon(client: FlaskClient, seed: str) -> None:
    assert {item["heading"] for item in post(client, seed).json["related"]} == {"See also"}


def test_the_answer_has_every_field_in_order_and_the_same_bytes_each_time(client: FlaskClient, seed: str) -> None:
    answers = {post(client, json.dumps({"text": seed}), JSON).data for _ in range(3)} | {post(client, seed).data}

    assert len(answers) == 1
    found = json.loads(answers.pop())
    assert list(found) == ["body", "title", "published", "language", "related", "removed"]
    assert found["language"] == "en"
    assert all(list(item) == ["title", "url", "date", "heading"] for item in found["related"])
    assert all(list(span) == ["start", "end", "kind", "text", "reason"] for span in found["removed"])


def loses_nothing(source: str, answer: dict[str, Any]) -> None:
    """Law 1: the source without its removed spans is the body, white space apart."""
    kept, at = "", 0
    for span in answer["removed"]:
        assert at <= span["start"] < span["end"] <= len(source)
        assert span["text"] == source[span["start"] : span["end"]]
        kept += source[at : span["start"]]
        at = span["end"]
    assert (kept + source[at:]).split() == answer["body"].split()


@pytest.mark.parametrize("scope", ["tail", "article"])
def test_nothing_is_lost_and_nothing_goes_twice(client: FlaskClient, seed: str, scope: str) -> None:
    path = f"/v1/clean?scope={scope}"
    found = post(client, seed, path=path).json

    loses_nothing(seed, found)
    assert post(client, found["body"], path=path).json["body"] == found["body"]


def test_offsets_count_code_points(client: FlaskClient) -> None:
    source = "😀 The bridge over the river was closed on Monday after a storm 𐍈.\n\nShare on Facebook\n"
    found = post(client, source).json

    assert [(span["start"], span["kind"]) for span in found["removed"]] == [(source.index("Share"), "share")]
    loses_nothing(source, found)


# --- what may be sent -------------------------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="en"><head><meta charset="windows-1251">
<title>Storm closes the bridge</title></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Storm closes the bridge</h1>
<p>The bridge over the river was closed on Monday — a storm had damaged two of its pillars, the ministry said.</p>
<p>Engineers will look at the damage on Tuesday, and traffic is led over the old bridge until then, it added.</p>
<p>“We do not expect to open it before the end of the month,” the minister told reporters in the afternoon.</p>
<h3>Read also</h3>
<ul><li><a href="/news/2">Old bridge to be repaired at last</a></li>
<li><a href="https://other.example/3">Ministry warns of further storms</a></li></ul>
<p>Share on Facebook</p></article></body></html>"""


@pytest.mark.parametrize("kind", ["text/html", "application/xhtml+xml", "TEXT/HTML; charset=windows-1251"])
def test_a_page_gives_its_text_its_body_and_related_links(client: FlaskClient, kind: str) -> None:
    path = "/v1/clean?url=https://news.example/1"
    found = post(client, PAGE.encode("cp1251"), kind, path).json

    assert "damaged two of its pillars" in found["body"]
    assert "told reporters in the afternoon." in found["body"]
    for gone in ("Share on Facebook", "Old bridge to be repaired"):
        assert gone not in found["body"]
    loses_nothing(found["text"], found)
    links = {item["title"]: item["url"] for item in found["related"]}
    assert links == {
        "Old bridge to be repaired at last": "https://news.example/news/2",
        "Ministry warns of further storms": "https://other.example/3",
    }


def test_a_page_may_come_in_json(client: FlaskClient) -> None:
    in_json = post(client, json.dumps({"html": PAGE, "url": "https://news.example/1"}), JSON)

    assert in_json.data == post(client, PAGE.encode("cp1251"), "text/html", "/v1/clean?url=https://news.example/1").data


def test_text_is_not_repeated_for_text(client: FlaskClient, seed: str) -> None:
    assert "text" not in post(client, seed).json


def test_explain_adds_every_line_with_its_evidence(client: FlaskClient, seed: str) -> None:
    found = post(client, seed, path="/v1/clean?explain=true").json

    assert [line["text"] for line in found["lines"]] == [line for line in seed.splitlines() if line]
    for line in found["lines"]:
        assert list(line) == ["start", "end", "text", "kind", "confidence", "removed", "evidence"]
        assert line["text"] == seed[line["start"] : line["end"]]
        assert 0 <= line["confidence"] <= 1
        assert line["evidence"] or not line["removed"]
    assert {line["text"] for line in found["lines"] if line["removed"]} >= {"See also:", *RELATED}
    plain = post(client, seed).json
    for cut in (*found["removed"], *plain["removed"]):  # with `explain`, the reason says more
        assert cut.pop("reason")
    assert found | {"lines": 0} == plain | {"lines": 0}


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\ufeff", "\u200b", "\t\r\n"])
@pytest.mark.parametrize("kind", [PLAIN, "text/html", JSON])
def test_an_empty_text_is_a_valid_request(client: FlaskClient, text: str, kind: str) -> None:
    answer = post(client, json.dumps({"text": text}) if kind == JSON else text, kind)

    assert answer.status_code == 200
    assert answer.json["body"].strip("\u200b\ufeff") == ""
    assert (answer.json["related"], answer.json["title"]) == ([], None)


@pytest.mark.parametrize(
    "text",
    ["one line", "\0", "a\0b\x01\x1b[31m\x7f\x85", "\u200f\u202eabc\u2066", "\ufffe\uffff", "😀" * 1000,
     "\u0301" * 1000, "a\u2028b\u2029c\x0bd\x0ce", "-" * 100_000, "\n" * 100_000, "a\n" * 50_000, "Share on Facebook"],
)  # fmt: skip
def test_odd_texts_are_served(client: FlaskClient, text: str) -> None:
    for answer in (post(client, text), post(client, json.dumps({"text": text}), JSON)):
        assert answer.status_code == 200
        loses_nothing(text, answer.json)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from([PLAIN, "text/html", JSON, LINES, "image/png"]))
def test_no_bytes_make_a_fault(client: FlaskClient, raw: bytes, kind: str) -> None:
    for path in ("/v1/clean", "/v1/clean/batch"):
        assert post(client, raw, kind, path).status_code in (200, 400, 415, 422)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "status", "pointers"),
    [
        ("", JSON, 400, []),
        ("{", JSON, 400, []),
        ('{"text": NaN}', JSON, 400, []),
        ("[" * 100_000, JSON, 400, []),
        ('{"text":' * 100_000, JSON, 400, []),
        (b'{"text": "\xff"}', JSON, 400, []),
        (b"\xff\xfe\x00", PLAIN, 400, []),
        (b"\xff", PLAIN, 400, []),
        (b"\xff", "text/html; charset=utf-8", 400, []),
        (b"a", "text/plain; charset=klingon", 400, []),
        (b"a", "text/plain; charset=rot13", 400, []),
        (b"\x98", "text/plain; charset=windows-1251", 400, []),
        ("[]", JSON, 422, [""]),
        ('"text"', JSON, 422, [""]),
        ("{}", JSON, 422, [""]),
        ('{"text": "a", "html": "b"}', JSON, 422, [""]),
        ('{"text": 1}', JSON, 422, ["/text"]),
        ('{"text": "\\ud83d"}', JSON, 422, ["/text"]),
        ('{"text": "a", "text": "b"}', JSON, 422, ["/text"]),
        ('{"text": "a", "options": {"a": 1, "a": 1}}', JSON, 422, ["/options/a"]),
        ('{"text": "a", "colour": "red"}', JSON, 422, ["/colour"]),
        ('{"text": "a", "scope": "all"}', JSON, 422, ["/scope"]),
        ('{"text": "a", "language": "xx"}', JSON, 422, ["/language"]),
        ('{"text": "a", "url": "/news/1"}', JSON, 422, ["/url"]),
        ('{"text": "a", "explain": "yes"}', JSON, 422, ["/explain"]),
        (b"a", None, 415, []),
        (b"a", "application/x-www-form-urlencoded", 415, []),
        (b"a", "text/markdown", 415, []),
        (b"a", LINES, 415, []),
    ],
)
def test_a_bad_body_is_refused_with_its_reason(
    client: FlaskClient, body: bytes | str, kind: str | None, status: int, pointers: list[str]
) -> None:
    is_problem(post(client, body, kind), status, *pointers)
    assert post(client, "still served").status_code == 200


def test_a_lone_surrogate_is_told_from_a_pair(client: FlaskClient) -> None:
    answer = post(client, '{"text": "\\ud83d"}', JSON)

    assert "not valid Unicode" in answer.json["errors"][0]["detail"]
    assert post(client, '{"text": "\\ud83d\\ude00 is a face"}', JSON).json["body"] == "😀 is a face"


@pytest.mark.parametrize(
    ("query", "status", "pointers"),
    [
        ("scope=all", 422, ["/scope"]),
        ("scope=tail&scope=article", 422, ["/scope"]),
        ("explain=1", 422, ["/explain"]),
        ("language=klingon", 422, ["/language"]),
        ("url=news.example", 422, ["/url"]),
        ("colour=red", 422, ["/colour"]),
        ("text=a", 422, ["/text"]),
        ("title=%FF", 400, []),
    ],
)
@pytest.mark.parametrize("path", ["/v1/clean", "/v1/clean/batch"])
def test_a_bad_query_is_refused_with_its_reason(
    client: FlaskClient, path: str, query: str, status: int, pointers: list[str]
) -> None:
    is_problem(post(client, "a", LINES if "batch" in path else PLAIN, f"{path}?{query}"), status, *pointers)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/clean", {"POST", "OPTIONS"}),
        ("PUT", "/v1/clean", {"POST", "OPTIONS"}),
        ("GET", "/v1/clean/batch", {"POST", "OPTIONS"}),
        ("POST", "/health", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient, method: str, path: str, allowed: set[str]) -> None:
    answer = client.open(path, method=method)

    is_problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "path", ["/v1/clean/", "/v2/clean", "//v1/clean", "/static/app.py", "/health/x", "/%00", "/\ufffd"]
)
def test_an_unknown_path_is_a_problem_too(client: FlaskClient, path: str) -> None:
    is_problem(client.get(path), 404)


@pytest.mark.parametrize("path", ["//health", "///health", "//v1/clean", "//", "/v1//clean"])
def test_a_path_with_doubled_slashes_is_wrong(client: FlaskClient, path: str) -> None:
    # As it stands in the request line: the client would take what is behind two slashes for a host.
    is_problem(client.get("/", environ_overrides={"PATH_INFO": path}), 404)


def test_415_says_what_is_accepted(client: FlaskClient) -> None:
    detail = post(client, b"a", "application/x-www-form-urlencoded").json["detail"]

    assert "text/plain" in detail
    assert "application/json" in detail


# --- size and gzip ----------------------------------------------------------------------------------------------------


def test_gzip_is_unpacked(client: FlaskClient, seed: str) -> None:
    half = len(seed) // 2
    members = gzip.compress(seed[:half].encode()) + gzip.compress(seed[half:].encode())

    assert post(client, members, Content_Encoding="gzip").data == post(client, seed).data
    assert (
        post(client, gzip.compress(json.dumps({"text": seed}).encode()), JSON, Content_Encoding="GZIP").data
        == post(client, seed).data
    )
    assert post(client, seed, Content_Encoding="identity").data == post(client, seed).data


@pytest.mark.parametrize(
    "packed", [b"", b"plain", gzip.compress(b"text")[:-4], gzip.compress(b"text") + b"more", zlib.compress(b"text")]
)
def test_what_is_no_gzip_is_refused(client: FlaskClient, packed: bytes) -> None:
    is_problem(post(client, packed, Content_Encoding="gzip"), 400)


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "gzip,br", "nonsense"])
def test_an_unknown_encoding_is_refused(client: FlaskClient, encoding: str) -> None:
    answer = post(client, b"text", Content_Encoding=encoding)

    is_problem(answer, 415)
    assert answer.headers["Accept-Encoding"] == "gzip"


def test_the_limit_is_inclusive_and_holds_after_decompression(client: FlaskClient) -> None:
    fits, over = b"word " * 200_000, b"word " * 200_000 + b"!"

    assert post(client, fits).status_code == 200
    assert post(client, gzip.compress(fits), Content_Encoding="gzip").status_code == 200
    is_problem(post(client, over), 413)
    is_problem(post(client, gzip.compress(over), Content_Encoding="gzip"), 413)
    is_problem(post(client, gzip.compress(b"\0" * 100_000_000), Content_Encoding="gzip"), 413)


def test_a_body_of_unknown_length_is_read_to_the_limit_only(client: FlaskClient) -> None:
    class Endless(BytesIO):
        sent = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.sent += size or 0
            return b"x" * (size or 0)

    stream = Endless()
    answer = client.post(
        "/v1/clean", input_stream=stream, content_type=PLAIN, environ_overrides={"wsgi.input_terminated": True}
    )

    is_problem(answer, 413)
    assert stream.sent < 3_100_000


# --- batch ------------------------------------------------------------------------------------------------------------


def test_a_batch_gives_the_answers_of_single_requests(client: FlaskClient, seed: str) -> None:
    lines = [{"id": 1, "text": seed}, {"text": "a", "colour": "red"}, {"id": "page", "html": PAGE}]
    sent = "\n".join(json.dumps(line) for line in lines).encode()
    for answer in (
        post(client, sent, LINES, "/v1/clean/batch"),
        post(client, gzip.compress(sent), LINES, "/v1/clean/batch", Content_Encoding="gzip"),
    ):
        assert answer.status_code == 200
        assert answer.mimetype == LINES
        first, second, third = (json.loads(line) for line in answer.data.splitlines())
        assert first == {"id": 1, **post(client, seed).json}
        assert second["error"] == post(client, json.dumps(lines[1]), JSON).json
        assert third == {"id": "page", **post(client, json.dumps({"html": PAGE}), JSON).json}


def test_a_batch_must_be_json_lines_in_utf8(client: FlaskClient) -> None:
    is_problem(post(client, b"{}", JSON, "/v1/clean/batch"), 415)
    is_problem(post(client, b"{}", LINES + "; charset=windows-1251", "/v1/clean/batch"), 415)
    is_problem(post(client, b"{}", LINES, "/v1/clean/batch", Content_Encoding="br"), 415)
    assert post(client, b"", LINES, "/v1/clean/batch").data == b""


# --- faults of our own ------------------------------------------------------------------------------------------------


def test_a_fault_shows_no_trace_and_logs_no_text(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(source: str, *_: object) -> None:
        raise ValueError(f"cannot clean {source!r}")

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
        patched.setattr(service.articles.clean, "clean_text", fail)
        answer = post(client, "a very secret text")
        line = json.loads(post(client, b'{"id": 3, "text": "a very secret text"}\n', LINES, "/v1/clean/batch").data)

    is_problem(answer, 500)
    assert line["id"] == 3
    assert line["error"] == answer.json
    assert len(caplog.records) == 2
    for record in caplog.records:
        assert "ValueError while serving POST /v1/clean" in record.getMessage()
        assert "test_app.py" in record.getMessage()
    assert "secret" not in caplog.text + answer.text
    assert post(client, "a very secret text").status_code == 200


def test_faulty_packs_stop_the_start_and_are_all_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> Lexicon:
        raise PackError(["ru.toml: first fault", "en.toml: second fault"])

    monkeypatch.setattr(service.given, "load_lexicon", fail)
    with pytest.raises(SystemExit) as caught:
        create_app(Settings())

    assert caught.value.code not in (0, None)
    told = capsys.readouterr().err
    assert "ru.toml: first fault" in told
    assert "en.toml: second fault" in told
    assert "Traceback" not in told


def test_faulty_settings_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lexicon: Lexicon
) -> None:
    monkeypatch.setenv("PORT", "none")
    monkeypatch.setenv("AFTERWORD_MAX_BYTES", "-1")
    with pytest.raises(SystemExit):
        create_app(lexicon=lexicon)

    told = capsys.readouterr().err
    assert "PORT" in told
    assert "AFTERWORD_MAX_BYTES" in told


# --- operations -------------------------------------------------------------------------------------------------------


def test_health_and_ready(client: FlaskClient) -> None:
    assert client.get("/health").json == {"status": "ok"}
    assert client.get("/ready").json == {"status": "ready"}
    assert client.head("/health").data == b""


def test_rules_tells_what_is_loaded(client: FlaskClient, lexicon: Lexicon) -> None:
    found = client.get("/v1/rules").json

    facts = json.loads(json.dumps(lexicon.facts()))
    assert found == {"version": service.__version__, "model": tagger.load().version, **facts, "sites": {}}
    assert {"ru", "en"} <= set(found["languages"])
    assert f"Version {found['model']}" in (tagger.FILE.parent / "CARD.md").read_text("utf-8")


def test_the_page_leads_to_the_contract(client: FlaskClient) -> None:
    answer = client.get("/")

    assert answer.mimetype == "text/html"
    assert 'href="docs"' in answer.text
    assert 'href="openapi.json"' in answer.text


@pytest.mark.parametrize("path", ["/", "/docs", "/health", "/v1/rules", "/nowhere", "/v1/clean"])
def test_every_answer_has_strict_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Access-Control-Allow-Origin" not in headers


def test_two_applications_share_nothing(app: Flask, lexicon: Lexicon) -> None:
    small = create_app(Settings(max_bytes=3), lexicon).test_client()

    is_problem(post(small, "four"), 413)
    assert post(app.test_client(), "four").status_code == 200


def test_what_is_allowed_is_told_without_a_body(client: FlaskClient) -> None:
    answer = client.options("/v1/clean")

    assert (answer.status_code, answer.data) == (200, b"")
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    assert "Content-Type" not in answer.headers
