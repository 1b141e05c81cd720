"""Does it hold its load? Full load for some time, good and bad requests mixed.

python -m tests.load.soak [seconds]       600 by default

Measured first without load, then at 70 % of the full rate, then at full load: latency (99th percentile), answers to
good requests that are not 2xx, and the private memory of each worker, after a warm-up and at the end.
"""

import gzip
import json
import sys
from statistics import median

from tests.load.client import Service, article, drive, ok, post, serving, told_on_request

MOST_SLOWER = 3.0  # the 99th percentile at 70 % load, against the one without load
MOST_GROWTH = 0.03  # of a worker's memory, after the warm-up
AT_REST = 0.01  # growth in one turn of the warm-up below which it is over
LEAST_TURNS, MOST_TURNS = 3, 6  # turns of it
# A worker's memory goes up and down by a megabyte, as pages that it shares are copied and buffers come and go: of so
# many looks, with some seconds of load between them, the median counts.
LOOKS, BETWEEN = 5, 5
SHARE = 0.7
CONNECTIONS = 8


def mixture() -> list[tuple[str, bytes]]:
    """Return good and bad requests, as a crawler farm and its bugs would send them."""
    text = article(4096)
    page = (
        b"<html><body><article>" + b"".join(b"<p>%s</p>" % p for p in text.split(b"\n\n")) + b"</article></body></html>"
    )
    lines = b"".join(json.dumps({"id": n, "text": text.decode()}).encode() + b"\n" for n in range(5))
    good = [
        post("/v1/clean", text),
        post("/v1/clean?scope=article&explain=true", article(2000)),
        post("/v1/clean", gzip.compress(text), "text/plain", "Content-Encoding: gzip"),
        post("/v1/clean", json.dumps({"text": text.decode(), "scope": "tail"}).encode(), "application/json"),
        post("/v1/clean?url=https://news.example/1", page, "text/html"),
        post("/v1/clean", b""),
    ]
    bad = [
        post("/v1/clean", b"{", "application/json"),
        post("/v1/clean", b'{"text": 1}', "application/json"),
        post("/v1/clean", b"\xff\xff", "text/plain; charset=utf-8"),
        post("/v1/clean", text, "image/png"),
        post("/v1/clean", gzip.compress(text)[:-9], "text/plain", "Content-Encoding: gzip"),
        post("/v1/clean", gzip.compress(b"\0" * 30_000_000, 9), "text/plain", "Content-Encoding: gzip"),
        post("/nowhere", text),
        post("/health", b""),
        post("/v1/clean/batch", lines, "text/plain"),
    ]
    return [pair for n in range(9) for pair in (*(("good", sent) for sent in good), ("bad", bad[n]))]


def soak(seconds: float) -> bool:
    """Run all three; return whether all was as promised."""
    requests = mixture()
    good = [pair for pair in requests if pair[0] == "good"]
    with serving(AFTERWORD_MAX_REQUESTS="0") as service:
        drive(service.port, requests, min(10, seconds / 4), CONNECTIONS)
        alone = drive(service.port, good, min(20, seconds / 4), 1, pause=0.05)
        rate = drive(service.port, good, min(10, seconds / 4), CONNECTIONS)
        full = rate.count("good") / min(10, seconds / 4)
        pause = CONNECTIONS / (full * SHARE)
        part = drive(service.port, good, min(60, seconds / 2), CONNECTIONS, pause)
        _rest(service, requests, min(60, seconds / 2))
        between = min(BETWEEN, seconds / 20)
        before = _memory(service, requests, between)
        whole = drive(service.port, requests, seconds, CONNECTIONS)
        after = _memory(service, requests, between)
        fine = _told(service, before, after)
    slower = part.quantile("good", 0.99) / alone.quantile("good", 0.99)
    ok(f"p99 of good requests: unloaded {alone.quantile('good', 0.99):.1f} ms; at {SHARE:.0%} of {full:.0f}/s "
       f"{part.quantile('good', 0.99):.1f} ms, {slower:.1f} times; at full load {whole.quantile('good', 0.99):.1f} ms")  # fmt: skip
    ok(f"full load for {seconds:.0f} s: {whole.count('good')} good, not 2xx: {whole.bad('good') or 0}; "
       f"{whole.count('bad')} bad: {dict(sorted(whole.bad('bad').items()))}; sent again {whole.again}")  # fmt: skip
    wrong = [status for status in whole.bad("bad") if status not in ("400", "404", "405", "413", "415", "422")]
    return fine and slower <= MOST_SLOWER and not whole.bad("good") and not wrong and not alone.bad("good")


def _rest(service: Service, requests: list[tuple[str, bytes]], seconds: float) -> None:
    """Wait until the memory of the workers has come to rest: caches fill, threads and arenas are made."""
    before = service.memory()
    for turn in range(MOST_TURNS):
        drive(service.port, requests, seconds, CONNECTIONS)
        now = service.memory()
        growth = max(now[pid] / before.get(pid, 1) - 1 for pid in now)
        before = now
        if growth <= AT_REST and turn + 1 >= LEAST_TURNS:
            ok(f"memory at rest after {turn + 1} turns of {seconds:.0f} s")
            break


def _memory(service: Service, requests: list[tuple[str, bytes]], seconds: float) -> dict[int, int]:
    """Return the memory of each worker, in KB."""
    seen: dict[int, list[int]] = {}
    for _ in range(LOOKS):
        drive(service.port, requests, seconds, CONNECTIONS)
        for pid, size in service.memory().items():
            seen.setdefault(pid, []).append(size)
    return {pid: round(median(sizes)) for pid, sizes in seen.items() if len(sizes) == LOOKS}


def _told(service: Service, before: dict[int, int], after: dict[int, int]) -> bool:
    growth = {pid: after[pid] / before[pid] - 1 for pid in before if pid in after}
    told = ", ".join(
        f"{before[pid] / 1024:.1f} to {after[pid] / 1024:.1f} MB ({part:+.1%})" for pid, part in growth.items()
    )
    ok(f"private memory of {len(growth)} of {len(before)} workers: {told}")
    return len(growth) == len(before) and max(growth.values()) <= MOST_GROWTH


if __name__ == "__main__":
    told_on_request(__doc__)
    sys.exit(not soak(float(sys.argv[1]) if sys.argv[1:] else 600))
