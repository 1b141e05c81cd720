"""Which day was the article published, by the lines at its head, or by what the line below its text says?

Any other date further down is that of an event, of a comment, or of another article.
"""

import re
from collections.abc import Iterator, Sequence

from service import dates
from service.model import Hit, Kind, Line, Reach
from service.sight import Again, Look

ABOVE, BELOW = 2, 8  # lines above and below the headline in which the day is looked for
NEAR = 16  # lines below the top of a text among which a paragraph must stand, if the top is an article's and no site's
DECKS, DECK = 1, 320  # paragraphs that may stand between a headline and the day, and characters of one
LINE = 200  # characters of a line that may be a byline
BESIDE = 60  # characters of a line that may stand beside its date: a name, a place, a section
NAME, ITEM = 25, 40  # characters of a link that may be a name; of one that is the headline of another article
BY_WORD, SMALL_WORD, NAME_WORDS = 4, 3, 4  # letters of "von", "par"; of "de", "la" in a name; words of a name
LABEL = 40  # characters of a label that stands above its date
OUT_WORDS = 5  # before the date: "This article was published on"

# A mark between a date and what stands before or behind it.
_APART = re.compile(r"[,|·•●–—/(\[・、]\s*$|-\s+$|\s{2,}$|^\s*[,|·•●–—/)\]・、]|^\s*-\s|^\s{2,}")
# Words before the day of publication, in the languages that most pages are in.
_OUT = re.compile(
    r"\b(?:published|posted|publication|veröffentlicht|erschienen|publi[eé]|publica|pubblicat|gepubliceerd|publicerad|"
    r"publisert|udgivet|offentliggjort|julkaistu|opublikowan|zveřejněn|publikován|megjelent|yayın|опубликован|публикац|"
    r"размещен|опублікован|δημοσιεύ)|نشر|פורסם|発行|公開|掲載|发布|發布|게시|등록|입력",
    re.IGNORECASE,
)
_ENGLISH = ("The", "A", "An")  # that begin what has capitals too: "The World Cup 12 June 2014"
_OTHERS = (Kind.RELATED_HEADING, Kind.RELATED, Kind.COMMENTS)


def find(
    lines: Sequence[Line],
    looks: Sequence[Look],
    hits: Sequence[Hit | None],
    again: Sequence[Again],
    language: str | None,
) -> str | None:
    """Return the day that a line at the article's head names; `again` marks its headline. None: no line does."""
    for i in _head(lines, looks, hits, _headline(lines, again)):
        if (day := _day(lines[i], looks[i], hits[i], language)) is not None and _is_own(lines, looks, hits, i):
            return day
    return _told_below(lines, looks, hits, _headline(lines, again), language)


def _told_below(
    lines: Sequence[Line], looks: Sequence[Look], hits: Sequence[Hit | None], headline: int | None, language: str | None
) -> str | None:
    """Return the day of the first line right below a paragraph of the article that says when it was published."""
    for i in range(headline + 2 if headline is not None else len(lines), len(lines)):
        line, hit = lines[i], hits[i]
        if hit is not None and (hit.kind in _OTHERS or hit.reach is Reach.REST):
            return None  # below are other articles, and what readers write
        if looks[i - 1].prose and len(line.text) <= LABEL + BESIDE and line.href is None:
            named = dates.find(line.text, language) if _OUT.search(line.text) else None
            if named and _says_it_came_out(line.text[: named.start]):
                return named.day
    return None


def _says_it_came_out(text: str) -> bool:
    """Say whether a text before a date only says that something was published then."""
    return _OUT.search(text) is not None and len(text.split()) <= OUT_WORDS and not dates.is_of_change(text)


def _headline(lines: Sequence[Line], again: Sequence[Again]) -> int | None:
    """Return the line that is the headline: of a page the one marked as such, since menus and trails repeat it."""
    places = [i for i, same in enumerate(again) if same]
    return next((i for i in places if lines[i].tag == "h1"), places[0] if places else None)


def _head(
    lines: Sequence[Line], looks: Sequence[Look], hits: Sequence[Hit | None], headline: int | None
) -> Iterator[int]:
    """Yield the lines of the article's head: down from the headline to the first paragraph, then up from it."""
    top = -1 if headline is None else headline
    if (headline is None or lines[top].tag != "h1") and not any(look.prose for look in looks[top + 1 : top + 1 + NEAR]):
        return  # what begins here is a site's, which may tell the day it was read
    decks = DECKS if headline is not None else 0
    for i in range(top + 1, min(top + 1 + BELOW, len(lines))):
        hit, look = hits[i], looks[i]
        byline = look.dated or (hit is not None and hit.kind is Kind.BYLINE)
        item = lines[i].href is not None and len(lines[i].text) >= ITEM
        if not byline and (item or look.size > DECK or (hit is not None and hit.kind in _OTHERS)):
            break
        yield i
        decks -= look.prose and not byline
        if decks < 0:
            break
    for i in range(top - 1, max(-1, top - 1 - ABOVE), -1):
        if looks[i].prose or lines[i].href is not None:
            break
        yield i


def _day(line: Line, look: Look, hit: Hit | None, language: str | None) -> str | None:
    """Return the first day that a line of dates and names says something came out, or None."""
    if len(line.text) > LINE:
        return None
    found = list(dates.each(line.text, language))
    if not found or not (look.dated or _is_byline(line, look, hit, found)):
        return None
    starts = [0, *(date.end for date in found)]
    labels = [line.text[start : date.start] for start, date in zip(starts, found, strict=False)]
    days = [date.day for label, date in zip(labels, found, strict=True) if not dates.is_of_change(label)]
    return min(days, default=None)


def _is_byline(line: Line, look: Look, hit: Hit | None, found: Sequence[dates.Dated]) -> bool:
    """Say whether a line is known to hold names and dates, or its date is set apart from few words, or before them."""
    if hit is not None or line.href is not None:
        return hit is not None and hit.kind is Kind.BYLINE
    before, after = line.text[: found[0].start], line.text[found[-1].end :]
    if len(before) + len(after) > BESIDE:
        return False
    if not before.strip() and not look.ended and not after.startswith(":"):
        return True
    if not after.strip() and _is_signed(before):
        return True
    return all(_APART.search(part) for part in (before, after) if part.strip())


def _is_signed(text: str) -> bool:
    """Say whether a text is a name behind a short word, as "Von Katrin Lohmann"."""
    by, *name = text.split() or [""]
    named = sum(word[0].isupper() and len(word) > SMALL_WORD for word in name)
    small = sum(len(word) <= SMALL_WORD for word in name)
    return len(by) <= BY_WORD and by not in _ENGLISH and named >= 2 and named + small == len(name) <= NAME_WORDS


def _is_own(lines: Sequence[Line], looks: Sequence[Look], hits: Sequence[Hit | None], i: int) -> bool:
    """Say whether nothing beside a line takes its date away: a label of change, or the headline of another article."""
    if i + 2 < len(lines) and lines[i + 1].href is not None and looks[i + 2].dated:
        return False  # dates with their headlines below
    if not i:
        return True
    before = lines[i - 1]
    if len(before.text) <= LABEL and dates.is_of_change(before.text) and not re.search(r"\d", before.text):
        return False
    hit = hits[i - 1]
    return before.href is None or len(before.text) < NAME or (hit is not None and hit.kind is Kind.BYLINE)
