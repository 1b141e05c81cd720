"""How probable is each kind? The only reader of the model file.

Steps, each trained on answers that the step before it gave on sites it had not seen: a linear model over the character
n-grams of every line (for pages, another over the words of the path of elements it stands in); a forest that weighs
that, the line's look and its neighbours, and says how likely the line is the article's; a second forest that sees the
first one's answers over the whole page too, and says how likely the article goes on here or below. A third names the
kinds of lines that go.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from service import among, columns, echo, elements, features
from service.columns import ASKED, PAGE, TEXT, WHICH, Alone
from service.echo import Terms
from service.features import Floats
from service.learned import Forest, Linear
from service.model import Judgement, Kind
from service.sight import Sight

FILE = Path(__file__).parent / "model" / "tagger.npz"
PIECE = 4096  # lines that are weighed as one page: bounds the memory that a source of 200,000 lines takes
SURE_RELATED = 0.5  # probability that a line needs to be told as the headline of another article
LEAST = 1e-4  # of a probability, so that its log-odds are finite

GOING = tuple(kind for kind in Kind if kind is not Kind.BODY)  # the answers of the forest of kinds, in this order

_RELATED = GOING.index(Kind.RELATED)


# What speaks against a line, where that is about other lines; reasons.py says which.
KNOWN = "known phrases stand in it or around it"
AROUND = "the lines around it are no article's"
BELOW = "no more of the article stands below"


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
    alone: Alone
    pieces: Sequence[Callable[[], Floats]]  # of each PIECE lines, what gives the columns of `OVER_COLUMNS` x lines
    model: Model
    which: str

    def kinds(self, rows: Sequence[int]) -> list[tuple[Kind, float]]:
        """Return, of each line in `rows` (in order), its most likely kind if it goes, and how likely that is."""
        return [told for own in self._columns(rows) for told in self._kinds(own)]

    def evidence(self, rows: Sequence[int]) -> list[tuple[str, ...]]:
        """Return, of each line in `rows` (in order), what speaks most against its being the article's, in words.

        Each group of columns in turn is made those of a usual line of an article; what that changes is its weight.
        """
        return [told for own in self._columns(rows) for told in self._evidence(own)]

    def _columns(self, rows: Sequence[int]) -> Iterator[Floats]:
        """Yield the columns of these lines, those of one piece after the other's: all at once may take much memory."""
        chosen = np.asarray(rows, np.int64)
        for number, piece in enumerate(self.pieces):
            here = chosen[chosen // PIECE == number] if len(self.pieces) > 1 else chosen
            if len(here):
                yield piece().take(here - number * PIECE, 1)

    def _kinds(self, own: Floats) -> list[tuple[Kind, float]]:
        scores = self.model.kinds.scores(own).T
        odds = np.exp(scores - scores.max(1, keepdims=True))
        odds /= odds.sum(1, keepdims=True)
        odds[odds[:, _RELATED] < SURE_RELATED, _RELATED] = 0
        return [(GOING[i], float(row[i])) for i, row in zip(odds.argmax(1), odds, strict=True)]

    def _evidence(self, own: Floats) -> list[tuple[str, ...]]:
        before = self.model.body.scores(own)[0]
        weights = []
        for rows in _evidence(self.which).values():
            changed = own.copy()
            changed[rows] = self.model.usual[rows, None]
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
        self, sights: Sequence[Sight], read: Sequence[tuple[float, Judgement]], cut: int, alone: Alone | None = None
    ) -> Tags | None:
        """Return what the models say of every line; `read` and `cut` are what the rules alone say. None: no lines.

        `alone`: what is known of each of these lines alone, if that is known from an earlier look.
        """
        if not sights:
            return None
        which = _which(sights)
        at = [slice(start, start + PIECE) for start in range(0, len(sights), PIECE)]
        if alone is None:
            alone = columns.joined(
                [self._alone(sights[piece]) for piece in at], features.alike([sight.line.text for sight in sights])
            )
        if len(at) == 1:
            known = self._weigh(which, sights, read, cut, alone, 0)
            return Tags(*self._answers(which, known), alone, (lambda: known,), self._models[which], which)
        pieces = [
            partial(
                self._weigh,
                which,
                sights[piece],
                read[piece],
                cut - piece.start,
                alone.take(range(len(sights))[piece]),
                piece.start,
            )
            for piece in at
        ]
        found = [self._answers(which, piece()) for piece in pieces]
        body, goes_on = (np.concatenate(part) for part in zip(*found, strict=True))
        return Tags(body, goes_on, alone, pieces, self._models[which], which)

    def _alone(self, sights: Sequence[Sight]) -> tuple[Floats, Terms]:
        """Return what is known of each line alone: how it looks, and what its words say."""
        words = self._words.scores(*features.grams([sight.line for sight in sights]))
        terms = echo.terms([sight.line.text for sight in sights])
        return np.concatenate((features.alone(sights), words)), terms

    def _weigh(
        self,
        which: str,
        sights: Sequence[Sight],
        read: Sequence[tuple[float, Judgement]],
        cut: int,
        alone: Alone,
        start: int,
    ) -> Floats:
        """Return the columns of `OVER_COLUMNS` x lines; `start` is the number of the first line."""
        lines = [sight.line for sight in sights]
        path = None if which == TEXT else self._path.scores(*columns.path_buckets(lines))
        within = None if which == TEXT else among.spans(lines, start)
        here = columns.here(sights, read, cut, alone.terms, alone.alike)
        known = columns.of(alone.columns, here, lines, path, within)
        columns.add_answers(known, probability(self._models[which].body.scores(known)[0]), within)
        return known

    def _answers(self, which: str, known: Floats) -> tuple[Floats, Floats]:
        """Return the probabilities that each line is the article's, and that the article goes on there or below."""
        return known[-len(columns.ADDED)].copy(), 1 - probability(self._models[which].over.scores(known)[0])


def _which(sights: Sequence[Sight]) -> str:
    """Return which model is for these lines."""
    if sights[0].line.path is None:
        return TEXT
    return PAGE if sights[0].line.kept is None else ASKED  # it is told of all lines, or of none


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
        for which in WHICH
    }
    return Tagger(linear("words"), linear("path"), models, str(found["version"]))


@lru_cache(maxsize=len(WHICH))
def _evidence(which: str) -> dict[str, list[int]]:
    """Return groups of columns by what they say in words."""
    rules = ("hit", "hit_kind", "gain", "said", "said_surely", "below_cut", "own_title")
    looks = tuple(name for name in (*features.ALONE, *features.HERE) if name not in rules)
    groups: dict[str, tuple[str, ...]] = {
        "worded like a line that is no article's": columns.WORDS,
        "its look is not a paragraph's": looks,
        KNOWN: rules,
        AROUND: (),
        "the article does not speak of this": echo.NAMES,
        BELOW: features.PLACE,
        "its place in the page's markup": (*elements.NAMES[2:], *columns.PATH, *among.GROUPS),
        "the extractor left it out": ("kept", "kept_known"),
    }
    told = list(groups)
    names = {name: told[i] for i, group in enumerate(groups.values()) for name in group}
    found: dict[str, list[int]] = {}
    for index, name in enumerate(columns.COLUMNS[which]):
        base = name.rstrip("0123456789").rstrip("+-")
        base = base.removesuffix("-near").removesuffix("+near").removesuffix("-far").removesuffix("+far")
        sentence = names.get(name)
        if sentence is None and base.partition("^")[0].removesuffix("_max") in ("gain", "hit", "gain_mean", "gain_sum"):
            sentence = told[2]
        found.setdefault(sentence or told[3], []).append(index)
    return found
