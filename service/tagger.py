"""How probable is each kind? The only reader of the model file.

Steps, each trained on answers that the step before it gave on sites it had not seen: a linear model over the character
n-grams of every line (for pages, another over the words of the path of elements it stands in); a forest that weighs
that, the line's look and its neighbours, and says how likely the line is the article's; a second forest that sees the
first one's answers over the whole page too, and says how likely the article goes on here or below. A third names the
kinds of lines that go. All nodes of one level of a tree ask the same question (oblivious trees, as CatBoost grows
them), so that a forest is a few vector operations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from service import elements, features
from service.features import Floats, Ints
from service.model import Judgement, Kind, Line
from service.sight import Sight

FILE = Path(__file__).parent / "model" / "tagger.npz"
TEXT, PAGE = "text", "page"  # the two models: for bare text, and for pages with their markup
CLIP = 8.0  # bounds of what the words of one line may say, in log-odds
PIECE = 4096  # lines that are weighed as one page: bounds the memory that a source of 200,000 lines takes
SURE_RELATED = 0.5  # probability that a line needs to be told as the headline of another article
LEAST = 1e-4  # of a probability, so that its log-odds are finite

# Kinds that the words of a line can hardly tell apart are one group for them.
GROUPS: tuple[tuple[Kind, ...], ...] = (
    (Kind.BODY,),
    (Kind.RELATED_HEADING, Kind.RELATED, Kind.RELATED_META),
    (Kind.SHARE,),
    (Kind.BYLINE, Kind.HEADLINE, Kind.CAPTION),
    (Kind.SUBSCRIBE, Kind.AD),
    (Kind.COMMENTS,),
    (Kind.TAGS, Kind.NAV),
    (Kind.LEGAL, Kind.BIO),
    (Kind.OTHER,),
)
GOING = tuple(kind for kind in Kind if kind is not Kind.BODY)  # the answers of the forest of kinds, in this order

_RELATED = GOING.index(Kind.RELATED)
_WORDS = ("worded", *(f"worded_{group[0]}" for group in GROUPS))
_PATH = ("path", *(f"path_{group[0]}" for group in GROUPS))
_OWN = {
    TEXT: (*features.SHAPE, *_WORDS, *features.PLACE, *features.TURNS),
    PAGE: (*features.SHAPE, *_WORDS, *features.PLACE, *features.TURNS, *elements.NAMES, *_PATH),
}
_FACED = {TEXT: (*features.FACED, "worded"), PAGE: (*features.FACED, "worded", "kept", "linked", "path")}
_SWEPT = {TEXT: ("gain", "worded"), PAGE: ("gain", "worded", "kept", "path")}
COLUMNS = {which: features.names(_OWN[which], _FACED[which], _SWEPT[which]) for which in (TEXT, PAGE)}
OVER_COLUMNS = {which: features.names((*COLUMNS[which], "p"), ("p",), ("p",)) for which in (TEXT, PAGE)}


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of n-grams or words, buckets x answers; a line's score is their sum over the root of their number."""

    weight: npt.NDArray[np.int8]
    scale: float
    bias: Floats

    def scores(self, buckets: npt.NDArray[np.int32], begins: Ints) -> Floats:
        """Return the scores, lines x answers: first the log-odds for body, then one of each group."""
        sums = np.add.reduceat(self.weight[buckets], begins, axis=0, dtype=np.int32)
        sizes = np.diff(begins, append=len(buckets))
        found = sums * (self.scale / np.sqrt(sizes))[:, None] + self.bias
        found[:, 1:] -= found[:, 1:].mean(1, keepdims=True)
        return np.clip(found, -CLIP, CLIP).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Forest:
    """Oblivious trees: `feature`, `border` are trees x depth, `leaf` (whole numbers) trees x 2^depth x answers."""

    feature: npt.NDArray[np.int16]
    border: Floats
    leaf: npt.NDArray[np.int16]
    scale: float
    bias: Floats

    def scores(self, columns: Floats) -> Floats:
        """Return the sum of its leaves per row, rows x answers. Whole numbers give the same sum on every machine."""
        trees, depth = self.feature.shape
        asked = np.ascontiguousarray(columns.T)[self.feature.ravel()] > self.border.reshape(-1, 1)
        bits = asked.view(np.uint8).reshape(trees, depth, -1)
        at = bits[:, 0].astype(np.int32)
        for level in range(1, depth):
            at += bits[:, level].astype(np.int32) << level
        at += (np.arange(trees, dtype=np.int32) << depth)[:, None]
        leaves = self.leaf.reshape(trees << depth, -1)
        if leaves.shape[1] == 1:
            total = leaves[:, 0][at].sum(0, dtype=np.int32)[:, None]
        else:
            total = leaves[at].sum(0, dtype=np.int32)
        scored: Floats = (total * self.scale + self.bias).astype(np.float32)
        return scored


@dataclass(frozen=True, slots=True)
class Model:
    """What is learned for one sort of source."""

    body: Forest
    over: Forest
    kinds: Forest
    usual: Floats  # the columns of a usual line of an article: what evidence is held against


@dataclass(frozen=True, slots=True)
class Tags:
    """What the tagger says of every line of one source."""

    body: Floats  # probability that the line is the article's
    goes_on: Floats  # probability that the article goes on in this line or below it
    columns: Floats
    words: Floats  # what the words of each line alone say
    model: Model
    which: str

    def kinds(self, rows: Sequence[int]) -> list[tuple[Kind, float]]:
        """Return, of each line in `rows`, its most likely kind if it goes, and how likely that is."""
        if not len(rows):
            return []
        scores = self.model.kinds.scores(self.columns[list(rows)])
        odds = np.exp(scores - scores.max(1, keepdims=True))
        odds /= odds.sum(1, keepdims=True)
        odds[odds[:, _RELATED] < SURE_RELATED, _RELATED] = 0
        return [(GOING[i], float(row[i])) for i, row in zip(odds.argmax(1), odds, strict=True)]

    def evidence(self, rows: Sequence[int]) -> list[tuple[str, ...]]:
        """Return, of each line in `rows`, what speaks most against its being the article's, in words.

        Each group of columns in turn is made those of a usual line of an article; what that changes is its weight.
        """
        if not len(rows):
            return []
        own = self.columns[list(rows)]
        before = self.model.body.scores(own)[:, 0]
        weights = []
        for columns in _evidence(self.which).values():
            changed = own.copy()
            changed[:, columns] = self.model.usual[columns]
            weights.append(self.model.body.scores(changed)[:, 0] - before)
        told = tuple(_evidence(self.which))
        order = np.argsort(-np.stack(weights, 1), axis=1, kind="stable")[:, :2]
        return [tuple(told[i] for i in row if weights[i][at] > 0) for at, row in enumerate(order)]


class Tagger:
    """The learned models. Made by `load`; never changes afterwards."""

    def __init__(self, words: Linear, path: Linear, models: dict[str, Model], version: str) -> None:
        self.version = version
        self._words, self._path, self._models = words, path, models

    def tag(
        self, sights: Sequence[Sight], read: Sequence[tuple[float, Judgement]], cut: int, words: Floats | None = None
    ) -> Tags | None:
        """Return what the models say of every line; `read` and `cut` are what the rules alone say. None: no lines.

        `words`: what the words of these lines say, where that is known from an earlier look.
        """
        if not sights:
            return None
        which = PAGE if sights[0].line.path is not None else TEXT
        pieces = [slice(start, start + PIECE) for start in range(0, len(sights), PIECE)]
        if words is None:
            parts = [self._words.scores(*features.grams([sight.line for sight in sights[piece]])) for piece in pieces]
            words = np.concatenate(parts)
        found = [self._weigh(which, sights[at], read[at], cut - at.start, words[at]) for at in pieces]
        body, goes_on, known = (np.concatenate(part) if len(part) > 1 else part[0] for part in zip(*found, strict=True))
        return Tags(body, goes_on, known, words, self._models[which], which)

    def _weigh(
        self, which: str, sights: Sequence[Sight], read: Sequence[tuple[float, Judgement]], cut: int, words: Floats
    ) -> tuple[Floats, Floats, Floats]:
        model, lines = self._models[which], [sight.line for sight in sights]
        path = self._path.scores(*path_buckets(lines)) if which == PAGE else None
        known = columns(features.shape(sights, read, cut), words, lines, path)
        body = probability(model.body.scores(known)[:, 0])
        over = probability(model.over.scores(with_answers(known, body))[:, 0])
        return body, 1 - over, known


def columns(shape: Floats, words: Floats, lines: Sequence[Line], path: Floats | None) -> Floats:
    """Return the columns `COLUMNS` of the model for text, or (`path` given) of the one for pages."""
    which = TEXT if path is None else PAGE
    place = features.place(shape)
    own = [shape, words, place, features.turns(words[:, 0], place[:, 0])]
    if path is not None:
        own += [elements.columns(lines), path]
    joined = np.concatenate(own, 1)
    order = _indices(which)
    return np.concatenate((joined, features.around(joined[:, order[0]], joined[:, order[1]])), 1)


def with_answers(known: Floats, body: Floats) -> Floats:
    """Return the columns `OVER_COLUMNS`: those of the first forest and what its answers are around each line."""
    answers = body[:, None].astype(np.float32)
    return np.concatenate((known, answers, features.around(answers, answers)), 1)


def path_buckets(lines: Sequence[Line]) -> tuple[npt.NDArray[np.int32], Ints]:
    """Return the buckets of the path words of all lines, and where each line's begin."""
    distinct, index = elements.paths(lines)
    found = [elements.words(path) or [0] for path in distinct]
    sizes = np.fromiter((len(found[i]) for i in index), np.int64, len(index))
    begins = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    return np.fromiter((bucket for i in index for bucket in found[i]), np.int32, int(sizes.sum())), begins


def probability(scores: Floats) -> Floats:
    """Return probabilities of log-odds."""
    return (1 / (1 + np.exp(-scores))).astype(np.float32)


@lru_cache(maxsize=1)
def load(path: Path = FILE) -> Tagger:
    """Return the tagger in a model file (default: the one shipped)."""
    with np.load(path, allow_pickle=False) as file:
        found: dict[str, Any] = {name: file[name] for name in file.files}

    def linear(name: str) -> Linear:
        return Linear(found[f"{name}.weight"], float(found[f"{name}.scale"]), found[f"{name}.bias"])

    def forest(name: str) -> Forest:
        feature, border, leaf = (found[f"{name}.{part}"] for part in ("feature", "border", "leaf"))
        return Forest(feature, border, leaf, float(found[f"{name}.scale"]), found[f"{name}.bias"])

    models = {
        which: Model(
            forest(f"{which}.body"), forest(f"{which}.over"), forest(f"{which}.kinds"), found[f"{which}.usual"]
        )
        for which in (TEXT, PAGE)
    }
    return Tagger(linear("words"), linear("path"), models, str(found["version"]))


@lru_cache(maxsize=2)
def _indices(which: str) -> tuple[list[int], list[int]]:
    own = _OWN[which]
    return [own.index(name) for name in _FACED[which]], [own.index(name) for name in _SWEPT[which]]


@lru_cache(maxsize=2)
def _evidence(which: str) -> dict[str, list[int]]:
    """Return groups of columns by what they say in words."""
    rules = ("hit", "hit_kind", "gain", "said", "said_surely", "below_cut", "own_title")
    looks = tuple(name for name in features.SHAPE if name not in rules)
    groups: dict[str, tuple[str, ...]] = {
        "worded like a line that is no article's": _WORDS,
        "its look is not a paragraph's": looks,
        "known phrases stand in it or around it": rules,
        "the lines around it are no article's": (),
        "no more of the article stands below": features.PLACE,
        "its place in the page's markup": (*elements.NAMES[2:], *_PATH),
        "the extractor left it out": ("kept", "kept_known"),
    }
    told = list(groups)
    names = {name: told[i] for i, group in enumerate(groups.values()) for name in group}
    found: dict[str, list[int]] = {}
    for index, name in enumerate(COLUMNS[which]):
        base = name.rstrip("0123456789").rstrip("+-")
        base = base.removesuffix("-near").removesuffix("+near").removesuffix("-far").removesuffix("+far")
        sentence = names.get(name)
        if sentence is None and base.partition("^")[0].removesuffix("_max") in ("gain", "hit", "gain_mean", "gain_sum"):
            sentence = told[2]
        found.setdefault(sentence or told[3], []).append(index)
    return found
