"""What would a scraper get of this page? Text blocks of the element around the article, and its text nodes."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from service import blocks, markup

_SPACE = re.compile(r"\s+")
WIDER = 4  # lines that a larger element must have besides, to be another flavour of the page

Block = tuple[str, list[tuple[str, Any]]]  # the text of a line, and its text nodes with their elements


def of(html: str, texts: Sequence[str], body: Sequence[bool]) -> Iterator[tuple[str, list[int], list[str]]]:
    """Yield (flavour, index in `texts` of each line, lines) of the element around the article.

    That is the smallest that holds all lines of the body and something besides, then a larger one; last, the text
    nodes of the first.
    """
    runs = _blocks(markup.parse(html))
    if [text for text, _ in runs] != list(texts) or not any(body):
        return
    chains = [_chain(nodes[0][1]) for _, nodes in runs]
    around = _common(
        [_chain(element) for (_, nodes), flag in zip(runs, body, strict=True) if flag for _, element in nodes]
    )
    first = _rows(around, chains, lambda rows: any(not body[i] for i in rows))
    yield "container", first, [texts[i] for i in first]
    second = _rows(around, chains, lambda rows: len(rows) >= len(first) + WIDER)
    if len(first) + WIDER <= len(second) < len(texts):
        yield "container", second, [texts[i] for i in second]
    pieces = [(i, _SPACE.sub(" ", text).strip()) for i in first for text, _ in runs[i][1]]
    yield "fragments", [i for i, _ in pieces], [text for _, text in pieces]


def _chain(element: Any) -> list[Any]:
    return [element, *element.iterancestors()][::-1]


def _common(chains: Sequence[list[Any]]) -> list[Any]:
    common = chains[0]
    for chain in chains[1:]:
        same = next((i for i, (a, b) in enumerate(zip(common, chain, strict=False)) if a is not b), None)
        common = common[: min(len(common), len(chain)) if same is None else same]
    return common


def _rows(around: Sequence[Any], chains: Sequence[list[Any]], enough: Any) -> list[int]:
    """Return the lines inside the smallest element of `around` that has enough of them."""
    for element in reversed(around):
        rows = [i for i, chain in enumerate(chains) if any(one is element for one in chain)]
        if enough(rows):
            return rows
    return list(range(len(chains)))


def _titles(parts: Sequence[tuple[str, Any]]) -> list[Block]:
    """Return the text of each link with its text nodes, if nothing else stands there."""
    found: list[Block] = []
    before = None
    for part, element in parts:
        link = next((above.get("href") for above in (element, *element.iterancestors("a")) if above.tag == "a"), None)
        if not link:
            return []
        if link != before:
            found.append(("", []))
        nodes = [*found[-1][1], (part, element)]
        found[-1] = _SPACE.sub(" ", "".join(text for text, _ in nodes)).strip(), nodes
        before = link
    return found


def _blocks(tree: Any) -> list[Block]:
    """Return the runs of inline content in document order, as blocks.py has them, with their text nodes."""
    found: list[Block] = []
    run: list[tuple[str, Any]] = []
    hidden: Any = None
    paragraphs = written = 0

    def flush() -> None:
        text = _SPACE.sub(" ", "".join(part for part, _ in run)).strip()
        parts = [(part, element) for part, element in run if part.strip()]
        titles = _titles(parts)
        if text and blocks.are_titles([title for title, _ in titles]):
            found.extend(titles)
        elif text:
            found.append((text, parts))
        run.clear()

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            if hidden is None and blocks.hides(element, element.tag, blocks.UNSEEN):
                hidden = element
            if hidden is None and blocks.ends_run(element.tag, paragraphs):
                flush()
            paragraphs += element.tag == "p"
            written += element.tag == "pre"
            text, place = element.text, element
        else:
            paragraphs -= element.tag == "p"
            written -= element.tag == "pre"
            ends = blocks.ends_run(element.tag, paragraphs)
            if hidden is None and ends:
                flush()
            if element is hidden:
                hidden = None
                if not paragraphs or (ends and element.tag not in blocks.UNSEEN):
                    flush()
            text, place = element.tail, element.getparent()
        for number, line in enumerate(text.split("\n") if written and text else (text,)):
            if number and hidden is None:
                flush()
            if hidden is None and line:
                run.append((line, place))
    flush()
    return found
