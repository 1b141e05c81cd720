"""What does the tagger see of a line and its neighbours? The same code trains and serves.

A line is seen twice: as a row of shape numbers that mean the same in every script (length, ending, case, place on the
page, what the lexicon says, what the markup says), and as a bag of hashed words and word pieces.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from service.cut import Sight, is_prose, weight
from service.dates import only as only_date
from service.model import Kind, Reach

BUCKETS = 1 << 15  # of the hashed words
HEAD_WORDS, TAIL_WORDS = 10, 3  # words of a line that are hashed, from its ends
PIECE = 4  # letters of a word's pieces
PIECED_WORDS = 5  # words whose pieces are hashed
LETTERS = 400  # characters of a line that are looked at
KINDS = tuple(kind for kind in Kind if kind is not Kind.BODY)
_HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

_WORDS = re.compile(r"\w+")
_STOP = re.compile(r"[.。।۔։።…]['\"»”’)\]\s]*$")
_ASK = re.compile(r"[!?！？؟]['\"»”’)\]\s]*$")
_URL = re.compile(r"https?://|www\.|\w@\w")
_MARK = re.compile("[|·•»›→▶©]")
_QUOTES = frozenset("«“„\"'‘「『—–-")

SHAPE = (
    "length", "words", "word length", "ends a sentence", "ends with ! or ?", "ends with a colon", "ends with a comma",
    "begins in lower case", "begins with a digit", "begins with a quote or dash", "begins with a sign", "digits",
    "capitals", "signs", "words in capitals", "a link or address", "a separator sign", "a colon early", "a date only",
    "a blank line before", "goes on in the next line", "the title again", "stood above already", "prose", "place",
    "lines above", "lines below", "prose above", "prose below", "to prose above", "to prose below", "a hit",
    "a certain hit", "a lead", "below a heading", "below an ending", "hits below", "hits above", "page size", "prose share",
    "markup known", "the extractor kept it", "the extractor left it out", "a link", "a heading", "a list item", "a paragraph",
    "kept above", "kept below", "links around",
)  # fmt: skip
NAMES = (*SHAPE, *(f"lexicon: {kind}" for kind in KINDS))


@dataclass(frozen=True, slots=True)
class Seen:
    """The features of a page: `shape` is float32 (lines, len(NAMES)); the words of line i are
    `words[starts[i]:starts[i + 1]]`, bucket numbers below BUCKETS."""

    shape: NDArray[np.float32]
    words: NDArray[np.int32]
    starts: NDArray[np.int64]


def see(sights: Sequence[Sight]) -> Seen:
    """Return the features of all lines of a page."""
    size = len(sights)
    rows = np.array([_alone(sight) for sight in sights], dtype=np.float32).reshape(size, ALONE)
    bags = [_hashed(sight.line.text) for sight in sights]
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum([len(bag) for bag in bags], out=starts[1:])
    words = np.fromiter((w for bag in bags for w in bag), dtype=np.int32, count=int(starts[-1]))
    return Seen(np.hstack([rows, _around(sights, rows)]) if size else np.zeros((0, WIDTH), np.float32), words, starts)


def _alone(sight: Sight) -> list[float]:
    """Return what a line shows by itself."""
    line, hit = sight.line, sight.hit
    text = line.text[:LETTERS]
    size, first = len(text), text[0]
    words = text.split()
    letters = text.replace(" ", "")
    digits = sum(map(str.isdigit, letters)) if any(map(str.isdigit, text)) else 0
    capitals = sum(map(str.isupper, letters))
    alnum = sum(map(str.isalnum, letters))
    total = max(len(letters), 1)
    tag = line.tag or ""
    row = [
        math.log1p(weight(line.text)), math.log1p(len(words)), min(size / max(len(words), 1), 20) / 10,
        bool(_STOP.search(text[-8:])), bool(_ASK.search(text[-8:])), text.endswith((":", "：")), text.endswith((",", "،", "、", ";")),
        first.islower(), first.isdigit(), first in _QUOTES, not first.isalnum() and first not in _QUOTES, digits / total,
        capitals / total, 1 - alnum / total, sum(w[0].isupper() for w in words) / max(len(words), 1),
        bool(_URL.search(text)), bool(_MARK.search(text)), ":" in text[:30], only_date(line.text),
        line.gap, sight.joined, sight.title, is_prose(line.text), hit is not None, hit is not None and hit.certain,
        hit is not None and hit.value is not None, line.kept is not None, line.kept is True, line.kept is False,
        line.href is not None, tag in _HEADING_TAGS, tag == "li", tag == "p",
    ]  # fmt: skip
    kinds = [0.0] * len(KINDS)
    if hit is not None:
        kinds[KINDS.index(hit.kind)] = 1.0 if hit.certain else 0.5
    return [*map(float, row), *kinds]


ALONE = 33 + len(KINDS)
_PROSE, _HIT, _KEPT, _HREF = 22, 23, 27, 29  # columns of `_alone` that `_around` sums up
WIDTH = ALONE + 18


def _around(sights: Sequence[Sight], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what a line shows by its place: what stands above and below it."""
    size = len(sights)
    index = np.arange(size, dtype=np.float32)
    prose, hit, kept, href = rows[:, _PROSE], rows[:, _HIT], rows[:, _KEPT], rows[:, _HREF]
    mass = np.expm1(rows[:, 0]) * prose
    above = np.cumsum(mass) - mass
    total = max(float(mass.sum()), 1.0)
    seen: set[str] = set()
    twice = np.zeros(size, dtype=np.float32)
    block = np.zeros(size, dtype=np.float32)
    rest = np.zeros(size, dtype=np.float32)
    in_block, in_rest = 0.0, 0.0
    for i, sight in enumerate(sights):
        text = sight.line.text[:LETTERS]
        twice[i] = text in seen
        seen.add(text)
        block[i], rest[i] = in_block, in_rest
        in_block *= 0.85
        if sight.hit is not None and sight.hit.reach is Reach.BLOCK:
            in_block = 1.0
        elif sight.hit is not None and sight.hit.reach is Reach.REST:
            in_rest = 1.0
        elif prose[i]:
            in_block *= 0.5
    near = np.array([_window(column, 5) for column in (hit, href)])
    columns = [
        twice, index / max(size, 1), np.log1p(index), np.log1p(size - 1 - index), above / total,
        (total - above - mass) / total, np.log1p(_since(prose)), np.log1p(_since(prose[::-1])[::-1]), block, rest,
        near[0], near[1], np.cumsum(hit[::-1])[::-1] / 10, np.cumsum(hit) / 10, np.full(size, math.log1p(size)),
        np.full(size, prose.mean()), np.log1p(_since(kept)), np.log1p(_since(kept[::-1])[::-1]),
    ]  # fmt: skip
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def _since(flags: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the number of lines since the last flagged one above (the line itself not counted)."""
    index = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags > 0, index, -1))
    last = np.concatenate([[-1], last[:-1]])
    return (index - last).astype(np.float32)


def _window(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Return the mean of `values` over `reach` lines on both sides."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    low, high = np.maximum(index - reach, 0), np.minimum(index + reach + 1, len(values))
    return ((total[high] - total[low]) / (high - low)).astype(np.float32)


def _hashed(text: str) -> list[int]:
    """Return the buckets of a line's words and of the pieces of its first ones."""
    words = _WORDS.findall(text[:LETTERS].casefold())
    if len(words) > HEAD_WORDS + TAIL_WORDS:
        words = words[:HEAD_WORDS] + words[-TAIL_WORDS:]
    found = []
    before = "^"
    for number, word in enumerate(words):
        word = "0" if word.isdigit() else word[:20]
        found.append(crc32(word.encode("utf-8", "replace")) % BUCKETS)
        found.append(crc32(f"{before} {word}".encode("utf-8", "replace")) % BUCKETS)
        before = word
        if number < PIECED_WORDS and len(word) > PIECE:
            found += [
                crc32(f"~{word[i : i + PIECE]}".encode("utf-8", "replace")) % BUCKETS for i in range(len(word) - PIECE + 1)
            ]
    return found
