"""One client, one count, however many workers serve it."""

import os

import pytest

from service.app import create_app
from service.lexicon import Lexicon
from service.rate import _PLACES, Rate, SharedStorage
from service.settings import Settings
from tests.test_app import LINES, is_problem, post
from tests.test_metrics import in_child


def test_what_is_over_the_rate_waits() -> None:
    rate = Rate("3/minute")

    assert [rate.wait("a") for _ in range(3)] == [None] * 3
    assert 0 < (rate.wait("a") or 0) <= 60
    assert rate.wait("b") is None


def test_processes_count_one_client_together() -> None:
    storage = SharedStorage()
    for _ in range(4):
        in_child(lambda: [storage.incr("a", 60) for _ in range(500)] and None)

    assert storage.get("a") == 2000


def test_a_process_that_dies_with_the_lock_stops_nobody() -> None:
    storage = SharedStorage()
    pid = os.fork()
    if pid == 0:
        import fcntl  # noqa: PLC0415 - in the process that dies

        from service.rate import _hashed  # noqa: PLC0415

        fcntl.lockf(storage._file, fcntl.LOCK_EX, 1, _hashed("a")[1])
        os.kill(os.getpid(), 9)
    os.waitpid(pid, 0)

    assert storage.incr("a", 60) == 1


def test_a_window_ends_by_the_clock_that_does_not_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0, 5000.0]
    monkeypatch.setattr("service.rate.time.monotonic", lambda: now[0])
    monkeypatch.setattr("service.rate.time.time", lambda: now[1])
    rate = Rate("1/minute")
    rate.wait("a")
    now[1] -= 3600
    assert rate.wait("a") == 60
    now[0] += 30
    assert rate.wait("a") == 30
    now[0] += 31
    assert rate.wait("a") is None


def test_more_clients_than_places_refuse_nobody_wrongly() -> None:
    storage = SharedStorage()
    names = [str(number) for number in range(50_000)]

    assert max(storage.incr(name, 60) for name in names) == 1
    kept = sum(storage.get(name) for name in names)
    assert kept > 40_000, f"buckets of {_PLACES} places"


def test_counts_can_be_forgotten() -> None:
    storage = SharedStorage()
    storage.incr("a", 60)
    storage.incr("b", 60)
    storage.clear("a")
    assert (storage.get("a"), storage.get("b"), storage.check()) == (0, 1, True)
    storage.reset()
    assert storage.get("b") == 0


def test_the_service_says_when_to_ask_again(lexicon: Lexicon) -> None:
    client = create_app(Settings(rate="2/hour"), lexicon).test_client()
    assert post(client, "a").status_code == 200
    assert post(client, "a", "image/png").status_code == 415
    answers = post(client, b'{"id": 1, "text": "b"}\n{"id": 2, "text": "c"}\n', LINES, "/v1/clean/batch").text
    refused = post(client, "d")

    assert '{"id":1,"body":"b"' in answers
    assert '{"id":2,"error":{"type":"about:blank","title":"Too Many Requests","status":429' in answers
    is_problem(refused, 429)
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert client.get("/health").status_code == 200


def test_the_rate_is_held_per_key_if_there_are_keys(lexicon: Lexicon) -> None:
    keys = ("first-key-0123456789", "second-key-0123456789")
    client = create_app(Settings(rate="1/hour", keys=keys), lexicon).test_client()

    assert [post(client, "a", X_API_Key=key).status_code for key in (*keys, *keys)] == [200, 200, 429, 429]


def test_an_address_is_the_clients_own_only_behind_proxies_that_are_known(lexicon: Lexicon) -> None:
    alone = create_app(Settings(rate="1/hour"), lexicon).test_client()
    behind = create_app(Settings(rate="1/hour", proxies=1), lexicon).test_client()

    assert [post(alone, "a", X_Forwarded_For=f"192.0.2.{n}").status_code for n in (1, 2)] == [200, 429]
    assert [post(behind, "a", X_Forwarded_For=f"192.0.2.{n}").status_code for n in (1, 2, 1)] == [200, 200, 429]
    # What the client itself puts before the proxy's address is not believed.
    assert post(behind, "a", X_Forwarded_For="192.0.2.99, 192.0.2.2").status_code == 429
