"""Read the cases: scraped articles whose right answer a person wrote into the same file.

    language: ru
    sort: tail
    about: a share bar and a related block
    source: written for this project
    ------------------------------------------------------------
    The article, exactly as a scraper would hand it over.

    =====

    related_heading| See also:
    related| Another headline {date=2016-08-23 url=https://example.org/a}
    share| Share this

Above the dashes stands the head, below them the source. A line of `=====` tells where the tail begins; it and the
margins (`kind| `, or `kind/kind| ` where careful readers differ) and notes (`{...}`) are not part of the source. Under
scope `tail` everything above the marker stays, even lines that carry a margin; under scope `article` (sort `article`)
every line with a margin goes, wherever it stands.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.errors import AfterwordError
from service.model import Kind, Options, RelatedLink, Scope

CASES = Path(__file__).parent / "cases"
SORTS = ("tail", "lookalike", "article")

_KEYS = {"language", "sort", "about", "source", "title", "published", "given_title", "url", "note"}
_NEEDED = ("language", "sort", "about", "source")
_DASHES = re.compile("-{5,}")
_MARKER = re.compile("={5,}")
_KIND = "|".join(kind.value for kind in Kind)
_MARGIN = re.compile(rf"((?:{_KIND})(?:/(?:{_KIND}))*)\|(?: |$)")
_NOTE = re.compile(r" \{((?:date|url|heading|title)=[^{}]*)\}$")
_FIELD = re.compile(r"(?:^|\s+)(date|url|heading|title)=")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class CaseError(AfterwordError):
    """A case file that cannot be read; says where and why."""

    def __init__(self, path: Path, line: int, fault: str) -> None:
        super().__init__(f"{path}:{line}: {fault}")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line of the source that is not blank, with what a careful reader says of it."""

    number: int
    """Where it stands in the case file, counted from 1."""
    start: int
    end: int
    text: str
    kinds: tuple[Kind, ...]
    """The right kind, then those that a careful reader could say as well."""
    goes: bool
    """Whether the case's scope removes it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A source with its known answer."""

    name: str
    """Path below the cases folder, such as `ru/share-vk.txt`."""
    path: Path
    head: dict[str, str]
    source: str
    lines: tuple[CaseLine, ...]
    related: tuple[RelatedLink, ...]
    """Expected related links; a field that is None is not checked, only the title always is."""

    @property
    def language(self) -> str:
        """The language the case is filed under."""
        return self.head["language"]

    @property
    def scope(self) -> Scope:
        """The scope the answer is meant for."""
        return Scope.ARTICLE if self.head["sort"] == "article" else Scope.TAIL

    @property
    def options(self) -> Options:
        """What the service is asked."""
        return Options(scope=self.scope, url=self.head.get("url"), title=self.head.get("given_title"))

    @property
    def body(self) -> str:
        """The expected body, line by line; white space between paragraphs is not part of the expectation."""
        return "\n".join(line.text for line in self.lines if not line.goes)


def walk(folder: Path = CASES) -> list[Path]:
    """Return every case file below `folder`, in a fixed order."""
    return sorted(folder.rglob("*.txt"))


def read_all(folder: Path = CASES) -> list[Case]:
    """Read every case below `folder`."""
    return [read(path, folder) for path in walk(folder)]


def read(path: Path, folder: Path = CASES) -> Case:
    """Read one case file, or raise `CaseError` that names file and line."""
    try:
        rows = path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise CaseError(path, 1, f"not UTF-8: {error.reason} at byte {error.start}") from error
    for number, row in enumerate(rows, 1):
        if "\r" in row:
            raise CaseError(path, number, "carriage return: case files have plain newlines, the tests make the others")
    if rows[-1] == "":
        rows.pop()  # the newline that ends the file is the editor's, not the article's
    head, below = _head(path, rows)
    source, lines, related = _source(path, rows, below, head["sort"])
    return Case(path.relative_to(folder).as_posix(), path, head, source, lines, related)


def _head(path: Path, rows: list[str]) -> tuple[dict[str, str], int]:
    """Return the head's fields and the index of the first row below the dashes."""
    head: dict[str, str] = {}
    for index, row in enumerate(rows):
        if _DASHES.fullmatch(row):
            break
        key, colon, value = row.partition(":")
        if not colon or not value.strip():
            raise CaseError(path, index + 1, f"the head wants `key: value`, not {row!r}")
        if key not in _KEYS:
            raise CaseError(path, index + 1, f"unknown key {key!r}; known are {', '.join(sorted(_KEYS))}")
        if key in head:
            raise CaseError(path, index + 1, f"key {key!r} stands twice")
        if key == "published" and not _DAY.fullmatch(value.strip()):
            raise CaseError(path, index + 1, f"published wants YYYY-MM-DD, not {value.strip()!r}")
        head[key] = value.strip()
    else:
        raise CaseError(path, len(rows), "no line of dashes ends the head")
    for key in _NEEDED:
        if key not in head:
            raise CaseError(path, 1, f"the head lacks {key!r}")
    if head["sort"] not in SORTS:
        raise CaseError(path, 1, f"sort is one of {', '.join(SORTS)}, not {head['sort']!r}")
    return head, index + 1


@dataclass(slots=True)
class _Page:
    """What has been read of a source so far."""

    rows: list[str]
    lines: list[CaseLine]
    related: list[RelatedLink]
    at: int = 0
    heading: str | None = None  # of the related block being read

    def add(self, number: int, text: str, kinds: tuple[Kind, ...], goes: bool) -> None:
        bare = text.strip()
        if bare:
            start = self.at + text.index(bare)
            self.lines.append(CaseLine(number, start, start + len(bare), bare, kinds, goes))
        self.rows.append(text)
        self.at += len(text) + 1


def _source(
    path: Path, rows: list[str], below: int, sort: str
) -> tuple[str, tuple[CaseLine, ...], tuple[RelatedLink, ...]]:
    page, in_tail = _Page([], [], []), False
    for number, row in enumerate(rows[below:], below + 1):
        if _MARKER.fullmatch(row):
            if in_tail:
                raise CaseError(path, number, "the tail begins twice")
            in_tail = True
            continue
        margin = _MARGIN.match(row)
        if margin is None:
            if in_tail and row.strip() and sort != "article":
                raise CaseError(path, number, "a line of the tail without a margin such as `share| `")
            page.add(number, row, (Kind.BODY,), goes=False)
            page.heading = None if row.strip() else page.heading
            continue
        kinds, text = tuple(Kind(name) for name in margin[1].split("/")), row[margin.end() :]
        if Kind.BODY in kinds:
            raise CaseError(path, number, "body lines carry no margin")
        if not text.strip():
            raise CaseError(path, number, f"nothing stands after the margin {margin[0]!r}")
        text, note = _note(path, number, text)
        goes = in_tail or sort == "article"
        page.add(number, text, kinds, goes)
        if goes or kinds[0] is Kind.RELATED:  # a pointer is data, also where it stays in the text
            _relate(path, number, kinds[0], text.strip(), note, page)
    if not page.lines:
        raise CaseError(path, len(rows), "the case has no source")
    if all(line.goes for line in page.lines):
        raise CaseError(path, len(rows), "the case has no body")
    gone = any(line.goes for line in page.lines)
    if gone == (sort == "lookalike"):
        fault = "a lookalike has nothing to cut" if gone else f"a case of sort {sort!r} wants lines to remove"
        raise CaseError(path, below, fault)
    return "\n".join(page.rows), tuple(page.lines), tuple(page.related)


def _relate(path: Path, number: int, kind: Kind, text: str, note: dict[str, str], page: _Page) -> None:
    """Note the related link a line is; headings and what else ends a block set the heading of those that follow."""
    if kind is Kind.RELATED:
        heading = note.get("heading", page.heading)
        page.related.append(RelatedLink(note.get("title", text), note.get("url"), note.get("date"), heading))
    elif note:
        raise CaseError(path, number, f"only related lines carry a note, not {kind.value} lines")
    if kind is Kind.RELATED_HEADING:
        page.heading = text.strip("*_# ").rstrip(":：….- ")
    elif kind not in (Kind.RELATED, Kind.RELATED_META):
        page.heading = None


def _note(path: Path, number: int, text: str) -> tuple[str, dict[str, str]]:
    """Split `text {date=… url=…}` into the text and the note's fields."""
    found = _NOTE.search(text)
    if found is None:
        if re.search(r"\{[^{}]*\}$", text):
            raise CaseError(path, number, "a note wants the keys date, url, heading or title, as in {date=2016-08-23}")
        return text, {}
    parts = _FIELD.split(found[1])[1:]
    note: dict[str, str] = {}
    for key, value in _pairs(parts):
        if key in note:
            raise CaseError(path, number, f"{key!r} stands twice in the note")
        if not value or (key == "date" and not _DAY.fullmatch(value)):
            raise CaseError(path, number, f"the note's {key} wants {'YYYY-MM-DD' if key == 'date' else 'a value'}")
        if key in ("title", "url") and value not in text[: found.start()]:
            raise CaseError(path, number, f"the note's {key} does not stand in the line")
        note[key] = value
    return text[: found.start()], note


def _pairs(parts: list[str]) -> Iterator[tuple[str, str]]:
    return ((parts[i], parts[i + 1].strip()) for i in range(0, len(parts), 2))
