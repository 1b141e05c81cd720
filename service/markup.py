"""What are the lines of this page, and what is known of each? The page is parsed once, for all who ask."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import lxml.html
from lxml import etree

from service import blocks, extract, hidden, links, metadata
from service.model import Line
from service.weight import weigh

SECONDS, TOO_HEAVY = extract.SECONDS, extract.TOO_HEAVY
LIGHT = 100_000  # elements of a page whose every element is looked at for what it says of itself
ATTRIBUTES = 200  # of one element; libxml2 takes 47 s for 64,000. On 2,200 real pages none has more than 73
NESTED = 60  # open elements of one name; what a page nests deeper is taken as if its tags were not there
DEEPEST = 1000  # open elements of any name; the parser gives up at 2,048 levels, those it closes itself among them
# Elements whose end tag may be missing: the parser closes them itself, so they do not nest.
_CLOSED = frozenset((
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "colgroup", "rt",
    "rp", "html", "head", "body",
))  # fmt: skip
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
))  # fmt: skip

# One class for all elements, looked up by lxml itself: no one here asks a form for its fields.
_PLAIN = etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)
_WHOLE = re.compile(r"<(?:html|head|body|frameset)[\s>]", re.IGNORECASE)
_FRAMES = re.compile(r"</?(?:noframes|frameset|frame)\b[^<>]*+>", re.IGNORECASE)
_XML = re.compile(r"\s{0,99}<\?xml[^>]{0,200}\?>")
_ATTRIBUTE = r"""[\s/]++[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]++))?+"""
_ATTRIBUTES = rf"(?:{_ATTRIBUTE}){{0,{ATTRIBUTES}}}+"
_CODE = rf"<(?i:script|style)(?=[\s/>]){_ATTRIBUTES}\s*+/?+>(?:[^<]++|<(?!/(?i:script|style)))*+"
_ASIDE = rf"<!--(?:[^-]++|-(?!->))*+|{_CODE}"  # what looks like tags here is none
_OPEN = rf"<[a-zA-Z][^\s/>]*+{_ATTRIBUTES}"
_MORE = r"[\s/]++[^\s/>=]"
_MODEST = re.compile(rf"(?:[^<]++|<(?![a-zA-Z!])|{_ASIDE}|<!|{_OPEN}(?!{_MORE}))*+")
_CROWDED = re.compile(rf"({_ASIDE})|({_OPEN})(?:{_MORE}[^>]*+)?+")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]{0,40})[^<>]*+>")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as text: its lines (offsets count in `text`), and what its metadata say."""

    text: str
    lines: tuple[Line, ...]
    title: str | None = None
    published: str | None = None  # ISO 8601 day
    language: str | None = None  # ISO 639 code
    address: str | None = None  # canonical URL, as the page itself has it
    ask: "Ask | None" = field(default=None, repr=False)  # what asks the extractor about the lines, once


Ask = Callable[[], tuple[Line, ...] | None]  # None: there is too much of the page for it


def read(html: str, url: str | None, seconds: float = SECONDS) -> Page:
    """Return the lines of a page. `seconds` is its time budget. Never raises: what cannot be parsed has no lines."""
    tree = parse(html)
    if tree is None:
        return Page("", ())
    address = links.canonical(metadata.address(tree), url)
    base = links.join(url or address or "", tree.xpath("string(//base/@href)"))
    runs, parents = blocks.gather(tree, base)
    told = metadata.read(tree, url, light=len(parents) <= LIGHT)
    found, start = [], 0
    for run, group in zip(runs, blocks.groups(runs, parents), strict=True):
        end = start + len(run.text)
        found.append(Line(start, end, run.text, True, run.href, run.tag, None, run.path, run.linked, group, run.links))
        start = end + 2
    lines, title = tuple(found), told.title
    if title and not told.headed:
        title = metadata.shown(title, (line.text for line in lines if line.href is None))  # a logo is a link
    return Page(
        text="\n\n".join(run.text for run in runs),
        lines=lines,
        title=title,
        published=told.published,
        language=told.language,
        address=address,
        ask=cache(partial(_asked, tree, lines, len(html), seconds)),  # the tree bears it once
    )


def _asked(tree: Any, lines: tuple[Line, ...], size: int, seconds: float) -> tuple[Line, ...] | None:
    """Return the lines of a page of `size` characters with what the extractor says of each. It takes from the tree.

    None: it may take longer than `seconds`, or more memory than there should be.
    """
    if not extract.fits(weigh(tree, len(lines)), size, seconds):
        return None
    verdicts = extract.verdicts([line.text for line in lines], extract.text(tree))
    return tuple(line._replace(kept=kept) for line, kept in zip(lines, verdicts, strict=True))


def parse(html: str) -> Any:
    """Return the tree of a page, or None if there is none. Never raises, and takes linear time."""
    # An XML declaration with an encoding makes lxml refuse a str; NUL ends the document for libxml2.
    html = html.lstrip("\ufeff").replace("\x00", "")
    declared = _XML.match(html)
    source = _modest(html[declared.end() :] if declared else html)
    if _WHOLE.search(source) is None:  # a piece of a page: the parser would take what it begins with for the head's
        source = f"<body>{source}"
    if "<noframes" in source or "<NOFRAMES" in source:  # for the parser, what stands there is text and no elements
        source = _FRAMES.sub("", source)
    tree, whole = _tree(source, deep=False)
    if not whole:
        tree, _ = _tree(_flatter(source), deep=True)
    if tree is not None:
        hidden.mark(tree, source)
    return tree


def _modest(source: str) -> str:
    """Return a page whose elements have `ATTRIBUTES` attributes at most: more take the parser quadratic time."""
    end = _MODEST.match(source)
    return source if end is None or end.end() == len(source) else _CROWDED.sub(r"\1\2", source)


def _tree(source: str, *, deep: bool) -> tuple[Any, bool]:
    """Return the tree of a page, and whether the parser came to the end: it gives up at 256 levels, if `deep` 2,048."""
    parser = lxml.html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
        huge_tree=deep,
    )
    parser.set_element_class_lookup(_PLAIN)
    try:
        tree = lxml.html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None, True
    fatal = parser.error_log.last_error
    return tree, fatal is None or fatal.level < etree.ErrorLevels.FATAL


def _flatter(source: str) -> str:
    """Return a page without the tags that nest too deeply, and without end tags that end nothing."""
    opened: defaultdict[str, list[bool]] = defaultdict(list)  # elements by name: whether their tags are kept
    depth = 0  # of the open elements whose tags are
    broken = 0  # a line was ended here

    def keep(found: re.Match[str]) -> str:
        nonlocal broken, depth
        name = found[2].lower()
        if name in _CLOSED or name in _VOID:
            return found[0]
        gap = "" if name in blocks.INLINE or found.start() == broken else "<br>"
        if name not in blocks.INLINE or found.start() == broken:
            broken = found.end()
        if not found[1]:
            kept = len(opened[name]) < NESTED and depth < DEEPEST
            opened[name].append(kept)
            depth += kept
            return found[0] if kept else gap
        if not opened[name]:
            return gap
        kept = opened[name].pop()
        depth -= kept
        return found[0] if kept else gap

    return _TAG.sub(keep, source)
