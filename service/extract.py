"""What does trafilatura keep of a page? The only room that imports it, and that knows how long it may take.

A call of trafilatura cannot be interrupted, so its time is reckoned before: from what makes pages slow, measured on
pages made for that (tests/test_hostile.py), one cause at a time. Real pages are a tenth of a second and less.
"""

import logging
import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Sequence
from itertools import accumulate
from typing import Any

import trafilatura
from trafilatura.settings import Document, Extractor

from service.weight import Weight

SECONDS = 5.0  # the time budget of a page
# Seconds per unit of what `Weight` counts, on one core of a small server.
PER_SOURCE = 0.3e-6  # character of the source: 0.27 µs in attributes, which are searched again and again
PER_ELEMENT = 50e-6  # measured: 44 µs in a flat page
PER_LEVEL = 4e-6  # above an element: 0.6 µs in nested blocks, 2 to 5 µs in tables
PER_LETTER = 60e-9  # 55 ns in one long paragraph
PER_BURIED = 15e-9  # level above a character: 15 ns
PER_INLINE_PAIR = 2e-9  # inline elements of one paragraph: 1.7 ns
PER_BLOCK_PAIR = 50e-9  # short blocks, among which jusText looks for neighbours: 40 ns
# Bytes: trafilatura holds several copies of the tree at a time. Measured on flat pages of 1 to 13 MB.
BYTES_PER_ELEMENT, BYTES_PER_LETTER = 2_000, 20
BYTES = 150_000_000
TOO_HEAVY = "the page is too large or too deeply nested for the extractor to be asked about what is in doubt"

WINDOW = 6  # lines of the extractor's text in which a short block is looked for, to keep both in step
REACH = 4_000  # letters of it, at most
SHORT = 25  # letters; a longer block is found wherever it stands in the extractor's text
TRIES = 8  # places at which a short block is looked for there
LEAST_LETTERS = 3  # a block of no more letters must be a line of its own
KEY = 24  # first letters that a longer block is found by
TAIL, LEAST = 12, 0.6  # last letters of it that must follow, not before this share of its length

# Asked to be fast, it would take a third less; its answer, and with it the whole cleaner's, was worse on most sets.
# Made once: a twentieth of its time.
_HOW = Extractor(output_format="python", comments=False)

_DROPPED = ("script", "style", "svg", "template", "link")
_WORD = re.compile(r"\w+")

# It warns of pages it discards, and names them: articles have no place in a log.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def seconds(weight: Weight, size: int) -> float:
    """Return how long trafilatura takes at most for a page of `size` characters, on one core of a small server."""
    return (
        PER_SOURCE * size
        + PER_ELEMENT * weight.elements
        + PER_LEVEL * weight.depth
        + PER_LETTER * weight.letters
        + PER_BURIED * weight.buried
        + PER_INLINE_PAIR * weight.crowd
        + PER_BLOCK_PAIR * weight.blocks**2
    )


def fits(weight: Weight, size: int, budget: float) -> bool:
    """Say whether trafilatura is sure to be done with a page within `budget` seconds, and within memory."""
    memory = BYTES_PER_ELEMENT * weight.elements + BYTES_PER_LETTER * weight.letters
    return seconds(weight, size) <= budget and memory <= BYTES


def text(tree: Any) -> str | None:
    """Return the text that trafilatura keeps of a page, or None. Never raises.

    It works on copies of `tree`, so what it would throw away first is dropped from `tree` before: a tenth of its time.
    """
    for element in list(tree.iter(*_DROPPED)):
        if element.get("type") != "application/ld+json" and element.getparent() is not None:
            element.drop_tree()
    try:
        found = trafilatura.bare_extraction(tree, options=_HOW)
    except Exception:  # noqa: BLE001 - a library over hostile input: whatever it raises, the page's own lines remain
        return None
    return found.text or None if isinstance(found, Document) else None


def verdicts(blocks: Sequence[str], extracted: str | None) -> list[bool | None]:
    """Say of every block whether the extractor kept it: whether its letters stand in the extractor's text.

    A block of some length is known wherever it stands, also where the extractor broke it into lines, or left a link or
    a footnote out of it. A short one must stand in step: near the last block of some length that was found.
    """
    if not extracted:
        return [None] * len(blocks)
    letters = ["".join(_WORD.findall(block)) for block in blocks]
    kept = _Kept(extracted, {own[:KEY] for own in letters if len(own) > SHORT})
    return [kept.holds(own) for own in letters]


class _Kept:
    """The letters of the extractor's text, read from its start to its end beside the page."""

    def __init__(self, extracted: str, wanted: Container[str]) -> None:
        """`wanted`: the first letters of the longer blocks that will be asked for."""
        words: list[str] = []
        firsts = []  # of each line, the number of its first word
        for row in extracted.splitlines():
            firsts.append(len(words))
            words += _WORD.findall(row)
        starts = [0, *accumulate(map(len, words))]
        self._words = set(starts)  # where a word begins, and the last one ends
        self._rows = [*map(starts.__getitem__, firsts), starts[-1]]  # where a line begins, and the last one ends
        self._letters = letters = "".join(words)
        self._places: dict[str, list[int]] = {}  # of the first letters of what begins at each word
        heads = [letters[start : start + KEY] for start in starts]
        for head, place in zip(heads, starts, strict=True):
            if head in wanted:
                self._places.setdefault(head, []).append(place)
        self._at = 0  # where the last long block began

    def holds(self, letters: str) -> bool:
        """Say whether the next block of the page is kept."""
        if not letters:
            return False
        place = self._long(letters) if len(letters) > SHORT else self._short(letters)
        if place is not None and len(letters) > SHORT:
            self._at = max(self._at, place)
        return place is not None

    def _long(self, letters: str) -> int | None:
        places = self._places.get(letters[:KEY])
        if not places:
            return None
        place = places[min(bisect_left(places, self._at), len(places) - 1)]
        if self._letters.startswith(letters, place):
            return place
        least = place + int(LEAST * len(letters))
        return place if self._letters.find(letters[-TAIL:], least, place + len(letters) + KEY) >= 0 else None

    def _short(self, letters: str) -> int | None:
        row = bisect_right(self._rows, self._at) - 1
        last = self._rows[min(row + WINDOW, len(self._rows) - 1)]
        place = self._rows[row] - 1
        for _ in range(TRIES):
            place = self._letters.find(letters, place + 1, min(last, self._at + REACH))
            if place < 0:
                return None
            if self._stands_alone(place, place + len(letters)):
                return place
        return None

    def _stands_alone(self, place: int, end: int) -> bool:
        """Say whether what lies there is made of whole words, or if it is very short, a whole line."""
        if end - place > LEAST_LETTERS:
            return place in self._words and end in self._words
        row = bisect_left(self._rows, place)
        return row + 1 < len(self._rows) and self._rows[row] == place and self._rows[row + 1] == end
