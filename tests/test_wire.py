"""Requests are validated strictly, and every fault is named by its pointer."""

import pytest

from service.errors import RequestError
from service.model import JudgedLine, Kind, Options, RelatedLink, Removed, Result, Scope
from service.wire import BatchRequest, CleanOptions, CleanRequest, answer, problem, read_options, read_request

NONE = CleanOptions()


def test_a_text_alone_has_every_default() -> None:
    request = read_request({"text": "a"}, NONE, CleanRequest)

    assert (request.text, request.html) == ("a", None)
    assert request.options() == Options(scope=None, url=None, title=None, language=None, explain=False)


def test_every_option_arrives() -> None:
    given = {
        "html": "<p>",
        "scope": "article",
        "url": "https://пример.рф:8080/a?b#c",
        "title": "Ü",
        "language": "sr-Latn-RS",
        "explain": True,
    }

    assert read_request(given, NONE, CleanRequest).options() == Options(
        Scope.ARTICLE, "https://пример.рф:8080/a?b#c", "Ü", "sr-Latn-RS", explain=True
    )


def test_null_is_as_good_as_absent() -> None:
    given = dict.fromkeys(("html", "scope", "url", "title", "language", "explain", "id"))

    assert read_request({"text": "", **given}, NONE, BatchRequest) == read_request({"text": ""}, NONE, BatchRequest)


def test_the_query_string_gives_defaults_and_the_object_wins() -> None:
    defaults = read_options(b"scope=article&title=A&explain=true")
    request = read_request({"text": "a", "title": "B", "explain": False, "scope": None}, defaults, CleanRequest)

    assert request.options() == Options(Scope.ARTICLE, title="B")


@pytest.mark.parametrize(
    ("found", "pointers"),
    [
        ([], [""]),
        ("text", [""]),
        (None, [""]),
        ({}, [""]),
        ({"text": None}, [""]),
        ({"text": "a", "html": "b"}, [""]),
        ({"text": 1}, ["/text"]),
        ({"text": ["a"]}, ["/text"]),
        ({"html": {"a": "b"}}, ["/html"]),
        ({"text": "a", "scope": "Tail"}, ["/scope"]),
        ({"text": "a", "scope": ""}, ["/scope"]),
        ({"text": "a", "explain": "true"}, ["/explain"]),
        ({"text": "a", "explain": 1}, ["/explain"]),
        ({"text": "a", "title": 5}, ["/title"]),
        ({"text": "a", "title": "x" * 5000}, ["/title"]),
        ({"text": "a", "scop": "tail"}, ["/scop"]),
        ({"text": "a", "a/b~": None}, ["/a~1b~0"]),
        ({"text": "a", "id": 1}, ["/id"]),
        ({"text": 1, "scope": 2, "x": 3}, ["/scope", "/text", "/x"]),
        ({"text": "a\ud83d"}, ["/text"]),
        ({"text": "a", "title": "\udc00"}, ["/title"]),
        ({"text": "a", "\ud800": 1}, ["/?"]),
        ({str(number): 1 for number in range(51)}, [""]),
    ],
)
def test_a_fault_is_refused_and_pointed_to(found: object, pointers: list[str]) -> None:
    with pytest.raises(RequestError) as caught:
        read_request(found, NONE, CleanRequest)

    assert caught.value.status == 422
    assert [place for place, _ in caught.value.faults] == pointers
    assert all(len(told) < 100 for _, told in caught.value.faults)


URLS_REFUSED = ["", "/a", "example.com", "ftp://example.com/", "javascript:alert(1)", "http://", "http:///a", "http:a"]
URLS_REFUSED += [
    "http://[::1",
    "http://a:99999/",
    "http://a:0/",
    "http://a b/",
    "http://a/\n",
    "https://a/\x00",
    "file:///etc",
]


@pytest.mark.parametrize("url", [*URLS_REFUSED, "http://a/" + "b" * 5000])
def test_url_must_be_an_absolute_web_address(url: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_request({"text": "a", "url": url}, NONE, CleanRequest)

    assert [place for place, _ in caught.value.faults] == ["/url"]


@pytest.mark.parametrize(
    "tag", ["en", "EN-gb", "tlh", "zh-Hant-TW", "sr-Latn", "i-klingon", "de-CH-1996", "mul", "und"]
)
def test_a_language_that_exists_is_accepted_as_a_hint(tag: str) -> None:
    assert read_request({"text": "a", "language": tag}, NONE, CleanRequest).language == tag


@pytest.mark.parametrize(
    "tag", ["", "xx", "klingon", "english", "en_GB", "en-", "-en", " en", "en\n", "e", "рус", "en-" * 20]
)
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_request({"text": "a", "language": tag}, NONE, CleanRequest)

    assert [place for place, _ in caught.value.faults] == ["/language"]


@pytest.mark.parametrize(
    ("query", "status", "pointers"),
    [
        (b"scope=tail&scope=tail", 422, ["/scope"]),
        (b"scope=both", 422, ["/scope"]),
        (b"explain=yes", 422, ["/explain"]),
        (b"explain=", 422, ["/explain"]),
        (b"text=a", 422, ["/text"]),
        (b"html=a", 422, ["/html"]),
        (b"colour=red", 422, ["/colour"]),
        (b"url=nowhere", 422, ["/url"]),
        (b"title=%FF", 400, []),
        (b"title=\xff", 400, []),
        (b"&".join(b"o%d=1" % number for number in range(51)), 422, []),
    ],
)
def test_a_fault_in_the_query_string_is_refused(query: bytes, status: int, pointers: list[str]) -> None:
    with pytest.raises(RequestError) as caught:
        read_options(query)

    assert caught.value.status == status
    assert [place for place, _ in caught.value.faults] == pointers


def test_a_query_string_may_be_escaped_or_not() -> None:
    expected = Options(title="Мост закрыт", explain=True)

    assert read_options("title=Мост+закрыт&explain=true".encode()).options() == expected
    assert (
        read_options(b"explain=true&title=%D0%9C%D0%BE%D1%81%D1%82%20%D0%B7%D0%B0%D0%BA%D1%80%D1%8B%D1%82").options()
        == expected
    )
    assert read_options(b"") == NONE


@pytest.mark.parametrize("name", [0, -7, 10**17, 1.5, True, [], {}, 1e300, "", "a/1", "ü"])
def test_an_id_may_be_anything(name: object) -> None:
    assert read_request({"text": "a", "id": name}, NONE, BatchRequest).id == name


@pytest.mark.parametrize("name", [float("inf"), [float("-inf")], {"a": "\ud800"}])
def test_an_id_that_cannot_be_written_back_is_refused(name: object) -> None:
    with pytest.raises(RequestError) as caught:
        read_request({"text": "a", "id": name}, NONE, BatchRequest)

    ((place, told),) = caught.value.faults
    assert (place, told.partition(",")[0]) == ("/id", "must hold no number out of range and no broken text")


RESULT = Result(
    source="Body.\n\nShare",
    body="Body.",
    language="en",
    related=(RelatedLink("Other", date="2016-08-23"),),
    removed=(Removed(7, 12, Kind.SHARE, "Share", "a share button"),),
    lines=(JudgedLine(0, 5, Kind.BODY, 0.123456, removed=False, evidence=("prose",)),),
)


def test_the_answer_has_the_fields_of_the_contract_in_a_fixed_order() -> None:
    assert list(answer(RESULT, html=False, explain=False)) == [
        "body", "title", "published", "language", "related", "removed",
    ]  # fmt: skip
    assert answer(RESULT, html=False, explain=False) == {
        "body": "Body.",
        "title": None,
        "published": None,
        "language": "en",
        "related": [{"title": "Other", "url": None, "date": "2016-08-23", "heading": None}],
        "removed": [{"start": 7, "end": 12, "kind": "share", "text": "Share", "reason": "a share button"}],
    }


def test_text_comes_with_html_and_lines_with_explain() -> None:
    found = answer(RESULT, html=True, explain=True)

    assert found["text"] == "Body.\n\nShare"
    assert found["lines"] == [
        {
            "start": 0,
            "end": 5,
            "text": "Body.",
            "kind": "body",
            "confidence": 0.1235,
            "removed": False,
            "evidence": ["prose"],
        }
    ]


def test_a_note_is_there_only_when_there_is_something_to_say() -> None:
    assert "note" not in answer(RESULT, html=True, explain=True)
    assert answer(Result("", "", note="no article"), html=False, explain=False)["note"] == "no article"


def test_a_problem_is_as_rfc_9457_has_it() -> None:
    assert problem(RequestError(422, "no", [("/text", "must be a string")])) == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "no",
        "errors": [{"pointer": "/text", "detail": "must be a string"}],
    }
    assert "errors" not in problem(RequestError(400, "no"))
    assert problem(RequestError(414, "no"))["title"] == "URI Too Long"
