"""Which pages can the tagger learn from? Reads a data folder into lines with flags and kinds.

The folder holds sets as `<set>/pages.jsonl.gz` (one page a line: `id, url, lang, title, gold`, and per flavour the lines and
a flag per line, 1 = body; some with `labels`, kinds by line number of the container) and `<set>/html/<id>.html.gz`; a set
without `pages.jsonl.gz` is HTML without gold, whose lines are labelled by the extractor's verdict.
"""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from service import cut, features, language, markup, title
from service.lexicon import Lexicon
from service.lines import split
from service.model import Kind, Line, Options

SEPARATORS = {"container": "\n\n", "fragments": "\n", "page": "\n"}
TAUGHT_WEIGHT = 0.4  # of a page labelled by the extractor, against one labelled by people
LINES_LIMIT = 1500  # of a page; longer ones are cut, their end shown
ALIGN_LETTERS, ALIGN_NEAR = 25, 300  # a short line counts as body only near the line before it
AROUND = 25  # lines around the article that an article container may hold

_LETTERS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Page:
    """A page to learn from. `kinds` are indices into `Kind`; -1: no body, kind unknown; -2: say nothing."""

    id: str
    data: str
    flavour: str
    site: str
    language: str
    weight: float
    text: str
    gold: str
    lines: tuple[Line, ...]
    kinds: tuple[int, ...]
    labelled: bool
    seen: features.Seen


def read(folder: Path, lexicon: Lexicon, flavours: Sequence[str]) -> Iterator[Page]:
    """Yield every page of every set in `folder`, in every one of `flavours` it has."""
    for data in sorted(path for path in folder.iterdir() if path.is_dir()):
        rows = data / "pages.jsonl.gz"
        if rows.exists():
            with gzip.open(rows, "rt", encoding="utf-8") as lines:
                for row in lines:
                    yield from _gold(data, json.loads(row), lexicon, flavours)
        else:
            for path in sorted(data.rglob("*.html.gz")):
                yield from _taught(data, path, lexicon, flavours)


def _gold(data: Path, row: dict[str, Any], lexicon: Lexicon, flavours: Sequence[str]) -> Iterator[Page]:
    site = urlsplit(row.get("url") or "").netloc.removeprefix("www.") or row["id"]
    for flavour in flavours:
        if flavour == "html":
            path = data / "html" / f"{row['id']}.html.gz"
            if path.exists():
                page = markup.read(_decode(path), row.get("url"))
                flags = [1 if flag else 0 for flag in align(page.lines, row["gold"])]
                kinds = [0 if flag else -1 for flag in flags]
                yield _page(row["id"], data.name, flavour, site, row, 1.0, page.text, page.lines, kinds, False, lexicon)
            continue
        if flavour not in row:
            continue
        known: dict[int, str] = {}
        if flavour == "container" and row.get("labels"):
            known = {n: kind for kind, items in row["labels"].items() for n in _numbers(items)}
        kinds = [0 if flag else -1 for flag in row[flavour + "_body"]]
        for number, kind in known.items():
            kinds[number] = _INDEX.get(kind, -1)
        text = SEPARATORS[flavour].join(row[flavour])
        lines, kinds = _same(row[flavour], SEPARATORS[flavour], text, kinds)
        yield _page(row["id"], data.name, flavour, site, row, 1.0, text, lines, kinds, bool(known), lexicon)


_INDEX = {kind.value: index for index, kind in enumerate(Kind)}


def _numbers(items: Sequence[object]) -> Iterator[int]:
    for item in items:
        first, _, last = str(item).partition("-")
        yield from range(int(first), int(last or first) + 1)


def _same(rows: Sequence[str], separator: str, text: str, kinds: Sequence[int]) -> tuple[list[Line], list[int]]:
    """Return the lines of `text` with the kind of the row each stands in."""
    ends, at = [], 0
    for row in rows:
        at += len(row) + len(separator)
        ends.append(at)
    found, row = [], 0
    lines = split(text)
    for line in lines:
        while ends[row] <= line.start:
            row += 1
        found.append(kinds[row])
    return lines, found


def _taught(data: Path, path: Path, lexicon: Lexicon, flavours: Sequence[str]) -> Iterator[Page]:
    """Yield a page without gold: what the extractor kept is taken for the body."""
    page = markup.read(_decode(path), None)
    kept = [line.kept for line in page.lines]
    body = [i for i, flag in enumerate(kept) if flag]
    if len(body) < 4 or len(page.lines) > LINES_LIMIT or sum(len(page.lines[i].text) for i in body) < 500:
        return
    name = path.name.removesuffix(".html.gz")
    row = {"id": name, "lang": page.language or "", "gold": "\n".join(page.lines[i].text for i in body)}
    kinds = [0 if flag else -1 for flag in kept]
    site = name.split("_")[1] if "_" in name else name
    for flavour in flavours:
        if flavour == "html":
            continue
        first, last = (0, len(kinds)) if flavour == "page" else (max(body[0] - 3, 0), body[-1] + 1 + len(name) % AROUND)
        rows = [line.text for line in page.lines[first:last]]
        if flavour == "fragments":
            continue
        text = SEPARATORS[flavour].join(rows)
        lines, found = _same(rows, SEPARATORS[flavour], text, kinds[first:last])
        yield _page(name, data.name, flavour, site, row, TAUGHT_WEIGHT, text, lines, found, False, lexicon)


def _decode(path: Path) -> str:
    raw = gzip.open(path, "rb").read()
    found = re.search(rb'charset=["\']?([\w-]+)', raw[:4000])
    try:
        return raw.decode(found.group(1).decode() if found else "utf-8")
    except (LookupError, UnicodeDecodeError):
        return raw.decode("utf-8", "replace")


def _page(
    name: str, data: str, flavour: str, site: str, row: dict[str, Any], weight: float, text: str,
    lines: Sequence[Line], kinds: Sequence[int], labelled: bool, lexicon: Lexicon,
) -> Page:  # fmt: skip
    sights = sight(text, lines, lexicon, row.get("title"))
    spoken = row.get("lang") or "en"
    seen = features.see(sights)
    return Page(name, data, flavour, site, spoken, weight, text, row["gold"], tuple(lines), tuple(kinds), labelled, seen)


def sight(text: str, lines: Sequence[Line], lexicon: Lexicon, known: str | None) -> list[cut.Sight]:
    """Return what the service knows of the lines before the tagger speaks."""
    spoken = language.detect(text)
    hits = [lexicon.match(line.text) for line in lines]
    own = title.guess(lines, hits, Options().title)
    again, _ = title.repeats(lines, own, spoken)
    return cut.see(lines, hits, again)


def align(lines: Sequence[Line], gold: str) -> list[bool]:
    """Say of every line whether its letters stand in `gold` after those of the line before it."""
    wanted, at, flags = _LETTERS.sub("", gold).casefold(), 0, []
    for line in lines:
        letters = _LETTERS.sub("", line.text).casefold()
        limit = None if len(letters) > ALIGN_LETTERS else at + ALIGN_NEAR
        place = wanted.find(letters, at, limit) if letters else -1
        if place >= 0 and (limit is not None or place - at < len(wanted)):
            at = place + len(letters)
        flags.append(place >= 0)
    return flags
