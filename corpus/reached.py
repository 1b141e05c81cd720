"""What does the whole cleaner reach on sites its tagger has not seen? Figures, and the card that tells them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from statistics import fmean

from corpus.pages import SEPARATORS, Page, unasked
from service import columns
from service.clean import clean_lines
from service.lexicon import Lexicon
from service.match import Automaton
from service.model import Kind, Options, Result, Scope
from service.tagger import Tagger

_WORD = re.compile(r"\w+")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
GROUPS = {"wcxb-dev": "English", "unlabelled": "labelled here", "own": "written here", "packs": "written here"}
SAME = 0.6  # of the longer title that a shorter one inside it must have, to be the same

MEASURES = ("tail_removed", "pages_hurt", "f1", "body_kept", "precision", "recall", "pages")
CARD = """\
# The tagger's model

Version {version}, trained {day} by `python -m corpus.train` in {minutes} minutes on two cores.

## What it is

`tagger.npz` holds, as plain arrays: a linear model over hashed character n-grams of a line; one over the words of the
path of elements a line of a page stands in; and three forests of oblivious trees (is the line the article's, does the
article go on here or below, which kind is a line that goes) for bare text, for pages, and for pages about which the
extractor was asked too, as it is where the ones before are in doubt. service/tagger.py reads it, service/features.py
and service/elements.py make its columns: {text} for text, {page} for pages. It holds no text.

## Data and licences

Article pages of the development split of WCXB (Murrough Foley, 2026, CC BY 4.0) with its reviewed bodies; pages of
news publishers from the parser tests of fundus (MIT) with the parsers' bodies; article pages in Cyrillic and other
scripts labelled by hand; article pages of public crawls. The kinds of 1,028 pages (corpus/labels) were given by a
language model that read each page once, long lines by their two ends; they were checked for form, not a second time
for sense, and readings differ at the edges (source lists, pull quotes, calls to action). Figures marked "labelled here"
are held against these labels, all others against the sets' own. Of the pages, nothing but weights is shipped.

| set | flavour | pages |
| --- | --- | --- |
{data}

## Figures

On sites that were left out of training, by the whole cleaner (`--measure`). tail_removed: lines after the last line of
the body that were removed, mean over pages; pages_hurt: pages that lost a line of the body under `tail`; f1: words of
the body under `article`. The thresholds of service/cut.py were chosen on these same pages.
"""

Figures = dict[str, dict[str, float]]
Row = tuple[Page, Tagger | None]


class Silent(Lexicon):
    """A lexicon that knows nothing."""

    def match(self, text: str) -> None:
        """Return nothing of any line."""


def words(text: str) -> list[str]:
    """Return the words of a text; of scripts without spaces, the characters."""
    found: list[str] = []
    for word in _WORD.findall(text.lower()):
        found.extend(word) if _DENSE.search(word) else found.append(word)
    return found


def f1(said: str, gold: str) -> float:
    """Return the harmonic mean of precision and recall over words."""
    a, b = Counter(words(said)), Counter(words(gold))
    common = sum((a & b).values())
    return 2 * common / (sum(a.values()) + sum(b.values())) if common else float(not a and not b)


def source(page: Page) -> str:
    """Return the text that a page's lines count in."""
    if page.flavour == "html":
        return "\n\n".join(line.text for line in page.lines)
    return SEPARATORS[page.flavour].join(line.text for line in page.lines)


def measure(rows: Sequence[Row], lexicon: Lexicon) -> dict[str, Figures]:
    """Return the figures by who cleans: the lexicon and its rules, the tagger, both."""
    empty = Silent([], {}, 0, Automaton())
    return {
        "lexicon alone": _figures([(page, None) for page, _ in rows if page.flavour != "html"], lexicon),
        "tagger alone": _figures([row for row in rows if row[0].flavour != "html"], empty),
        "both": _figures(rows, lexicon),
    }


def _figures(rows: Iterable[Row], lexicon: Lexicon) -> Figures:
    found: dict[str, dict[str, list[float]]] = {}
    titles: dict[str, list[tuple[int, int, int]]] = {}

    def note(where: str, **values: float) -> None:
        for name, value in values.items():
            found.setdefault(where, {}).setdefault(name, []).append(value)

    for page, weigh in rows:
        official = page.official and page.set != "unlabelled"
        text = source(page)

        def clean(scope: Scope, page: Page = page, weigh: Tagger | None = weigh, text: str = text) -> Result:
            if page.flavour == "html":
                return clean_lines(text, unasked(page).lines, lexicon, Options(scope=scope), weigh, lambda: page.lines)
            return clean_lines(text, page.lines, lexicon, Options(scope=scope), weigh)

        group = GROUPS.get(page.set, "other languages")
        if page.flavour in ("container", "fragments") and (official or group in ("labelled here", "written here")):
            result = clean(Scope.TAIL)
            for where in {group, page.set, "all labelled" if official else group}:
                note(f"{page.flavour} tail, {where}", **_tail(page, result))
            if official and page.flavour == "container":
                titles.setdefault("container tail, related", []).append(_titles(page, result))
        if page.flavour in ("container", "page", "html"):
            result = clean(Scope.ARTICLE)
            for where in {group, page.set}:
                note(f"{page.flavour} article, {where}", f1=f1(result.body, page.gold), **_hurt(page, result))
    figures = {
        where: {name: round(fmean(values), 4) for name, values in row.items()}
        | {"pages": len(next(iter(row.values())))}
        for where, row in sorted(found.items())
    }
    for where, counts in titles.items():
        hits, said, gold = (sum(column) for column in zip(*counts, strict=True))
        figures[where] = {"precision": round(hits / max(said, 1), 4), "recall": round(hits / max(gold, 1), 4)}
    return figures


def _gone(page: Page, result: Result) -> list[bool]:
    starts = {cut.start for cut in result.removed}
    at, gone = 0, []
    step = 2 if page.flavour == "html" else len(SEPARATORS[page.flavour])
    for line in page.lines:
        gone.append(at in starts)
        at += len(line.text) + step
    return gone


def _tail(page: Page, result: Result) -> dict[str, float]:
    gone = _gone(page, result)
    last = max((i for i, flag in enumerate(page.body) if flag == 1), default=-1)
    tail = gone[last + 1 :]
    hurt = float(any(flag == 1 and away for flag, away in zip(page.body, gone, strict=True)))
    return {"pages_hurt": hurt, **({"tail_removed": sum(tail) / len(tail)} if tail else {})}


def _hurt(page: Page, result: Result) -> dict[str, float]:
    gone = _gone(page, result)
    sizes = [len(words(line.text)) for line in page.lines]
    body = sum(size for size, flag in zip(sizes, page.body, strict=True) if flag == 1)
    kept = sum(size for size, flag, away in zip(sizes, page.body, gone, strict=True) if flag == 1 and not away)
    return {"body_kept": kept / body} if body else {}


def _titles(page: Page, result: Result) -> tuple[int, int, int]:
    wanted = [line.text for line, kind in zip(page.lines, page.kinds, strict=True) if kind is Kind.RELATED]
    free, hits = [link.title for link in result.related], 0
    for title in wanted:
        match = next((said for said in free if _same(said, title)), None)
        if match is not None:
            free.remove(match)
            hits += 1
    return hits, len(result.related), len(wanted)


def _same(one: str, other: str) -> bool:
    short, long = sorted((" ".join(words(one)), " ".join(words(other))), key=len)
    return bool(short) and short in long and len(short) >= SAME * len(long)


def card(version: str, counts: Mapping[tuple[str, str], int], figures: Mapping[str, Figures], seconds: float) -> str:
    """Return the model's card."""
    text = CARD.format(
        version=version,
        day=datetime.now(UTC).date().isoformat(),
        minutes=round(seconds / 60),
        text=len(columns.COLUMNS[columns.TEXT]),
        page=len(columns.COLUMNS[columns.PAGE]),
        data="\n".join(f"| {name} | {flavour} | {count} |" for (name, flavour), count in sorted(counts.items())),
    )
    rows = [text]
    for who, part in figures.items():
        rows += [f"### {who}", "", "| |" + "".join(f" {name} |" for name in MEASURES)]
        rows += ["| --- |" + " --- |" * len(MEASURES)]
        rows += [
            f"| {where} |" + "".join(f" {row.get(name, '')} |" for name in MEASURES) for where, row in part.items()
        ]
        rows.append("")
    return "\n".join(rows)
