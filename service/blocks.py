"""Which runs of text has a parsed page, each with its tag, its link and the elements around it?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from service.model import Group, Link

LINK_SHARE = 0.6  # of a run's letters inside one link that make the run a link
TITLE_LETTERS = 16  # characters of a link that may be a headline
PATH_LIMIT = 240  # characters of a path: the innermost elements, whole ones
LABELS = 4096  # that are remembered: a page has the same ones again and again
LABEL_LIMIT = 80  # characters of one element in a path: some pages write hundreds of class words on each

_SPACE = re.compile(r"\s+")
FOLDED = "by style"  # value of the attribute `hidden` of what a style hides
UNSEEN = frozenset((
    "script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select", "textarea", "math",
    "datalist", "applet", "noembed",
))  # fmt: skip
INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp",
    "small", "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
))  # fmt: skip
# Elements that end a run even inside a paragraph. There, no other does: what stands between two words of a sentence,
# be it a drawing or an element nobody has heard of, is no end of it.
BREAKING = frozenset((
    "address", "article", "aside", "blockquote", "br", "button", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_ROOT = frozenset(("html", "body"))


@dataclass(frozen=True, slots=True)
class Block:
    """A run of inline content: what becomes a line."""

    text: str
    tag: str
    href: str | None  # absolute, if the page's address is known
    path: str  # see `service.model.Line`
    linked: float
    element: int  # number of the innermost element that holds all letters of the run
    links: tuple[Link, ...] = ()  # those in it, unless it is all one


def gather(tree: Any, base: str) -> tuple[list[Block], list[int]]:
    """Return the runs of inline content of a page in document order, and the parent of each element, -1 of the root's.

    Elements are known by their number in document order. Browsers show no `<noscript>` and nothing that a style hides;
    a page that shows nothing else is read with it.
    """
    blocks, parents = _walk(tree, base, UNSEEN)
    return (blocks, parents) if blocks else _walk(tree, base, UNSEEN - {"noscript"})


def _walk(tree: Any, base: str, unseen: frozenset[str]) -> tuple[list[Block], list[int]]:
    run, parents = _Run(base), []  # type: _Run, list[int]
    hidden = None
    paragraphs = written = 0  # open ones, and elements whose line breaks are the author's
    around, numbers, paths = run.around, run.numbers, run.paths
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if hidden is None and (tag in unseen or element.get("hidden") is not None) and hides(element, tag, unseen):
                hidden = element
            number = len(parents)
            parents.append(numbers[-1] if numbers else -1)
            numbers.append(number)
            around.append(element)
            paths.append(None)
            text = element.text
            if hidden is None:
                if ends_run(tag, paragraphs):
                    run.flush(tag)
                elif tag == "a" and (href := element.get("href")):
                    run.link = href
            paragraphs += tag == "p"
            written += tag == "pre"
        else:
            around.pop()
            numbers.pop()
            paths.pop()
            text = element.tail
            paragraphs -= tag == "p"
            written -= tag == "pre"
            ends = ends_run(tag, paragraphs)
            if hidden is None:
                run.leave(tag, ends=ends)
            elif hidden is element:
                hidden = None
                if not paragraphs or (ends and tag not in UNSEEN):
                    run.flush(run.tag)
        if text and hidden is None and written and "\n" in text:
            run.add_lines(text)
        elif text and hidden is None and (run.letters or not text.isspace()):
            run.add(text)
    run.flush("body")
    return run.done, parents


def groups(blocks: Sequence[Block], parents: Sequence[int]) -> list[Group | None]:
    """Return the innermost element around each block that holds other blocks too.

    An element that holds the same blocks as the one inside it is left out.
    """
    first, last = [len(blocks)] * len(parents), [0] * len(parents)
    for i, block in enumerate(blocks):
        first[block.element] = min(first[block.element], i)
        last[block.element] = i + 1
    for number in range(len(parents) - 1, 0, -1):
        parent = parents[number]
        first[parent] = min(first[parent], first[number])
        last[parent] = max(last[parent], last[number])
    found: list[Group | None] = [None] * len(parents)
    for number, parent in enumerate(parents):
        around = found[parent] if parent >= 0 else None
        holds = last[number] - first[number]
        new = holds > 1 and (around is None or holds < around.last - around.first)
        found[number] = Group(first[number], last[number], around) if new else around
    return [found[block.element] for block in blocks]


def ends_run(tag: str, paragraphs: int) -> bool:
    """Say whether an element ends a run of inline content; `paragraphs`: it stands in so many paragraphs."""
    return tag not in INLINE and (not paragraphs or tag in BREAKING)


def hides(element: Any, tag: str, unseen: frozenset[str]) -> bool:
    """Say whether an element and what it holds is never shown as text."""
    if tag in unseen:
        # a shadow root is shown; and `<p>` ends a drawing that was never closed
        shadow = tag == "template" and "shadowrootmode" in element.attrib
        return not shadow and not (tag in ("svg", "math") and element.find(".//p") is not None)
    hidden = element.get("hidden")
    return hidden is not None and hidden.lower() != "until-found" and (hidden != FOLDED or "noscript" in unseen)


class _Run:
    """Gathers one run after the other, with the link most of it stands in and the elements around it."""

    def __init__(self, base: str) -> None:
        self.done: list[Block] = []
        self.tag = "body"
        self.link: str | None = None  # the one that is open
        self.around: list[Any] = []  # the open elements
        self.numbers: list[int] = []  # theirs
        self.paths: list[str | None] = []  # of each, once asked for
        self.low = 0  # fewest of them since the run's first letters
        self._base = base
        self._parts: list[str] = []
        self._links: list[tuple[str, str]] = []  # where each piece of linked text leads to, and the piece
        self.letters = self._linked = 0
        self._path = ""  # of the first `_depth` open elements: those that hold all letters of the run
        self._depth = 0
        self._element = 0

    def add(self, text: str) -> None:
        """Add text to the run, which does not begin with white space alone."""
        self._parts.append(text)
        if text.isspace():
            return
        letters = len("".join(text.split()))
        if not self.letters:
            self._depth = self.low = len(self.around)
            self._place()
        elif self.low < self._depth:
            self._depth = self.low
            self._place()
        self.letters += letters
        if self.link:
            self._linked += letters
            self._links.append((self.link, text))

    def add_lines(self, text: str) -> None:
        """Add text in which a line break ends the run."""
        for number, line in enumerate(text.split("\n")):
            if number:
                self.flush(self.tag)
            if line and (self.letters or not line.isspace()):
                self.add(line)

    def _place(self) -> None:
        self._path = self._path_to(self._depth)
        self._element = self.numbers[self._depth - 1] if self._depth else 0

    def leave(self, tag: str, *, ends: bool) -> None:
        """Come out of an element, which may end the run."""
        if tag == "a":
            self.link = None
        if ends:
            self.flush(self.around[-1].tag if self.around else "body")
        elif len(self.around) < self.low:
            self.low = len(self.around)

    def flush(self, tag: str) -> None:
        """End the run; what follows stands in `tag`."""
        if self._parts:
            text = _SPACE.sub(" ", "".join(self._parts)).strip()
            href, linked = None, self._linked / self.letters
            links: tuple[Link, ...] = ()
            if self._links:
                longest, size = _longest(self._links)
                href = _join(self._base, longest) if size >= LINK_SHARE * len(text) else None
                if href is None or self._linked < self.letters or any(other != longest for other, _ in self._links):
                    links = tuple(self._placed(text))
                self._links.clear()
            titles = [text[link.start : link.end] for link in links]
            if are_titles(titles) and _fill(text, links):
                for title, link in zip(titles, links, strict=True):  # headlines side by side, as cards are
                    self.done.append(Block(title, self.tag, link.href, self._path, 1.0, self._element))
            else:
                self.done.append(Block(text, self.tag, href, self._path, round(linked, 3), self._element, links))
            self.letters = self._linked = 0
            self._parts.clear()
        self.tag = tag

    def _placed(self, text: str) -> list[Link]:
        """Return the links of the run, whose text this is; pieces of one link are one."""
        found: list[Link] = []
        end = 0
        for href, piece in self._links:
            words = " ".join(piece.split())
            start = text.find(words, end)
            if start < 0:
                continue
            whole = Link(start, start + len(words), _join(self._base, href))
            if found and found[-1].href == whole.href and start <= end + 1:
                whole = found.pop()._replace(end=whole.end)
            found.append(whole)
            end = whole.end
        return found

    def _path_to(self, depth: int) -> str:
        """Return the path of the first `depth` open elements: the innermost of them below body."""
        known = depth
        while known and self.paths[known - 1] is None:
            known -= 1
        path = (self.paths[known - 1] or "") if known else ""
        for i in range(known, depth):
            if (element := self.around[i]).tag not in _ROOT:
                classes, name = element.get("class", ""), element.get("id", "")
                label = _label(element.tag, classes[: 4 * LABEL_LIMIT], name[: 4 * LABEL_LIMIT])
                path = f"{path}>{label}" if path else label
                while len(path) > PATH_LIMIT:
                    path = path.partition(">")[2]
            self.paths[i] = path
        return path


def are_titles(links: Sequence[str]) -> bool:
    """Say whether each of several links, between which there is nothing, may be the headline of an article."""
    return len(links) > 1 and all(len(link) >= TITLE_LETTERS and (" " in link or not link.isascii()) for link in links)


def _fill(text: str, links: Sequence[Link]) -> bool:
    """Say whether a text is nothing but links."""
    ends = [0, *(link.end for link in links)]
    return ends[-1] == len(text) and not any(
        text[end : link.start].strip() for end, link in zip(ends, links, strict=False)
    )


def _longest(pieces: Sequence[tuple[str, str]]) -> tuple[str, int]:
    """Return the link with most text in it, and how many characters that is."""
    sizes: dict[str, int] = {}
    for link, piece in pieces:
        sizes[link] = sizes.get(link, 0) + len(piece.strip())
    return max(sizes.items(), key=lambda pair: pair[1])


@lru_cache(maxsize=LABELS)
def _label(tag: str, classes: str, name: str) -> str:
    """Return an element as `tag.class.class#id`: as many whole words as fit into `LABEL_LIMIT`."""
    label = tag
    for mark, words in ((".", classes), ("#", name)):
        for word in words.split():
            if len(label) + len(word) < LABEL_LIMIT and ">" not in word:
                label += mark + word
    return label[:LABEL_LIMIT]


def _join(base: str, href: str) -> str:
    href = href.strip()
    if href.startswith(("https://", "http://")) and href.isprintable():
        return href
    try:
        return urljoin(base, href)
    except ValueError:
        return href
