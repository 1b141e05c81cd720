"""What do the sent bytes unpack to, and what do we send packed? Never holds more than the limit, whatever is sent."""

import re
import zlib
from collections.abc import Iterable, Iterator

from service.errors import RequestError

_STEP = 1 << 16
# gzip allows any number of members in a row. Real files have a few; a million empty ones only burn time.
_MEMBERS = 1000
# Bytes. Smaller answers fit into one packet as they are.
_WORTH_PACKING = 1400
# 1 to 9; 9 takes twice the time for a few percent.
_LEVEL = 5
_GZIP = 31  # zlib's way to say: gzip, with the largest window


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
    member = zlib.decompressobj(wbits=_GZIP)
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
                member = zlib.decompressobj(wbits=_GZIP)
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


def wanted(accepted: str, size: int | None) -> bool:
    """Whether an answer of `size` bytes, None for a stream, is to be packed for a client that accepts `accepted`."""
    if size is not None and size < _WORTH_PACKING:
        return False
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() in ("gzip", "x-gzip"):
            return not re.fullmatch(r"q=0(\.0*)?", quality.strip())
    return False


def gzip(plain: bytes) -> bytes:
    """Return `plain` packed. The same bytes give the same bytes: no time stands in them."""
    packer = zlib.compressobj(_LEVEL, wbits=_GZIP)
    return packer.compress(plain) + packer.flush()


def gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield `pieces` packed, each one complete as soon as it is there: a stream must not wait for its end."""
    packer = zlib.compressobj(_LEVEL, wbits=_GZIP)
    for piece in pieces:
        yield packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
