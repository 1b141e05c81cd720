"""What does a page say of itself: its title, its day, its language, its address?

Asked in this order: JSON-LD, the tags of Open Graph and others, elements of the page. A day counts only if it is
said to be that of publication, and of this page: pages are full of days that are of something else.
"""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from htmldate import find_date

from service import dates, described
from service.language import NONE
from service.lines import letters

TITLE_LIMIT = 400  # characters; what is longer is no title
TITLE_LETTERS = 8  # a heading with fewer letters is agreed with by chance
HEADINGS = 50  # of one level that are read
LOGO_SHARE = 0.5  # of a page's title that a heading has at least if it is the article's and no site's
SHARE = 0.6  # of a title in the head that a heading holds when both are the same
ADDRESS_LIMIT = 2_000  # characters of an address in which a day is looked for
PAGES = 3  # descriptions of the page in JSON-LD that are asked for its day
DAY_LIMIT = 80  # characters of a text that is a day
MARKED = 50  # elements that are marked as a day
HEAD, HEAD_LETTERS, SENTENCE = 200, 400, 60  # elements, and characters below a heading until one of its paragraphs
SITE_PARTS = 8  # places at which a title is parted from the name of a site

_EMPTY = "<html><body><p></p></body></html>"
_CODE = frozenset(("script", "style", "template", "noscript"))
_OTHERS = frozenset(("aside", "nav", "footer", "li"))  # what stands in them is of other things than the article
_DAY = re.compile(r"\s{0,9}((?:19|20)\d\d(?P<mark>-?)[01]\d(?P=mark)[0-3]\d)(?!\d(?!\d{3}(?:\d\d)?(?!\d)))")
_BESIDE_SITE = re.compile(r"\s[-–—|·•:»«/]\s|:\s|[|»«]")
_TITLES = ("og:title", "twitter:title", "dc.title", "citation_title", "parsely-title", "sailthru.title")
_DAYS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.created", "citation_publication_date", "pubdate", "publishdate",
    "publish_date", "publish-date", "article.published", "cxenseparse:recs:publishtime", "article:published",
    "article:published_date", "og:publish_date", "og:pubdate", "published-date", "published_date", "publication_date",
    "publisheddate", "date_published", "date-pub", "originalpublicationdate", "rnews:datepublished", "dcterms.issued",
    "dc.date.created", "citation_online_date", "citation_date", "dc.date", "dcterms.date", "date",
)  # fmt: skip
_LANGUAGES = ("content-language", "language", "dc.language", "og:locale")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of itself. `published` is an ISO 8601 day, `language` an ISO 639 code."""

    title: str | None = None
    published: str | None = None
    language: str | None = None
    headed: bool = False  # a heading of the page is its title


def read(tree: Any, url: str | None, *, light: bool) -> Metadata:
    """Return what a page says of itself. Unless the page is `light`, only what is found at once. Never raises."""
    named = _named(tree)
    heads = [*map(named.get, _TITLES), tree.xpath("string(//head//title)")]
    articles, pages = described.things(tree)
    article = _own(articles, [text for head in heads if (text := _words(head))])
    titles = [text for title in (_headline(article), *map(named.get, _TITLES)) if (text := _words(title))]
    heading = _heading(tree, titles, _words(heads[-1]) or "")
    tongues = [tree.get("lang"), tree.get("xml:lang"), article.get("inLanguage"), *map(named.get, _LANGUAGES)]
    language = next(filter(None, map(_language, tongues)), None)
    days = [node.get("datePublished") for node in (article, *pages[:PAGES])]
    days[1:1] = map(named.get, _DAYS)
    told = (day for text in days if (day := _day(text, language)))
    return Metadata(
        title=heading[0] if heading else titles[0] if titles else _words(tree.xpath("string(//title)")),
        published=next(told, None)
        or (_marked(tree, heading[1] if heading else None, language) if light else None)
        or _in_address(url)
        or _in_address(address(tree))
        or (_below(heading[1], language) if light and heading else None),
        language=language,
        headed=heading is not None,
    )


def shown(title: str, lines: Iterable[str]) -> str:
    """Return the line of a page that is its title without the name of the site, else the title.

    Where no heading is the title's, the headline is a line of any element. A site's name behind its headline is more
    usual than before it, so what stands behind another line of the page is none.
    """
    bare = {letters(line): line for line in lines if len(line) < len(title)}
    marks = [end for found in _BESIDE_SITE.finditer(title) for end in found.span()]
    ends = [0, *marks[:SITE_PARTS], len(title)]
    least = max(TITLE_LETTERS, LOGO_SHARE * len(letters(title)))
    parts = (
        (len(name), bare[name])
        for first, last in combinations(ends, 2)
        if len(name := letters(title[first:last])) >= least and name in bare
        if not first or letters(title[:first]) not in bare
    )
    return max(parts, default=(0, title))[1]


def address(tree: Any) -> str | None:
    """Return where the page says it stands, as it is written there."""
    for element in tree.iter("link", "meta"):
        if "canonical" in element.get("rel", "").lower().split():
            found = element.get("href", "").strip()
        elif element.get("property", "").lower() == "og:url":
            found = element.get("content", "").strip()
        else:
            continue
        if found:
            return str(found)
    return None


def _named(tree: Any) -> dict[str, str]:
    """Return the first content of each `<meta>`, by its name in small letters."""
    found: dict[str, str] = {}
    for element in tree.iterfind(".//meta[@content]"):
        name = element.get("property") or element.get("name") or element.get("http-equiv")
        if not name and next(element.iterancestors("body"), None) is None:  # in the body they are of its parts
            name = element.get("itemprop")
        if name and (content := element.get("content").strip()):
            found.setdefault(name.strip().lower(), content)
    return found


def _own(articles: Sequence[dict[str, Any]], heads: Sequence[str]) -> dict[str, Any]:
    """Return the article that the page is; of several, the first that has the title of the page."""
    if len({_headline(node) for node in articles}) <= 1:
        return articles[0] if articles else {}
    bare = [letters(head) for head in heads]
    return next((node for node in articles if _agrees(_headline(node) or "", bare)), {})


def _headline(article: dict[str, Any]) -> str | None:
    headline = article.get("headline")
    return _words(html.unescape(headline)) if isinstance(headline, str) else None  # some escape it for HTML too


def _heading(tree: Any, told: Sequence[str], title: str) -> tuple[str, Any] | None:
    """Return the heading that the head agrees with, else the only one of the first level.

    `told` are titles of the article, `title` is the page's, which has the site's name beside it; a site whose name is
    a heading too has the article's below that, or on the second level.
    """
    bare = [letters(text) for text in (*told, title)]
    first, second = (
        [
            (text, found)
            for found in tree.xpath(f"(//{tag})[position()<={HEADINGS}]")
            if (text := _words("".join(found.itertext())))
        ]
        for tag in ("h1", "h2")
    )
    own = max((found for found in first if _agrees(found[0], bare)), key=_size, default=None)
    if own is None and len(first) == 1 and not (_is_named(first[0][0], title) and told):
        return first[0]
    if own is None or (_is_named(own[0], title) and not _agrees(own[0], bare[:-1])):
        least = LOGO_SHARE * len(bare[-1])
        lower = (found for found in second if _size(found) >= least and _agrees(found[0], bare))
        return max(lower, key=_size, default=None if told else own)
    return own


def _size(heading: tuple[str, Any]) -> int:
    return len(letters(heading[0]))


def _is_named(heading: str, title: str) -> bool:
    """Say whether a heading is no more than a part of the page's title, as the site's name is."""
    name, whole = letters(heading), letters(title)
    return name in whole and len(name) < LOGO_SHARE * len(whole)


def _agrees(text: str, bare: Sequence[str]) -> bool:
    """Say whether `text` is one of the titles whose letters are given; they may have the site's name beside it."""
    name = letters(text)
    return len(name) >= TITLE_LETTERS and any(
        name in title or (title in name and len(title) >= SHARE * len(name)) for title in bare if title
    )


def _words(text: object) -> str | None:
    """Return `text` in one line, or None if it is empty, no text, or too long to be a name of something."""
    if not isinstance(text, str) or len(text) > 4 * TITLE_LIMIT:
        return None
    line = " ".join(text.split())
    return line if 0 < len(line) <= TITLE_LIMIT else None


def _day(text: object, language: str | None) -> str | None:
    """Return the ISO 8601 day that `text` begins with, or names as people do."""
    if not isinstance(text, str) or len(text) > DAY_LIMIT:
        return None
    if not (found := _DAY.match(text)):
        named = dates.find(text, language)
        return named.day if named else None
    try:
        return date.fromisoformat(found[1]).isoformat()
    except ValueError:
        return None


def _marked(tree: Any, heading: Any, language: str | None) -> str | None:
    """Return the day that is marked as that of publication: of the page, and of no other article or comment on it."""
    marked = tree.xpath("//*[@itemprop='datePublished' or (self::time and @pubdate)]")
    around = set(heading.iterancestors()) if heading is not None else set()
    for element in marked[:MARKED]:
        if heading is None and len(marked) > 1:
            break
        if _is_of_page(element, around if heading is not None else None):
            text = element.get("datetime") or element.get("content") or "".join(element.itertext())
            return _day(text, language)
    return None


def _below(heading: Any, language: str | None) -> str | None:
    """Return the day of the first `<time>` between a heading and the first paragraph, but for that of a change.

    Of 150 pages whose metadata tell the day it is the same on 118; on the others it is that of a change, of which some
    say nothing, or the text is in another time zone. So it comes last, and a day named in its text before that.
    """
    around, left = set(heading.iterancestors()), HEAD_LETTERS
    for element in heading.xpath(f"following::*[position()<={HEAD}]"):
        if element.tag == "time" and _is_of_page(element, around) and not _is_of_change(element):
            text = "".join(element.itertext())[:DAY_LIMIT]
            named = dates.find(text, language) if re.search(r"[^\W\d_]{3}", text) else None
            if day := named.day if named else _day(element.get("datetime"), language):
                return day
        sizes = [len(text.strip()) for text in (element.text, element.tail) if text and element.tag not in _CODE]
        left -= sum(sizes)
        if left < 0 or max(sizes, default=0) >= SENTENCE:
            break
    return None


def _is_of_change(element: Any) -> bool:
    """Say whether a `<time>` is that of a change, by its own words or those before it."""
    above, before = element.getparent(), element.getprevious()
    own = (above.text,) if before is None else (before.text, before.tail)
    label = " ".join(text for text in own if text)
    names = (element.get(name, "") for name in ("class", "itemprop"))
    words = " ".join((*names, "".join(element.itertext())[:DAY_LIMIT], label[-DAY_LIMIT:]))
    return dates.is_of_change(re.sub(r"[_-]|(?<=[a-z])(?=[A-Z])", " ", words))


def _is_of_page(element: Any, around: set[Any] | None) -> bool:
    """Say whether an element is of what the heading is of, whose ancestors are `around`; None: there is no heading."""
    for above in element.iterancestors():
        if above.tag in _OTHERS:
            return False
        if above.tag == "article" or above.get("itemscope") is not None:
            return around is None or above in around
    return True


def _in_address(url: str | None) -> str | None:
    """Return the day in an address: nothing else, since the page that htmldate is given is empty."""
    if not url or len(url) > ADDRESS_LIMIT:
        return None
    try:
        return _day(find_date(_EMPTY, extensive_search=False, original_date=True, url=url), None)
    except Exception:  # noqa: BLE001 - a library over hostile input: no day is an answer
        return None


def _language(text: object) -> str | None:
    code = re.split(r"[-_,;\s]", text.strip()[:40], maxsplit=1)[0].lower() if isinstance(text, str) else ""
    return code if 2 <= len(code) <= 3 and code.isascii() and code.isalpha() and code not in NONE else None
