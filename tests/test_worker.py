"""The server keeps its word to slow, rude and many clients, and when it is told to stop or to reload.

Short versions of `tests/load`; the long ones are run by hand.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from service.headers import HEADERS
from tests.load import faults, soak, stream, throughput
from tests.load.client import Service, article, post, serving
from tests.serving import Server


@pytest.fixture(scope="module")
def small() -> Iterator[Service]:
    """A service with little room."""
    given = {"AFTERWORD_WORKERS": "1", "AFTERWORD_THREADS": "1", "AFTERWORD_QUEUE": "1", "AFTERWORD_STREAMS": "2"}
    with serving(AFTERWORD_IDLE_SECONDS="2", **given) as found:
        yield found


# The head of a batch whose lines are still to come.
BATCH = (
    b"POST /v1/clean/batch HTTP/1.1\r\nHost: a\r\n"
    b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
)


def talk(port: int, *sent: bytes, pause: float = 0.0) -> bytes:
    """Send some pieces, and return all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        for piece in sent:
            connection.sendall(piece)
            time.sleep(pause)
        return rest(connection)


def rest(connection: socket.socket) -> bytes:
    """Return what comes until the server closes, and close too."""
    with connection:
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /health\n\n", 400),
        (b"GET /health HTTP/1.1\r\nA b: c\r\n\r\n", 400),
        (b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * 40_000, 431),
        (b"GET / HTTP/1.1\r\n" + b"".join(b"A%d: %s\r\n" % (n, b"x" * 4096) for n in range(10)) + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\na", 417),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: rot13\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_http_is_a_problem_too(small: Service, sent: bytes, status: int) -> None:
    head, _, body = talk(small.port, sent).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status
    assert head.startswith(f"HTTP/1.1 {status} {json.loads(body)['title']}\r\n".encode())
    assert b"\r\nX-Request-ID: " in head
    assert all(f"\r\n{name}: {value}".encode() in head for name, value in HEADERS.items())
    assert small.get("/health")[0] == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nX-Request-ID: crawl-7\r\nExpect: tea\r\n\r\n",
        b"GET / HTTP/1.1\r\nx-request-id:crawl-7 \r\nA: " + b"x" * 40_000,
    ],
    ids=["gunicorn", "worker"],
)
def test_what_is_refused_early_keeps_its_id_in_answer_and_log(server: Server, sent: bytes) -> None:
    before = server.log.stat().st_size

    assert b"\r\nX-Request-ID: crawl-7\r\n" in talk(server.port, sent)
    assert b'"request_id": "crawl-7"' in server.log.read_bytes()[before:]


def test_requests_sent_at_once_are_answered_in_turn(small: Service) -> None:
    one, last = (
        b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    )
    answers = talk(small.port, one + post("/v1/clean", b"a text") + one + last)

    assert answers.count(b"HTTP/1.1 200 OK") == 4
    assert [answers.index(word) for word in (b'"ok"', b"a text", b"ready")] == sorted(
        answers.index(word) for word in (b'"ok"', b"a text", b"ready")
    )


def test_a_request_in_single_bytes_is_served(small: Service) -> None:
    sent = post("/v1/clean", b"a text", "text/plain", "Connection: close")
    answer = talk(small.port, *(sent[at : at + 1] for at in range(len(sent))))

    assert answer.startswith(b"HTTP/1.1 200")


def test_who_waits_to_be_asked_for_the_body_is_asked(small: Service) -> None:
    head, _, body = post("/v1/clean", b"a text", "text/plain", "Expect: 100-continue", "Connection: close").partition(
        b"\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", small.port), 60) as connection:
        connection.sendall(head + b"\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(body)
        assert rest(connection).startswith(b"HTTP/1.1 200")


def test_half_a_request_and_no_more_harms_nobody(small: Service) -> None:
    for sent in (b"", b"GET", b"POST /v1/clean HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nhalf"):
        with socket.create_connection(("127.0.0.1", small.port), 60) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            answer = rest(connection)
        assert answer.startswith(b"HTTP/1.1 400 ") if b"half" in sent else answer == b""
    assert small.get("/health")[0] == 200


def test_more_than_there_is_room_for_is_refused_at_once_and_health_is_not(small: Service) -> None:
    """Two batches that do nothing take all there is for streams."""
    held = [socket.create_connection(("127.0.0.1", small.port), 60) for _ in range(2)]
    for connection in held:
        connection.sendall(BATCH)
    time.sleep(0.3)
    refused = talk(small.port, BATCH)
    small_one = small.ask(post("/v1/clean", b"a text"))[0]
    health = small.get("/health")[0]
    ends = [rest(connection) for connection in held]

    assert refused.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: 1\r\n" in refused
    assert (small_one, health) == (200, 200)
    # Whoever is silent for as long as a batch may be is told so, and its place is free again.
    assert all(b"could not be read to its end" in end for end in ends)
    assert small.metric('afterword_requests_total{path="other",status="503"}') == 1


def test_health_answers_while_all_threads_clean_and_the_queue_is_bounded(small: Service) -> None:
    work = post("/v1/clean", b"a line of its own\n" * 3600)
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(small.ask(work)[0])) for _ in range(12)]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    assert small.get("/health")[0] == 200
    took = time.monotonic() - began
    for thread in threads:
        thread.join()

    assert set(statuses) == {200, 503}
    assert took < 2


def test_a_batch_is_ended_at_a_line_when_the_service_stops() -> None:
    """An endless batch is told where it ended: every line before has its answer, the last one says 503."""
    line = json.dumps({"text": "The bridge was closed."}).encode() + b"\n"
    with serving(AFTERWORD_GRACE_SECONDS="6") as service:
        with socket.create_connection(("127.0.0.1", service.port), 60) as connection:
            connection.sendall(BATCH + b"%x\r\n%s\r\n" % (len(line) * 500, line * 500))
            time.sleep(0.5)
            service.process.terminate()
            answer = rest(connection)
        assert service.process.wait(60) == 0

    assert 0 < answer.count(b'{"body":') <= 500
    assert answer.rstrip().endswith(b"0")  # the last chunk: the answer is whole
    assert b'"status":503' in answer[-400:]


def test_a_killed_worker_takes_only_its_own_requests_with_it() -> None:
    assert faults.kill(3)


def test_a_stop_loses_nothing() -> None:
    assert faults.term(3, 200)


def test_a_reload_loses_nothing_and_broken_packs_change_nothing() -> None:
    assert faults.reload(6)


def test_slow_clients_hold_nobody_up() -> None:
    assert faults.slow(3, 50, ["slowloris", "slow body"])


def test_idle_connections_hold_nobody_up() -> None:
    assert faults.idle(2, 300)


def test_a_batch_needs_no_more_memory_when_it_is_long(tmp_path: object) -> None:
    with serving() as service:
        # The first tenth of a short one is over before memory has come to rest: one to warm up.
        stream.through(service, 1000, packed=True)
        stream.MOST_GROWTH = 0.15
        assert stream.through(service, 3000, packed=True)
        assert stream.through(service, 3000, packed=False)
        assert stream.left(service)


def test_the_load_scripts_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Too short to judge by; their figures are taken by hand."""
    monkeypatch.setattr(soak, "MOST_SLOWER", 100.0)
    monkeypatch.setattr(soak, "MOST_GROWTH", 0.5)
    assert soak.soak(2)
    assert throughput.measure(0.5, 1) > 0
    assert len(article(4096)) in range(4050, 4150)
    assert "ratio" in capsys.readouterr().out


def test_clients_that_do_not_read_stop_no_cleaning(small: Service) -> None:
    """Their answers are larger than what the kernel holds, and their requests small enough for the lane of articles."""
    text = b"A bridge\n" * 7_000
    asked = post("/v1/clean?explain=true", text)
    silent = []
    for _ in range(6):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", small.port))
        connection.sendall(asked)
        silent.append(connection)
        time.sleep(0.3)
    began = time.monotonic()
    try:
        assert small.ask(post("/v1/clean", article(2000)))[0] == 200
        assert time.monotonic() - began < 5
        status, whole = small.ask(asked)
        # one of them reads at last, and nothing is missing
        silent[0].sendall(asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        late = rest(silent[0])
    finally:
        for connection in silent[1:]:
            connection.close()

    assert (status, len(whole) > 1 << 19) == (200, True)
    assert late.count(whole) == 2


def test_whoever_is_refused_and_takes_its_time_is_told_so_in_the_midst_of_it(small: Service) -> None:
    head = b"POST /v1/clean/batch HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", small.port), 30) as connection:
        connection.sendall(head + b"1\r\na\r\n")
        told = connection.recv(1 << 16)

    assert told.startswith(b"HTTP/1.1 415 ")
    assert time.monotonic() - began < 10
    assert small.get("/health")[0] == 200


def test_a_refused_body_of_a_size_that_never_comes_is_no_reason_to_wait(small: Service) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", small.port), 30) as connection:
        connection.sendall(
            b"POST /v1/clean HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 30000000\r\n\r\nabc"
        )
        told = connection.recv(1 << 16)

    assert told.startswith(b"HTTP/1.1 413 ")
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("chunked", [True, False])
def test_a_line_of_a_batch_is_answered_when_it_is_there(small: Service, *, chunked: bool) -> None:
    """Nothing is kept back for more, and what was answered is not lost when the client falls silent."""
    line = b'{"id": %d, "text": "The bridge was closed on Monday."}\n'
    if chunked:
        head, sent = BATCH, [b"%x\r\n%s\r\n" % (len(line % n), line % n) for n in range(3)]
    else:
        head = BATCH.replace(b"Transfer-Encoding: chunked", b"Content-Length: 10000")
        sent = [line % n for n in range(3)]
    with socket.create_connection(("127.0.0.1", small.port), 30) as connection:
        connection.sendall(head)
        got = b""
        for n, piece in enumerate(sent):
            connection.sendall(piece)
            while b'{"id":%d,' % n not in got:
                got += connection.recv(1 << 16)
        got += rest(connection)

    assert got.count(b'"body":"The bridge was closed on Monday."') == 3
    assert b'{"id":null,"error":' in got


@pytest.mark.parametrize("target", [b"/v1/clean/%62atch", b"http://a.example/v1/clean/batch"])
def test_a_batch_is_one_however_its_path_is_written(small: Service, target: bytes) -> None:
    """Two of them that wait leave the thread for articles alone."""
    waiting = [socket.create_connection(("127.0.0.1", small.port), 30) for _ in range(2)]
    try:
        for connection in waiting:
            connection.sendall(BATCH.replace(b"/v1/clean/batch", target))
        time.sleep(0.2)
        assert small.ask(post("/v1/clean", article(2000)))[0] == 200
    finally:
        for connection in waiting:
            connection.close()
