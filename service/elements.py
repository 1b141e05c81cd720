"""What does the tagger see of the elements a line of a page stands in? The same code trains and serves."""

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from service.features import Floats
from service.model import Line

BUCKETS = 1 << 15  # rows of the table of path words
INNERMOST = 4  # elements whose words count once more, as the line's own
OWN = ("kept", "kept_known", "linked", "link", "depth", "same_before", "same_after", "path_lines")
TAGS = ("p", "li", "h", "td", "a", "div", "figcaption", "blockquote", "pre", "label")
SECTIONS = ("nav", "header", "footer", "aside", "article", "main", "figure", "form", "table", "ul", "section", "button")
NAMES = (*OWN, *(f"tag_{tag}" for tag in TAGS), *(f"in_{section}" for section in SECTIONS))

_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_HEADING = re.compile(r"h\d")
_PLACES = {tag: place for place, tag in enumerate(TAGS)}
_SECTION_PLACES = {section: len(TAGS) + place for place, section in enumerate(SECTIONS)}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def words(path: str) -> list[int]:
    """Return the buckets of the words of a path: tags, class and id words, those of the innermost elements twice."""
    elements = path.split(">")
    outer, inner = elements[:-INNERMOST], elements[-INNERMOST:]
    return list(frozenset().union(*[_words(e)[0] for e in outer], *[_words(e)[1] for e in inner]))


@lru_cache(maxsize=1 << 13)
def _words(element: str) -> tuple[frozenset[int], frozenset[int]]:
    """Return the buckets of the words of one element, and the same with those that it has as one of the innermost."""
    found = [word.lower().encode() for word in _WORD.findall(_CAMEL.sub(" ", element))]
    once = frozenset(zlib.crc32(word) & (BUCKETS - 1) for word in found)
    return once, once.union(zlib.crc32(b"+" + word) & (BUCKETS - 1) for word in found)


def paths(lines: Sequence[Line]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the different paths of a page, and per line which of them it has."""
    order: dict[str, int] = {}
    index = [order.setdefault(line.path or "", len(order)) for line in lines]
    return list(order), np.array(index, np.int64)


def columns(lines: Sequence[Line]) -> Floats:
    """Return the columns `NAMES` (columns x lines)."""
    distinct, index = paths(lines)
    placed = np.zeros((len(distinct), len(TAGS) + len(SECTIONS)), np.float32)
    for row, path in enumerate(distinct):
        tags = [_tag(element) for element in path.split(">")]
        bare = "h" if _HEADING.fullmatch(tags[-1]) else tags[-1]
        for place in (_PLACES.get(bare), *map(_SECTION_PLACES.get, tags)):
            if place is not None:
                placed[row, place] = 1
    depths = np.array([path.count(">") for path in distinct], np.float32)
    same = np.zeros(len(lines) + 1, np.float32)
    same[1:-1] = index[1:] == index[:-1]
    found = np.empty((len(NAMES), len(lines)), np.float32)
    found[0] = [bool(line.kept) for line in lines]
    found[1] = [line.kept is not None for line in lines]
    found[2] = [line.linked or 0.0 for line in lines]
    found[3] = [line.href is not None for line in lines]
    found[4], found[5], found[6] = depths[index], same[:-1], same[1:]
    np.log1p(np.bincount(index, minlength=len(distinct))[index], out=found[7])
    found[len(OWN) :] = placed[index].T
    return found


def _tag(element: str) -> str:
    return element.partition(".")[0].partition("#")[0]
