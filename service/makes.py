"""Which lines stay because others of their make do: entries of one list, cells of one table?"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from service.sight import HEADINGS, PROSE_LETTERS, Sight

SUBHEADS = HEADINGS - {"h1"}
LINKED = 0.5  # share of a paragraph's letters in links, above which it is a teaser
# Paragraphs are of one make if their innermost elements, so many, have the same tags and classes. Where so many that
# would go are of a make that a share of what stays has, they are entries of one list: on 1,242 pages they are, on eight
# pages, 54 paragraphs of the article, and on one page four of another.
MAKE, ENTRIES, MAKE_SHARE = 3, 3, 0.1
# Lines between two paragraphs that are the cells of a table, and the share of them that tell figures: on 2,240 texts
# 2,155 cells of an article's tables, and 14 other lines.
CELLS, FIGURES = 6, 0.4
FIGURE_LENGTH, UNIT_LETTERS = 24, 6  # characters of a figure, and letters in them: "1,120.0", "19.8 mph", "$175"

Bools = npt.NDArray[np.bool_]

_ID = re.compile(r"#[^.>]*")
_FIGURE = re.compile(r"[\W_]*\d")
# "7" may be the place in a list, as in "7. Title"; "1.5x" is how fast a player reads the article aloud
_COUNTED = re.compile(r"\D?\d{1,2}\D?$|\(?\d{1,3}[.)]\s*[^\W\d]|[\d.,]+[x×]$")


def entries(sights: Sequence[Sight], gone: Bools, end: int) -> list[int]:
    """Return the lines above `end` that would go, but are of the same make as much of what stays, and their subheads.

    Of plain text there are none: only a page says of what make its lines are.
    """
    if not sights or sights[0].line.path is None:
        return []
    stays, goes = Counter[str](), Counter[str]()  # letters of paragraphs; paragraphs
    for sight, away in zip(sights, gone.tolist(), strict=True):
        line = sight.line
        if sight.look.size >= PROSE_LETTERS and line.path is not None and (line.linked or 0) <= LINKED:
            if not away:
                stays[make(line.path)] += len(line.text)
            elif sight.hit is None and not line.text.startswith("http"):
                goes[make(line.path)] += 1
    least = MAKE_SHARE * stays.total()
    made = {each for each, count in goes.items() if count >= ENTRIES and stays[each] > least}
    if not made:
        return []
    found = [
        i
        for i in np.flatnonzero(gone[:end]).tolist()
        if sights[i].hit is None and (sights[i].line.linked or 0) <= LINKED and make(sights[i].line.path or "") in made
    ]
    above = {i - 1 for i in found if i}
    return sorted({*found, *(i for i in above if sights[i].line.tag in SUBHEADS and sights[i].hit is None)})


@lru_cache(maxsize=1024)
def make(path: str) -> str:
    """Return what tells of what make a line of a page is: its innermost elements, without what only one of them has."""
    return _ID.sub("", ">".join(path.rsplit(">", MAKE)[-MAKE:]))


def cells(sights: Sequence[Sight], inside: Bools, end: int) -> list[int]:
    """Return the lines above `end` that would go, but are the cells of a table, one below the other."""
    found: list[int] = []
    stay = np.flatnonzero(~inside[:end])
    wide = np.flatnonzero(np.diff(stay) > CELLS).tolist()
    if not wide or not any(sights[i].look.prose for i in stay[: wide[-1] + 1].tolist()):
        return found
    begin = next(i for i in stay.tolist() if sights[i].look.prose)
    for run in (range(stay[n] + 1, stay[n + 1]) for n in wide if stay[n] >= begin):
        if sum(_is_figure(sights[i]) for i in run) >= FIGURES * len(run):
            found += (i for i in run if not _is_known(sights[i]))
    return found


def _is_known(sight: Sight) -> bool:
    return bool(sight.title) or (sight.hit is not None and sight.hit.certain)


def _is_figure(sight: Sight) -> bool:
    text = sight.line.text
    return (
        len(text) <= FIGURE_LENGTH
        and _FIGURE.match(text) is not None
        and _COUNTED.match(text) is None
        and not sight.look.dated
        and sum(map(str.isalpha, text)) <= UNIT_LETTERS
    )
