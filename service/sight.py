"""What is known of a line before it is judged: its hit, its place in a broken paragraph, how it reads?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.model import Hit, Line

PROSE_LETTERS = 140  # a line this long is prose however it ends
SENTENCE_LETTERS = 25  # with a full stop, a line this long is a sentence
DENSE = 2.5  # a letter of a script without spaces says as much as this many others

_END = re.compile(r"[.!?…。！？।۔؟։።]['\"»”’)\]\s]*$")
_STOP = re.compile(r"[.。।۔։።…]['\"»”’)\]\s]*$")
_STARTS_INSIDE = re.compile(r"[,.;:!?)\]»”…%،。、！？]")
_DENSE_LETTER = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")


@dataclass(frozen=True, slots=True)
class Sight:
    """What the cut knows of a line: the lexicon's hit, and whether it is one piece of a broken paragraph."""

    line: Line
    hit: Hit | None
    title: bool = False  # the article's own title, perhaps with a date
    joined: bool = False  # goes on in the next line
    found: Hit | None = None  # the lexicon's hit, even where the line is a piece of a paragraph


def see(lines: Sequence[Line], hits: Sequence[Hit | None], again: Sequence[bool]) -> list[Sight]:
    """Join what is known of each line; `again` marks repeats of the article's own title.

    Pieces of a paragraph that was broken at its links carry no hit.
    """
    joined = [*(_goes_on(line) for line in lines[1:]), False]
    for i in range(len(lines) - 2, -1, -1):
        # the piece before a link belongs to the sentence too, unless it ended one or is a label itself
        if joined[i + 1] and not joined[i] and not lines[i + 1].gap and not hits[i] and not _END.search(lines[i].text):
            joined[i] = True
    sights = []
    for i, line in enumerate(lines):
        inside = joined[i] or (i > 0 and joined[i - 1])
        sights.append(Sight(line, None if inside else hits[i], again[i] and not inside, joined[i], hits[i]))
    return sights


def _goes_on(line: Line) -> bool:
    """Say whether a line begins in the middle of a sentence that the line before it began."""
    text = line.text.lstrip("–—- ")  # a dash begins a list item too; before a small letter it goes on
    if text.startswith(("http://", "https://", "www.")):
        return False
    return not line.gap and (text[:1].islower() or _STARTS_INSIDE.match(line.text) is not None)


def weight(text: str) -> float:
    """Return the length of `text` in letters of an alphabet."""
    size = len(text)
    if size >= PROSE_LETTERS * 2 or text.isascii():
        return size
    return size + (DENSE - 1) * len(_DENSE_LETTER.findall(text))


def is_prose(text: str) -> bool:
    """Say whether `text` reads as a paragraph or sentence of an article."""
    size = weight(text)
    return size >= PROSE_LETTERS or (size >= SENTENCE_LETTERS and _STOP.search(text) is not None)


def ends(text: str) -> bool:
    """Say whether `text` ends like a sentence, of whatever length."""
    return _END.search(text) is not None
