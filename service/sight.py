"""What is known of a line before it is judged: its hit, its place in a broken paragraph, how it reads?"""

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from service import dates
from service.lines import is_small
from service.model import Hit, Line

PROSE_LETTERS = 140  # a line this long is prose however it ends
SENTENCE_LETTERS = 25  # with a full stop, a line this long is a sentence
ENTRY_LETTERS = 120  # characters of an entry in a box of facts: "Pages: 96"
ENTRIES, UNKNOWN_SHARE = 3, 0.5  # entries that make a box, and how many of them the lexicon must not know
DENSE = 2.5  # a letter of a script without spaces says as much as this many others

_STOPS = frozenset(".。।۔։።…")
ENDS = _STOPS | frozenset("!?！？؟")  # that end a sentence
# What may stand behind the mark that ends a sentence: quotes, brackets, white space of any sort.
_CLOSING = "'\"»”’)] \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_INSIDE = frozenset(",.;:!?)]»”…%،。、！？")  # no line begins so, but a piece of one
_OPENING = frozenset("»”")  # before a letter: »so« in German and Danish, ”so” in Swedish and Finnish
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LABEL = re.compile(r"[^\W\d_][^:：\n]{0,30}[:：]\s?[^\s/]")
_ADDRESS = ("http://", "https://", "www.")
_DENSE_LETTER = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")


class Again(IntEnum):
    """Whether a line is the article's own title."""

    NO = 0
    BARE = 1
    DATED = 2  # with a date, as pages restate it below the article


class Look(NamedTuple):
    """How the text of one line reads, whatever stands around it."""

    size: float  # its length in letters of an alphabet
    prose: bool  # reads as a paragraph or sentence of an article
    ended: bool  # ends like a sentence, of whatever length
    inside: bool  # begins like the middle of a sentence
    dated: bool  # a date and nothing else
    labelled: bool  # "Pages: 96"


class Sight(NamedTuple):
    """What the cut knows of a line: the lexicon's hit, and whether it is one piece of a broken paragraph."""

    line: Line
    look: Look
    found: Hit | None  # the lexicon's hit, even where the line is a piece of a paragraph
    gap: bool  # a blank line stands before it
    hit: Hit | None
    title: Again
    joined: bool  # goes on in the next line


def see(
    lines: Sequence[Line], looks: Sequence[Look], hits: Sequence[Hit | None], again: Sequence[Again]
) -> list[Sight]:
    """Join what is known of each line; `again` marks repeats of the article's own title.

    Pieces of a paragraph that was broken at its links carry no hit, nor do entries in a box of facts.
    """
    return _join(lines, looks, hits, [line.gap for line in lines], again)


def rest(sights: Sequence[Sight], kept: Sequence[int], again: Sequence[Again]) -> list[Sight]:
    """Join anew what is known of the lines that were `kept` (indices, in order), as if there were no others.

    Where lines went, the white space before the first of them stays.
    """
    left = [sights[i] for i in kept]
    gaps = [True, *(sights[i + 1].gap for i in kept[:-1])]
    return _join([s.line for s in left], [s.look for s in left], [s.found for s in left], gaps, again)


def _join(
    lines: Sequence[Line],
    looks: Sequence[Look],
    hits: Sequence[Hit | None],
    gaps: Sequence[bool],
    again: Sequence[Again],
) -> list[Sight]:
    if not lines:
        return []
    beside = [_may_go_on(lines, i) for i in range(len(lines))]
    inside = [look.inside and near for look, near in zip(looks, beside, strict=True)]
    # by line: whether the next one begins in the middle of a sentence that it began
    joined = [*(inner and not gap for inner, gap in zip(inside[1:], gaps[1:], strict=True)), False]
    parted = [inner and gap for inner, gap in zip(inside, gaps, strict=True)]
    _join_over_gaps(lines, looks, hits, parted, beside, joined)
    for i in range(len(lines) - 2, -1, -1):
        # the piece before a link belongs to the sentence too, unless it ended one or is a label itself
        if joined[i + 1] and not joined[i] and not gaps[i + 1] and not hits[i] and not looks[i].ended:
            joined[i] = True
    _unjoin_lists(looks, joined)
    before, boxed = [False, *joined], _boxed(looks, hits)
    return [
        Sight(line, seen, hit, gap, None if boxed[i] else hit, title, False)
        if not (on or inside)
        else Sight(line, seen, hit, gap, None, Again.NO, on)
        for i, (line, seen, hit, gap, title, on, inside) in enumerate(
            zip(lines, looks, hits, gaps, again, joined, before[:-1], strict=True)
        )
    ]


def _may_go_on(lines: Sequence[Line], i: int) -> bool:
    """Say whether a line may be a piece of the one above: in a page, a heading or another element is none.

    Of 968 such pairs on 1,242 pages, 606 were a paragraph and the byline, date, heading or label above it.
    """
    path = lines[i].path
    return path is None or (i > 0 and path == lines[i - 1].path and lines[i].tag not in HEADINGS)


def _join_over_gaps(
    lines: Sequence[Line],
    looks: Sequence[Look],
    hits: Sequence[Hit | None],
    parted: Sequence[bool],
    beside: Sequence[bool],
    joined: list[bool],
) -> None:
    """Join what blank lines part in the midst of a sentence: "… wrote on", perhaps "Facebook", "that talks go on."

    `parted`: of each line, whether it begins inside a sentence and has a blank line above; `beside`: whether it may be
    a piece of the line above. The piece behind must end the sentence, be long, or begin with a mark: a list may be all
    in small letters.
    """

    def goes_on(i: int) -> bool:
        began = hits[i] is None and looks[i].size >= SENTENCE_LETTERS
        return i >= 0 and not looks[i].ended and (began or (i > 0 and joined[i - 1]))

    for i in range(len(lines) - 1):
        after = looks[i + 1]
        if not parted[i + 1] or looks[i].ended:
            continue
        chained = i > 1 and joined[i - 2] and not looks[i - 1].ended
        if after.ended or 2 * after.size >= PROSE_LETTERS or lines[i + 1].text[0] in _INSIDE or chained:
            first = i if goes_on(i) else i - 1 if beside[i] and goes_on(i - 1) else i + 1
            joined[first : i + 1] = [True] * (i + 1 - first)


def _unjoin_lists(looks: Sequence[Look], joined: list[bool]) -> None:
    """Part what was joined but is no sentence: brief words in small letters, none of which ends one, are a list."""
    start = 0
    for i in range(len(looks)):
        if joined[i]:
            continue
        run = looks[start : i + 1]
        if i > start and not any(look.ended for look in run) and max(look.size for look in run) < SENTENCE_LETTERS:
            joined[start:i] = [False] * (i - start)
        start = i + 1


def _boxed(looks: Sequence[Look], hits: Sequence[Hit | None]) -> list[bool]:
    """Say of every line whether it is an entry in a box of facts, as under the review of a book.

    "Author: …" is none of its lines' by-line then.
    """
    found, start = [False] * len(looks), 0
    for i in range(len(looks) + 1):
        if i < len(looks) and looks[i].labelled:
            continue
        if i - start >= ENTRIES and sum(hit is None for hit in hits[start:i]) >= UNKNOWN_SHARE * (i - start):
            found[start:i] = [True] * (i - start)
        start = i + 1
    return found


def look(text: str) -> Look:
    """Return how a line's text reads."""
    size = weight(text)
    end = text.rstrip(_CLOSING)[-1:]
    prose = size >= PROSE_LETTERS or (size >= SENTENCE_LETTERS and end in _STOPS)
    labelled = len(text) <= ENTRY_LETTERS and (":" in text or "：" in text) and _LABEL.match(text) is not None
    return Look(size, prose, end in ENDS, _begins_inside(text), dates.only(text), labelled)


def _begins_inside(text: str) -> bool:
    first = text[0]
    if first in _INSIDE:
        return first not in _OPENING or not text[1:2].isalpha()
    if first in "–—- ":
        text = text.lstrip("–—- ")  # a dash begins a list item too; before a small letter it goes on
    named = text[1:2].isupper()  # "eBay", "iPhones"
    return is_small(text[:1]) and not named and not text.startswith(_ADDRESS)


def weight(text: str) -> float:
    """Return the length of `text` in letters of an alphabet."""
    size = len(text)
    if size >= PROSE_LETTERS * 2 or text.isascii():
        return size
    return size + (DENSE - 1) * len(_DENSE_LETTER.findall(text))
