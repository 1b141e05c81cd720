"""A thread gets a request when it has come, and by what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.arrival import GATHERED, Arrival, Lane

BODY = b"Content-Length: 5\r\n\r\nhello"
CASES = {
    b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n": Lane.QUICK,
    b"\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n": Lane.QUICK,
    b"POST /v1/clean HTTP/1.1\r\n" + BODY: Lane.ARTICLE,
    b"POST /v1/clean?scope=tail HTTP/1.1\r\ncontent-length:5\r\n\r\nhello": Lane.ARTICLE,
    b"POST /%761/clean HTTP/1.1\r\n" + BODY: Lane.ARTICLE,
    b"POST /v1/clean/batch HTTP/1.1\r\n" + BODY: Lane.STREAM,
    b"POST /v1/clean/batch?scope=tail HTTP/1.1\r\n" + BODY: Lane.STREAM,
    b"POST /v1/clean HTTP/1.1\r\nContent-Encoding: gzip\r\n" + BODY: Lane.STREAM,
    b"POST /v1/clean HTTP/1.1\r\nExpect: 100-continue\r\n" + BODY: Lane.STREAM,
    b"POST /v1/clean HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n": Lane.STREAM,
    b"POST /v1/clean HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (GATHERED + 1): Lane.STREAM,
    b"POST /v1/clean HTTP/1.1\r\nContent-Length: 0\r\n\r\n": Lane.QUICK,
}


@pytest.mark.parametrize("sent", CASES, ids=lambda sent: sent[:60].decode())
def test_a_request_finds_its_lane_however_it_is_cut(sent: bytes) -> None:
    for size in (1, 3, 1000):
        arrival = Arrival(0)
        come = [arrival.add(sent[at : at + size]) for at in range(0, len(sent), size)]

        assert come[-1]
        assert (arrival.lane, bytes(arrival.held)) == (CASES[sent], sent)
        assert arrival.batch == (b"/batch" in sent)
        assert not arrival.too_long


@pytest.mark.parametrize("sent", [case for case, lane in CASES.items() if lane is not Lane.STREAM])
def test_one_byte_less_is_not_enough(sent: bytes) -> None:
    assert not Arrival(0).add(sent[:-1])


def test_what_follows_a_request_is_kept() -> None:
    arrival = Arrival(0)

    assert arrival.add(b"GET / HTTP/1.1\r\n\r\nGET /health HTTP/1.1\r\n")
    assert arrival.held.endswith(b"GET /health HTTP/1.1\r\n")


def test_a_head_without_end_is_not_gathered_for_ever() -> None:
    arrival = Arrival(0)
    come = [arrival.add(b"x" * 1000) for _ in range(40)]

    assert come.index(True) == 32
    assert arrival.too_long


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("size", [1000, 1 << 20])
def test_a_head_is_as_long_as_it_is_however_it_comes(more: int, size: int) -> None:
    start, end, body = b"POST /v1/clean HTTP/1.1\r\nA: ", b"\r\nContent-Length: 60000\r\n\r\n", b"x" * 60_000
    sent = start + b"a" * ((1 << 15) - len(start) - len(end) + more) + end + body
    arrival = Arrival(0)
    come = [arrival.add(sent[at : at + size]) for at in range(0, len(sent), size)]

    assert any(come)
    assert arrival.too_long == bool(more)


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\n\n", b"\n", b"GET / HTTP/1.1\r\nA: b\n"])
def test_a_line_end_that_is_none_is_handed_on_to_be_refused(sent: bytes) -> None:
    assert Arrival(0).add(sent)


@given(st.binary(max_size=200), st.integers(1, 20))
def test_nothing_raises(sent: bytes, size: int) -> None:
    arrival = Arrival(0)
    for at in range(0, len(sent), size):
        arrival.add(sent[at : at + size])

    assert arrival.held == sent
