"""Does a batch without end need more memory than a short one? And does it stop when its client has gone?

python -m tests.load.stream [lines]       1,000,000 by default

All lines go through one request, answers are read meanwhile and must come in order, each with its id; every thousandth
line is broken, and must have its error in its place. Then a second client goes away in the middle.
"""

import json
import re
import socket
import sys
import threading
import time
import zlib
from collections.abc import Iterator

from tests.load.client import Service, ok, serving, told_on_request

BROKEN = 1000  # every so many lines
MOST_GROWTH = 0.05  # of the workers' private memory, from the first tenth to the end
_TEXT = "The bridge over the river was closed on Monday, the ministry said.\n\nShare on Facebook\n"
_HEAD = "POST /v1/clean/batch HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n{}Transfer-Encoding: chunked\r\n\r\n"
_GZIP = "Content-Encoding: gzip\r\nAccept-Encoding: gzip\r\n"
_LOT = 200  # lines sent at once


def line(number: int) -> bytes:
    """Return a line of the batch; broken ones have no text."""
    given = {"id": number} if number % BROKEN == 0 else {"id": number, "text": _TEXT}
    return json.dumps(given).encode() + b"\n"


def sent(lines: int, packed: bool) -> Iterator[bytes]:
    """Yield the chunks of the request's body."""
    packer = zlib.compressobj(1, wbits=31)
    for start in range(0, lines, _LOT):
        plain = b"".join(line(number) for number in range(start, min(start + _LOT, lines)))
        piece = packer.compress(plain) + packer.flush(zlib.Z_SYNC_FLUSH) if packed else plain
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    if packed:
        rest = packer.flush()
        yield b"%x\r\n%s\r\n" % (len(rest), rest)
    yield b"0\r\n\r\n"


def received(connection: socket.socket, packed: bool) -> Iterator[bytes]:
    """Yield the lines of the answer."""
    file = connection.makefile("rb", 1 << 16)
    while file.readline().strip():
        pass
    unpacker, held = zlib.decompressobj(wbits=31), b""
    while size := int(file.readline(), 16):
        piece = file.read(size)
        file.readline()
        *whole, held = (held + (unpacker.decompress(piece) if packed else piece)).split(b"\n")
        yield from whole
    assert not held, "the answer ends in the middle of a line"


def through(service: Service, lines: int, packed: bool) -> bool:
    """Send a batch of so many lines; return whether all answers came, in order, with bounded memory."""
    wrong, early, began = 0, 0, time.monotonic()
    with socket.create_connection(("127.0.0.1", service.port), 120) as connection:
        connection.sendall(_HEAD.format(_GZIP if packed else "").encode())

        def send() -> None:
            for piece in sent(lines, packed):
                connection.sendall(piece)

        sending = threading.Thread(target=send)
        sending.start()
        count = 0
        failed = re.compile(rb'\{"id":\d+,"error":')
        for count, answer in enumerate(received(connection, packed), 1):
            number = count - 1
            right = failed.match(answer) if number % BROKEN == 0 else b'"body":' in answer[:30]
            wrong += not (right and answer.startswith(b'{"id":%d,' % number))
            if count == lines // 10:
                early = sum(service.memory().values())
        sending.join()
    late = sum(service.memory().values())
    growth = late / early - 1
    took = time.monotonic() - began
    ok(f"batch of {count} lines{', gzip both ways' if packed else ''}: {wrong} out of place, {count / took:.0f} lines/s, "
       f"private memory of the workers {early / 1024:.1f} MB after a tenth, {late / 1024:.1f} MB at the end ({growth:+.1%})")  # fmt: skip
    return count == lines and not wrong and growth <= MOST_GROWTH


def left(service: Service) -> bool:
    """Go away in the middle of a batch; return whether the service stops cleaning it."""
    with socket.create_connection(("127.0.0.1", service.port), 120) as connection:
        connection.sendall(_HEAD.format("").encode())
        pieces = sent(10**9, False)
        for _ in range(20):
            connection.sendall(next(pieces))
        connection.recv(1000)
    cleaned = 'afterword_articles_total{source="text"}'
    began = time.monotonic()
    before, now, busy = -1.0, service.metric(cleaned), 2.0
    while (now != before or busy != 1) and time.monotonic() - began < 20:  # one is the asking for metrics itself
        time.sleep(0.5)
        before, now = now, service.metric(cleaned)
        busy = service.metric("afterword_requests_in_progress")
    took = time.monotonic() - began
    ok(f"client gone: nothing is cleaned any more after {took - 0.5:.1f} s, requests in progress {busy - 1:.0f}")
    return took < 10 and busy == 1


if __name__ == "__main__":
    told_on_request(__doc__)
    asked = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    with serving() as running:
        results = [through(running, asked // 5, packed=True), through(running, asked, packed=False), left(running)]
    sys.exit(not all(results))
