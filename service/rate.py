"""How often may one client ask? One count for all workers. The only importer of limits.

The library counts in memory of one process, or in a database. Neither is right here: with a count for each worker, a
client would get as many times the rate as there are workers, or a part of it on one kept-alive connection. So its
windows are kept in memory that the workers share.
"""

import fcntl
import hashlib
import math
import mmap
import os
import struct
import tempfile
import threading
import time

from limits import parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

# A client is known by a hash, which chooses a bucket of this many places. If all are taken by clients in their window,
# the one whose window ends first is forgotten: never is a client refused for what others did.
_PLACES = 8
_BUCKETS = 8192
_ENTRY = struct.Struct("=Qdd")  # hash of the client; how much it had; when that ends, on the monotonic clock
_BUCKET = _PLACES * _ENTRY.size


class SharedStorage(Storage):
    """Counts in memory that all processes forked from this one share. The time of day may jump as it likes."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._memory = mmap.mmap(-1, _BUCKETS * _BUCKET)
        # A lock of the kernel ends with the process that holds it, however it dies. It counts per process, so threads
        # take turns by another.
        self._file = os.memfd_create("rate") if hasattr(os, "memfd_create") else _nameless()
        self._turn = threading.Lock()
        os.register_at_fork(after_in_child=self._forked)

    def _forked(self) -> None:
        self._turn = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the library may wrap."""
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount` to the count of `key` and return it. A new count ends after `expiry` seconds."""
        name, bucket = _hashed(key)
        now = time.monotonic()
        with self._turn:
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, bucket)
            try:
                at, count, ends = self._find(name, bucket, now)
                count, ends = (count + amount, ends) if ends > now else (amount, now + expiry)
                _ENTRY.pack_into(self._memory, at, name, count, ends)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, bucket)
        return int(count)

    def get(self, key: str) -> int:
        """Return the count of `key`."""
        return int(self._read(key)[0])

    def get_expiry(self, key: str) -> float:
        """Return when the count of `key` ends, in the time of day."""
        return time.time() + max(0.0, self._read(key)[1] - time.monotonic())

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        self._memory[:] = bytes(len(self._memory))
        return None

    def clear(self, key: str) -> None:
        """Forget the count of `key`."""
        self.incr(key, 0, 0)
        name, bucket = _hashed(key)
        at, _, _ = self._find(name, bucket, time.monotonic())
        _ENTRY.pack_into(self._memory, at, 0, 0, 0)

    def _read(self, key: str) -> tuple[float, float]:
        name, bucket = _hashed(key)
        now = time.monotonic()
        at, count, ends = self._find(name, bucket, now)
        mine = _ENTRY.unpack_from(self._memory, at)[0] == name and ends > now
        return (count, ends) if mine else (0, now)

    def _find(self, name: int, bucket: int, now: float) -> tuple[int, float, float]:
        """Return the place of `name` with its count and end; if it has none, the place to take, with zeros."""
        taken: list[tuple[float, int]] = []
        for at in range(bucket * _BUCKET, (bucket + 1) * _BUCKET, _ENTRY.size):
            known, count, ends = _ENTRY.unpack_from(self._memory, at)
            if known == name:
                return at, count, ends
            taken.append((ends if ends > now else 0.0, at))
        return min(taken)[1], 0, 0


class Rate:
    """A rate such as "600/minute", held for each client on its own."""

    def __init__(self, rate: str) -> None:
        self.told = rate
        self._item = parse(rate)
        self._limiter = FixedWindowRateLimiter(SharedStorage())

    def wait(self, client: str) -> int | None:
        """Count one article of `client`; return None if it is within the rate, else the seconds until it may ask."""
        if self._limiter.hit(self._item, client):
            return None
        ends = self._limiter.get_window_stats(self._item, client).reset_time
        return max(1, math.ceil(ends - time.time()))


def _hashed(key: str) -> tuple[int, int]:
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=12).digest()
    return int.from_bytes(digest[:8], "big") or 1, int.from_bytes(digest[8:], "big") % _BUCKETS


def _nameless() -> int:
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
