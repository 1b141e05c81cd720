"""A batch answers line by line, in order; a bad line harms no other."""

import codecs
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.batch import answers
from service.errors import RequestError
from service.wire import CleanAnswer, CleanOptions, CleanRequest

NONE = CleanOptions()


def echo(request: CleanRequest) -> CleanAnswer:
    """A cleaner that keeps all: what is tested here is the batch."""
    if request.text == "fault":
        raise RequestError(500, "the service failed on this request; the fault is logged")
    return {
        "body": request.text or "",
        "title": request.title,
        "published": None,
        "language": None,
        "related": [],
        "removed": [],
    }


def run(*pieces: bytes, limit: int = 1000, defaults: CleanOptions = NONE) -> list[Any]:
    return [json.loads(line) for line in answers(pieces, limit, defaults, echo)]


@given(
    st.lists(st.text(max_size=20), max_size=8),
    st.integers(1, 50),
    st.booleans(),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
)
def test_answers_come_in_order_however_the_bytes_are_cut(texts: list[str], size: int, ended: bool, end: str) -> None:
    lines = [json.dumps({"id": number, "text": text}) for number, text in enumerate(texts)]
    sent = (end.join(lines) + (end if ended else "")).encode()
    found = run(*(sent[at : at + size] for at in range(0, len(sent), size)))

    assert [(answer["id"], answer["body"]) for answer in found] == list(enumerate(texts))


def test_a_line_that_fails_has_its_problem_in_its_place() -> None:
    found = run(
        b'{"id": 1, "text": "one"}\n'
        b"not json\n"
        b'{"id": "b"}\n'
        b'{"id": 1e999, "text": "a"}\n'
        b'{"id": 5, "text": "\xff"}\n'
        b'{"id": 6, "text": "fault"}\n'
        b"[]\n"
        b'{"text": "last"}'
    )

    assert [(answer.get("id"), answer.get("body"), answer.get("error", {}).get("status")) for answer in found] == [
        (1, "one", None),
        (None, None, 400),
        ("b", None, 422),
        (None, None, 422),
        (None, None, 400),
        (6, None, 500),
        (None, None, 422),
        (None, "last", None),
    ]
    assert "id" not in found[-1]
    assert found[3]["error"]["errors"] == [{"pointer": "/id", "detail": found[3]["error"]["errors"][0]["detail"]}]
    assert found[3]["error"]["errors"][0]["detail"].startswith("must hold no number out of range")


@pytest.mark.parametrize(
    "name",
    ["", "π", 0, -7, 1.5, True, None, [1, [None]], {"crawl": 7, "page": {"id": "a"}}, 1750000000000000000, 2**127],
)
def test_an_id_of_any_sort_is_carried_back_as_it_came(name: object) -> None:
    cleaned, failed = run(json.dumps({"id": name, "text": "a"}).encode() + b"\n" + json.dumps({"id": name}).encode())

    assert (cleaned["id"], cleaned["body"]) == (name, "a")
    assert type(cleaned["id"]) is type(name)
    assert (failed["id"], failed["error"]["status"]) == (name, 422)


def test_an_id_that_cannot_be_written_is_refused_and_the_next_line_is_not() -> None:
    found = run(
        b'{"id": "\\ud800", "text": "a"}\n'
        b'{"id": ["\\ud800"], "text": "a"}\n'
        b'{"id": {"a": -1e999}, "text": "a"}\n'
        b'{"id": ' + b"9" * 400 + b', "text": "a"}\n'
        b'{"id": ' + b"[" * 500 + b"]" * 500 + b', "text": "a"}\n'
        b'{"id": 1, "text": "last"}'
    )

    assert [(answer.get("id"), answer.get("error", {}).get("status")) for answer in found[:4]] == [(None, 422)] * 4
    assert (found[5]["id"], found[5]["body"]) == (1, "last")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('{"id": 4, "text": "a", "text": "b"}', 4),
        ('{"text": "a", "id": "b", "more": {"x": 1, "x": 2}}', "b"),
        ('{"id": 4, "text": "a", "id": 5}', None),
        ('{"text": "a", "text": "b", "id": 4, "id": 5}', None),
        ('[{"id": 4, "id": 5}]', None),
    ],
)
def test_a_line_with_a_name_twice_is_refused_under_its_id(line: str, name: object) -> None:
    (found,) = run(line.encode())

    assert (found["id"], found["error"]["status"]) == (name, 422)


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_byte_order_mark_before_a_line_is_none_of_it(size: int, end: bytes) -> None:
    sent = b"".join(codecs.BOM_UTF8 + line + end for line in (b'{"text": "one"}', b"", b' {"text": "two"}'))
    found = run(*(sent[at : at + size] for at in range(0, len(sent), size)))

    assert [answer["body"] for answer in found] == ["one", "two"]


def test_options_of_the_query_string_hold_for_every_line_that_says_nothing_else() -> None:
    found = run(b'{"text": "a"}\n{"text": "b", "title": "B"}\n', defaults=CleanOptions(title="A"))

    assert [answer["title"] for answer in found] == ["A", "B"]


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_a_line_over_the_limit_is_refused_and_the_next_one_is_not(size: int) -> None:
    fits = json.dumps({"text": "x" * 80}).encode()
    longer = json.dumps({"text": "x" * 500}).encode()
    sent = b"\n".join([fits, longer, fits, longer])
    found = run(*(sent[at : at + size] for at in range(0, len(sent), size)), limit=len(fits))

    assert [answer.get("error", {}).get("status") for answer in found] == [None, 413, None, 413]


def test_a_line_without_end_is_not_kept() -> None:
    """A gigabyte in one line, in pieces of a megabyte: only memory for the limit is there."""
    pieces = itertools.chain(itertools.repeat(b"x" * 1_000_000, 1000), [b'\n{"text": "next"}\n'])
    found = [json.loads(line) for line in answers(pieces, 1000, NONE, echo)]

    assert [answer.get("error", {}).get("status") for answer in found] == [413, None]


def test_answers_come_while_the_stream_still_runs() -> None:
    endless = itertools.repeat(b'{"text": "again"}\n')
    found = list(itertools.islice(answers(endless, 1000, NONE, echo), 1000))

    assert len(set(found)) == 1


def test_a_body_that_breaks_off_says_so_at_its_end() -> None:
    def broken() -> Iterator[bytes]:
        yield b'{"text": "one"}\n{"text": "tw'
        raise RequestError(400, "the gzip body ends too early")

    found = [json.loads(line) for line in answers(broken(), 1000, NONE, echo)]

    assert found[0]["body"] == "one"
    assert found[1:] == [
        {
            "id": None,
            "error": {
                "type": "about:blank",
                "title": "Bad Request",
                "status": 400,
                "detail": "the gzip body ends too early",
            },
        }
    ]


def test_what_is_held_of_a_line_is_told_and_may_be_refused() -> None:
    told: list[int] = []

    def hold(size: int) -> None:
        told.append(size)
        if size > 100:
            raise RequestError(503, "there is no room", retry_after=2)

    line = json.dumps({"text": "x" * 50}).encode()
    pieces = [line + b"\n" + line[:20], line[20:] + b"\n", b'{"text": "', b"y" * 200, b'"}\n']
    found = [json.loads(answer) for answer in answers(iter(pieces), 1000, NONE, echo, hold)]

    assert told == [20, 0, 10, 210]
    assert [answer.get("error", {}).get("status") for answer in found] == [None, None, 503]
