"""What does trafilatura keep of a page? The only room that imports it, and that knows how long it may take.

A call of trafilatura cannot be interrupted, so its time is reckoned before: from what makes pages slow, measured on
pages made for that (tests/test_hostile.py), one cause at a time. Real pages are a tenth of a second and less.
"""

import logging
import re
from collections.abc import Sequence
from typing import Any

import trafilatura
from trafilatura.settings import Document

from service.blocks import Weight

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
TOO_HEAVY = "the page is too large or too deeply nested to be looked at as a whole: each line was judged by itself"

WINDOW = 6  # lines of the extractor's text in which a short line of the page is looked for, to keep both in step
SHORT = 25  # letters; a longer line of the page is found wherever it stands in the extractor's text
REACH = 4_000  # letters of one line of the extractor's text in which the next line of the page is looked for

_LETTERS = re.compile(r"\W+")

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


def text(tree: Any, url: str | None) -> str | None:
    """Return the text that trafilatura keeps of a page, or None. It works on a copy of `tree`, and never raises."""
    try:
        found = trafilatura.bare_extraction(tree, url=url, include_comments=False)
    except Exception:  # noqa: BLE001 - a library over hostile input: whatever it raises, the page's own lines remain
        return None
    return found.text or None if isinstance(found, Document) else None


def verdicts(blocks: Sequence[str], extracted: str | None) -> list[bool | None]:
    """Say of every block whether the extractor kept it, by its letters in the extractor's text, both read in step."""
    if not extracted:
        return [None] * len(blocks)
    kept = [letters for row in extracted.splitlines() if (letters := _LETTERS.sub("", row))]
    places: dict[str, int] = {}
    for index, letters in enumerate(kept):
        places.setdefault(letters, index)
    read = [0] * len(kept)  # letters of a long row that were found so far
    found: list[bool | None] = []
    at = 0
    for block in blocks:
        letters = _LETTERS.sub("", block)
        place = places.get(letters) if len(letters) > SHORT else None
        if place is None and letters:
            near = range(at, min(at + WINDOW, len(kept)))
            place = next((i for i in near if letters == kept[i] or _inside(letters, kept[i], read[i])), None)
        if place is not None and len(letters) > SHORT:
            at = max(at, place)
            if len(kept[place]) > REACH:
                read[place] = max(read[place], kept[place].find(letters, read[place]) + len(letters))
        found.append(place is not None)
    return found


def _inside(letters: str, row: str, read: int) -> bool:
    """Say whether `letters` stand in `row`; in a long one, not far below what was found in it last."""
    if len(letters) <= 3:
        return False
    return letters in row if len(row) <= REACH else row.find(letters, read, read + REACH + len(letters)) >= 0
