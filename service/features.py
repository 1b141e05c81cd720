"""What does the tagger see of a line and its neighbours? The same code trains and serves.

A page is one matrix, a row a line. `shape` says what stands in each line and what the lexicon and the reader say of
it; `context` adds the same of the lines around it, and where it stands between the prose above and below. Everything
is vector operations over the whole page: their number does not depend on its length.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from service.model import Judgement, Kind, Line
from service.sight import PROSE_LETTERS, SENTENCE_LETTERS, Sight

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

HEAD, LAST = 64, 32  # characters at either end of a line that its n-grams are taken from: what labels are made of
GRAMS = (2, 3, 4, 5)  # lengths of the character n-grams
BUCKETS = 1 << 17  # rows of the n-gram table: with ten answers, 1.3 MB of bytes
# Odd multipliers of the n-gram hash: the primes of xxHash.
_MIX = (2654435761, 2246822519, 3266489917, 668265263, 374761393)

NEAR, FAR = 3, 8  # lines of the two windows on either side
EDGE = -1.0  # what stands beyond the first and the last line
_ORDER = {kind: index for index, kind in enumerate(Kind)}

_LETTER, _UPPER, _DIGIT, _PUNCT, _DENSE, _STOP, _COMMA = (1 << bit for bit in range(7))
_STOPS = frozenset(".!?…。！？।۔؟։።")
_COMMAS = frozenset(",;،、，；")
_QUOTES = frozenset("\"'«»“”„‘’「」『』")
_BULLETS = frozenset("•·∙▪►▶▸»›→➤●○■□◆★*+|–—-")
_DENSE_RANGES = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF), (0x0E00, 0x0E7F))
_PLANE = 0x10000  # characters beyond the basic plane are one: pictures, for the most part

SHAPE = (
    "weight", "words", "word_length", "digits", "digit_count", "upper", "capitals", "punctuation", "commas", "stops",
    "dense", "starts_lower", "starts_digit", "starts_mark", "starts_quote", "ends_stop", "ends_colon", "ends_letter",
    "ends_quote", "bars", "address", "rights", "twice", "gap", "joined", "own_title", "hit", "hit_kind", "gain",
    "said", "said_surely", "below_cut",
)  # fmt: skip
PLACE = (
    "prose", "position", "from_start", "to_end", "lines", "letters", "prose_share", "above", "below", "above_share",
    "below_share", "lines_above", "lines_below", "since_prose", "until_prose", "since_long", "until_long",
    "to_typical", "step", "next_step", "spread",
)  # fmt: skip
FACED = (
    "weight", "words", "digits", "capitals", "ends_stop", "gain", "hit", "stops", "starts_lower", "twice", "joined",
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


@lru_cache(maxsize=1)
def _classes() -> Bytes:
    """Return the class bits of every character of the basic plane; the last entry stands for all beyond it."""
    table = np.zeros(_PLANE + 1, np.uint8)
    for code in range(_PLANE):
        category = unicodedata.category(chr(code))
        if category[0] == "L" or category == "Mc":
            table[code] = _LETTER | (_UPPER if category in ("Lu", "Lt") else 0)
        elif category == "Nd":
            table[code] = _DIGIT
        elif category[0] in "PS":
            table[code] = _PUNCT
    for first, last in _DENSE_RANGES:
        table[first : last + 1] |= _DENSE
    for marks, bit in ((_STOPS, _STOP), (_COMMAS, _COMMA)):
        table[[ord(mark) for mark in marks]] |= bit
    table[_PLANE] = _PUNCT
    return table


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def grams(lines: Sequence[Line]) -> tuple[npt.NDArray[np.int32], Ints]:
    """Return the buckets of all n-grams of all lines, one line's after the other's, and where each line's begin.

    Case is folded, all digits are one, and both ends of a line count as a character of their own.
    """
    texts = [line.text.lower() for line in lines]
    texts = [text if len(text) <= HEAD + LAST else f"{text[:HEAD]}\x02{text[-LAST:]}" for text in texts]
    points = _codes("\n" + "\n".join(texts) + "\n")
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    digit = (_classes()[np.minimum(points, _PLANE)] & _DIGIT) != 0
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


def shape(sights: Sequence[Sight], read: Sequence[tuple[float, Judgement]], cut: int) -> Floats:
    """Return the columns `SHAPE`; `read` is what the reader says of each line, `cut` where it would put the cut."""
    texts = [sight.line.text for sight in sights]
    count = len(texts)
    sizes = np.fromiter(map(len, texts), np.int64, count)
    begins = _begins(sizes)
    bits = _classes()[np.minimum(_codes("\n".join(texts) + "\n"), _PLANE)]
    letter, upper, digit = (bits & _LETTER) != 0, (bits & _UPPER) != 0, (bits & _DIGIT) != 0
    starting = letter.copy()
    starting[1:] &= ~letter[:-1]
    others = [bits & bit for bit in (_PUNCT, _DENSE, _STOP, _COMMA)]
    marks = (letter, starting, upper, upper & starting, digit, *others)
    counts = np.add.reduceat(np.stack(marks, 1) != 0, begins, axis=0, dtype=np.float32)
    letters, words, uppers, capitals, digits, puncts, dense, stops, commas = counts.T
    size = sizes.astype(np.float32)
    first, last = bits[begins], bits[begins + sizes - 1]
    ends = [text.rstrip("\"'»”’)] ")[-1:] for text in texts]
    twice = Counter(texts)
    hits = [sight.found for sight in sights]
    columns = (
        np.log1p(size + 1.5 * dense),
        np.log1p(words + dense / 2),
        letters / np.maximum(words + dense, 1),
        digits / size,
        np.minimum(digits, 20),
        uppers / np.maximum(letters, 1),
        capitals / np.maximum(words, 1),
        puncts / size,
        np.minimum(commas, 10),
        np.minimum(stops, 10),
        dense / np.maximum(letters, 1),
        (first & (_LETTER | _UPPER | _DENSE)) == _LETTER,
        (first & _DIGIT) != 0,
        _numbers(text[0] in _BULLETS for text in texts),
        _numbers(text[0] in _QUOTES for text in texts),
        _numbers(end in _STOPS for end in ends),
        _numbers(end in ":：" for end in ends),
        (last & _LETTER) != 0,
        _numbers(text[-1] in _QUOTES for text in texts),
        np.minimum(_numbers(text.count("|") + text.count("›") + text.count("»") for text in texts), 5),
        _numbers("http" in text or "www." in text or "@" in text for text in texts),
        _numbers("©" in text or "®" in text for text in texts),
        _numbers(min(twice[text], 4) for text in texts),
        _numbers(sight.line.gap for sight in sights),
        _numbers(sight.joined for sight in sights),
        _numbers(sight.title for sight in sights),
        _numbers(0 if hit is None else 1 + hit.certain for hit in hits),
        _numbers(-1 if hit is None else _ORDER[hit.kind] for hit in hits),
        _numbers(gain for gain, _ in read),
        _numbers(_ORDER[judged.kind] for _, judged in read),
        _numbers(judged.confidence for _, judged in read),
        np.arange(count) >= cut,
    )
    return np.stack(columns, 1).astype(np.float32)


def place(shaped: Floats) -> Floats:
    """Return the columns `PLACE`: where each line stands between the prose above and below."""
    logs, stopped = shaped[:, 0], shaped[:, SHAPE.index("ends_stop")] > 0
    weight = np.expm1(logs)
    count = len(weight)
    order = np.arange(count, dtype=np.float32)
    long = weight >= PROSE_LETTERS
    prose = long | ((weight >= SENTENCE_LETTERS) & stopped)
    letters = np.where(prose, weight, 0)
    above, whole = np.cumsum(letters) - letters, float(letters.sum())
    below = whole - above - letters
    lines_above: Ints = np.cumsum(prose) - prose
    typical = float(np.median(weight[prose])) if prose.any() else 1.0
    steps = np.abs(np.diff(logs, prepend=logs[:1]))
    found = np.empty((count, len(PLACE)), np.float32)
    plain = (order / max(count - 1, 1), above / (whole + 1), below / (whole + 1), logs - np.log1p(typical), steps)
    found[:, [1, 9, 10, 17, 18]] = np.stack(plain, 1)
    found[:, 0], found[:, 4], found[:, 5], found[:, 6] = prose, np.log1p(count), np.log1p(whole), prose.mean()
    counted = (
        order, count - 1 - order, above, below, lines_above, prose.sum() - lines_above - prose,
        _since(prose), _since(prose[::-1])[::-1], _since(long), _since(long[::-1])[::-1],
    )  # fmt: skip
    found[:, [2, 3, 7, 8, 11, 12, 13, 14, 15, 16]] = np.log1p(np.stack(counted, 1))
    found[:-1, 19], found[-1, 19] = steps[1:], 0
    found[:, 20] = _windows(found[:, 18:19], ((-NEAR, NEAR),))[0][:, 0]
    return found


def turns(words: Floats, prose: Floats) -> Floats:
    """Return the columns `TURNS`: lines since and until words last spoke for the article, and against it."""
    article, other = (words > TURN) & (prose > 0), words < -TURN
    sides = (_since(article), _since(article[::-1])[::-1], _since(other), _since(other[::-1])[::-1])
    return np.log1p(np.stack(sides, 1)).astype(np.float32)


def around(faced: Floats, swept: Floats) -> Floats:
    """Return the columns of `faced` as the lines around each line have them, and what `swept` comes to on either side.

    Of `faced`: the two lines before and after, and the means of two windows before and after. Of `swept`: the
    greatest and the mean of all lines above, the same of all below, and the sum of all below.
    """
    count = len(faced)
    padded = np.full((count + 4, faced.shape[1]), EDGE, np.float32)
    padded[2:-2] = faced
    near = (padded[:-4], padded[1:-3], padded[3:-1], padded[4:])
    means = _windows(faced, ((-NEAR, -1), (-FAR, -1), (1, NEAR), (1, FAR)))
    order = np.arange(count, dtype=np.float32)[:, None]
    total = np.cumsum(swept, 0) - swept
    rest = swept.sum(0) - total - swept
    up, down = np.zeros_like(swept), np.zeros_like(swept)
    up[1:] = np.maximum.accumulate(swept, 0)[:-1]
    down[:-1] = np.maximum.accumulate(swept[::-1], 0)[::-1][1:]
    sweeps = (up, down, total / np.maximum(order, 1), rest / np.maximum(count - 1 - order, 1), rest)
    return np.concatenate((*near, *means, *sweeps), 1).astype(np.float32)


def _windows(columns: Floats, spans: Iterable[tuple[int, int]]) -> list[Floats]:
    """Return, per span, the means over the lines from its first to its last, counted from each line."""
    count = len(columns)
    total = np.zeros((count + 1, columns.shape[1]), np.float64)
    np.cumsum(columns, 0, out=total[1:])
    order = np.arange(count)
    means = []
    for first, last in spans:
        low, high = np.clip(order + first, 0, count), np.clip(order + last + 1, 0, count)
        means.append(((total[high] - total[low]) / np.maximum(high - low, 1)[:, None]).astype(np.float32))
    return means


def _since(marked: npt.NDArray[np.bool_]) -> Ints:
    """Return the number of lines since the last marked line above; without one, as many as there are lines."""
    order = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, order, -len(marked)))
    return np.minimum(order - np.concatenate(([-len(marked)], last[:-1])), len(marked))


def _begins(sizes: Ints) -> Ints:
    begins = np.zeros(len(sizes), np.int64)
    np.cumsum(sizes[:-1] + 1, out=begins[1:])
    return begins


def _numbers(values: Iterable[float]) -> Floats:
    return np.fromiter(values, np.float32)
