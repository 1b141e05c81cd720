"""Which lines of a page surely point to another article, whatever kind they look like?

The tagger names a headline of two words a menu's entry, and one of two sentences a teaser. Where a heading that the
lexicon knows for certain stands above, the addresses tell more than the words do.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from service import links, places
from service.model import Hit, Judgement, Kind, Line, Reach
from service.sight import HEADINGS, Sight

LINKED = 0.95  # of a line's letters, to be one link
FRONT_SHARE = 0.5  # of the letters of headlines, that all paragraphs of a front page may have
LABELLED_LETTERS = 16  # of a title behind "Previous:"; what is shorter names a section
# What an item may look like that is surely one: a tag, a comment or the article's own title is none.
YIELDING = frozenset((Kind.NAV, Kind.RELATED_META, Kind.AD, Kind.CAPTION, Kind.OTHER, Kind.BYLINE))

# Names of elements in which what a picture shows is told. An article that is shown in another one has none of them.
_PICTURED = re.compile(r"caption|copyright|credit|photo|image|gallery|picture|legend", re.IGNORECASE)


def items(sights: Sequence[Sight], gone: Sequence[int]) -> frozenset[int]:
    """Return those of the lines that go (indices, in order) which surely are items; of plain text, none.

    That are links below a heading known for certain, and the articles before and behind this one. On labelled pages,
    where the tagger says otherwise of a link below a heading, 5 in 6 are items.
    """
    if not gone or sights[0].line.path is None:
        return frozenset()
    lines = [sight.line for sight in sights]
    away = set(gone)
    below = places.near(lines, gone).stop + places.BELOW
    begin, around = places.article(sights, gone)
    found = {i for i in gone if turns(lines[i], sights[i].hit)}
    for head in gone:
        if not (begin < head < below and heads(sights[head].hit)):
            continue
        allowed = around | places.menus(lines[head].path or "")
        block = list(_block(sights, head, away))
        often = Counter(lines[i].href for i in block)  # a title may have its date and its teaser in the same link
        found.update(
            i
            for i in block
            if often[lines[i].href] == 1 and _points(sights[i]) and not places.menus(lines[i].path or "") - allowed
        )
    return frozenset(found)


def heads(hit: Hit | None) -> bool:
    """Say whether a line is for certain the heading of a list of other articles."""
    return hit is not None and hit.certain and hit.kind is Kind.RELATED_HEADING and hit.reach is Reach.BLOCK


def closes(sight: Sight) -> bool:
    """Say whether a line heads something, and so ends the list above it; a headline of the list is a link."""
    return sight.line.tag in HEADINGS and not sight.line.href and not sight.line.links


def turns(line: Line, hit: Hit | None) -> bool:
    """Say whether a line is "Previous:" or "Next:" with the title of the article that stands there."""
    if hit is None or hit.kind is not Kind.NAV or hit.value is None:
        return False
    title = line.text[hit.value :].strip()
    href = line.href or (line.links[0].href if len(line.links) == 1 else None)
    return len(title) >= LABELLED_LETTERS and " " in title and href is not None and links.names_article(href)


def shown(sight: Sight) -> bool:
    """Say whether a line that looks like a caption is the link of an article shown in this one, as in a card."""
    line = sight.line
    return _points(sight) and len(line.text) >= LABELLED_LETTERS and not _PICTURED.search(line.path or "")


def pointing(sights: Sequence[Sight], judgements: Mapping[int, Judgement], gone: Sequence[int]) -> list[int]:
    """Return those of the lines that stay which are links to other articles.

    That are items by the rules alone and, where hardly anything else stays, all headlines: a front page.
    """
    if not sights or sights[0].line.path is None:
        return []
    away = set(gone)
    stay = [i for i in range(len(sights)) if i not in away]
    headlines = [i for i in stay if shown(sights[i])]
    told = sum(sights[i].look.size for i in stay if sights[i].look.prose and (sights[i].line.linked or 0) < LINKED)
    if told > FRONT_SHARE * sum(sights[i].look.size for i in headlines):
        headlines = []
    items = (i for i in stay if i in judgements and judgements[i].kind is Kind.RELATED and sights[i].line.href)
    return sorted({*headlines, *items})


def _block(sights: Sequence[Sight], head: int, away: set[int]) -> Iterator[int]:
    """Yield the lines below a heading: up to the next, to the end of the element around it, or to one that stays."""
    last = places.end(sights[head].line.group, head + 1) or 0
    for i in range(head + 1, last):
        hit = sights[i].hit
        if i not in away or (hit is not None and hit.reach is not Reach.LINE) or closes(sights[i]):
            return
        yield i


def _points(sight: Sight) -> bool:
    """Say whether a line is one link, to an address that names an article, and neither a label nor a date."""
    line = sight.line
    hit = sight.hit
    if (
        (hit is not None and hit.kind is not Kind.RELATED)
        or sight.title
        or sight.look.dated
        or (line.linked or 0) < LINKED
    ):
        return False
    return (" " in line.text or not line.text.isascii()) and line.href is not None and links.names_article(line.href)
