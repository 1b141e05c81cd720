"""What does the tagger see of the elements a line of a page stands in? The same code trains and serves."""

import re
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from service.features import Floats
from service.model import Line

BUCKETS = 1 << 15  # rows of the table of path words
INNERMOST = 4  # elements whose words count once more, as the line's own
OWN = ("kept", "kept_known", "near", "linked", "link", "depth", "same_before", "same_after", "path_lines")
TAGS = ("p", "li", "h", "td", "a", "div", "figcaption", "blockquote", "pre", "label")
SECTIONS = ("nav", "header", "footer", "aside", "article", "main", "figure", "form", "table", "ul", "section", "button")
NAMES = (*OWN, *(f"tag_{tag}" for tag in TAGS), *(f"in_{section}" for section in SECTIONS))

_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def words(path: str) -> list[int]:
    """Return the buckets of the words of a path: tags, class and id words, those of the innermost elements twice."""
    elements = path.split(">")
    found = set()
    for depth, element in enumerate(reversed(elements)):
        for word in _WORD.findall(_CAMEL.sub(" ", element)):
            folded = word.lower()
            found.add(zlib.crc32(folded.encode()) & (BUCKETS - 1))
            if depth < INNERMOST:
                found.add(zlib.crc32(b"+" + folded.encode()) & (BUCKETS - 1))
    return sorted(found)


def paths(lines: Sequence[Line]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the different paths of a page, and per line which of them it has."""
    order: dict[str, int] = {}
    index = [order.setdefault(line.path or "", len(order)) for line in lines]
    return list(order), np.array(index, np.int64)


def columns(lines: Sequence[Line]) -> Floats:
    """Return the columns `NAMES` (columns x lines)."""
    distinct, index = paths(lines)
    tags = [element.partition(".")[0].partition("#")[0] for path in distinct for element in (path.rsplit(">", 1)[-1],)]
    placed = np.zeros((len(distinct), len(TAGS) + len(SECTIONS)), np.float32)
    for row, (path, tag) in enumerate(zip(distinct, tags, strict=True)):
        bare = "h" if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit() else tag
        if bare in TAGS:
            placed[row, TAGS.index(bare)] = 1
        around = {element.partition(".")[0].partition("#")[0] for element in path.split(">")}
        for place, section in enumerate(SECTIONS):
            placed[row, len(TAGS) + place] = section in around
    depths = np.fromiter((path.count(">") for path in distinct), np.float32, len(distinct))
    same = np.zeros(len(lines) + 1, np.float32)
    same[1:-1] = index[1:] == index[:-1]
    found = np.empty((len(NAMES), len(lines)), np.float32)
    found[0] = [bool(line.kept) for line in lines]
    found[1] = [line.kept is not None for line in lines]
    found[2] = [bool(line.near) for line in lines]
    found[3] = [line.linked or 0.0 for line in lines]
    found[4] = [line.href is not None for line in lines]
    found[5], found[6], found[7] = depths[index], same[:-1], same[1:]
    np.log1p(np.bincount(index, minlength=len(distinct))[index], out=found[8])
    found[len(OWN) :] = placed[index].T
    return found
