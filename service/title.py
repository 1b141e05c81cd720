"""What is the article's own title, and which lines only repeat it?"""

import re
from collections.abc import Sequence

from service import dates
from service.lines import letters
from service.model import Hit, Line
from service.sight import Again, Look

LETTERS = (12, 250)  # a headline has at least and at most this many
_CRUMBS = re.compile(r"\w\s?[>›»]\s\w")
_NO_HEADLINE_END = (".", ",", ";", ":", "。", "।", "۔", "։", "።", ".»", ".”", '."', "…")
OPENING = 3  # lines in which the first that is no trail of breadcrumbs is looked for
BELOW = 40  # lines among which a paragraph must stand below a headline
SNIP = 320  # characters of a line that tell it from another


def guess(lines: Sequence[Line], looks: Sequence[Look], hits: Sequence[Hit | None], given: str | None) -> str | None:
    """Return the title the client gave, else the first line if it looks like a headline over an article."""
    if given and given.strip():
        return given.strip()
    first = next((i for i, line in enumerate(lines[:OPENING]) if not _CRUMBS.search(line.text)), 0)
    if len(lines) < 2 or hits[first] is not None or not LETTERS[0] <= looks[first].size <= LETTERS[1]:
        return None
    text = lines[first].text.strip("\ufeff ")
    headline = not text.endswith(_NO_HEADLINE_END) and not dates.only(text)
    return text if headline and any(look.prose for look in looks[1:BELOW]) else None


def repeats(lines: Sequence[Line], title: str | None, language: str | None) -> tuple[list[Again], str | None]:
    """Return, per line, whether it is the title again (perhaps with a date), and the day such a line names."""
    if not title:
        return [Again.NO] * len(lines), None
    wanted, published = letters(title[:SNIP]), None
    begin = title.casefold().lstrip("\ufeff «“\"'")[:8]
    again = []
    for line in lines:
        same, text = Again.NO, line.text
        if wanted and len(title) - 4 <= len(text) <= len(title) + 60 and begin in text.casefold():
            dated = dates.find(text, language) if len(text) > len(title) else None
            bare = text[: dated.start] + " " + text[dated.end :] if dated else text
            if letters(text[:SNIP]) == wanted:
                same = Again.BARE
            elif dated and letters(bare[:SNIP]) == wanted:
                same, published = Again.DATED, dated.day
        again.append(same)
    return again, published
