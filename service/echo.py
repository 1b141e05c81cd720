"""Which words of a line do other lines of the page say too? An article's lines speak of the same things.

A word counts by its first letters, since its end may change; in scripts written without spaces, every two letters do.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.characters import DENSE, LETTER, MARK, bits, codes
from service.features import Floats, Ints

NAMES = ("echo", "terms")
LIMIT = 2_000  # characters of a line that are read: a long paragraph
SHORTEST = 5  # letters of a word; shorter ones stand everywhere
COMPARED = 6  # letters of a word at most
BUCKETS = 1 << 16
SMALL = (1 << 31) // BUCKETS  # lines whose numbers with a bucket's fit into 32 bits
NOTHING = -1.0  # the share of a line without such words
# Odd multipliers of the hash: the primes of xxHash.
_MIX = (2654435761, 2246822519, 3266489917)


class Terms(NamedTuple):
    """The different words of every line, in order of the lines: `line` is an index, `term` a bucket."""

    line: Ints
    term: Ints
    lines: int

    def take(self, rows: Sequence[int]) -> "Terms":
        """Return those of these lines, given in order, as if there were no others."""
        number = np.full(self.lines, -1)
        number[rows] = np.arange(len(rows))
        line = number[self.line]
        kept = line >= 0
        return Terms(line[kept], self.term[kept], len(rows))


def terms(texts: Sequence[str]) -> Terms:
    """Return the different words of every line."""
    short = [text[:LIMIT].lower() for text in texts]
    points = codes("\n".join(short) + "\n")
    sorts = bits(points)
    dense = (sorts & DENSE) != 0
    inside = ((sorts & (LETTER | MARK)) != 0) & ~dense
    turns = np.flatnonzero(inside[1:] != inside[:-1]) + 1  # no text ends inside a word: a break follows
    if inside[0]:
        turns = np.concatenate(([0], turns))
    starts, ends = turns[::2], turns[1::2]
    long = ends - starts >= SHORTEST
    starts = starts[long]
    ends = np.minimum(ends[long], starts + COMPARED)
    pairs = points * np.uint32(_MIX[0])
    pairs[:-1] += points[1:] * np.uint32(_MIX[1])
    pairs = (pairs ^ (pairs >> np.uint32(15))) * np.uint32(_MIX[2])
    total = np.zeros(len(pairs) + 1, np.uint32)
    np.cumsum(pairs, out=total[1:])
    twos = np.flatnonzero(dense[:-1] & dense[1:])
    hashes = np.concatenate((total[ends - 1] - total[starts], pairs[twos]))
    ends_at = np.cumsum(np.fromiter(map(len, short), np.int64, len(short)) + 1)
    line = np.searchsorted(ends_at, np.concatenate((starts, twos)), side="right")
    keys = line * BUCKETS + (hashes >> np.uint32(16))
    if len(texts) <= SMALL:
        keys = keys.astype(np.int32)  # in order in half the time
    keys = np.unique(keys).astype(np.int64)
    return Terms(keys // BUCKETS, keys % BUCKETS, len(texts))


def heard(found: Terms, prose: npt.NDArray[np.bool_]) -> Floats:
    """Return the columns `NAMES`: the share of each line's words that other lines of `prose` say, and their number."""
    own = prose[found.line]
    others = np.bincount(found.term[own], minlength=BUCKETS)[found.term] > own
    count = np.bincount(found.line, minlength=found.lines)
    again = np.bincount(found.line[others], minlength=found.lines)
    return np.stack((np.where(count > 0, again / np.maximum(count, 1), NOTHING), np.log1p(count))).astype(np.float32)
