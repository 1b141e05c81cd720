"""Which columns does the tagger see of a line? Joins features, words and markup; the same trains and serves."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service import among, echo, elements, features
from service.among import Within
from service.echo import Terms
from service.features import Floats, Ints
from service.model import Judgement, Kind, Line
from service.sight import Sight

# The models: for bare text, for pages with their markup, and for those about which the extractor was asked too.
TEXT, PAGE, ASKED = WHICH = "text", "page", "asked"
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
_ENDS_STOP, _WORDED = features.ALONE.index("ends_stop"), len(features.ALONE)  # columns of what is known alone
WORDS = ("worded", *(f"worded_{group[0]}" for group in GROUPS))
PATH = ("path", *(f"path_{group[0]}" for group in GROUPS))
HERE = (*features.HERE, *echo.NAMES)
_ALWAYS = (*features.ALONE, *WORDS, *HERE, *features.PLACE, *features.TURNS)
_OWN = {TEXT: _ALWAYS, PAGE: (*_ALWAYS, *elements.NAMES, *PATH, *among.GROUPS)}
_FACED = {
    TEXT: (*features.FACED, "echo", "worded"),
    PAGE: (*features.FACED, "echo", "worded", "kept", "linked", "path"),
}
_SWEPT = {TEXT: ("gain", "worded"), PAGE: ("gain", "worded", "kept", "path")}
COLUMNS = {which: features.names(_OWN[which], _FACED[which], _SWEPT[which]) for which in (TEXT, PAGE)}
ADDED = features.names(("p",), ("p",), ("p",))
OVER_COLUMNS = {TEXT: (*COLUMNS[TEXT], *ADDED), PAGE: (*COLUMNS[PAGE], *among.ANSWERED, *ADDED)}
for _names in (COLUMNS, OVER_COLUMNS):
    _names[ASKED] = _names[PAGE]
_HERE = len(features.ALONE) + len(WORDS)  # where these columns begin
_PLACE = _HERE + len(HERE)
_MARKUP = len(_ALWAYS)


class Alone(NamedTuple):
    """What is known of each line that no other line changes."""

    columns: Floats  # those of `features.ALONE` and of the words x lines
    terms: Terms
    alike: Ints  # numbers of what is the same in several lines

    def take(self, rows: Sequence[int]) -> "Alone":
        """Return what is known of these lines, given in order."""
        return Alone(self.columns.take(rows, 1), self.terms.take(rows), self.alike.take(rows, 1))


def joined(parts: Sequence[tuple[Floats, Terms]], alike: Ints) -> Alone:
    """Return what is known of the lines of several pieces, one after the other."""
    if len(parts) == 1:
        return Alone(*parts[0], alike)
    begins = np.cumsum([0, *(terms.lines for _, terms in parts)])
    terms = Terms(
        np.concatenate([terms.line + begin for (_, terms), begin in zip(parts, begins[:-1], strict=True)]),
        np.concatenate([terms.term for _, terms in parts]),
        int(begins[-1]),
    )
    return Alone(np.concatenate([columns for columns, _ in parts], 1), terms, alike)


def here(
    sights: Sequence[Sight], read: Sequence[tuple[float, Judgement]], cut: int, terms: Terms, alike: Ints
) -> Floats:
    """Return the columns `HERE`: what is known of each line among the others."""
    prose = np.array([sight.look.prose for sight in sights])
    return np.concatenate((features.here(sights, read, cut, alike), echo.heard(terms, prose)))


def of(
    alone: Floats, beside: Floats, lines: Sequence[Line], path: Floats | None = None, within: Within | None = None
) -> Floats:
    """Return the columns (x lines) of the model for text, or (`path` and `within` given) of those for pages.

    Those of `COLUMNS` are filled in; `add_answers` fills in what `OVER_COLUMNS` has besides. `within`: where the
    elements around each line begin and end.
    """
    which = TEXT if within is None else PAGE
    known = np.empty((len(OVER_COLUMNS[which]), len(lines)), np.float32)
    known[:_HERE], known[_HERE:_PLACE] = alone, beside
    features.place(alone[0], alone[_ENDS_STOP], alone[_WORDED], known[_PLACE:_MARKUP])
    if path is not None and within is not None:
        end = _MARKUP + len(elements.NAMES)
        known[_MARKUP:end], known[end : end + len(path)] = elements.columns(lines), path
        known[end + len(path) : len(_OWN[which])] = among.groups(
            within,
            known[_MARKUP:end],
            np.expm1(alone[0]),
            known[_PLACE],
            alone[_WORDED],
            path[0],
        )
    faced, swept = _indices(which)
    own, size = len(_OWN[which]), len(COLUMNS[which])
    features.around(known.take(faced, 0), known.take(swept, 0), known[own:size])
    return known


def add_answers(known: Floats, body: Floats, within: Within | None) -> None:
    """Fill in what the first forest's answers are for each line, around it, and in the elements around it."""
    if within is not None:
        at = len(COLUMNS[PAGE])
        known[at : at + len(among.ANSWERED)] = among.answered(within, np.expm1(known[0]), body)
    answers = known[-len(ADDED) :]
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


@lru_cache(maxsize=2)
def _indices(which: str) -> tuple[list[int], list[int]]:
    own = _OWN[which]
    return [own.index(name) for name in _FACED[which]], [own.index(name) for name in _SWEPT[which]]
