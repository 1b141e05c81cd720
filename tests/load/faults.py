"""What is lost when something breaks under load?

python -m tests.load.faults [name ...]

Each fault is done to the real service while good requests run. Printed are the accepted requests that were lost: begun,
and not answered with 200. A worker that is killed takes the requests it was serving with it; nothing else may be lost.
"""

import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.load.client import ROOT, Service, Tally, article, drive, ok, post, serving, told_on_request

GOOD = [("good", post("/v1/clean", article(4096)))]
CONNECTIONS = 6
PAUSE = 0.02  # seconds between two requests of a connection: load, but not all there is


class Load(threading.Thread):
    """Good requests in the background."""

    def __init__(self, port: int, seconds: float) -> None:
        super().__init__()
        self.port, self.seconds = port, seconds
        self.tally = Tally()
        self.start()

    def run(self) -> None:
        self.tally = drive(self.port, GOOD, self.seconds, CONNECTIONS, PAUSE)


@contextmanager
def load(service: Service, seconds: float, settle: float = 1.0) -> Iterator[Tally]:
    """Run good requests around the block; the tally is whole after it."""
    running, told = Load(service.port, seconds), Tally()
    time.sleep(settle)
    yield told
    running.join()
    told.join(running.tally)


def lost(name: str, tally: Tally, most: int = 0, more: str = "") -> bool:
    """Print what was lost, and return whether it was at most `most`."""
    bad = tally.bad("good")
    count = sum(bad.values())
    p99 = tally.quantile("good", 0.99)
    told = f"{name}: lost {count} of {tally.count('good')}, sent again {tally.again}, p99 {p99:.0f} ms"
    ok("; ".join(part for part in (told, str(bad or ""), more) if part))
    return count + tally.again <= most


def kill(seconds: float = 8) -> bool:
    """Kill -9 of a worker; the requests it was serving are lost with it."""
    with serving() as service:
        with load(service, seconds) as tally:
            killed = service.workers()[0]
            os.kill(killed, signal.SIGKILL)
            took = service.until(lambda: len(service.workers()) == 2 and killed not in service.workers(), 10)
        counted = service.metric('afterword_worker_ends_total{how="killed"}')
    return lost("kill -9", tally, CONNECTIONS, f"new worker after {took:.2f} s, counted {counted:.0f}") and took < 1


def term(seconds: float = 5, lines: int = 1500) -> bool:
    """SIGTERM: /ready says 503 while all is served; what has begun is finished, a batch too; new connections end."""
    with serving(AFTERWORD_DRAIN_SECONDS="2") as service:
        # A large article and a batch are in flight when it comes.
        answers: list[int] = []
        large = post("/v1/clean", article(1_000_000))
        sent = b"".join(json.dumps({"id": n, "text": article(4096).decode()}).encode() + b"\n" for n in range(lines))
        batch = post("/v1/clean/batch", sent, "application/x-ndjson", "Connection: close")
        threads = [threading.Thread(target=lambda: answers.append(service.ask(large)[0]))]
        threads.append(threading.Thread(target=lambda: answers.append(_read_batch(service.port, batch))))
        with load(service, seconds) as tally:
            for thread in threads:
                thread.start()
            time.sleep(0.5)
            service.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            ready = service.get("/ready")[0]
        for thread in threads:
            thread.join()
        status = service.process.wait(60)
        # What came after the listening sockets were closed was never accepted.
        refused = tally.statuses.pop(("good", "ConnectionRefusedError"), 0)
        fine = lost(
            "SIGTERM",
            tally,
            0,
            f"/ready {ready}, in flight {sorted(answers)}, refused after the end {refused}, exit {status}",
        )
    return fine and ready == 503 and sorted(answers) == sorted([200, lines]) and status == 0


def _read_batch(port: int, sent: bytes) -> int:
    """Return how many lines of a batch were answered well."""
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        threading.Thread(target=connection.sendall, args=(sent,)).start()
        got = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    return got.count(b'"body":')


@contextmanager
def packs() -> Iterator[Path]:
    """Give a copy of the packs that may be changed."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "service" / "lexicon", Path(folder) / "lexicon")
        yield Path(folder) / "lexicon"


def reload(seconds: float = 12) -> bool:
    """SIGHUP with good packs, then with broken ones: nothing is lost, and the old packs go on."""
    with packs() as folder, serving(AFTERWORD_LEXICON=str(folder)) as service:
        text = post("/v1/clean", b"The bridge was closed on Monday.\n\nZwiggle it on Facebook\n")
        with load(service, seconds) as tally:
            with (folder / "en.toml").open("a") as pack:
                pack.write('\n[[phrase]]\nid = "en.share.zwiggle"\nkind = "share"\nphrases = ["zwiggle it on {network}"]\n'
                           'catches = ["Zwiggle it on Facebook"]\nspares = ["He said zwiggle it."]\nnote = "a test"\n')  # fmt: skip
            good = _reloaded(service, "done", 1)
            known = b"Zwiggle" not in json.loads(service.ask(text)[1])["body"].encode()
            (folder / "en.toml").write_text("this is no pack")
            broken = _reloaded(service, "failed", 1)
            kept = b"Zwiggle" not in json.loads(service.ask(text)[1])["body"].encode()
        fine = lost(
            "SIGHUP",
            tally,
            0,
            f"good packs {good:.1f} s, know the new phrase: {known}; broken {broken:.1f} s, keep it: {kept}",
        )
    return fine and known and kept


def _reloaded(service: Service, outcome: str, times: int) -> float:
    """Reload, wait until all workers are new ones; return the seconds it took."""
    before = set(service.workers())
    service.process.send_signal(signal.SIGHUP)
    line = f'afterword_reloads_total{{outcome="{outcome}"}}'
    return service.until(
        lambda: not before & set(service.workers()) and len(service.workers()) == 2 and service.metric(line) == times,
        30,
    )


def slow(seconds: float = 8, clients: int = 200, chosen: Sequence[str] = ()) -> bool:
    """Clients that send their head, then their body, a byte at a time, and clients that do not read."""
    fine = True
    head = b"POST /v1/clean HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
    # Its answer is more than the kernel holds for a client.
    large = article(200_000)
    kinds: dict[str, tuple[bytes, bytes]] = {
        "slowloris": (b"POST /v1/clean HTTP/1.1\r\nX-A: ", b"a"),
        "slow body": (head + b"Content-Length: 60000\r\n\r\n", b"a"),
        "slow chunked body": (head + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        "slow reader": (post("/v1/clean?explain=true", large), b""),
        "slow reader of an article": (post("/v1/clean?explain=true", b"A bridge\n" * 7_000), b""),
    }
    for name in chosen or kinds:
        begin, drip = kinds[name]
        with serving() as service, _held(service.port, clients, begin, drip), load(service, seconds) as tally:
            began = time.monotonic()
            status = service.get("/health")[0]
            health = time.monotonic() - began
        fine &= lost(f"{clients} x {name}", tally, 0, f"/health {status} in {health * 1000:.0f} ms")
    return fine


@contextmanager
def _held(port: int, count: int, begin: bytes, drip: bytes) -> Iterator[None]:
    """Hold `count` connections on which `begin` was sent, and now and then `drip`."""
    connections = []
    for _ in range(count):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", port))
        connection.setblocking(False)
        connections.append([connection, begin])
    stop = threading.Event()

    def send() -> None:
        while not stop.wait(0.25):
            for held in connections:
                connection, rest = held
                try:
                    sent = connection.send(rest or drip) if rest or drip else 0
                    held[1] = rest[sent:] if rest else b""
                except BlockingIOError:
                    pass
                except OSError:
                    held[1] = b""

    dripping = threading.Thread(target=send)
    dripping.start()
    try:
        yield
    finally:
        stop.set()
        dripping.join()
        for connection, _ in connections:
            connection.close()


def idle(seconds: float = 8, clients: int = 1000) -> bool:
    """Connections on which nothing is sent."""
    with serving() as service, _held(service.port, clients, b"", b""), load(service, seconds) as tally:
        began = time.monotonic()
        status = service.get("/health")[0]
        health = time.monotonic() - began
    return lost(f"{clients} idle connections", tally, 0, f"/health {status} in {health * 1000:.0f} ms")


def disk(seconds: float = 6) -> bool:
    """The folder for temporary files has no free byte (a small file system of its own; needs root)."""
    with tempfile.TemporaryDirectory() as folder:
        if os.system(f"mount -t tmpfs -o size=64k tmpfs {folder}") != 0:  # noqa: S605
            ok("disk full: not tried, a file system cannot be mounted here")
            return True
        try:
            with serving(TMPDIR=folder) as service, load(service, seconds) as tally:
                try:
                    (Path(folder) / "full").write_bytes(b"x" * (1 << 20))
                except OSError as error:
                    told = error.strerror
                killed = service.workers()[0]
                os.kill(killed, signal.SIGKILL)  # a new worker must start on the full disk too
                took = service.until(lambda: len(service.workers()) == 2 and killed not in service.workers(), 10)
        finally:
            os.system(f"umount -l {folder}")  # noqa: S605
    return lost(
        "disk full for /tmp", tally, CONNECTIONS, f"({told}) with a worker killed meanwhile, new one after {took:.2f} s"
    )


def clock(seconds: float = 6) -> bool:
    """The time of day jumps by an hour, forward and back, for all Python code of the service that asks for it."""
    with tempfile.NamedTemporaryFile("w+") as shift:
        shift.write("0")
        shift.flush()
        given = {"AFTERWORD_RATE": "1000000/minute", "SHIFT_FILE": shift.name}
        with serving(factory="tests.load.serve:create_shifted_app()", **given) as service:
            with load(service, seconds) as tally:
                for offset in ("3600", "-3600"):
                    Path(shift.name).write_text(offset)
                    time.sleep(1.5)
            alive = len(service.workers())
    return lost("clock jump by an hour, forward and back", tally, 0, f"{alive} workers live") and alive == 2


FAULTS: dict[str, Callable[[], bool]] = {
    "kill": kill, "term": term, "reload": reload, "slow": slow, "idle": idle, "disk": disk, "clock": clock,
}  # fmt: skip

if __name__ == "__main__":
    told_on_request(__doc__)
    results = {name: FAULTS[name]() for name in sys.argv[1:] or FAULTS}
    ok(
        "all as promised"
        if all(results.values())
        else f"not as promised: {[n for n, fine in results.items() if not fine]}"
    )
    sys.exit(not all(results.values()))
