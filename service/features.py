"""What does the tagger see of a line and its neighbours? The same code trains and serves.

A page is one matrix, a column of it a line. `alone` says what stands in each line and what the lexicon says of it,
which no other line changes; `here` what the reader says of it, `place` where it stands between the prose above and
below, `around` the same of the lines around it. Everything is vector operations over the whole page: their number does
not depend on its length.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from service.characters import (
    BAR,
    BULLET,
    COMMA,
    DENSE,
    DIGIT,
    LETTER,
    PUNCT,
    QUOTE,
    RIGHTS,
    SIGNS,
    STOP,
    UPPER,
    bits,
    codes,
)  # fmt: skip
from service.model import Judgement, Line
from service.sight import PROSE_LETTERS, SENTENCE_LETTERS, Sight

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

HEAD, LAST = 64, 32  # characters at either end of a line that its n-grams are taken from: what labels are made of
GRAMS = (2, 3, 4, 5)  # lengths of the character n-grams
BUCKETS = 1 << 17  # rows of the n-gram table: with ten answers, 1.3 MB of bytes
# Odd multipliers of the n-gram hash: the primes of xxHash.
_MIX = (2654435761, 2246822519, 3266489917, 668265263, 374761393)

LONGEST = 1 << 16  # characters of a line that are looked at: no article has a longer one
LABEL, ALIKE = 80, 40  # characters of a line that may be a label; first ones of it by which labels are alike
NEAR, FAR = 3, 8  # lines of the two windows on either side
EDGE = -1.0  # what stands beyond the first and the last line

_COUNTED = np.array((LETTER, UPPER, DIGIT, PUNCT, DENSE, STOP, COMMA, BAR, RIGHTS), np.uint16)[:, None]
_NUMBER = re.compile(r"\d+")  # "5 min read" and "12 min read" are alike
_STOPS, _COLONS = frozenset(SIGNS[STOP]), frozenset(":：")

ALONE = (
    "weight", "words", "word_length", "digits", "digit_count", "upper", "capitals", "punctuation", "commas", "stops",
    "dense", "starts_lower", "starts_digit", "starts_mark", "starts_quote", "ends_stop", "ends_colon", "ends_letter",
    "ends_quote", "bars", "address", "rights", "hit", "hit_kind", "dated",
)  # fmt: skip
HERE = ("twice", "gap", "joined", "own_title", "gain", "said", "said_surely", "below_cut", "alike")
PLACE = (
    "prose", "position", "from_start", "to_end", "lines", "letters", "prose_share", "above", "below", "above_share",
    "below_share", "lines_above", "lines_below", "since_prose", "until_prose", "since_long", "until_long",
    "to_typical", "step", "next_step", "spread",
)  # fmt: skip
FACED = (
    "weight", "words", "digits", "capitals", "ends_stop", "gain", "hit", "hit_kind", "stops", "starts_lower", "twice",
    "joined", "dated",
)  # fmt: skip
TURNS = ("since_article", "until_article", "since_other", "until_other")
TURN = 2.0  # log-odds at which a line's words alone speak for or against the article
_SIDES = ("-2", "-1", "+1", "+2", "-near", "-far", "+near", "+far")
_SWEEPS = ("^max", "_max", "^mean", "_mean", "_sum")


def names(own: Sequence[str], faced: Sequence[str], swept: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns that `around` makes, behind those it is given."""
    return (
        *own,
        *(f"{name}{side}" for side in _SIDES for name in faced),
        *(f"{name}{sweep}" for sweep in _SWEEPS for name in swept),
    )


def grams(lines: Sequence[Line]) -> tuple[npt.NDArray[np.int32], Ints]:
    """Return the buckets of all n-grams of all lines, one line's after the other's, and where each line's begin.

    Case is folded, all digits are one, and both ends of a line count as a character of their own.
    """
    texts = [line.text.lower() for line in lines]
    texts = [text if len(text) <= HEAD + LAST else f"{text[:HEAD]}\x02{text[-LAST:]}" for text in texts]
    points = codes("\n" + "\n".join(texts) + "\n")
    sizes = np.array([len(text) for text in texts], np.int64)
    digit = (bits(points) & DIGIT) != 0
    points = np.where(digit, np.uint32(ord("0")), points)
    found = np.empty((len(points) - 1, len(GRAMS)), np.int32)  # none begins at the last break: it belongs to no line
    mixed = points * np.uint32(_MIX[0])
    begins = _begins(sizes)
    left = np.repeat(begins + sizes + 1, sizes + 1) - np.arange(len(found))  # from here to the line's last break
    for column, length in enumerate(GRAMS):
        mixed[: 1 - length] += points[length - 1 :] * np.uint32(_MIX[length - 1])
        hashed = (mixed ^ (mixed >> np.uint32(15))) * np.uint32(_MIX[1]) + np.uint32(length)
        # what would run over into the next line is the same gram in all lines
        found[:, column] = np.where(left >= length - 1, (hashed[:-1] >> np.uint32(15)) & np.uint32(BUCKETS - 1), 0)
    return found.reshape(-1), begins * len(GRAMS)


def alone(sights: Sequence[Sight]) -> Floats:
    """Return the columns `ALONE` (columns x lines): what no other line changes."""
    texts = [sight.line.text for sight in sights]
    if max(map(len, texts)) > LONGEST:
        texts = [text if len(text) <= LONGEST else text[: LONGEST - 1] + text[-1] for text in texts]
    sizes = np.array([len(text) for text in texts], np.int64)
    begins = _begins(sizes)
    sorts = bits(codes("\n".join(texts) + "\n"))
    marks = (sorts & _COUNTED) != 0
    letter, upper = marks[0], marks[1]
    starting = letter.copy()
    starting[1:] &= ~letter[:-1]
    counts = np.add.reduceat(marks.view(np.uint8), begins, axis=1, dtype=np.int32).astype(np.float32)
    letters, uppers, digits, puncts, dense, stops, commas, bars, rights = counts
    words = np.add.reduceat(starting.view(np.uint8), begins, dtype=np.int32).astype(np.float32)
    capitals = np.add.reduceat((upper & starting).view(np.uint8), begins, dtype=np.int32).astype(np.float32)
    size = sizes.astype(np.float32)
    first, last = sorts[begins], sorts[begins + sizes - 1]
    ends = [text.rstrip("\"'»”’)] ")[-1:] for text in texts]
    found = np.empty((len(ALONE), len(texts)), np.float32)
    np.log1p(size + 1.5 * dense, out=found[0])
    np.log1p(words + dense / 2, out=found[1])
    np.divide(letters, np.maximum(words + dense, 1), out=found[2])
    np.divide(digits, size, out=found[3])
    np.minimum(digits, 20, out=found[4])
    np.divide(uppers, np.maximum(letters, 1), out=found[5])
    np.divide(capitals, np.maximum(words, 1), out=found[6])
    np.divide(puncts, size, out=found[7])
    np.minimum(commas, 10, out=found[8])
    np.minimum(stops, 10, out=found[9])
    np.divide(dense, np.maximum(letters, 1), out=found[10])
    found[11] = (first & (LETTER | UPPER | DENSE)) == LETTER
    for column, side, bit in (
        (12, first, DIGIT), (13, first, BULLET), (14, first, QUOTE), (17, last, LETTER), (18, last, QUOTE),
    ):  # fmt: skip
        found[column] = (side & bit) != 0
    found[15] = [end in _STOPS for end in ends]
    found[16] = [end in _COLONS for end in ends]
    np.minimum(bars, 5, out=found[19])
    found[20] = ["http" in text or "www." in text or "@" in text for text in texts]
    found[21] = rights > 0
    hits = [sight.found for sight in sights]
    found[22] = [0 if hit is None else 1 + hit.certain + hit.open / 2 for hit in hits]
    found[23] = [-1 if hit is None else hit.kind.number for hit in hits]
    found[24] = [sight.look.dated for sight in sights]
    return found


def alike(texts: Sequence[str]) -> Ints:
    """Return two numbers of each line (2 x lines): the same for the same text, and for labels that begin alike.

    The second is 0 for what is too long to be a label.
    """
    same: dict[str, int] = {}
    shapes: dict[str, int] = {"": 0}
    # no text holds a line break, so that one look at all of them finds what one look at each would
    labels = _NUMBER.sub("0", "\n".join([text[:ALIKE] if len(text) <= LABEL else "" for text in texts])).split("\n")
    numbers = [shapes.setdefault(label, len(shapes)) for label in labels]
    return np.array(([same.setdefault(text, len(same)) for text in texts], numbers), np.int64)


def here(sights: Sequence[Sight], read: Sequence[tuple[float, Judgement]], cut: int, alike: Ints) -> Floats:
    """Return the columns `HERE`.

    `read` is what the reader says of each line, `cut` where it would put the cut, `alike` the numbers of that name.
    """
    same, shape = alike
    found = np.empty((len(HERE), len(sights)), np.float32)
    np.minimum(np.bincount(same)[same], 4, out=found[0])
    found[1] = [sight.gap for sight in sights]
    found[2] = [sight.joined for sight in sights]
    found[3] = [sight.title > 0 for sight in sights]
    found[4] = [gain for gain, _ in read]
    found[5] = [judged.kind.number for _, judged in read]
    found[6] = [judged.confidence for _, judged in read]
    found[7, : max(cut, 0)], found[7, max(cut, 0) :] = 0, 1
    often = np.bincount(shape)
    often[0] = 0
    np.minimum(often[shape], 8, out=found[8])
    return found


def place(logs: Floats, stopped: Floats, words: Floats, out: Floats) -> None:
    """Put into `out` the columns `PLACE` and `TURNS`: where each line stands between the prose above and below.

    Of each line, `logs` is the column "weight", `stopped` "ends_stop", `words` what its words say for the article.
    Turns are the lines since and until words last spoke for the article, and against it.
    """
    weight = np.expm1(logs)
    count = len(weight)
    order = np.arange(count, dtype=np.float32)
    long = weight >= PROSE_LETTERS
    prose = long | ((weight >= SENTENCE_LETTERS) & (stopped > 0))
    letters = np.where(prose, weight, 0)
    total = np.cumsum(letters)
    above, whole = total - letters, float(total[-1])
    lines_above: Ints = np.cumsum(prose)
    proses = int(lines_above[-1])
    lines_above -= prose
    steps = out[18]
    steps[0] = 0
    np.abs(np.subtract(logs[1:], logs[:-1], out=steps[1:]), out=steps[1:])
    since, until = since_until(np.stack((prose, long, (words > TURN) & prose, words < -TURN)))
    out[0] = prose
    np.divide(order, max(count - 1, 1), out=out[1])
    out[4], out[5], out[6] = math.log1p(count), math.log1p(whole), proses / count
    out[2], out[3], out[7] = order, count - 1 - order, above
    np.subtract(whole - above, letters, out=out[8])
    np.divide(out[7:9], whole + 1, out=out[9:11])
    out[11], out[12] = lines_above, proses - lines_above - prose
    out[13:17:2], out[14:17:2] = since[:2], until[:2]
    np.subtract(logs, np.float32(math.log1p(_median(weight[prose]))), out=out[17])
    for some in (out[2:4], out[7:9], out[11:17]):
        np.log1p(some, out=some)
    out[19, :-1], out[19, -1] = steps[1:], 0
    _windows(out[18:19], ((-NEAR, NEAR),), out[20:21])
    out[21:25:2], out[22:25:2] = since[2:], until[2:]
    np.log1p(out[21:25], out=out[21:25])


def _median(values: Floats) -> float:
    """Return the median, 1 of no values."""
    if not len(values):
        return 1.0
    ordered = np.sort(values)
    return float(ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2


def around(faced: Floats, swept: Floats, out: Floats) -> None:
    """Put into `out` the columns of `faced` as the lines around each line have them, and what `swept` comes to.

    Of `faced`: the two lines before and after, and the means of two windows before and after. Of `swept`: the
    greatest and the mean of all lines above, the same of all below, and the sum of all below.
    """
    (many, count), sweeps = faced.shape, len(swept)
    for side, (to, since) in enumerate(((2, 0), (1, 0), (0, 1), (0, 2))):
        shifted = out[side * many : (side + 1) * many]
        shifted[:, :to], shifted[:, count - since :] = EDGE, EDGE
        shifted[:, to : count - since] = faced[:, since : count - to]
    _windows(faced, ((-NEAR, -1), (-FAR, -1), (1, NEAR), (1, FAR)), out[4 * many : 8 * many])
    order = np.arange(count, dtype=np.float32)
    total = np.cumsum(swept, 1)
    up, down, above, below, rest = out[8 * many :].reshape(5, sweeps, count)
    np.subtract(total[:, -1:], total, out=rest)
    total -= swept
    up[:, 0], down[:, -1] = 0, 0
    np.maximum.accumulate(swept[:, :-1], 1, out=up[:, 1:])
    np.maximum.accumulate(swept[:, :0:-1], 1, out=down[:, -2::-1])
    np.divide(total, np.maximum(order, 1), out=above)
    np.divide(rest, np.maximum(order[::-1], 1), out=below)


def _windows(columns: Floats, spans: tuple[tuple[int, int], ...], out: Floats) -> None:
    """Put into `out`, per span, the means over the lines from its first to its last, counted from each line."""
    many, count = columns.shape
    total = np.zeros((many, count + 1), np.float64)
    np.cumsum(columns, 1, out=total[:, 1:])
    low, high, sizes = _bounds(count, spans)
    sums = total.take(high, 1)
    sums -= total.take(low, 1)
    sums /= sizes
    out.reshape(len(spans), many, count)[:] = sums.reshape(many, len(spans), count).swapaxes(0, 1)


@lru_cache(maxsize=256)
def _bounds(count: int, spans: tuple[tuple[int, int], ...]) -> tuple[Ints, Ints, Ints]:
    """Return, for every line in every span, the first line, the one behind the last, and how many they are, or 1."""
    order = np.arange(count)
    low = np.concatenate([np.clip(order + first, 0, count) for first, _ in spans])
    high = np.concatenate([np.clip(order + last + 1, 0, count) for _, last in spans])
    return low, high, np.maximum(high - low, 1)


def since_until(marked: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return, by row, the number of lines since the last marked line above, and until the next below.

    Where there is none, as many as there are lines.
    """
    return _since(marked), _since(marked[:, ::-1])[:, ::-1]


def _since(marked: npt.NDArray[np.bool_]) -> Ints:
    count = marked.shape[1]
    order = np.arange(count)
    last = np.full((len(marked), count), -count)
    np.maximum.accumulate(np.where(marked[:, :-1], order[:-1], -count), 1, out=last[:, 1:])
    found: Ints = np.minimum(order - last, count)
    return found


def _begins(sizes: Ints) -> Ints:
    begins = np.zeros(len(sizes), np.int64)
    np.cumsum(sizes[:-1] + 1, out=begins[1:])
    return begins
