"""Put blocks of lines into real articles, for training: few pages end in a recipe, a table or a signature.

Without them the models take short lines below the last paragraph of a long article for the page's own, and a last
paragraph below a box of links for one of its teasers. The blocks are corpus/endings.py's; a box has a heading of the
packs and titles of other pages. What a page is given, and where, depends on its id alone.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from corpus import endings
from corpus.endings import Ending
from corpus.pages import SEPARATORS, Page
from service import language, sight
from service.lexicon import Lexicon
from service.lines import split
from service.model import Group, Kind, Line

# Share of the pages that are given a block, by flavour, and how: at the end, in the middle, above the first paragraph;
# with the end goes, in some, all that stood below it: an article may end without a tail. A box stands above the last
# paragraph.
SHARE = {"container": 0.5, "fragments": 0.2, "page": 0.35, "html": 0.4}
PLACES = ("end",) * 11 + ("bare",) * 3 + ("middle",) * 3 + ("top",) + ("box",) * 4
SETS = frozenset(("wcxb-dev", "fundus-dev", "cyrillic-dev", "unlabelled"))
MARKUP = (("h3", "li"), ("h2", "p"), ("p", "p"), ("li", "li"), ("h3", "td"), ("strong", "div"))  # first line, others
BOX, LABEL = "box", 40  # the sort of a box of links; characters of its heading
LEAST = 3  # lines of the body
TITLES = (1, 4)  # in a box: at least so many, and less than this
TITLE_LETTERS = (20, 120)


def of(pages: Sequence[Page], lexicon: Lexicon) -> Iterator[Page]:
    """Yield the pages that are given a block, with it."""
    known: dict[str, list[Ending]] = {}
    for block in endings.read():
        known.setdefault(block.language.partition("-")[0], []).append(block)
    for box in _boxes(pages, lexicon):
        known.setdefault(box.language, []).append(box)
    for page in pages:
        draw = zlib.crc32(f"graft {page.id} {page.flavour}".encode())
        if page.set in SETS and draw % 1000 < 1000 * SHARE[page.flavour]:
            made = _grafted(page, draw // 1000, known)
            if made is not None:
                yield made


def _boxes(pages: Sequence[Page], lexicon: Lexicon) -> Iterator[Ending]:
    """Yield boxes of links, by language: headings that are certain, and titles that pages point to."""
    titles: dict[str, list[str]] = {}
    for page in pages:
        found = [line.text for line, kind in zip(page.lines, page.kinds, strict=True) if kind is Kind.RELATED]
        found = [text for text in found if TITLE_LETTERS[0] <= len(text) <= TITLE_LETTERS[1]]
        if page.flavour == "container" and found:
            titles.setdefault(_spoken(page, range(len(page.lines))), []).extend(found[: TITLES[1]])
    for spoken, texts in titles.items():
        records = (r for r in lexicon.records.values() if r.pack == spoken and r.kind is Kind.RELATED_HEADING)
        heads = [text for record in records if record.certain for text in record.catches if len(text) < LABEL]
        for number, head in enumerate(heads * 3):
            draw = zlib.crc32(f"{head} {number}".encode())
            at, size = draw % len(texts), TITLES[0] + draw // len(texts) % (TITLES[1] - TITLES[0])
            yield Ending(spoken, BOX, (head, *texts[at : at + size]))


def _grafted(page: Page, draw: int, known: Mapping[str, Sequence[Ending]]) -> Page | None:
    body = [i for i, flag in enumerate(page.body) if flag == 1]
    blocks = known.get(_spoken(page, body), ()) if len(body) >= LEAST else ()
    place, draw = PLACES[draw % len(PLACES)], draw // len(PLACES)
    fit = [block for block in blocks if _fits(block.sort, place)]
    if not fit:
        return None
    block, draw = fit[draw % len(fit)], draw // len(fit)
    flag, named = 1, [Kind.BODY] * len(block.lines)
    if place == "box":
        at, flag, named = body[-1], 0, [Kind.RELATED_HEADING, *[Kind.RELATED] * (len(block.lines) - 1)]
        if not _prose(page.lines[at]):
            return None
    elif place in ("end", "bare"):
        at = body[-1] + 1
    elif place == "top":
        at = body[0]
    else:
        between = [i for i, after in pairwise(body) if after == i + 1 and _prose(page.lines[i])]
        if not between:
            return None
        at = between[draw % len(between)] + 1
    kept = at if place == "bare" else len(page.lines)
    lines = _html(page, at, kept, block, draw) if page.flavour == "html" else _text(page, at, kept, block)
    flags = (*page.body[:at], *(flag,) * len(block.lines), *page.body[at:kept])
    kinds = (*page.kinds[:at], *named, *page.kinds[at:kept])
    return replace(page, lines=lines, body=flags, kinds=kinds, official=False, grafted=True)


def _fits(sort: str, place: str) -> bool:
    if place == "top":
        return sort in endings.TOP
    if BOX in (place, sort):
        return place == sort
    return place != "middle" or sort not in endings.LAST


def _spoken(page: Page, body: Sequence[int]) -> str:
    lines = [page.lines[i] for i in body]
    looks = [sight.look(line.text) for line in lines]
    text = "\n".join(line.text for line in lines)
    return language.spoken(text, split(text), looks, None) or ""


def _prose(line: Line) -> bool:
    return sight.look(line.text).prose


def _text(page: Page, at: int, kept: int, block: Ending) -> tuple[Line, ...]:
    texts = [line.text for line in page.lines[:kept]]
    return tuple(split(SEPARATORS[page.flavour].join((*texts[:at], *block.lines, *texts[at:]))))


def _html(page: Page, at: int, kept: int, block: Ending, draw: int) -> tuple[Line, ...]:
    """Return the lines of a page with the block's as further children of the element that holds its paragraphs."""
    beside = next((i for i in range(min(at, kept) - 1, -1, -1) if page.body[i] == 1), at)
    base = page.lines[beside]
    parent, _, _ = (base.path or "").rpartition(">")
    around, size = base.group, len(block.lines)
    while around is not None and not around.first <= at - 1 < around.last:
        around = around.around
    inside = set()
    group = around
    while group is not None:
        inside.add(id(group))
        group = group.around
    moved: dict[int, Group] = {}

    def move(group: Group | None) -> Group | None:
        if group is None:
            return None
        if id(group) not in moved:
            first = group.first + (size if group.first >= at and id(group) not in inside else 0)
            last = group.last + (size if group.last > at or id(group) in inside or group.first >= at else 0)
            moved[id(group)] = Group(first, min(last, kept + size), move(group.around))
        return moved[id(group)]

    first_tag, tag = MARKUP[draw % len(MARKUP)]
    # the extractor keeps most lists of the article, and half of the boxes
    verdict = None if base.kept is None else draw // len(MARKUP) % 8 >= (4 if block.sort == BOX else 1)
    own = Group(at, at + size, move(around))
    holder = {"li": ">ul", "td": ">table>tbody>tr"}.get(tag, "")

    def made(number: int, text: str) -> Line:
        one = first_tag if number == 0 and size > 1 else tag
        within = holder if one == tag else ""
        linked = block.sort == BOX and number > 0
        return Line(
            0, 0, text, True, "https://news.example/2024/article" if linked else None, one,
            verdict, f"{parent}{within}>{one}{'>a' * linked}".lstrip(">"), float(linked),
            own if holder and one == tag and size > 2 else move(around),
        )  # fmt: skip

    rows = [line._replace(group=move(line.group)) for line in page.lines[:kept]]
    rows[at:at] = [made(number, text) for number, text in enumerate(block.lines)]
    start, placed = 0, []
    for line in rows:
        placed.append(line._replace(start=start, end=start + len(line.text)))
        start += len(line.text) + 2
    return tuple(placed)
