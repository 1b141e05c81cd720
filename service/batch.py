"""Many articles in one request: JSON lines in, JSON lines out, one at a time."""

import codecs
from collections.abc import Callable, Iterable, Iterator, Mapping

from service import jsontext, wire
from service.errors import RequestError

# What turns a request into an answer. Whatever else it raises, it has said so in the log.
Clean = Callable[[wire.CleanRequest], wire.CleanAnswer]


def answers(
    pieces: Iterable[bytes],
    limit: int,
    defaults: wire.CleanOptions,
    clean: Clean,
    hold: Callable[[int], None] = lambda _: None,
) -> Iterator[bytes]:
    """Yield one line for every line of the input, in order: the answer, or the problem with that line.

    Holds one line at a time, of at most `limit` bytes; `hold` is told how many there are of it, and may raise
    `RequestError`. A body that breaks off ends with a problem of its own.
    """
    try:
        for line in _lines(pieces, limit, hold):
            yield _answer(line, limit, defaults, clean)
    except RequestError as error:
        yield _failed({}, error)


def _answer(line: bytes | None, limit: int, defaults: wire.CleanOptions, clean: Clean) -> bytes:
    name: Mapping[str, object] = {}
    try:
        if line is None:
            raise RequestError(413, f"the line is larger than {limit} bytes")
        found = jsontext.load(_text(line))
        name = _name(found)
        answer = clean(wire.read_request(found, defaults, wire.BatchRequest))
    except jsontext.DoubledError as error:
        return _failed(_name(error.certain), error)
    except RequestError as error:
        return _failed(name, error)
    return jsontext.dump({**name, **answer})


def _failed(name: Mapping[str, object], error: RequestError) -> bytes:
    return jsontext.dump({"id": None, **name, "error": wire.problem(error)})


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise RequestError(400, f"the line is not valid utf-8: byte {error.start} cannot be decoded") from None


def _name(found: object) -> Mapping[str, object]:
    """Return the line's id, by that name, if it has one that an answer may carry; the validation speaks of others."""
    if not (isinstance(found, dict) and "id" in found):
        return {}
    return {"id": found["id"]} if jsontext.carried(found["id"]) else {}


def _lines(pieces: Iterable[bytes], limit: int, hold: Callable[[int], None]) -> Iterator[bytes | None]:
    """Yield the lines that are not blank; None for one that is longer than `limit`, of which nothing is kept."""
    held = bytearray()
    skipping = False
    for piece in pieces:
        *whole, rest = piece.split(b"\n")
        for end in whole:
            if skipping or len(held) + len(end) > limit:
                yield None
            elif line := _bare(bytes(held) + end):
                yield line
            held.clear()
            skipping = False
        if not skipping:
            held += rest
            skipping = len(held) > limit
            if skipping:
                held.clear()
        hold(len(held))
    if skipping:
        yield None
    elif line := _bare(bytes(held)):
        yield line


def _bare(line: bytes) -> bytes:
    """Return `line` without blanks around it or a byte-order mark: files that were joined have several."""
    return line.removeprefix(codecs.BOM_UTF8).strip(b" \t\r")
