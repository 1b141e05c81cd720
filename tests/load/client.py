"""A client that costs little: requests are made once, answers are read with one look at their head."""

import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) .*?\r\n\r\n", re.DOTALL)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


def told_on_request(about: str | None) -> None:
    """Print what a script is for and end it, if that is what is asked."""
    if {"-h", "--help"}.intersection(sys.argv[1:]):
        print(about)
        sys.exit(0)


def post(path: str, body: bytes, kind: str = "text/plain", *more: str) -> bytes:
    """Return the bytes of a request."""
    lines = [f"POST {path} HTTP/1.1", "Host: afterword", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *more]
    return "\r\n".join([*lines, "", ""]).encode() + body


def article(size: int = 4096) -> bytes:
    """Return a text of about `size` bytes: the user's example, its paragraphs repeated, with its trailer."""
    text = (ROOT / "tests" / "kerry-lavrov.txt").read_bytes()
    at = text.index(b"See also:")
    body, tail = text[:at].strip(), text[at:]
    whole, part = divmod(size - len(tail), len(body))
    return (body + b"\n\n") * whole + body[:part] + b".\n\n" + tail


class Connection:
    """One kept-alive connection, made again when it was closed between two requests."""

    def __init__(self, port: int, seconds: float = 60) -> None:
        self.port = port
        self.seconds = seconds
        self.socket: socket.socket | None = None
        self.again = 0  # requests sent once more

    def ask(self, sent: bytes) -> tuple[int, bytes]:
        """Send a request; return status and body. Raises `OSError` if the answer is not whole.

        If a connection that was kept alive ends before an answer begins, the request is sent once more, as clients do
        (RFC 9112, 9.3.1): the server may have closed it while it was idle. It is counted, as it may have been lost too.
        """
        fresh = self.socket is None
        try:
            return self._ask(sent)
        except (ConnectionResetError, BrokenPipeError, EOFError):
            if fresh:
                raise
            self.again += 1
            return self._ask(sent)

    def _ask(self, sent: bytes) -> tuple[int, bytes]:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), self.seconds)
        got = b""
        try:
            self.socket.sendall(sent)
            while (head := _HEAD.match(got)) is None:
                got += self._receive(got)
            length = _LENGTH.search(head[0])
            size = int(length[1]) if length else 0
            while len(got) < head.end() + size:
                got += self._receive(got)
        except BaseException:
            self.close()
            raise
        if b"connection: close" in head[0].lower():
            self.close()
        return int(head[1]), got[head.end() :]

    def _receive(self, got: bytes) -> bytes:
        assert self.socket is not None
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise (
                ConnectionAbortedError("closed in the middle of an answer")
                if got
                else EOFError("closed before an answer")
            )
        return piece

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
        self.socket = None


@dataclass
class Tally:
    """What became of many requests, by their label."""

    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    again: int = 0

    def add(self, label: str, status: str, seconds: float) -> None:
        self.statuses[label, status] += 1
        self.seconds.setdefault(label, []).append(seconds)

    def join(self, other: "Tally") -> None:
        self.statuses += other.statuses
        self.again += other.again
        for label, found in other.seconds.items():
            self.seconds.setdefault(label, []).extend(found)

    def count(self, label: str) -> int:
        return sum(number for (own, _), number in self.statuses.items() if own == label)

    def quantile(self, label: str, part: float) -> float:
        """Return the latency below which `part` of the requests stay, in milliseconds."""
        found = sorted(self.seconds.get(label, [0.0]))
        return found[min(len(found) - 1, int(part * len(found)))] * 1000

    def bad(self, label: str) -> dict[str, int]:
        """Return what became of requests that were not answered with 2xx."""
        return {status: n for (own, status), n in self.statuses.items() if own == label and not status.startswith("2")}


def drive(
    port: int,
    requests: Sequence[tuple[str, bytes]],
    seconds: float,
    connections: int = 8,
    pause: float = 0.0,
) -> Tally:
    """Send `requests` in turn, on every connection, for some time; `pause` seconds between two of a connection."""
    with multiprocessing.get_context("fork").Pool(connections) as pool:
        jobs = [(port, requests, seconds, pause, number) for number in range(connections)]
        total = Tally()
        for tally in pool.imap_unordered(_drive, jobs):
            total.join(tally)
    return total


def _drive(job: tuple[int, Sequence[tuple[str, bytes]], float, float, int]) -> Tally:
    port, requests, seconds, pause, number = job
    connection, tally = Connection(port), Tally()
    # No two connections in step.
    time.sleep(number * min(pause or 0.01, 0.05))
    until, turn = time.monotonic() + seconds, number
    while time.monotonic() < until:
        label, sent = requests[turn % len(requests)]
        turn += 1
        began = time.perf_counter()
        try:
            status = str(connection.ask(sent)[0])
        except (OSError, EOFError) as error:
            connection.close()
            status = type(error).__name__
        tally.add(label, status, time.perf_counter() - began)
        if pause:
            time.sleep(max(0.0, pause - (time.perf_counter() - began)))
    connection.close()
    tally.again = connection.again
    return tally


@contextmanager
def serving(
    log: Path = Path(os.devnull), factory: str = "tests.load.serve:create_app()", **environment: str
) -> Iterator["Service"]:
    """Serve on a free port until the block ends; fail if the service does not end well then."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    given = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "AFTERWORD_WORKERS": "2",
             "AFTERWORD_DRAIN_SECONDS": "0", "AFTERWORD_LOG_LEVEL": "warning", **environment}  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "python:service.gunicorn_conf", factory]
    with log.open("wb") as told:
        process = subprocess.Popen(command, cwd=ROOT, env=given, stderr=told)
    service = Service(process, port)
    try:
        service.wait()
        yield service
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        status = process.wait(60)
    assert status == 0, f"the service ended with {status}"


@dataclass(frozen=True)
class Service:
    """A running service."""

    process: "subprocess.Popen[bytes]"
    port: int

    def get(self, path: str) -> tuple[int, bytes]:
        return self.ask(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())

    def ask(self, sent: bytes) -> tuple[int, bytes]:
        """Send one request on a connection of its own."""
        connection = Connection(self.port)
        try:
            return connection.ask(sent)
        finally:
            connection.close()

    def wait(self, seconds: float = 180) -> None:
        self.until(lambda: self.get("/ready")[0] == 200, seconds)

    def until(self, true: Callable[[], bool], seconds: float) -> float:
        """Wait until `true`, return the seconds it took; fail if it takes longer than `seconds`."""
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            assert self.process.poll() is None, "the service ended by itself"
            with suppress(OSError, EOFError):
                if true():
                    return time.monotonic() - began
            time.sleep(0.02)
        raise AssertionError(f"not so after {seconds} seconds")

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def memory(self) -> dict[int, int]:
        """Return the private memory of each worker, in KB: what it does not share with the others."""
        found = {}
        for pid in self.workers():
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            found[pid] = sum(int(n) for n in re.findall(r"^Private_(?:Dirty|Clean): +(\d+) kB", rollup, re.MULTILINE))
        return found

    def cpu(self) -> float:
        """Return the CPU time of all workers so far, in seconds: what others do on the machine is not in it."""
        ticks = 0
        for pid in self.workers():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def metric(self, line: str) -> float:
        """Return the number behind `line` of `/metrics`."""
        page = self.get("/metrics")[1].decode()
        found = re.search(rf"^{re.escape(line)} (\S+)$", page, re.MULTILINE)
        return float(found[1]) if found else 0.0


def ok(text: str) -> None:
    """Print a finding at once."""
    print(text, flush=True)
