"""gzip is unpacked in steps; whatever is sent, no more than the limit is held."""

import gzip
import itertools
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import RequestError
from service.inflate import bounded, gunzip


def _pieces(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[at : at + size] for at in range(0, len(raw), size))


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.integers(1, 400), st.integers(0, 20))
def test_any_members_in_any_pieces_come_out_whole(members: list[bytes], size: int, padding: int) -> None:
    packed = b"".join(gzip.compress(member) for member in members) + b"\0" * padding

    assert b"".join(gunzip(_pieces(packed, size))) == b"".join(members)


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 1_000_000])
@pytest.mark.parametrize("piece", [1000, 10_000_000])
def test_sizes_around_the_step_come_out_whole(size: int, piece: int) -> None:
    plain = random.Random(size).randbytes(size)

    assert b"".join(gunzip(_pieces(gzip.compress(plain), piece))) == plain
    assert b"".join(gunzip(_pieces(gzip.compress(b"a" * size), piece))) == b"a" * size


WHOLE = gzip.compress(b"The bridge was closed. " * 100)


@pytest.mark.parametrize(
    "packed",
    [b"", b"\0", b"plain text", WHOLE[:-1], WHOLE[:-8], WHOLE[:20], WHOLE[:5], WHOLE + b"garbage", WHOLE + WHOLE[:9],
     WHOLE[:30] + b"\xff\xff\xff" + WHOLE[33:], WHOLE[:-8] + b"\0" * 8, b"\x1f\x8b"],
)  # fmt: skip
def test_what_is_no_whole_gzip_is_refused(packed: bytes) -> None:
    for size in (1, 7, 10_000):
        with pytest.raises(RequestError) as caught:
            list(gunzip(_pieces(packed, size)))
        assert caught.value.status == 400


def test_a_bomb_is_refused_after_at_most_the_limit() -> None:
    """The pieces of a bomb without end: each is a few bytes, and unpacks to a megabyte."""
    seen = 0

    def counted() -> Iterator[bytes]:
        nonlocal seen
        for piece in gunzip(itertools.chain([gzip.compress(b"\0" * 100_000_000)])):
            seen += len(piece)
            yield piece

    with pytest.raises(RequestError) as caught:
        list(bounded(counted(), 1_000_000))
    assert caught.value.status == 413
    assert seen <= 1_000_000 + 65_536


def test_members_without_number_are_refused() -> None:
    with pytest.raises(RequestError, match="more than 1000 members"):
        list(gunzip([gzip.compress(b"") * 1001]))


@given(st.lists(st.binary(max_size=50)), st.integers(0, 200))
def test_bounded_gives_all_or_refuses(pieces: list[bytes], limit: int) -> None:
    whole = b"".join(pieces)
    if len(whole) <= limit:
        assert b"".join(bounded(pieces, limit)) == whole
    else:
        with pytest.raises(RequestError) as caught:
            list(bounded(pieces, limit))
        assert caught.value.status == 413
