"""What does a page say of itself: its title, its day, its language, its address?

Asked in this order: JSON-LD, the tags of Open Graph and others, elements of the page, and for the day at last htmldate.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from htmldate import find_date

from service.lines import letters

TITLE_LIMIT = 400  # characters; what is longer is no title
TITLE_LETTERS = 8  # a heading with fewer letters is agreed with by chance
SHARE = 0.6  # of a title in the head that a heading holds when both are the same
JSON_LIMIT = 1_000_000  # characters of one script that are read
NODES = 200  # of JSON-LD that are looked at

_ARTICLE = ("Article", "Posting", "Report")
_DAY = re.compile(r"\s{0,9}((?:19|20)\d\d-[01]\d-[0-3]\d)(?!\d)")
_TITLES = ("og:title", "twitter:title", "dc.title", "citation_title", "parsely-title", "sailthru.title")
_DAYS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.created", "citation_publication_date", "pubdate", "publishdate",
    "publish_date", "publish-date", "article.published", "cxenseparse:recs:publishtime",
)  # fmt: skip
_LANGUAGES = ("content-language", "language", "dc.language", "og:locale")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of itself. `published` is an ISO 8601 day, `language` an ISO 639 code."""

    title: str | None = None
    published: str | None = None
    language: str | None = None


def read(tree: Any, url: str | None, *, light: bool) -> Metadata:
    """Return what a page says of itself. Unless the page is `light`, only what is found at once. Never raises."""
    named = _named(tree)
    article = _article(tree)
    titles = [article.get("headline"), *(named.get(name) for name in _TITLES)]
    tongues = [tree.get("lang"), tree.get("xml:lang"), article.get("inLanguage"), *map(named.get, _LANGUAGES)]
    days = [article.get("datePublished"), *map(named.get, _DAYS)]
    return Metadata(
        title=_title(tree, [title for title in map(_words, titles) if title]),
        published=next(filter(None, map(_day, days)), None) or _shown(tree) or (_guessed(tree, url) if light else None),
        language=next(filter(None, map(_language, tongues)), None),
    )


def address(tree: Any) -> str | None:
    """Return where the page says it stands, as it is written there."""
    found = tree.xpath("string((//link[@rel='canonical']/@href | //meta[@property='og:url']/@content)[1])").strip()
    return found or None


def _named(tree: Any) -> dict[str, str]:
    """Return the first content of each `<meta>`, by its name in small letters."""
    found: dict[str, str] = {}
    for element in tree.iterfind(".//meta[@content]"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if name and (content := element.get("content").strip()):
            found.setdefault(name.strip().lower(), content)
    return found


def _article(tree: Any) -> dict[str, Any]:
    """Return the first article that JSON-LD describes as what the page is about."""
    for element in tree.iterfind(".//script[@type='application/ld+json']"):
        source = element.text or ""
        if len(source) > JSON_LIMIT or not any(name in source for name in _ARTICLE):
            continue
        try:
            found = json.loads(source.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(found):
            kinds = node.get("@type")
            if any(str(kind).endswith(_ARTICLE) for kind in (kinds if isinstance(kinds, list) else [kinds])):
                return node
    return {}


def _nodes(found: Any) -> Iterator[dict[str, Any]]:
    """Yield the things JSON-LD describes on its first levels: lists of other articles lie deeper."""
    left = [found]
    for _ in range(NODES):
        if not left:
            return
        node = left.pop(0)
        if isinstance(node, list):
            left[:0] = node[:NODES]
        elif isinstance(node, dict):
            yield node
            left.extend(node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in node)


def _title(tree: Any, told: list[str]) -> str | None:
    """Return the heading that the head agrees with, else the only heading, else what the head says."""
    headings = [text for element in tree.iterfind(".//h1") if (text := _words("".join(element.itertext())))]
    bare = [letters(title) for title in [*told, _words(tree.xpath("string(//head//title)")) or ""]]
    for heading in headings:
        name = letters(heading)
        if len(name) >= TITLE_LETTERS and any(
            name in title or (title in name and len(title) >= SHARE * len(name)) for title in bare if title
        ):
            return heading
    if len(headings) == 1:
        return headings[0]
    return told[0] if told else _words(tree.xpath("string(//title)"))


def _words(text: object) -> str | None:
    """Return `text` in one line, or None if it is empty, no text, or too long to be a name of something."""
    if not isinstance(text, str) or len(text) > 4 * TITLE_LIMIT:
        return None
    line = " ".join(text.split())
    return line if 0 < len(line) <= TITLE_LIMIT else None


def _day(text: object) -> str | None:
    """Return the ISO 8601 day that `text` begins with."""
    found = _DAY.match(text) if isinstance(text, str) else None
    try:
        return date.fromisoformat(found[1]).isoformat() if found else None
    except ValueError:
        return None


def _shown(tree: Any) -> str | None:
    """Return the day of the `<time>` that is marked as the day of publication."""
    marked = tree.xpath("(//*[@itemprop='datePublished' or (self::time and @pubdate)])[1]")
    return _day(marked[0].get("datetime") or marked[0].get("content")) if marked else None


def _guessed(tree: Any, url: str | None) -> str | None:
    try:
        return _day(find_date(tree, extensive_search=False, original_date=True, url=url))
    except Exception:  # noqa: BLE001 - a library over hostile input: no day is an answer
        return None


def _language(text: object) -> str | None:
    code = re.split(r"[-_,;\s]", text.strip()[:40], maxsplit=1)[0].lower() if isinstance(text, str) else ""
    return code if 2 <= len(code) <= 3 and code.isascii() and code.isalpha() else None
