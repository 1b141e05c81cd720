"""What is the article's own title, and which lines only repeat it?"""

import re
from collections.abc import Sequence

from service import dates
from service.lines import letters
from service.model import Hit, Kind, Line
from service.sight import PROSE_LETTERS, Again, Look

LETTERS = (12, 250)  # a headline has at least and at most this many
_CRUMBS = re.compile(r"\w\s?[>›]\s\w|\w\s»\s\w")
_NO_HEADLINE_END = (".", ",", ";", ":", "。", "।", "۔", "։", "።", ".»", ".”", '."', "…")
OPENING = 3  # lines in which the first is looked for that is no trail of breadcrumbs, no date and no byline
DOUBTED_LETTERS = 25  # of a line that may be a headline although it is known to begin like a label: "Video: …"
BYLINE_LETTERS = 40  # of the name beside a date above a headline
BELOW = 40  # lines among which a paragraph must stand below a headline
AGAIN_LETTERS = 60  # that a line may have besides the title
BESIDE_LETTERS = 16  # that may stand beside the date in the line below the title: "Published: …, 10:40"
SNIP = 320  # characters of a line that tell it from another


def guess(lines: Sequence[Line], looks: Sequence[Look], hits: Sequence[Hit | None], given: str | None) -> str | None:
    """Return the title the client gave, else the first line if it looks like a headline over an article."""
    if given and given.strip():
        return given.strip()
    first = next((i for i in range(min(OPENING, len(lines))) if not stands_above(lines[i].text, looks[i], hits[i])), 0)
    if len(lines) < 2 or not LETTERS[0] <= looks[first].size <= LETTERS[1] or dates.only(lines[first].text):
        return None
    hit, text = hits[first], lines[first].text.strip("\ufeff ")
    if hit is not None and (hit.certain or looks[first].size < DOUBTED_LETTERS):
        return None
    if goes_on(lines, looks, first):
        return None
    if not any(look.prose for look in looks[first + 1 : BELOW]):
        return None
    return text if not text.endswith(_NO_HEADLINE_END) or _stands_again(lines[first + 1 :], text) else None


def goes_on(lines: Sequence[Line], looks: Sequence[Look], i: int) -> bool:
    """Say whether a line is a piece of a sentence that goes on in the next one."""
    return i + 1 < len(lines) and looks[i + 1].inside and not lines[i + 1].gap


def stands_above(text: str, look: Look, hit: Hit | None) -> bool:
    """Say whether a line may stand above the headline: a trail of breadcrumbs, a date, a byline."""
    if look.dated or _CRUMBS.search(text):
        return True
    dated = dates.span(text) if look.size <= LETTERS[1] else None
    beside = dated is not None and 0 < len(text) - (dated[1] - dated[0]) <= BYLINE_LETTERS
    return (hit is not None and hit.kind is Kind.BYLINE and hit.certain) or (
        beside and dated is not None and text[: dated[0]].rstrip().endswith((",", "|", "·", "•", "—", "–"))
    )


def _stands_again(lines: Sequence[Line], text: str) -> bool:
    """Say whether a line that ends like a sentence stands again below with a date, as headlines do."""
    name = text.rstrip(".…")
    return text.endswith((".", "…", "。")) and any(
        name in line.text and dates.span(line.text) is not None
        for line in lines
        if len(text) < len(line.text) <= len(text) + AGAIN_LETTERS
    )


def repeats(lines: Sequence[Line], title: str | None, language: str | None) -> tuple[list[Again], str | None]:
    """Return, per line, whether it is the title again (perhaps with a date), and the day such a line names."""
    if not title:
        return [Again.NO] * len(lines), None
    wanted, published = letters(title[:SNIP]), None
    begin = title.casefold().lstrip("\ufeff «“\"'")[:8]
    again = []
    for line in lines:
        same, text = Again.NO, line.text
        if wanted and len(title) - 4 <= len(text) <= len(title) + AGAIN_LETTERS and begin in text.casefold():
            dated = dates.find(text, language) if len(text) > len(title) else None
            bare = text[: dated.start] + " " + text[dated.end :] if dated else text
            if letters(text[:SNIP]) == wanted:
                same = Again.BARE
            elif dated and letters(bare[:SNIP]) == wanted:
                same, published = Again.DATED, dated.day
        again.append(same)
    prose = next((i for i, line in enumerate(lines) if len(line.text) >= PROSE_LETTERS), len(lines))
    for i in [i for i in range(prose, len(lines) - 1) if again[i] is Again.BARE]:
        below = lines[i + 1].text
        dated = dates.find(below, language) if len(below) <= AGAIN_LETTERS else None
        if dated and len(below) - (dated.end - dated.start) <= BESIDE_LETTERS:  # it stands in the next line
            again[i], published = Again.DATED, dated.day
    return again, published
