"""Which removed lines are related links, with which heading, URL and date?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from service import dates, links, listed, places
from service.lines import is_small, letters
from service.model import Judgement, Kind, Line, Link, RelatedLink
from service.sight import Sight

LINK_SHARE = 0.6  # of the text behind a label that stands in links, to be a list of them
TITLE_LIMIT = 300  # characters of a line that are read as a title
SNIP = 320  # characters of a title that tell it from another

_URL = re.compile(r"https?://[^\s<>()\[\]\"'«»]+")
_MARKDOWN = re.compile(
    r"!?\[((?:[^\[\]]++|\[[^\[\]]{0,80}+\]){1,20}+)\]\(\s*((?:[^\s()]++|\([^\s()]*+\))++)(?:\s+\"[^\"]{0,300}\")?\s*\)"
)
_UNSEEN = "\u00ad\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u2060\ufeff"  # marks that nobody sees
_BULLET = re.compile(
    rf"^(?:[\s{_UNSEEN}•·∙▪▫►▶▸»›→➤➜✓✔☑●○◦■□◆◇★☆*|\U0001f300-\U0001faff\u27a1\ufe0f–—]+|[+#-]+\s+|\(?\d{{1,2}}[.)]\s+)+"
)
HEADLINE_SPACES = 3  # between the words of a title that is one, whatever its address looks like

# What stands between two blocks; a section, a counter or an advertisement may stand between two items of one.
_ENDING = frozenset((Kind.SHARE, Kind.COMMENTS, Kind.LEGAL, Kind.SUBSCRIBE, Kind.BIO, Kind.HEADLINE))
_HEADING = frozenset((Kind.AD, Kind.NAV, Kind.TAGS, Kind.OTHER))  # ends one too, where the page heads something by it
_HEADING_ALL_THE_SAME = frozenset((Kind.BIO, Kind.OTHER, Kind.AD))  # of items right below
_NO_PAGE = ("mailto:", "tel:", "sms:", "whatsapp:", "viber:")
_EDGE = f" \t\u00a0,;:|–—-•·→{_UNSEEN}"
_HEADING_EDGE = f" \t\u00a0:：.…–—-»›→►▼↓{_UNSEEN}"
_OPENING = "«“„‚‹\"'‘([「『【#…"  # what belongs to the title behind a label, though no phrase has it
_PAIRS = (("«", "»"), ("‹", "›"), ("[", "]"), ("(", ")"))
_DASHED = re.compile(r"(?<=\d)-([^\W\d_]{3,14})-(?=\d{4})")
# Elements of a path that hold what is paid for. That of a widget also shows the site's own articles.
_PAID = re.compile(r"(?<![a-z])(?:sponsor(?:ed)?|advertorial|werbung|paid-content)(?![a-z])", re.IGNORECASE)


@dataclass(slots=True)
class _Block:
    """The list that is being read."""

    heading: str | None = None
    head: int = -1  # the line that is its heading
    headed: bool = False  # the lexicon knows a heading above for certain, in the article or right below
    menus: frozenset[str] = frozenset()  # in which that heading stands itself
    last: int | None = None  # of a page: behind the element that holds the heading and the first item
    number: int = 0  # items so far
    early: str | None = None  # a date that stands above its item
    at_head: bool = False  # nothing but dates since the heading
    paid: bool = False  # below the heading of an advertisement


def collect(
    sights: Sequence[Sight],
    judgements: Mapping[int, Judgement],
    removed: Sequence[int],
    own: str | None,
    url: str | None,
    language: str | None,
) -> tuple[RelatedLink, ...]:
    """Return the related links among the `removed` lines (indices, in order). `own` is the article's title.

    A line among them that is the article's by its judgement, or has none, stays and is a pointer all the same.
    """
    reader = _Reader(sights, removed, url, language)
    # what went at a later look at the page was named by its text alone
    kinds = {i: judgements[i].kind if i in judgements else Kind.BODY for i in removed}
    kinds.update((i, Kind.RELATED) for i in listed.items(sights, removed) if kinds[i] in listed.YIELDING)
    for i, kind in kinds.items():
        reader.read(i, Kind.RELATED if kind is Kind.BODY else kind, kinds.get(i + 1) is Kind.RELATED)
    return _distinct(reader.found, own, url)


class _Reader:
    """Reads the lines that go from the top, and keeps what the ones above say of the next."""

    def __init__(self, sights: Sequence[Sight], removed: Sequence[int], url: str | None, language: str | None) -> None:
        self.found: list[RelatedLink] = []
        self._sights, self._url, self._language = sights, url, language
        self._block = _Block()
        self._before = -1  # the last line that was an item, told its date, or headed them
        self._near = places.near([sight.line for sight in sights], removed)
        self._begin, self._of_article = places.article(sights, removed)

    def read(self, i: int, kind: Kind, above: bool) -> None:
        """Read the next line; `above`: an item stands right below it."""
        block, sight, found = self._block, self._sights[i], self.found
        if block.last is not None and i >= block.last:
            block = self._block = _Block(headed=block.headed, menus=block.menus, early=block.early)
        if kind is Kind.RELATED_HEADING:
            self._head(i, sight)
        elif kind is Kind.RELATED:
            if block.last is None and block.head >= 0:
                block.last = places.end(self._sights[block.head].line.group, i)
            if not self._elsewhere(i, sight):
                self._before = i
                self._add(sight)
        elif found and _URL.fullmatch(sight.line.text):
            found[-1] = replace(found[-1], url=found[-1].url or links.canonical(sight.line.text, self._url))
        elif kind is Kind.RELATED_META or (kind is Kind.BYLINE and self._before == i - 1):
            self._before = i
            self._tell(_date(sight.line.text, self._language))
        elif _ends(kind, sight) or (above and kind is Kind.OTHER and sight.hit and not block.heading):
            self._end(i, kind, sight, above)

    def _head(self, i: int, sight: Sight) -> None:
        headed = sight.hit is not None and sight.hit.certain and i < self._near.stop + places.BELOW
        allowed = places.menus(sight.line.path or "") if headed and i > self._begin else frozenset()
        self._block, self._before = _Block(_heading(sight), i, headed, allowed, at_head=True), i

    def _end(self, i: int, kind: Kind, sight: Sight, above: bool) -> None:
        """End the block; of "More by Jane Doe", the items right below are."""
        block = self._block = _Block(head=i, headed=self._block.headed, menus=self._block.menus)
        if kind is Kind.AD and sight.hit is not None and sight.hit.certain:
            block.paid, block.last = True, places.end(sight.line.group, i + 1)
        elif above and kind in _HEADING_ALL_THE_SAME:
            block.heading, block.at_head, self._before = _heading(sight), True, i

    def _elsewhere(self, i: int, sight: Sight) -> bool:
        """Say whether a pointer is no related link: to what is paid for, in a menu, or far from the article.

        A menu or a list far from the article has the site's own pointers, the same on all of its pages.
        """
        line, block = sight.line, self._block
        if block.paid or (line.href or "").startswith(_NO_PAGE) or _PAID.search(line.path or ""):
            return True
        if not line.path or listed.turns(line, sight.hit):
            return False
        far = i not in self._near and not block.headed
        return far or bool(places.menus(line.path) - self._of_article - block.menus)

    def _add(self, sight: Sight) -> None:
        block, found = self._block, self.found
        block.number += 1
        value = sight.hit.value if sight.hit else None
        for item in _items(sight.line, value, block.heading, self._url, self._language):
            # "1 Title", "2 Title": the list counts its items
            title = item.title.removeprefix(f"{block.number} ").lstrip()
            if title and _may_be(item.url, title, block.headed):
                found.append(replace(item, title=title, date=item.date or block.early))
                block.early, block.at_head = None, False
            elif item.url and found and not title:  # the address of the item above, on a line of its own
                found[-1] = replace(found[-1], url=found[-1].url or item.url)

    def _tell(self, dated: dates.Dated | None) -> None:
        """Give a date to the item above or, where dates stand above their items, to the next."""
        block, found = self._block, self.found
        if dated and (block.at_head or block.early or not found or found[-1].date):
            block.early = dated.day
        elif dated:
            found[-1] = replace(found[-1], date=dated.day)


def _ends(kind: Kind, sight: Sight) -> bool:
    """Say whether a line that is no item ends the list above it; the article's own link in the list does not."""
    if kind is Kind.HEADLINE and sight.line.href:
        return False
    return kind in _ENDING or (kind in _HEADING and listed.closes(sight))


def _may_be(url: str | None, title: str, headed: bool) -> bool:
    """Say whether an item may be an article, as far as its address tells."""
    return url is None or links.leads_to_article(url, listed=headed and title.count(" ") >= HEADLINE_SPACES)


def _items(
    line: Line, value: int | None, heading: str | None, url: str | None, language: str | None
) -> list[RelatedLink]:
    """Return what a line points to: one article or, behind a label, as many as there are links."""
    start = value or 0
    while value is not None and start and line.text[start - 1] in _OPENING:
        start -= 1
    behind = [link for link in line.links if link.start >= start]
    if value is not None:
        heading = _bare(line.text[:start]).strip(_HEADING_EDGE + "|>").lstrip("[(") or heading
        if len(behind) > 1 and sum(link.end - link.start for link in behind) >= LINK_SHARE * (len(line.text) - start):
            return [_item(line.text[link.start : link.end], link.href, heading, url, language) for link in behind]
    if (link := _titled(line, start, behind)) is not None:
        item = _item(line.text[link.start : link.end], link.href, heading, url, language)
        dated = _date(line.text[start : link.start], language) or _date(line.text[link.end :], language)
        return [item if item.date or not dated else replace(item, date=dated.day)]
    alone = behind[0].href if len(behind) == 1 else line.href
    return [_item(line.text[start:], alone, heading, url, language)]


def _titled(line: Line, start: int, behind: Sequence[Link]) -> Link | None:
    """Return the one link of a line that is its title: without the section before it, the name and date behind."""
    if len(behind) > 1:  # beside those to a section, a person or the comments
        behind = [link for link in behind if link.href == line.href] or [
            link for link in behind if links.names_article(link.href)
        ]
    if len(behind) != 1:
        return None
    link = behind[0]
    size, after = link.end - link.start, line.text[link.end :]
    if size >= LINK_SHARE * (len(line.text) - start):
        return link
    whole = size >= listed.LABELLED_LETTERS and " " in line.text[link.start : link.end]
    if whole and link.start - start <= size and not is_small(after.lstrip()[:1]):
        return link
    return None


def _item(text: str, link: str | None, heading: str | None, url: str | None, language: str | None) -> RelatedLink:
    text = text[:TITLE_LIMIT]
    dated = None
    if marked := _MARKDOWN.search(text):
        dated = _date(f"{text[: marked.start()]} {text[marked.end() :]}", language)
        text, link = marked.group(1).strip("*_`"), link or marked.group(2)
    elif bare := _URL.search(text):
        link = link or bare.group().rstrip(".,;:!?")
        before, after = text[: bare.start()].rstrip(" ([<"), text[bare.end() :].lstrip(" )]>")
        text = f"{before} {after}" if before and after else before or after
    if (inside := _date(text, language)) is not None:
        head, rest = text[: inside.start].rstrip(_EDGE + "(["), text[inside.end :].lstrip(_EDGE + ")]")
        if not rest and (opened := head.rfind("(")) > head.rfind(")"):  # "Title (Jane Doe, 3 May 2023)"
            head = head[:opened].rstrip(_EDGE) or head
        # a date at either edge is the item's; one in the middle is part of the headline
        if not rest or not head.strip(_EDGE):
            text, dated = head or rest, dated or inside
    return RelatedLink(_title(text), links.canonical(link, url), dated.day if dated else None, heading)


def _date(text: str, language: str | None) -> dates.Dated | None:
    """Return the first whole date in a text; "12-May-2024" is one too."""
    return dates.find(_DASHED.sub(r" \1 ", text), language)


def _heading(sight: Sight) -> str | None:
    return _bare(sight.line.text).strip(_HEADING_EDGE) or None


def _bare(text: str) -> str:
    """Return a text without the marks of a list before it, if anything is left."""
    return _BULLET.sub("", text) or text


def _title(text: str) -> str:
    """Return a headline without marks around it; a quote that is opened in it is closed in it."""
    title = _BULLET.sub("", text).strip(_EDGE)
    for opening, closing in _PAIRS:
        while title.startswith(opening) and title.count(opening) > title.count(closing):
            title = title[1:].lstrip(_EDGE)
        while title.endswith(closing) and title.count(closing) > title.count(opening):
            title = title[:-1].rstrip(_EDGE)
    return title


def _distinct(found: Sequence[RelatedLink], own: str | None, url: str | None) -> tuple[RelatedLink, ...]:
    """Leave out the article itself, whatever stands twice, and what cannot be an article, as "28.11"."""
    seen = {letters(own[:SNIP])} if own else set()
    address = links.canonical(url, None)
    kept: list[RelatedLink] = []
    for item in found:
        name = letters(item.title[:SNIP])
        if not any(map(str.isalpha, name)) or name in seen or links.same(item.url, address):
            continue
        if item.url is None or item.url not in seen:
            seen.update((name, item.url or name))
            kept.append(item)
    return tuple(kept)
