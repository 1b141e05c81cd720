"""Where does the article end, and what goes under this scope?

Works from the bottom. Every line has a gain for lying in the tail; the cut is put where the sum of the gains below
it is greatest, and only above a line that is evidence itself. A paragraph of prose is a wall that no doubt crosses.
The gain of a line depends on lines above it alone, so cleaning a clean body again finds nothing more.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.dates import only as only_date
from service.model import Hit, Judgement, Kind, Line, Reach, Scope

NO_ARTICLE = "nothing here looks like an article: the source is returned as it came"

# Gains, in units of one certain line. Chosen on the development pages: see `python -m corpus.score`.
CERTAIN, COMPANY, ITEM, SMALL, UNKNOWN, SENTENCE = 1.0, 0.5, 0.4, 0.2, -0.7, -1.5
REST_PROSE = -0.3  # a reader's comment below the heading of the comments
WALL = float("-inf")
LEAST_GAIN = 0.95  # below it, nothing is cut
PROSE_LETTERS = 140  # a line this long is prose however it ends
ITEM_LETTERS = 160  # a headline or teaser is not longer than that
ITEM_WORDS_LETTERS = 16  # a shorter line under a related heading is no headline
BLOCK_ITEMS = 12  # a related block with more items is no block any more
REST_PROSE_ABOVE = 400  # letters of prose that must stand above a heading that ends the article
QUOTE = 60  # characters of another line that a reason quotes
SURE_INSIDE = 0.9  # confidence a line above the article's end needs to go under the scope `article`
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


@dataclass(frozen=True, slots=True)
class Cut:
    """The decision: a judgement per line, and the index of the tail's first line (no tail: the number of lines)."""

    judgements: tuple[Judgement, ...]
    tail: int


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
        sights.append(Sight(line, None if inside else hits[i], again[i] and i > 0 and not inside, joined[i]))
    return sights


def _goes_on(line: Line) -> bool:
    """Say whether a line begins in the middle of a sentence that the line before it began."""
    text = line.text.lstrip("–—- ")  # a dash begins a list item too; before a small letter it goes on
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
    return size >= PROSE_LETTERS or (size >= 25 and _STOP.search(text) is not None)


def decide(sights: Sequence[Sight]) -> Cut:
    """Judge every line and put the cut."""
    gains, judgements = _gains(sights)
    best, best_sum, total = len(sights), LEAST_GAIN, 0.0
    for i in range(len(sights) - 1, 0, -1):
        total += gains[i]
        if total == WALL:
            break
        opens = sights[i].hit is not None or sights[i].title
        if opens and total > best_sum + 1e-9 and not sights[i - 1].joined:
            best, best_sum = i, total
    for i in range(best, len(sights)):
        if judgements[i].kind is Kind.BODY:
            first = sights[best].line.text[:QUOTE]
            judgements[i] = Judgement(Kind.OTHER, 0.5, (f"below {first!r}, where the article has ended",))
    return Cut(tuple(judgements), best)


def select(sights: Sequence[Sight], decision: Cut, scope: Scope) -> tuple[list[int], str | None]:
    """Return the indices of the lines that go under `scope`, in order, and a note if nothing could be judged."""
    judged = decision.judgements
    gone = list(range(decision.tail, len(sights)))
    if scope is Scope.ARTICLE:
        above = range(decision.tail)
        gone = [i for i in above if _goes_inside(sights[i], judged[i])] + gone
    if sights and len(gone) == len(sights):
        return [], NO_ARTICLE
    if not gone and not any(is_prose(sight.line.text) for sight in sights):
        return [], NO_ARTICLE if sights else None
    return gone, None


def _goes_inside(sight: Sight, judged: Judgement) -> bool:
    """Say whether a line above the article's end goes under the scope `article`."""
    if sight.line.kept is False:
        return True
    return judged.kind is not Kind.BODY and (judged.confidence >= SURE_INSIDE or sight.title)


def _gains(sights: Sequence[Sight]) -> tuple[list[float], list[Judgement]]:
    gains: list[float] = []
    judgements: list[Judgement] = []
    opener: tuple[Reach, Kind, str] | None = None  # the heading in force, if any
    items = prose_above = 0
    listing = False  # below a line of the article that announces a list
    paragraph = 0.0
    for sight in sights:
        text, hit = sight.line.text, sight.hit
        paragraph = paragraph + weight(text) if sight.joined or paragraph else 0.0
        prose = is_prose(text) or paragraph >= PROSE_LETTERS
        if not sight.joined:
            paragraph = 0.0
        in_rest = opener is not None and opener[0] is Reach.REST
        if hit is not None:
            label = f"lexicon: {hit.phrase}"
            weak = listing and not hit.certain
            gains.append(UNKNOWN if weak else CERTAIN if hit.certain else COMPANY)
            judgements.append(Judgement(hit.kind, 0.99 if hit.certain else 0.6, (label,)))
            if hit.reach is Reach.BLOCK:
                opener, items = (Reach.BLOCK, hit.kind, text), 0
            elif hit.reach is Reach.REST and prose_above >= REST_PROSE_ABOVE:
                opener = (Reach.REST, hit.kind, text)
            elif not in_rest and hit.kind is not Kind.RELATED_META:
                opener = None
            listing = listing and not hit.certain
            continue
        if sight.line.kept is False:
            gains.append(SMALL)
            judgements.append(_thrown_out(sight, opener))
        elif sight.title:
            gains.append(CERTAIN)
            judgements.append(Judgement(Kind.HEADLINE, 0.95, ("the article's own title again",)))
            opener = opener if in_rest else None
        elif in_rest and opener:
            gains.append(REST_PROSE if prose else SMALL)
            judgements.append(Judgement(opener[1], 0.8, (f"below {opener[2][:QUOTE]!r}",)))
        elif only_date(text):
            gains.append(SMALL)
            kind = Kind.RELATED_META if opener else Kind.BYLINE
            judgements.append(Judgement(kind, 0.6, ("a date and nothing else",)))
        elif opener and not prose and weight(text) <= ITEM_LETTERS and items < BLOCK_ITEMS:
            items += 1
            gains.append(ITEM if weight(text) >= ITEM_WORDS_LETTERS else 0.0)
            judgements.append(Judgement(Kind.RELATED, 0.8, (f"an item below {opener[2][:QUOTE]!r}",)))
        else:
            wall = prose or sight.joined or listing or bool(sight.line.kept)
            gains.append(WALL if wall else SENTENCE if _END.search(text) else UNKNOWN)
            judgements.append(Judgement(Kind.BODY, 0.9 if wall else 0.5, ("reads as prose",) if wall else ()))
            opener = None
            listing = text.endswith((":", "：")) or (listing and not prose)
        if judgements[-1].kind is Kind.BODY and prose:
            prose_above += int(weight(text))
    return gains, judgements


def _thrown_out(sight: Sight, opener: tuple[Reach, Kind, str] | None) -> Judgement:
    """Judge a line of a page that the extractor left out."""
    why = "the extractor left it out"
    if sight.title:
        return Judgement(Kind.HEADLINE, 0.9, ("the article's own title again", why))
    if opener is None:
        return Judgement(Kind.NAV if sight.line.href else Kind.OTHER, 0.7, (why,))
    below = f"below {opener[2][:QUOTE]!r}"
    if opener[0] is Reach.REST:
        return Judgement(opener[1], 0.8, (below, why))
    if sight.line.href and ITEM_WORDS_LETTERS <= weight(sight.line.text) <= 2 * ITEM_LETTERS:
        return Judgement(Kind.RELATED, 0.9, (f"a link {below}", why))
    return Judgement(Kind.RELATED_META, 0.7, (below, why))
