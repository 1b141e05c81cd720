"""How long does a text take? The core, a no-op and trafilatura on the same texts in one run."""

import html
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import trafilatura

from corpus.case import Case
from service.clean import clean_text
from service.lexicon import Lexicon
from service.model import Options, Result

LONG = 4_000  # characters of a made article
REPEATS = 9
EXTRACTOR_REPEATS = 3  # it is some ten times slower, and its median is as steady


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds for one text."""

    median: float
    p95: float


def measure(cases: Sequence[Case], lexicon: Lexicon) -> dict[str, dict[str, Times]]:
    """Time the cases as they are and articles of about 4,000 characters made from them."""

    def core(text: str) -> object:
        return clean_text(text, lexicon, Options())

    def extractor(text: str) -> object:
        rows = "".join(f"<p>{html.escape(row)}</p>" for row in text.splitlines() if row.strip())
        return trafilatura.extract(f"<html><body>{rows}</body></html>", include_comments=False)

    def nothing(text: str) -> object:
        return Result(text, text)

    texts = {"cases": [case.source for case in cases], "articles of 4 KB": list(articles(cases))}
    found: dict[str, dict[str, Times]] = {}
    for name, group in texts.items():
        if group:
            found[name] = {
                "no-op": _time(nothing, group, REPEATS),
                "clean_text": _time(core, group, REPEATS),
                "trafilatura": _time(extractor, group, EXTRACTOR_REPEATS),
            }
    return found


def articles(cases: Sequence[Case], count: int = 6) -> Iterator[str]:
    """Yield articles of about 4,000 characters: bodies of cases in one language, then the tail of one of them."""
    for language in ("ru", "en"):
        own = [case for case in cases if case.language == language and case.head["sort"] == "tail"]
        for first in range(0, len(own), max(1, len(own) // count)):
            tail = own[first]
            after = "\n\n".join(line.text for line in tail.lines if line.goes)
            bodies: list[str] = []
            for case in islice(cycle(own), first, first + len(own)):
                if sum(map(len, bodies)) + len(after) >= LONG:
                    break
                bodies += [line.text for line in case.lines if not line.goes]
            yield "\n\n".join(bodies)[: LONG - len(after)] + "\n\n" + after


def _time(call: Callable[[str], object], texts: Sequence[str], repeats: int) -> Times:
    for text in texts[:3]:
        call(text)
    spent = []
    for turn in range(repeats):
        for text in texts:
            fresh = _renewed(text, turn)
            began = time.perf_counter()
            call(fresh)
            spent.append((time.perf_counter() - began) * 1000)
    return Times(statistics.median(spent), statistics.quantiles(spent, n=20)[-1])


def _renewed(text: str, turn: int) -> str:
    """Return the text with other words in its long lines: a cache may know the buttons of a page, never its prose."""
    return "\n".join(f"{row[:-1]} {turn}x{len(row)}{row[-1]}" if len(row) > 80 else row for row in text.split("\n"))
