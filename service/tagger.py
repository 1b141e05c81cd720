"""How probable is each kind? The only reader of the model file.

Steps, each trained on answers that the step before it gave on sites it had not seen: a linear model over the character
n-grams of every line (for pages, another over the words of the path of elements it stands in); a forest that weighs
that, the line's look and its neighbours, and says how likely the line is the article's; a second forest that sees the
first one's answers over the whole page too, and says how likely the article goes on here or below. A third names the
kinds of lines that go.
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
from service.learned import Forest, Linear
from service.model import Judgement, Kind, Line
from service.sight import Sight

FILE = Path(__file__).parent / "model" / "tagger.npz"
TEXT, PAGE = "text", "page"  # the two models: for bare text, and for pages with their markup
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
_ENDS_STOP, _WORDED = features.ALONE.index("ends_stop"), len(features.ALONE)  # columns of what is known alone
_WORDS = ("worded", *(f"worded_{group[0]}" for group in GROUPS))
_PATH = ("path", *(f"path_{group[0]}" for group in GROUPS))
_ALWAYS = (*features.ALONE, *_WORDS, *features.HERE, *features.PLACE, *features.TURNS)
_OWN = {TEXT: _ALWAYS, PAGE: (*_ALWAYS, *elements.NAMES, *_PATH)}
_FACED = {TEXT: (*features.FACED, "worded"), PAGE: (*features.FACED, "worded", "kept", "linked", "path")}
_SWEPT = {TEXT: ("gain", "worded"), PAGE: ("gain", "worded", "kept", "path")}
COLUMNS = {which: features.names(_OWN[which], _FACED[which], _SWEPT[which]) for which in (TEXT, PAGE)}
_ADDED = features.names(("p",), ("p",), ("p",))
OVER_COLUMNS = {which: (*COLUMNS[which], *_ADDED) for which in (TEXT, PAGE)}
_HERE = len(features.ALONE) + len(_WORDS)  # where these columns begin
_PLACE = _HERE + len(features.HERE)
_MARKUP = len(_ALWAYS)


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
    columns: Floats  # those of `OVER_COLUMNS` x lines
    alone: Floats  # what is known of each line alone, columns x lines
    model: Model
    which: str

    def kinds(self, rows: Sequence[int]) -> list[tuple[Kind, float]]:
        """Return, of each line in `rows`, its most likely kind if it goes, and how likely that is."""
        if not len(rows):
            return []
        scores = self.model.kinds.scores(self.columns.take(rows, 1)).T
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
        own = self.columns.take(rows, 1)
        before = self.model.body.scores(own)[0]
        weights = []
        for columns in _evidence(self.which).values():
            changed = own.copy()
            changed[columns] = self.model.usual[columns, None]
            weights.append(self.model.body.scores(changed)[0] - before)
        told = tuple(_evidence(self.which))
        order = np.argsort(-np.stack(weights, 1), axis=1, kind="stable")[:, :2]
        return [tuple(told[i] for i in row if weights[i][at] > 0) for at, row in enumerate(order)]


class Tagger:
    """The learned models. Made by `load`; never changes afterwards."""

    def __init__(self, words: Linear, path: Linear, models: dict[str, Model], version: str) -> None:
        self.version = version
        self._words, self._path, self._models = words, path, models

    def tag(
        self, sights: Sequence[Sight], read: Sequence[tuple[float, Judgement]], cut: int, alone: Floats | None = None
    ) -> Tags | None:
        """Return what the models say of every line; `read` and `cut` are what the rules alone say. None: no lines.

        `alone`: what is known of each of these lines alone, if that is known from an earlier look.
        """
        if not sights:
            return None
        which = PAGE if sights[0].line.path is not None else TEXT
        pieces = [slice(start, start + PIECE) for start in range(0, len(sights), PIECE)]
        if alone is None:
            alone = np.concatenate([self.alone(sights[piece]) for piece in pieces], 1)
        found = [self._weigh(which, sights[at], read[at], cut - at.start, alone[:, at]) for at in pieces]
        body, goes_on, known = (
            np.concatenate(part, -1) if len(part) > 1 else part[0] for part in zip(*found, strict=True)
        )
        return Tags(body, goes_on, known, alone, self._models[which], which)

    def alone(self, sights: Sequence[Sight]) -> Floats:
        """Return what is known of each line alone: how it looks, and what its words say."""
        words = self._words.scores(*features.grams([sight.line for sight in sights]))
        return np.concatenate((features.alone(sights), words))

    def _weigh(
        self, which: str, sights: Sequence[Sight], read: Sequence[tuple[float, Judgement]], cut: int, alone: Floats
    ) -> tuple[Floats, Floats, Floats]:
        model, lines = self._models[which], [sight.line for sight in sights]
        path = self._path.scores(*path_buckets(lines)) if which == PAGE else None
        known = columns(alone, features.here(sights, read, cut), lines, path)
        body = probability(model.body.scores(known)[0])
        add_answers(known, body)
        over = probability(model.over.scores(known)[0])
        return body, 1 - over, known


def columns(alone: Floats, here: Floats, lines: Sequence[Line], path: Floats | None) -> Floats:
    """Return the columns (x lines) of the model for text, or (`path` given) of the one for pages.

    Those of `COLUMNS` are filled in; `add_answers` fills in what `OVER_COLUMNS` has besides.
    """
    which = TEXT if path is None else PAGE
    known = np.empty((len(OVER_COLUMNS[which]), len(lines)), np.float32)
    known[:_HERE], known[_HERE:_PLACE] = alone, here
    features.place(alone[0], alone[_ENDS_STOP], alone[_WORDED], known[_PLACE:_MARKUP])
    if path is not None:
        end = _MARKUP + len(elements.NAMES)
        known[_MARKUP:end], known[end : end + len(path)] = elements.columns(lines), path
    faced, swept = _indices(which)
    own, size = len(_OWN[which]), len(COLUMNS[which])
    features.around(known.take(faced, 0), known.take(swept, 0), known[own:size])
    return known


def add_answers(known: Floats, body: Floats) -> None:
    """Fill in what the first forest's answers are for each line and around it."""
    answers = known[-len(_ADDED) :]
    answers[0] = body
    features.around(answers[:1], answers[:1], answers[1:])


def path_buckets(lines: Sequence[Line]) -> tuple[npt.NDArray[np.int32], Ints]:
    """Return the buckets of the path words of all lines, and where each line's begin."""
    distinct, index = elements.paths(lines)
    found = [elements.words(path) or [0] for path in distinct]
    sizes = np.array([len(some) for some in found], np.int64)[index]
    begins = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    arrays = [np.array(some, np.int32) for some in found]
    return np.concatenate([arrays[i] for i in index]), begins


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
    looks = tuple(name for name in (*features.ALONE, *features.HERE) if name not in rules)
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
