"""What is every line taken for, and what does it gain by lying in the tail?

Reads the page once from the top. A heading of the lexicon opens a block, and what stands below it is an item, its
date or its teaser until prose begins. The gain of a line depends on the lines above it alone, so cleaning a clean body
again finds nothing more.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from service import dates
from service.model import Hit, Judgement, Kind, Reach
from service.sight import PROSE_LETTERS, Again, Sight

# Gains, in units of one certain line. Chosen on the development pages so that no labelled page is hurt.
CERTAIN, COMPANY, ITEM, SMALL = 1.0, 0.7, 0.4, 0.2
UNKNOWN, OPEN, SENTENCE = -0.25, -0.25, -1.5
LABEL, LABEL_COMPANY = -0.1, 0.0  # an unknown line as short as a label; below a certain line
LABEL_LETTERS = 40
REST_LINE, REST_PROSE = 0.0, -0.5  # below the heading of the comments: names and dates; what readers write
WALL_BASE, WALL_SHARE = 1.0, 20.0  # a paragraph costs so much, and so much times its share of the prose above it
# The paragraph below an item may be its teaser or the article again, which goes on below a box of links; below a second
# one it is a teaser. It takes back what the items above it gained.
FIRST_TEASER, SENTENCES = -0.8, -2.0  # of several sentences it is rather the article
TEASER_LETTERS = 320  # a teaser is not longer
ITEM_LETTERS = 160  # a headline is not longer than that
ITEM_WORDS_LETTERS = 16  # a shorter line under a related heading is no headline
# Items below a certain heading that are hardly anything but headlines: so many, of so many letters. With all of them,
# 5 related titles in 100 more are none, of labelled pages.
CLEAR_ITEMS, CLEAR_LETTERS = 6, 24
META_LETTERS, BESIDE_LETTERS = 60, 12  # of a line below an item that tells its date; of a name beside the date
BLOCK_ITEMS = defaultdict(lambda: 8, {Kind.RELATED_HEADING: 16, Kind.TAGS: 40, Kind.NAV: 40})  # lines below a heading
OWN_PROSE = {Kind.BIO: 2, Kind.SUBSCRIBE: 1, Kind.LEGAL: 2}  # paragraphs that a heading of this kind brings along
REST_PROSE_ABOVE = 400  # letters of prose that must stand above a heading that ends the article
META_KINDS = frozenset((Kind.BYLINE, Kind.CAPTION, Kind.TAGS, Kind.NAV, Kind.OTHER, Kind.RELATED_META))
COUNT_LETTERS = 6  # digits of a counter
QUOTE = 60  # characters of another line that a reason quotes

_SEVERAL = re.compile(r"[^\W\d_]{3}[.!?…][\"'»”’)]*\s+[\"'«“„‘(]*[^\W\d_]|[。！？।۔][^\W\d_]")  # sentences

PROSE = Judgement(Kind.BODY, 0.9, ("reads as prose",))
UNTOLD = Judgement(Kind.BODY, 0.5, ())
NUMBER = Judgement(Kind.SHARE, 0.7, ("a number below a share label",))
TITLE = Judgement(Kind.HEADLINE, 0.95, ("the article's own title again",))
HEAD = Judgement(Kind.HEADLINE, 0.95, ("stands above the article, as its headline does",))
DATE = Judgement(Kind.BYLINE, 0.6, ("a date and nothing else",))


@dataclass(frozen=True, slots=True)
class Opener:
    """The heading in force."""

    reach: Reach
    kind: Kind
    text: str
    certain: bool

    def __str__(self) -> str:
        return f"below {self.text[:QUOTE]!r}"


def read(sights: Sequence[Sight]) -> list[tuple[float, Judgement]]:
    """Return the gain and the judgement of every line, as the rules alone have them."""
    reader = Reader()
    return [reader.read(sight) for sight in sights]


class Reader:
    """Reads lines from the top and keeps what the ones above say of the next."""

    def __init__(self) -> None:
        self._opener: Opener | None = None
        self._items = self._teasers = 0  # in the block
        self._after_item = False
        self._prose_above = 0.0  # letters
        self._paragraph = 0.0  # letters of the broken paragraph so far
        self._company = False  # a certain line stands above, and no prose between
        self._listing = False  # below a line of the article that announces a list
        self._last: Kind | None = None

    def read(self, sight: Sight) -> tuple[float, Judgement]:
        """Return the gain and the judgement of the next line."""
        look = sight.look
        self._paragraph = self._paragraph + look.size if sight.joined or self._paragraph else 0.0
        prose = look.prose or self._paragraph >= PROSE_LETTERS
        if not sight.joined:
            self._paragraph = 0.0
        after_item, self._after_item = self._after_item, False
        gain, judged = self._read(sight, prose, after_item)
        if judged.kind is Kind.BODY and prose:
            self._prose_above += look.size
        self._last = judged.kind
        return gain, judged

    def _read(self, sight: Sight, prose: bool, after_item: bool) -> tuple[float, Judgement]:
        hit, opener = sight.hit, self._opener
        related = opener is not None and opener.kind is Kind.RELATED_HEADING and not sight.title
        if related and (_meta(sight) or (self._items and _beside_item(sight))):
            return COMPANY if hit else SMALL, Judgement(Kind.RELATED_META, 0.7, (str(opener),))
        if self._last is Kind.SHARE and (text := sight.line.text).isdecimal() and len(text) <= COUNT_LETTERS:
            return SMALL, NUMBER
        if hit is not None and (hit.certain or (not sight.title and (hit.open or not prose))):
            return self._hit(sight.line.text, hit)
        if sight.line.kept is False:
            return SMALL, self._thrown_out(sight)
        if sight.title:
            if opener and opener.reach is not Reach.REST:
                self._opener = None
            # a poem may end with its title, and an interview with the words it is called by
            doubted = self._prose_above > 0 and not self._company and sight.title is not Again.DATED
            return UNKNOWN if doubted else CERTAIN, TITLE if self._prose_above else HEAD
        if opener and opener.reach is Reach.REST:
            return REST_PROSE if prose else REST_LINE, Judgement(opener.kind, 0.8, (str(opener),))
        if sight.look.dated:
            return SMALL, DATE
        if opener and not sight.joined:
            below = self._below(opener, sight, prose, after_item)
            if below:
                return below
        return self._unknown(sight, prose)

    def _hit(self, text: str, hit: Hit) -> tuple[float, Judgement]:
        doubted = self._listing and not hit.certain
        if hit.reach is Reach.BLOCK:
            self._opener = Opener(hit.reach, hit.kind, text, hit.certain)
            self._items = self._teasers = 0
        elif hit.reach is Reach.REST and hit.certain and self._prose_above >= REST_PROSE_ABOVE:
            self._opener = Opener(hit.reach, hit.kind, text, True)
        elif self._opener and self._opener.reach is not Reach.REST and hit.kind is not Kind.RELATED_META:
            self._opener = None
        self._listing = self._listing and not hit.certain
        judged = Judgement(hit.kind, 0.99 if hit.certain else 0.6, (f"lexicon: {hit.phrase}",))
        if hit.reach is Reach.INSIDE:  # "Article continues below" stands between paragraphs: no sign that it has ended
            return SMALL, judged
        if hit.open:  # below other lines of the tail it is one; alone it may be the article's last sentence
            return OPEN, judged
        self._company = self._company or hit.certain
        return UNKNOWN if doubted else CERTAIN if hit.certain else COMPANY, judged

    def _below(self, opener: Opener, sight: Sight, prose: bool, after_item: bool) -> tuple[float, Judgement] | None:
        """Judge a line below a heading: an item, a teaser, a paragraph of its own, or (None) the article again."""
        related, size = opener.kind is Kind.RELATED_HEADING, sight.look.size
        if not prose and size <= ITEM_LETTERS and self._items < BLOCK_ITEMS[opener.kind]:
            self._items += 1
            self._after_item = True
            title = size >= ITEM_WORDS_LETTERS
            section = related and self._items > 1 and not title and " " not in sight.line.text
            kind = Kind.RELATED_META if section else Kind.RELATED if related else opener.kind
            gain = 0.0 if not opener.certain else ITEM if title else SMALL
            clear = related and opener.certain and self._items <= CLEAR_ITEMS and size >= CLEAR_LETTERS
            return gain, Judgement(kind, 0.8, (f"an item {opener}",), clear)
        if not prose or not opener.certain:
            return None
        if related and after_item and size <= TEASER_LETTERS:
            self._teasers += 1
            several = SENTENCES if _SEVERAL.search(sight.line.text) else 0.0
            return FIRST_TEASER + several - ITEM * (self._items - 1) if self._teasers == 1 else 0.0, Judgement(
                Kind.RELATED_META, 0.6, (str(opener),)
            )
        if self._teasers < OWN_PROSE.get(opener.kind, 0):
            self._teasers += 1
            return 0.0, Judgement(opener.kind, 0.6, (str(opener),))
        return None

    def _unknown(self, sight: Sight, prose: bool) -> tuple[float, Judgement]:
        text = sight.line.text
        self._opener = None
        wall = prose or sight.joined or self._listing or bool(sight.line.kept)
        self._listing = text.endswith((":", "：")) or (self._listing and not prose)
        if wall:
            self._company = False
            cost = WALL_BASE + WALL_SHARE * sight.look.size / (self._prose_above + 1)
            return -cost, PROSE
        if sight.look.ended:
            return SENTENCE, UNTOLD
        if sight.look.size > LABEL_LETTERS:
            return UNKNOWN, UNTOLD
        return LABEL_COMPANY if self._company else LABEL, UNTOLD

    def _thrown_out(self, sight: Sight) -> Judgement:
        """Judge a line of a page that the extractor left out."""
        why, opener = "the extractor left it out", self._opener
        if sight.title:
            return Judgement(Kind.HEADLINE, 0.9, ("the article's own title again", why))
        if opener is None:
            return Judgement(Kind.NAV if sight.line.href else Kind.OTHER, 0.7, (why,))
        if opener.reach is Reach.REST:
            return Judgement(opener.kind, 0.8, (str(opener), why))
        if sight.line.href and ITEM_WORDS_LETTERS <= sight.look.size <= 2 * ITEM_LETTERS:
            return Judgement(Kind.RELATED, 0.9, (f"a link {opener}", why))
        return Judgement(Kind.RELATED_META, 0.7, (str(opener), why))


def _meta(sight: Sight) -> bool:
    """Say whether a line below a related heading belongs to an item: its date, section, author or counter."""
    hit = sight.hit
    if hit is None:
        return sight.look.dated
    return hit.reach is Reach.LINE and hit.kind in META_KINDS and (not hit.certain or sight.look.dated)


def _beside_item(sight: Sight) -> bool:
    """Say whether a line below an item tells its date ("Published 3 March 2023") or how many comments it has."""
    hit, text = sight.hit, sight.line.text
    if len(text) > META_LETTERS or (hit is not None and hit.kind not in (*META_KINDS, Kind.COMMENTS)):
        return False
    if hit is not None and hit.kind is Kind.COMMENTS:
        return text[0].isdigit()
    dated = dates.span(text)
    return dated is not None and (hit is not None or sight.look.size - (dated[1] - dated[0]) <= BESIDE_LETTERS)
