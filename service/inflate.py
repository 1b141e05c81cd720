"""What do the sent bytes unpack to? Never holds more than the limit, whatever is sent."""

import zlib
from collections.abc import Iterable, Iterator

from service.errors import RequestError

_STEP = 1 << 16
# gzip allows any number of members in a row. Real files have a few; a million empty ones only burn time.
_MEMBERS = 1000


def bounded(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Yield `pieces`, or raise `RequestError` (413) as soon as they are more than `limit` bytes."""
    seen = 0
    for piece in pieces:
        seen += len(piece)
        if seen > limit:
            raise RequestError(413, f"the body is larger than {limit} bytes")
        yield piece


def gunzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what gzip `pieces` unpack to, in small steps, or raise `RequestError` (400) if they are no whole gzip."""
    member = zlib.decompressobj(wbits=31)
    count, begun = 1, False
    for piece in pieces:
        rest = piece
        while rest:
            if member.eof:
                # What follows a member is another one, or padding.
                if not (rest := rest.lstrip(b"\0")):
                    break
                count += 1
                if count > _MEMBERS:
                    raise RequestError(400, f"the gzip body has more than {_MEMBERS} members")
                member = zlib.decompressobj(wbits=31)
            begun = True
            try:
                plain = member.decompress(rest, _STEP)
            except zlib.error:
                raise RequestError(400, "the body is not valid gzip") from None
            rest = member.unused_data if member.eof else member.unconsumed_tail
            if plain:
                yield plain
    if begun:
        yield from _remainder(member)
    if not member.eof:
        raise RequestError(400, "the gzip body ends too early")


def _remainder(member: "zlib._Decompress") -> Iterator[bytes]:
    # decompress() may have taken all input and still hold output back.
    while not member.eof:
        try:
            plain = member.decompress(member.unconsumed_tail, _STEP)
        except zlib.error:
            raise RequestError(400, "the body is not valid gzip") from None
        if not plain:
            return
        yield plain
