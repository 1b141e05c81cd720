"""What are the lines of this page, their links, and trafilatura's verdict on each? The only room that knows HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import lxml.html
import trafilatura
from lxml import etree

from service.model import Line

WINDOW = 6  # lines of the extractor's text in which a short line of the page is looked for, to keep both in step
SHORT = 25  # letters; a longer line of the page is found wherever it stands in the extractor's text
LINK_SHARE = 0.6  # of a line's letters inside one link that make the line a link

_SPACE = re.compile(r"\s+")
_LETTERS = re.compile(r"\W+")
_SKIP = frozenset(("script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select", "textarea", "math"))
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q ruby rt s samp small span strike "
    "strong sub sup time tt u var wbr nobr".split()
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as text: its lines (offsets count in `text`), and what its metadata say."""

    text: str
    lines: tuple[Line, ...]
    title: str | None
    published: str | None
    language: str | None


def read(html: str, url: str | None) -> Page:
    """Return the lines of a page. Never raises: what cannot be parsed has no lines."""
    tree = _parse(html)
    if tree is None:
        return Page("", (), None, None, None)
    base = (tree.xpath("string(//base/@href)") or url or "").strip()
    blocks = list(_blocks(tree, base))
    language = (tree.get("lang") or "").split("-")[0].lower()
    extracted = _extract(tree, url)
    verdicts = _verdicts([text for text, _, _ in blocks], extracted["text"])
    lines, start = [], 0
    for (text, tag, href), kept in zip(blocks, verdicts, strict=True):
        lines.append(Line(start, start + len(text), text, True, href, tag, kept))
        start += len(text) + 2
    text = "\n\n".join(block[0] for block in blocks)
    known = language if 2 <= len(language) <= 3 and language.isalpha() and language.isascii() else None
    return Page(text, tuple(lines), extracted["title"], extracted["date"], known)


def _parse(html: str) -> Any:
    # An XML declaration with an encoding makes lxml refuse a str; NUL ends the document for libxml2.
    html = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", html.lstrip("\ufeff")).replace("\x00", "")
    try:
        return lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _extract(tree: Any, url: str | None) -> dict[str, str | None]:
    """Return the extractor's text, title and date; it never makes a page fail."""
    try:
        found = trafilatura.bare_extraction(tree, url=url, include_comments=False, with_metadata=True)
    except Exception:  # a library over hostile input: whatever it raises, the page's own lines remain
        found = None
    if found is None:
        return {"text": None, "title": None, "date": None}
    return {"text": found.text or None, "title": found.title, "date": found.date}


def _blocks(tree: Any, base: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield (text, tag, link) of every run of inline content, in document order."""
    parts: list[str] = []
    linked: dict[str, int] = {}
    link, skip_below, tag = None, None, "body"

    def flush() -> Iterator[tuple[str, str, str | None]]:
        text = _SPACE.sub(" ", "".join(parts)).strip()
        if text:
            href, letters = max(linked.items(), key=lambda pair: pair[1], default=(None, 0))
            yield text, tag, href if letters >= LINK_SHARE * len(text) else None
        parts.clear()
        linked.clear()

    def add(text: str | None) -> None:
        if text:
            parts.append(text)
            if link:
                linked[link] = linked.get(link, 0) + len(text.strip())

    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            if skip_below is None:
                add(element.tail)
            continue
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if skip_below is None and (name in _SKIP or "hidden" in element.attrib):
                skip_below = element
            if skip_below is not None:
                continue
            if name not in _INLINE:
                yield from flush()
                tag = name
            if name == "a" and element.get("href"):
                link = _join(base, element.get("href"))
            add(element.text)
        else:
            if skip_below is None or skip_below is element:
                if name not in _INLINE and name not in _SKIP:
                    yield from flush()
                    parent = element.getparent()
                    tag = parent.tag if parent is not None and isinstance(parent.tag, str) else "body"
                if name == "a":
                    link = None
                if skip_below is element:
                    skip_below = None
                add(element.tail)
    yield from flush()


def _join(base: str, href: str) -> str:
    from urllib.parse import urljoin

    try:
        return urljoin(base, href.strip())
    except ValueError:
        return href


def _verdicts(blocks: list[str], extracted: str | None) -> list[bool | None]:
    """Say of every block whether the extractor kept it, by its letters in the extractor's text, both read in step."""
    if not extracted:
        return [None] * len(blocks)
    kept = [letters for row in extracted.splitlines() if (letters := _LETTERS.sub("", row))]
    places: dict[str, int] = {}
    for index, letters in enumerate(kept):
        places.setdefault(letters, index)
    verdicts: list[bool | None] = []
    at = 0
    for block in blocks:
        letters = _LETTERS.sub("", block)
        place = places.get(letters) if len(letters) > SHORT else None
        if place is None and letters:
            near = range(at, min(at + WINDOW, len(kept)))
            place = next((i for i in near if letters == kept[i] or (len(letters) > 3 and letters in kept[i])), None)
        if place is not None and len(letters) > SHORT:
            at = max(at, place)
        verdicts.append(place is not None)
    return verdicts
