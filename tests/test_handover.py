"""A request that would wait goes to the worker that is free first, and is not lost on the way."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.handover import Handover
from tests.load.client import Connection, Service, post, serving

WORK = post(
    "/v1/clean", b"The bridge was closed, the ministry said. It will last a day.\n" * 900
)  # some tenths of a second
COUNT = 6


def test_a_connection_comes_out_as_it_was_put_in() -> None:
    shared = Handover()
    client, server = socket.socketpair()
    with client:
        with server:
            assert shared.give(server, b"a request", 12.5)
        taken = shared.take()

        assert taken is not None
        with taken[0] as connection:
            connection.sendall(b"an answer")
        assert (*taken[1:], client.recv(100)) == (b"a request", 12.5, b"an answer")
        assert client.recv(100) == b"", "a copy of the connection was left open"
    assert shared.take() is None


def test_a_full_inbox_and_what_is_too_large_are_refused() -> None:
    shared = Handover()
    one, other = socket.socketpair()
    with one, other:
        assert not shared.give(one, bytes(1 << 22), 0.0)
        room = next(n for n in range(100_000) if not shared.give(one, b"x" * 50_000, 0.0))
        waiting = [taken for taken in iter(shared.take, None) if taken[0].close() is None]

    assert 0 < room == len(waiting)


@contextmanager
def unequal(service: Service) -> Iterator[tuple[list[Connection], int, int]]:
    """Give connections that one worker has accepted all, that worker, and the other one, which is stopped."""
    busy, idle = service.workers()
    os.kill(idle, signal.SIGSTOP)
    connections = [Connection(service.port) for _ in range(COUNT)]
    try:
        for connection in connections:
            assert connection.ask(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")[0] == 200
        yield connections, busy, idle
    finally:
        os.kill(idle, signal.SIGCONT)
        for connection in connections:
            connection.close()


@contextmanager
def asking(connections: list[Connection]) -> Iterator[list[int]]:
    """Send a long article on each at once, and after the block wait for the answers."""
    statuses: list[int] = []

    def ask(connection: Connection) -> None:
        try:
            statuses.append(connection.ask(WORK)[0])
        except (OSError, EOFError):
            statuses.append(0)

    threads = [threading.Thread(target=ask, args=(connection,)) for connection in connections]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    yield statuses
    for thread in threads:
        thread.join()


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as found:
        found.until(lambda: len(found.workers()) == 2, 10)
        yield found


def cpu(pid: int) -> float:
    """Return the CPU time of a process in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_the_worker_that_is_free_does_what_the_busy_one_was_asked(service: Service) -> None:
    with unequal(service) as (connections, busy, idle):
        os.kill(idle, signal.SIGCONT)
        before = cpu(busy), cpu(idle)
        with asking(connections) as statuses:
            pass
        used = cpu(busy) - before[0], cpu(idle) - before[1]

    assert statuses == [200] * COUNT
    assert min(used) > max(used) / 4, f"one worker did nearly all: {used}"


def test_a_stop_answers_what_lies_between_the_workers(service: Service) -> None:
    with unequal(service) as (connections, _, idle), asking(connections) as statuses:
        service.process.terminate()
        os.kill(idle, signal.SIGCONT)

    assert statuses == [200] * COUNT


def test_a_killed_worker_takes_only_what_it_had_begun_with_it(service: Service) -> None:
    with unequal(service) as (connections, busy, idle), asking(connections) as statuses:
        os.kill(busy, signal.SIGKILL)
        os.kill(idle, signal.SIGCONT)

    assert statuses == [200] * COUNT
    assert sum(connection.again for connection in connections) == 1  # asked again by its client


def test_what_lies_between_the_workers_is_not_forgotten_while_both_have_enough_to_do(service: Service) -> None:
    """More at once than the inbox holds: each worker has a queue of its own too, and must still look there."""
    connections = [Connection(service.port) for _ in range(40)]
    with asking(connections) as statuses:
        pass
    for connection in connections:
        connection.close()

    assert statuses == [200] * len(connections)
