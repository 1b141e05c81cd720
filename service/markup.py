"""What are the lines of this page, their links, and trafilatura's verdict on each? The only room that knows HTML."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import lxml.html
import trafilatura
from lxml import etree
from trafilatura.settings import Document

from service.model import Line

WINDOW = 6  # lines of the extractor's text in which a short line of the page is looked for, to keep both in step
SHORT = 25  # letters; a longer line of the page is found wherever it stands in the extractor's text
LINK_SHARE = 0.6  # of a line's letters inside one link that make the line a link
PATH_LIMIT = 240  # characters of a path: the innermost elements, whole ones
LABEL_LIMIT = 80  # characters of one element in a path: some pages write hundreds of class words on each

_SPACE = re.compile(r"\s+")
_LETTERS = re.compile(r"\W+")
_SKIP = frozenset(
    ("script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select", "textarea", "math")
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "ruby",
        "rt",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "nobr",
    ]
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
    blocks = _blocks(tree, base)
    language = (tree.get("lang") or "").split("-")[0].lower()
    extracted = _extract(tree, url)
    verdicts = _verdicts([block.text for block in blocks], extracted["text"])
    lines, start = [], 0
    for block, kept in zip(blocks, verdicts, strict=True):
        end = start + len(block.text)
        lines.append(Line(start, end, block.text, True, block.href, block.tag, kept, block.path, block.linked))
        start = end + 2
    text = "\n\n".join(block.text for block in blocks)
    known = language if 2 <= len(language) <= 3 and language.isalpha() and language.isascii() else None
    return Page(text, tuple(lines), extracted["title"], extracted["date"], known)


def _parse(html: str) -> Any:
    # An XML declaration with an encoding makes lxml refuse a str; NUL ends the document for libxml2.
    html = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", html.lstrip("\ufeff")).replace("\x00", "")
    try:
        return lxml.html.document_fromstring(
            html.encode("utf-8", "replace"), parser=lxml.html.HTMLParser(encoding="utf-8")
        )
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _extract(tree: Any, url: str | None) -> dict[str, str | None]:
    """Return the extractor's text, title and date; it never makes a page fail."""
    try:
        found = trafilatura.bare_extraction(tree, url=url, include_comments=False, with_metadata=True)
    except Exception:  # noqa: BLE001 - a library over hostile input: whatever it raises, the page's own lines remain
        found = None
    if not isinstance(found, Document):
        return {"text": None, "title": None, "date": None}
    return {"text": found.text or None, "title": found.title, "date": found.date}


@dataclass(frozen=True, slots=True)
class _Block:
    """A run of inline content: what becomes a line."""

    text: str
    tag: str
    href: str | None
    path: str
    linked: float


class _Blocks:
    """Gathers runs of inline content, with the link most of each run stands in and the elements around it."""

    def __init__(self, base: str) -> None:
        self.done: list[_Block] = []
        self.tag = "body"
        self._base = base
        self._link: str | None = None
        self._around: list[Any] = []  # the open elements
        self._parts: list[str] = []
        self._linked: dict[str, int] = {}
        self._letters = self._letters_linked = 0
        self._path = ""  # of the first `_depth` open elements: those that hold all letters of the run
        self._depth = self._low = 0  # `_low`: fewest open elements since the run's first letters

    def open(self, element: Any) -> None:
        """Begin an element: a block ends the run before it, a link colours what follows."""
        if element.tag not in _INLINE:
            self.flush(element.tag)
        self._around.append(element)
        if element.tag == "a" and element.get("href"):
            self._link = _join(self._base, element.get("href"))
        self.add(element.text)

    def close(self, element: Any) -> None:
        """End an element."""
        if element.tag == "a":
            self._link = None
        if element.tag not in _INLINE:
            parent = element.getparent()
            self.flush(parent.tag if parent is not None else "body")
        self._around.pop()
        self._low = min(self._low, len(self._around))

    def add(self, text: str | None) -> None:
        """Add text to the run."""
        if not text:
            return
        self._parts.append(text)
        letters = len("".join(text.split()))
        if letters and not self._letters:
            self._depth = self._low = len(self._around)
            self._path = _path(self._around, self._depth)
        elif letters and self._low < self._depth:
            self._depth = self._low
            self._path = _path(self._around, self._depth)
        self._letters += letters
        if self._link:
            self._letters_linked += letters
            self._linked[self._link] = self._linked.get(self._link, 0) + len(text.strip())

    def flush(self, tag: str) -> None:
        """End the run; what follows stands in `tag`."""
        text = _SPACE.sub(" ", "".join(self._parts)).strip()
        if text:
            href, letters = max(self._linked.items(), key=lambda pair: pair[1], default=(None, 0))
            linked = round(self._letters_linked / max(self._letters, 1), 3)
            href = href if letters >= LINK_SHARE * len(text) else None
            self.done.append(_Block(text, self.tag, href, self._path, linked))
        self._parts.clear()
        self._linked.clear()
        self._letters = self._letters_linked = 0
        self.tag = tag


def _path(around: list[Any], depth: int) -> str:
    """Return the innermost of the first `depth` elements below body, each with its class and id words."""
    labels: list[str] = []
    room = PATH_LIMIT + 1
    for i in range(depth - 1, -1, -1):
        element = around[i]
        if element.tag in ("html", "body"):
            break
        label = _label(element)
        room -= len(label) + 1
        if room < 0:
            break
        labels.append(label)
    return ">".join(reversed(labels))


def _label(element: Any) -> str:
    """Return an element as `tag.class.class#id`: as many whole words as fit into `LABEL_LIMIT`."""
    label = str(element.tag)
    words = [f".{word}" for word in (element.get("class") or "")[: 4 * LABEL_LIMIT].split()]
    for word in words + [f"#{word}" for word in (element.get("id") or "")[: 4 * LABEL_LIMIT].split()]:
        if len(label) + len(word) <= LABEL_LIMIT and ">" not in word:
            label += word
    return label[:LABEL_LIMIT]


def _blocks(tree: Any, base: str) -> list[_Block]:
    """Return every run of inline content, in document order."""
    blocks, hidden = _Blocks(base), None
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        if event == "start":
            if hidden is None and (element.tag in _SKIP or "hidden" in element.attrib):
                hidden = element
            if hidden is None:
                blocks.open(element)
            continue
        if hidden is None and event == "end":
            blocks.close(element)
        if hidden is element:
            hidden = None
            blocks.flush(blocks.tag)
        if hidden is None:
            blocks.add(element.tail)
    blocks.flush("body")
    return blocks.done


def _join(base: str, href: str) -> str:
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
