"""Read real pages whose lines are known, from a folder that is no part of the project.

The folder holds sets; a set is a folder with `pages.jsonl.gz` (one page a line: its text lines in three flavours, a
flag per line, for some the kinds by hand) and `html/ID.html.gz`, or, without the former, pages as served only. Kinds
given by readers of this project stand in `corpus/labels/SET.jsonl`: line numbers, with a checksum of every line in
place of its text, so that no page is copied.
"""

import difflib
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corpus import case, flavours, spares
from service import charset, markup, sight
from service.errors import RequestError
from service.lexicon import Lexicon
from service.lines import split
from service.model import Kind, Line

LABELS = Path(__file__).parent / "labels"
SEPARATORS = {"container": "\n\n", "fragments": "\n", "page": "\n"}
UNKNOWN = -1  # of a line's `body`: it teaches nothing
_SECOND_LEVEL = frozenset(("co", "com", "org", "net", "gov", "ac", "edu"))
SENTENCES = 6  # of the sparing sentences in one made article
_ALIKE = 0.75  # of a page's lines that must be those its labels were given to


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of one page in one flavour, with what is known of them."""

    id: str
    set: str
    site: str
    flavour: str  # container, fragments, page, html
    lines: tuple[Line, ...]
    body: tuple[int, ...]  # 1: the article's, 0: not, -1: not known
    kinds: tuple[Kind | None, ...]
    official: bool  # the set's own hand labels, which figures are reported on
    gold: str  # the body's text
    grafted: bool = False  # a block of lines was put into it for training


def read(folder: Path) -> Iterator[Page]:
    """Yield every page of every set in `folder`, in each flavour it has, in a fixed order."""
    for path in sorted(folder.iterdir()):
        if (path / "pages.jsonl.gz").exists():
            yield from _gold(path)
        elif path.is_dir() and (LABELS / f"{path.name}.jsonl").exists():
            yield from _labelled(path)


def own() -> Iterator[Page]:
    """Yield what this project wrote itself: its cases, and articles of sentences that hold the words of labels."""
    for made in case.read_all():
        kinds = tuple(line.kinds[0] if line.goes else Kind.BODY for line in made.lines)
        yield _own(f"case {made.name}", made.source, kinds)
    scripts: dict[str, list[str]] = {}
    for sentence in spares.read():
        scripts.setdefault(sentence.script, []).append(sentence.text)
    for script, texts in scripts.items():
        for start in range(0, len(texts), SENTENCES):
            part = texts[start : start + SENTENCES]
            yield _own(f"spares {script} {start}", "\n\n".join(part), (Kind.BODY,) * len(part))


def in_packs(lexicon: Lexicon) -> Iterator[Page]:
    """Yield articles of the sentences that records of the packs spare: words of labels in all languages."""
    packs: dict[str, list[str]] = {}
    for record in lexicon.records.values():
        sentences = (text for text in record.spares if sight.look(text).ended and len(text) >= sight.SENTENCE_LETTERS)
        packs.setdefault(record.pack, []).extend(sentences)
    for tag, texts in packs.items():
        for start in range(0, len(texts), SENTENCES):
            part = texts[start : start + SENTENCES]
            yield replace(_own(f"pack {tag} {start}", "\n\n".join(part), (Kind.BODY,) * len(part)), set="packs")


def _own(name: str, source: str, kinds: tuple[Kind, ...]) -> Page:
    lines = tuple(_lines("container", [line.text for line in split(source)]))
    body = tuple(int(kind is Kind.BODY) for kind in kinds)
    gold = "\n".join(line.text for line, flag in zip(lines, body, strict=True) if flag)
    return Page(name, "own", name, "container", lines, body, kinds, False, gold)


def checksums(texts: Sequence[str]) -> list[str]:
    """Return four hexadecimal digits per line."""
    return [f"{zlib.crc32(text.encode('utf-8', 'replace')) & 0xFFFF:04x}" for text in texts]


def _labels(name: str) -> dict[str, dict[str, Any]]:
    path = LABELS / f"{name}.jsonl"
    rows = path.read_text("utf-8").splitlines() if path.exists() else ()
    return {row["id"]: row for row in map(json.loads, rows)}


def _numbers(labels: Mapping[str, Sequence[str]]) -> dict[int, str]:
    found = {}
    for kind, ranges in labels.items():
        for item in ranges:
            first, _, last = str(item).partition("-")
            found.update(dict.fromkeys(range(int(first), int(last or first) + 1), kind))
    return found


def _transferred(row: Mapping[str, Any], texts: Sequence[str]) -> list[str | None] | None:
    """Return per line what it was labelled (`-`: nothing), None where it is new; None if the page is another one."""
    were = re.findall("....", row["sums"])
    kinds, now = _numbers(row["labels"]), checksums(texts)
    found: list[str | None] = [None] * len(now)
    for a, b, size in difflib.SequenceMatcher(None, were, now, autojunk=False).get_matching_blocks():
        for step in range(size):
            found[b + step] = kinds.get(a + step, "-")
    return found if sum(kind is not None for kind in found) >= _ALIKE * len(now) else None


def _gold(path: Path) -> Iterator[Page]:
    extra = _labels(path.name)
    with gzip.open(path / "pages.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in rows:
            yield from _flavours(path, json.loads(row), extra)


def _flavours(path: Path, page: dict[str, Any], extra: Mapping[str, Mapping[str, Any]]) -> Iterator[Page]:
    """Yield the flavours of one page; kinds of its container's lines hold for the same lines of the others."""
    texts, body = page["container"], list(page["container_body"])
    kinds: list[str | None] = [None] * len(texts)
    official = bool(page.get("labels"))
    if official:
        said = _numbers(page["labels"])
        for i, flag in enumerate(body):
            kinds[i] = {"not_body": "other"}.get(kind := said.get(i, ""), kind) or ("body" if flag else None)
    elif row := extra.get(page["id"]):
        for i, mark in enumerate(_transferred(row, texts) or kinds):
            if mark is not None:
                kinds[i] = ("body" if body[i] else "nav") if mark == "-" else mark
    body = [int(kind == "body") if kind else flag for kind, flag in zip(kinds, body, strict=True)]
    gold = "\n".join(t for t, flag in zip(texts, body, strict=True) if flag) if official else page["gold"]

    def made(flavour: str, lines: Sequence[Line], flags: Sequence[int], said: Sequence[str | None], text: str) -> Page:
        known = tuple(Kind(kind) if kind else None for kind in said)
        return Page(
            page["id"], path.name, _site(page.get("url"), page["id"]), flavour, tuple(lines), tuple(flags), known,
            official, text,
        )  # fmt: skip

    yield made("container", _lines("container", texts), *_filled(texts, body, kinds), gold)
    if "page" not in page:
        return
    whole, flags = page["page"], list(page["page_body"])
    marks: list[str | None] = [None] * len(whole)
    start = _inside(texts, whole)
    if start is not None:
        flags[start : start + len(texts)], marks[start : start + len(texts)] = body, kinds
    yield made("page", _lines("page", whole), *_filled(whole, flags, marks), page["gold"])
    pieces, parts = page["fragments"], list(page["fragments_body"])
    kinds = [None if of is None else kinds[of] for of in _pieces(texts, pieces)]
    parts = [int(kind == "body") if kind else flag for kind, flag in zip(kinds, parts, strict=True)]
    yield made("fragments", _lines("fragments", pieces), *_filled(pieces, parts, kinds), gold)
    source = path / "html" / f"{page['id']}.html.gz"
    if source.exists() and (served := _served(source)) is not None:
        lines = _asked(served, page.get("url"))
        blocks = difflib.SequenceMatcher(None, whole, [line.text for line in lines], autojunk=False)
        now, names = [UNKNOWN] * len(lines), [None] * len(lines)  # type: list[int], list[str | None]
        for a, b, size in blocks.get_matching_blocks():
            now[b : b + size], names[b : b + size] = flags[a : a + size], marks[a : a + size]
        yield made("html", lines, now, names, page["gold"])


def _labelled(path: Path) -> Iterator[Page]:
    """Yield the flavours of pages that are there as served only."""
    for name, row in sorted(_labels(path.name).items()):
        source = path / f"{name}.html.gz"
        served = _served(source) if source.exists() else None
        if served is None:
            continue
        lines = _asked(served, None)
        marks = _transferred(row, [line.text for line in lines])
        if marks is None:
            continue
        said = ["nav" if mark == "-" else mark for mark in marks]
        parts = name.split("_")
        site = _site(f"https://{parts[1]}/", name) if len(parts) > 2 else name

        def made(
            flavour: str, lines: Sequence[Line], said: Sequence[str | None], name: str = name, site: str = site
        ) -> Page:
            flags = tuple(UNKNOWN if kind is None else int(kind == "body") for kind in said)
            text = "\n".join(line.text for line, flag in zip(lines, flags, strict=True) if flag == 1)
            kinds = tuple(Kind(kind) if kind else None for kind in said)
            return Page(name, path.name, site, flavour, tuple(lines), flags, kinds, False, text)

        yield made("html", lines, said)
        texts = [line.text for line in lines]
        yield made("page", _lines("page", texts), said)
        for flavour, rows, pieces in flavours.of(served, texts, [kind == "body" for kind in said]):
            yield made(flavour, _lines(flavour, pieces), [said[i] for i in rows])


def _asked(html: str, url: str | None) -> tuple[Line, ...]:
    """Return the lines of a page, with what the extractor says of each."""
    page = markup.read(html, url)
    return (page.ask() if page.ask else None) or page.lines


def unasked(page: Page) -> Page:
    """Return the page as it is before the extractor is asked about it."""
    return replace(page, lines=tuple(line._replace(kept=None) for line in page.lines))


def _served(path: Path) -> str | None:
    try:
        return charset.decode(gzip.decompress(path.read_bytes()), None, markup=True)
    except RequestError:
        return None


def _lines(flavour: str, texts: Sequence[str]) -> list[Line]:
    return split(SEPARATORS[flavour].join(texts))


def _filled(
    texts: Sequence[str], flags: Sequence[int], kinds: Sequence[str | None]
) -> tuple[list[int], list[str | None]]:
    """Leave out what stands beside blank lines: no line is made of these."""
    filled = [i for i, text in enumerate(texts) if text.strip()]
    return [flags[i] for i in filled], [kinds[i] for i in filled]


def _inside(part: Sequence[str], whole: Sequence[str]) -> int | None:
    size = len(part)
    return next((i for i in range(len(whole) - size + 1) if whole[i] == part[0] and whole[i : i + size] == part), None)


def _pieces(texts: Sequence[str], pieces: Sequence[str]) -> Iterator[int | None]:
    """Yield, of each piece, the line it is a piece of; None where that cannot be told."""
    whole = ["".join(text.split()) for text in texts]
    line = at = 0
    for piece in pieces:
        wanted, found = "".join(piece.split()), None
        for ahead in range(line, min(line + 6, len(whole))):
            place = whole[ahead].find(wanted, at if ahead == line else 0)
            if place >= 0:
                line, at, found = ahead, place + len(wanted), ahead
                break
        yield found


def _site(url: str | None, name: str) -> str:
    """Return the site a page is from: pages of one site never stand on both sides of a measurement."""
    host = (urlsplit(url).hostname or "") if url else ""
    parts = host.split(".")
    if len(parts) < 2:
        return name
    return ".".join(parts[-3:] if parts[-2] in _SECOND_LEVEL and len(parts[-1]) == 2 else parts[-2:])
