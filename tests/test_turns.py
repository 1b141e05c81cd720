"""Only so many articles at once, only so long, only so large."""

import json
import threading
import time
from contextlib import ExitStack

import pytest

from service import clean
from service.app import create_app
from service.errors import RequestError
from service.lexicon import Lexicon
from service.model import Options
from service.settings import Settings
from service.turns import Turns, Watched
from tests.test_app import JSON, LINES, is_problem, post


def test_one_after_the_other(lexicon: Lexicon) -> None:
    turns, inside, most = Turns(60, 1000), 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with turns.take("a", lexicon, html=False):
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 1


def test_who_gets_no_turn_in_time_is_told_so(lexicon: Lexicon) -> None:
    turns = Turns(0.05, 1000)
    with turns.take("a", lexicon, html=False), pytest.raises(RequestError) as caught:
        turns.take("b", lexicon, html=False).__enter__()

    assert (caught.value.status, caught.value.retry_after) == (503, 1)
    with turns.take("c", lexicon, html=False):
        pass


def test_large_ones_wait_for_each_other_and_small_ones_do_not(lexicon: Lexicon) -> None:
    turns, large = Turns(0.05, 10**9), "x" * 1_000_001
    with turns.take(large, lexicon, html=False):
        with turns.take("small", lexicon, html=False):
            pass
        with pytest.raises(RequestError, match="busy"):
            turns.take(large, lexicon, html=True).__enter__()


def test_an_article_that_takes_too_long_is_given_up_and_the_turn_is_free_again(lexicon: Lexicon) -> None:
    client = create_app(Settings(budget_seconds=1, threads=1), lexicon).test_client()
    slow = "\n".join(f"Line {number} is another one, and different" for number in range(400_000))
    is_problem(post(client, slow), 503)
    assert post(client, "quick").status_code == 200


def test_a_watched_lexicon_gives_the_same_answers(lexicon: Lexicon, seed: str) -> None:
    watched = Watched(lexicon, time.monotonic() + 60)

    assert clean.clean_text(seed, watched, Options()) == clean.clean_text(seed, lexicon, Options())
    assert sorted(watched.hits) == ["en.related.more", "en.share.this", *["ru.share.network"] * 3]


def test_no_line_is_looked_at_when_the_time_is_over(lexicon: Lexicon) -> None:
    with pytest.raises(RequestError, match="longer than an article may"):
        Watched(lexicon, time.monotonic() - 1).match("Share on Facebook")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_lines_have_a_limit(lexicon: Lexicon, end: str) -> None:
    client = create_app(Settings(max_lines=10), lexicon).test_client()

    assert post(client, f"a{end}" * 10).status_code == 200
    is_problem(post(client, f"a{end}" * 11), 413)
    is_problem(post(client, '{"html": "' + "<p>" * 11 + '"}', JSON), 413)
    assert post(client, "<p>a</p>" * 5, "text/html").status_code == 200
    line = json.loads(post(client, b'{"id": 1, "text": "' + b"a\\n" * 11 + b'"}', LINES, "/v1/clean/batch").data)
    assert (line["id"], line["error"]["status"]) == (1, 413)


def test_the_time_counts_from_when_the_request_was_here(lexicon: Lexicon) -> None:
    turns = Turns(0.5, 1000)
    with (
        turns.take("a", lexicon, html=False, since=time.monotonic() - 1) as watched,
        pytest.raises(RequestError) as caught,
    ):
        watched.match("Share")

    assert (caught.value.status, caught.value.retry_after) == (503, 1)


def test_large_bodies_are_opened_one_at_a_time(lexicon: Lexicon) -> None:
    turns, piece = Turns(0.1, 1000), b"x" * 600_000
    with ExitStack() as first, ExitStack() as second:
        assert list(turns.opened([piece, piece], first, time.monotonic())) == [piece, piece]
        assert list(turns.opened([piece], second, time.monotonic())) == [piece]
        with pytest.raises(RequestError, match="busy"):
            list(turns.opened([piece, piece], second, time.monotonic()))
    with ExitStack() as third:
        assert len(list(turns.opened([piece, piece], third, time.monotonic()))) == 2
