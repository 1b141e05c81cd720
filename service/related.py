"""Which removed lines are related links, with which heading, URL and date?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

from service import dates, links
from service.lines import letters
from service.model import Judgement, Kind, Line, RelatedLink
from service.sight import Sight

LINK_SHARE = 0.6  # of the text behind a label that stands in links, to be a list of them
TITLE_LIMIT = 300  # characters of a line that are read as a title
BELOW = 15  # lines below the element around the article in which the heading of a related block is looked for
ARTICLE_SHARE = 0.85  # of the article's letters: what is kept by mistake stands elsewhere on the page
# Lines that go, in the element around the article: a by-line and a share bar are no end of an article. Of 1, 3, 5, 8,
# 12 and 16, it finds most of the related links of labelled pages, for what is found besides.
BESIDE = 12
SNIP = 320  # characters of a title that tell it from another

_URL = re.compile(r"https?://[^\s<>()\[\]\"'«»]+")
_MARKDOWN = re.compile(
    r"!?\[((?:[^\[\]]++|\[[^\[\]]{0,80}+\]){1,20}+)\]\(\s*((?:[^\s()]++|\([^\s()]*+\))++)(?:\s+\"[^\"]{0,300}\")?\s*\)"
)
_UNSEEN = "\u00ad\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u2060\ufeff"  # marks that nobody sees
_BULLET = re.compile(
    rf"^(?:[\s{_UNSEEN}•·∙▪▫►▶▸»›→➤➜✓✔☑●○◦■□◆◇★☆*|\U0001f300-\U0001faff\u27a1\ufe0f–—]+|[+#-]+\s+|\(?\d{{1,2}}[.)]\s+)+"
)
# An element of a path that is a menu, by its tag or a word of its class or id; "has-sticky-nav" and "menu-closed" say
# how the whole page looks.
_MENU = re.compile(
    r"^nav(?![^.#])|[.#](?!(?:has|no|not|with|without|is|js|hide|show|hidden|uses?)[-_])(?:[^.#]*[_-])?"
    r"(?:[a-z]{0,8}(?:menus?|navbar|navigation|breadcrumbs?)|sitemap|colophon|(?:main|mega|side|site|sub|top)?nav)"
    r"(?![a-z]|[-_](?:open|opened|closed|active|enabled|disabled|visible|hidden|layout|page|fixed|sticky)(?![a-z]))",
    re.IGNORECASE,
)
# What stands between two blocks; a section, a counter or an advertisement may stand between two items of one.
_ENDING = frozenset((Kind.SHARE, Kind.COMMENTS, Kind.LEGAL, Kind.SUBSCRIBE, Kind.BIO, Kind.HEADLINE))
_NO_PAGE = ("mailto:", "tel:", "sms:", "whatsapp:", "viber:")
_EDGE = f" \t\u00a0,;:|–—-•·→{_UNSEEN}"
_HEADING_EDGE = f" \t\u00a0:：.…–—-»›→►▼↓{_UNSEEN}"
_OPENING = "«“„‚‹\"'‘([「『【#…"  # what belongs to the title behind a label, though no phrase has it
_PAIRS = (("«", "»"), ("‹", "›"))


def collect(
    sights: Sequence[Sight],
    judgements: Mapping[int, Judgement],
    removed: Sequence[int],
    own: str | None,
    url: str | None,
    language: str | None,
) -> tuple[RelatedLink, ...]:
    """Return the related links among the `removed` lines (indices, in order). `own` is the article's title."""
    found: list[RelatedLink] = []
    heading, early_date = None, None
    number = 0  # items since the heading
    before = -1  # the last line that was an item or told its date
    at_head = False  # nothing but dates since the heading
    headed = False  # the heading is one that the lexicon knows for certain, and stands in the article or right below
    around: frozenset[str] = frozenset()  # menus in which such a heading stands itself
    near = _near([sight.line for sight in sights], removed)
    begin, of_article = _article(sights, removed)
    for i in removed:
        kind, line = judgements[i].kind, sights[i].line
        text, hit = line.text, sights[i].hit
        if kind is Kind.RELATED_HEADING:
            heading, early_date, at_head = _bare(text).strip(_HEADING_EDGE) or None, None, True
            number = 0
            headed = hit is not None and hit.certain and i < near.stop + BELOW
            around = _menus(line.path or "") if headed and i > begin else frozenset()
        elif (
            kind is Kind.RELATED
            and line.path
            and ((i not in near and not headed) or _menus(line.path) - of_article - around)
        ):
            continue  # a menu, or a list far from the article: the site's own pointers, the same on all of its pages
        elif kind is Kind.RELATED and (line.href or "").startswith(_NO_PAGE):
            continue
        elif kind is Kind.RELATED:
            number += 1
            before = i
            for item in _items(line, hit.value if hit else None, heading, url, language):
                # "1 Title", "2 Title": the list counts its items
                title = item.title.removeprefix(f"{number} ").lstrip()
                if title:
                    found.append(replace(item, title=title, date=item.date or early_date))
                    early_date, at_head = None, False
                elif item.url and found:  # the address of the item above, on a line of its own
                    found[-1] = replace(found[-1], url=found[-1].url or item.url)
        elif found and _URL.fullmatch(text):
            found[-1] = replace(found[-1], url=found[-1].url or links.canonical(text, url))
        elif kind is Kind.RELATED_META or (kind is Kind.BYLINE and before == i - 1):
            before = i
            dated = dates.find(text, language)
            if dated and (at_head or early_date or not found or found[-1].date):
                early_date = dated.day
            elif dated:
                found[-1] = replace(found[-1], date=dated.day)
        elif kind in _ENDING:
            heading = None
    return _distinct(found, own, url)


def _near(lines: Sequence[Line], removed: Sequence[int]) -> range:
    """Return the lines of the element around the article; of plain text, all.

    That is the smallest that holds `ARTICLE_SHARE` of the letters that stay, and `BESIDE` lines that go.
    """
    if not lines or lines[0].path is None:
        return range(len(lines))
    away = set(removed)
    gone = [0, *accumulate(i in away for i in range(len(lines)))]
    letters = [0, *accumulate(0 if i in away else len(line.text) for i, line in enumerate(lines))]
    stay = [i for i in range(len(lines)) if i not in away]
    group = lines[max(stay, key=lambda i: len(lines[i].text))].group if stay else None
    while group is not None:
        enough = letters[group.last] - letters[group.first] >= ARTICLE_SHARE * letters[-1]
        if enough and gone[group.last] - gone[group.first] >= BESIDE:
            return range(group.first, group.last)
        group = group.around
    return range(len(lines))


def _article(sights: Sequence[Sight], removed: Sequence[int]) -> tuple[int, frozenset[str]]:
    """Return the first paragraph that stays, and the elements in which paragraphs do that stay; of plain text, none."""
    if not sights or sights[0].line.path is None:
        return 0, frozenset()
    away = set(removed)
    stay = [i for i, sight in enumerate(sights) if sight.look.prose and i not in away]
    paths = {sights[i].line.path or "" for i in stay}
    return min(stay, default=len(sights)), frozenset(label for path in paths for label in path.split(">"))


@lru_cache(maxsize=1024)
def _menus(path: str) -> frozenset[str]:
    """Return the elements of a path that are menus, the site's foot being one."""
    labels = path.split(">")
    found = {label for label in labels if _MENU.search(label)}
    return frozenset(found | {labels[0]} if re.match(r"footer(?![^.#])", labels[0]) else found)


def _items(
    line: Line, value: int | None, heading: str | None, url: str | None, language: str | None
) -> list[RelatedLink]:
    """Return what a line points to: one article or, behind a label, as many as there are links."""
    start = value or 0
    while value is not None and start and line.text[start - 1] in _OPENING:
        start -= 1
    behind = [link for link in line.links if link.start >= start]
    if value is not None:
        heading = _bare(line.text[:start]).strip(_HEADING_EDGE + "|>") or heading
        if len(behind) > 1 and sum(link.end - link.start for link in behind) >= LINK_SHARE * (len(line.text) - start):
            return [_item(line.text[link.start : link.end], link.href, heading, url, language) for link in behind]
    alone = behind[0].href if len(behind) == 1 else line.href
    if len(behind) == 1 and line.text[start : behind[0].start].strip().isdecimal():
        start = behind[0].start  # the list counts its items
    return [_item(line.text[start:], alone, heading, url, language)]


def _item(text: str, link: str | None, heading: str | None, url: str | None, language: str | None) -> RelatedLink:
    text = text[:TITLE_LIMIT]
    dated = None
    if marked := _MARKDOWN.search(text):
        dated = dates.find(f"{text[: marked.start()]} {text[marked.end() :]}", language)
        text, link = marked.group(1).strip("*_`"), link or marked.group(2)
    elif bare := _URL.search(text):
        link = link or bare.group().rstrip(".,;:!?")
        before, after = text[: bare.start()].rstrip(" ([<"), text[bare.end() :].lstrip(" )]>")
        text = f"{before} {after}" if before and after else before or after
    if (inside := dates.find(text, language)) is not None:
        head, rest = text[: inside.start].rstrip(_EDGE + "(["), text[inside.end :].lstrip(_EDGE + ")]")
        # a date at either edge is the item's; one in the middle is part of the headline
        if not rest or not head.strip(_EDGE):
            text, dated = head or rest, dated or inside
    return RelatedLink(_title(text), links.canonical(link, url), dated.day if dated else None, heading)


def _bare(text: str) -> str:
    """Return a text without the marks of a list before it, if anything is left."""
    return _BULLET.sub("", text) or text


def _title(text: str) -> str:
    """Return a headline without marks around it; a quote that is opened in it is closed in it."""
    title = _BULLET.sub("", text).strip(_EDGE)
    for opening, closing in _PAIRS:
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
        if item.url is None or (links.leads_to_article(item.url) and item.url not in seen):
            seen.update((name, item.url or name))
            kept.append(item)
    return tuple(kept)
