"""The types every room shares. None can be edited once it is made; those made for every line are tuples.

Offsets are `start`, `end`, half-open, in Unicode code points of the source.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a line is. `BODY` stays; every other kind names a reason to go."""

    number: int  # its place in this list

    BODY = "body"
    HEADLINE = "headline"
    BYLINE = "byline"
    CAPTION = "caption"
    SHARE = "share"
    RELATED_HEADING = "related_heading"
    RELATED = "related"
    RELATED_META = "related_meta"
    TAGS = "tags"
    SUBSCRIBE = "subscribe"
    AD = "ad"
    COMMENTS = "comments"
    BIO = "bio"
    LEGAL = "legal"
    NAV = "nav"
    OTHER = "other"


for _number, _kind in enumerate(Kind):
    _kind.number = _number


class Scope(StrEnum):
    """How much may go: only what follows the article's end, or boilerplate anywhere."""

    TAIL = "tail"
    ARTICLE = "article"


class Reach(StrEnum):
    """How far below itself a phrase speaks."""

    LINE = "line"  # for its own line only
    BLOCK = "block"  # for the run of items under it: a heading over a list
    REST = "rest"  # for everything under it: nothing of the article follows
    INSIDE = "inside"  # for the article: it goes on below


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The lines of one element of a page, and the next element around it that holds others too."""

    first: int
    last: int  # behind the last one
    around: "Group | None" = field(repr=False)


class Link(NamedTuple):
    """A piece of a line's text that is a link."""

    start: int  # in the line's text
    end: int
    href: str  # absolute, if the page's address is known


class Line(NamedTuple):
    """One line of the source that is not blank, outer white space left out."""

    start: int
    end: int
    text: str
    gap: bool  # a blank line (or the start of the source) stands before it
    href: str | None = None  # where the line links to, if it is mostly one link
    tag: str | None = None  # the HTML element it stood in
    kept: bool | None = None  # what the extractor said of it; None if it was not asked
    path: str | None = None  # the HTML elements around all of it, outermost first, as `div.share-box#foot>p`
    linked: float | None = None  # share (0 to 1) of its letters that stand inside links; None for plain text
    group: Group | None = None  # the innermost element around it that holds other lines too; None for plain text
    links: tuple[Link, ...] = ()  # of a page, those in the line, unless all of it is one


@dataclass(frozen=True, slots=True)
class Hit:
    """What the lexicon knows of a whole line."""

    kind: Kind
    reach: Reach
    phrase: str  # id of the phrase record, such as "ru.share.network"
    certain: bool  # False: speaks only in company of other evidence
    value: int | None = None  # offset in the line's text where a free `{text}` begins
    open: bool = False  # certain, but for words of any sort at its end that make the line a sentence


class Judgement(NamedTuple):
    """What a line is taken for, how surely (0 to 1), and why, in words a person can check."""

    kind: Kind
    confidence: float
    evidence: tuple[str, ...]
    item: bool = False  # a headline among the first below a heading that is certain


class Removed(NamedTuple):
    """A span of the source that is not in the body, with its kind and reason."""

    start: int
    end: int
    kind: Kind
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """Another article the page points to."""

    title: str
    url: str | None = None
    date: str | None = None  # ISO 8601 day
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line with its judgement, for `explain`."""

    start: int
    end: int
    kind: Kind
    confidence: float
    removed: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """What a client may ask for. `scope` None means `tail` for text and `article` for HTML."""

    scope: Scope | None = None
    url: str | None = None
    title: str | None = None
    language: str | None = None
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one article."""

    source: str
    body: str
    title: str | None = None
    published: str | None = None  # ISO 8601 day
    language: str | None = None
    related: tuple[RelatedLink, ...] = ()
    removed: tuple[Removed, ...] = ()
    note: str | None = None  # why nothing was judged, if nothing was
    lines: tuple[JudgedLine, ...] = field(default=())
