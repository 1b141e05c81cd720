"""The Python client: the answers of the service, patience while it is away, and nothing lost or doubled."""

import asyncio
import itertools
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import httpx
import pytest

from service import exchange
from service.client import AsyncClient, Client, RequestError, UnreachableError
from tests.serving import Server

TEXT = "The bridge was closed on Monday.\n\nShare on Facebook"
BODY = "The bridge was closed on Monday."
PAGE = f"<article><h1>Storm</h1><p>{BODY * 3}</p></article><p>Share on Facebook</p>"


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(f"http://127.0.0.1:{server.port}") as found:
        yield found


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_FIRST_WAIT", 0.001)


# --- the service itself -----------------------------------------------------------------------------------------------


def test_one_article(client: Client, server: Server) -> None:
    sent = json.dumps({"text": TEXT, "explain": True}).encode()
    assert client.clean(TEXT, explain=True) == server.ask("/v1/clean", sent, Content_Type="application/json").json
    assert client.clean(html=PAGE)["body"].endswith(BODY)


def test_one_article_async(server: Server) -> None:
    async def ask() -> list[str]:
        async with AsyncClient(f"http://127.0.0.1:{server.port}") as client:
            found = await asyncio.gather(*(client.clean(f"{n}. {TEXT}") for n in range(20)))
            return [answer["body"] for answer in found]

    assert asyncio.run(ask()) == [f"{n}. {BODY}" for n in range(20)]


def articles(count: int) -> Iterator[dict[str, Any]]:
    """Yield articles of all sizes, some of them wrong."""
    for n in range(count):
        if n % 50 == 7:
            yield {"id": n, "text": TEXT, "scope": "all"}
        elif n % 50 == 9:
            yield {"id": n, "text": f"{n}. {BODY}\n\n" * 3000}
        else:
            yield {"id": n, "text": f"{n}. {TEXT}"}


def check(answers: list[dict[str, Any]], count: int) -> None:
    assert [answer["id"] for answer in answers] == list(range(count))
    for n, answer in enumerate(answers):
        if n % 50 == 7:
            assert (answer["error"]["status"], answer["error"]["errors"][0]["pointer"]) == (422, "/scope")
        else:
            assert answer["body"].startswith(f"{n}. {BODY}")


def test_many_articles(client: Client) -> None:
    check(list(client.clean_many(articles(400))), 400)


def test_many_articles_async(server: Server) -> None:
    async def come() -> AsyncIterator[dict[str, Any]]:
        for article in articles(400):
            yield article

    async def ask() -> list[list[dict[str, Any]]]:
        async with AsyncClient(f"http://127.0.0.1:{server.port}") as client:
            return [[answer async for answer in client.clean_many(source)] for source in (articles(400), come())]

    for answers in asyncio.run(ask()):
        check(answers, 400)


def test_texts_alone_and_options_for_all(client: Client) -> None:
    answers = list(client.clean_many([TEXT, {"text": TEXT, "explain": False}], explain=True))

    assert [("lines" in answer, "id" in answer) for answer in answers] == [(True, False), (False, False)]


def test_an_id_may_be_anything(client: Client) -> None:
    ids = [None, "a", 1.5, {"page": [1]}, True]
    answers = list(client.clean_many({"id": own, "text": TEXT} for own in ids))

    assert [answer.get("id") for answer in answers] == ids


def test_answers_come_before_the_last_article_is_there(client: Client) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        for taken in itertools.count(1):  # noqa: B007
            yield TEXT * 100

    answers = client.clean_many(endless())
    for answer in itertools.islice(answers, 30):
        assert answer["body"].startswith(BODY)
    answers.close()  # type: ignore[attr-defined]

    assert taken < 30 + 8 * exchange.CHUNK // len(TEXT * 100)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("afterword") and thread.daemon]


def test_a_wild_text_goes_through(client: Client) -> None:
    wild = "One\u2028line.\x85\x0bAnd \ud800 more\x00."
    with pytest.raises(RequestError, match="surrogate"):
        client.clean(wild)
    fine = wild.replace("\ud800", "\U0001f600")
    (answer,) = client.clean_many([fine])
    assert answer == client.clean(fine)


def test_what_is_refused_says_why(client: Client) -> None:
    with pytest.raises(RequestError) as refused:
        client.clean(TEXT, scope="all")

    assert (refused.value.status, refused.value.faults) == (422, (("/scope", "must be 'tail' or 'article'"),))


def test_an_answer_is_typed_as_on_the_wire(client: Client) -> None:
    assert {"body", "title", "published", "language", "related", "removed"} == set(client.clean(TEXT))


# --- a service that is away -------------------------------------------------------------------------------------------

Handler = Callable[[httpx.Request], httpx.Response]


def echo(request: httpx.Request) -> httpx.Response:
    lines = [json.loads(line) for line in request.content.splitlines()]
    if request.url.path == "/v1/clean":
        return httpx.Response(200, json={"body": lines[0]["text"]})
    return lines_of({"id": one["id"], "body": one["text"]} for one in lines)


def lines_of(values: Iterable[object]) -> httpx.Response:
    return ndjson(b"".join(map(line, values)))


def ndjson(content: bytes) -> httpx.Response:
    return httpx.Response(200, content=content, headers={"Content-Type": "application/x-ndjson"})


def line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"


def gone(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused", request=request)


def broke_off(request: httpx.Request) -> httpx.Response:
    raise httpx.RemoteProtocolError("peer closed connection", request=request)


def status(number: int, **headers: str) -> Handler:
    return lambda _: httpx.Response(number, headers=headers, text="<h1>Away</h1>")


def half(request: httpx.Request) -> httpx.Response:
    whole = echo(request).content
    return ndjson(whole[: len(whole) // 2])


def stopping(request: httpx.Request) -> httpx.Response:
    first = echo(request).content.splitlines(keepends=True)[0]
    return ndjson(first + line({"id": None, "error": {"status": 503, "title": "stops"}}))


def turns(*handlers: Handler) -> tuple[Handler, list[httpx.Request]]:
    """Return a handler that answers as the first, then the next, at last for ever as the last of `handlers`."""
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return handlers[min(len(asked), len(handlers)) - 1](request)

    return handle, asked


def ask(handler: Handler, articles: list[Any], patience: float = 5, **given: Any) -> list[dict[str, Any]]:
    """Clean with an asynchronous client, one batch at a time."""

    async def ask_async() -> list[dict[str, Any]]:
        transport = httpx.MockTransport(handler)
        async with AsyncClient(transport=transport, patience=patience, parallel=1, **given) as client:
            return [answer async for answer in client.clean_many(articles)]

    return asyncio.run(ask_async())


AWAY = [gone, broke_off, status(502), status(503), status(504), status(429, **{"Retry-After": "0"})]


@pytest.mark.parametrize("away", [*AWAY, half, stopping])
def test_a_batch_goes_on_where_it_broke_off(away: Handler) -> None:
    sent = [{"id": f"a{n}", "text": str(n)} for n in range(10)]
    expected = [{"id": f"a{n}", "body": str(n)} for n in range(10)]

    assert ask(turns(away, away, echo)[0], sent) == expected
    with Client(transport=httpx.MockTransport(turns(away, away, echo)[0])) as client:
        assert list(client.clean_many(sent)) == expected


@pytest.mark.parametrize("away", AWAY)
def test_one_article_is_asked_again(away: Handler) -> None:
    with Client(transport=httpx.MockTransport(turns(away, away, echo)[0])) as client:
        assert client.clean("a")["body"] == "a"


def test_patience_ends() -> None:
    handler, asked = turns(gone)
    with pytest.raises(UnreachableError, match=r"0\.3 seconds.*ConnectError: connection refused"):
        ask(handler, ["a"], patience=0.3)
    with Client(transport=httpx.MockTransport(gone), patience=0.2) as client:
        with pytest.raises(UnreachableError):
            client.clean("a")
        with pytest.raises(UnreachableError):
            list(client.clean_many(["a"]))
    assert 5 < len(asked) < 20, "waits grow"


def test_retry_after_is_kept() -> None:
    handler, asked = turns(status(503, **{"Retry-After": "60"}), echo)
    with pytest.raises(UnreachableError, match="status 503"):
        ask(handler, ["a"], patience=1)
    assert len(asked) == 1, "nobody comes back before the time, so nobody waits for a time that is too late"


def test_an_article_that_takes_too_long_is_told_of_and_the_rest_go_on() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        lines = [json.loads(one) for one in request.content.splitlines()]
        slow = {"error": {"status": 503, "title": "too slow"}}
        answers = [{"id": one["id"], **(slow if one["text"] == "slow" else {"body": one["text"]})} for one in lines]
        return lines_of(answers)

    answers = ask(handle, ["a", "slow", "b"], patience=0.2)
    assert [answer.get("body") for answer in answers] == ["a", None, "b"]
    assert answers[1]["error"]["title"] == "too slow"


def test_a_line_that_lost_its_id_keeps_its_place() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        first, _, third = echo(request).content.splitlines(keepends=True)
        return ndjson(first + line({"id": None, "error": {"status": 413}}) + third)

    answers = ask(handle, [{"id": n, "text": str(n)} for n in range(3)])
    assert answers == [{"id": 0, "body": "0"}, {"id": 1, "error": {"status": 413}}, {"id": 2, "body": "2"}]


def test_a_proxy_with_a_limit_of_its_own() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return status(413)(request) if len(request.content) > exchange.CHUNK else echo(request)

    answers = ask(handle, [{"id": 1, "text": "a"}, {"id": 2, "text": "a" * exchange.CHUNK}, {"id": 3, "text": "b"}])
    assert [answer["id"] for answer in answers] == [1, 2, 3]
    assert answers[1]["error"]["status"] == 413


def test_a_key_that_is_wrong_is_told_at_once() -> None:
    problem = {"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "no such API key"}
    content = json.dumps(problem).encode()
    handler, asked = turns(
        lambda _: httpx.Response(401, content=content, headers={"Content-Type": "application/problem+json"})
    )
    with pytest.raises(RequestError, match="no such API key"):
        ask(handler, ["a"], key="secret")
    assert [request.headers["Authorization"] for request in asked] == ["Bearer secret"]


@pytest.mark.parametrize("wrong", [status(200), status(404), status(302)])
def test_what_is_not_the_service_is_told_at_once(wrong: Handler) -> None:
    for call in (lambda client: client.clean("a"), lambda client: list(client.clean_many(["a"]))):
        with (
            Client(transport=httpx.MockTransport(wrong)) as client,
            pytest.raises((RequestError, UnreachableError), match=r"not (from )?this service"),
        ):
            call(client)


def test_a_url_that_is_none_is_told_at_once() -> None:
    with Client("ftp://a.example") as client, pytest.raises(UnreachableError, match="cannot be asked"):
        client.clean("a")


def test_a_chunk_fits_into_the_buffers_of_a_connection() -> None:
    handler, asked = turns(echo)
    sizes = [1, 10, 30_000, 30_000, 70_000, 5, 64_000, 1]
    answers = ask(handler, ["a" * size for size in sizes])

    assert [len(answer["body"]) for answer in answers] == sizes
    assert all(len(request.content) <= exchange.CHUNK or request.content.count(b"\n") == 1 for request in asked)
    assert len(asked) == 5
