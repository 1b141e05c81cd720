"""Pages made to hurt: reading takes time in proportion to their size, and what trafilatura takes is reckoned before.

No clock decides here, only ratios of processor time, so a slow or busy machine changes nothing.
"""

import time
from collections.abc import Callable

import pytest

from service import blocks, cut, extract, markup
from service.clean import clean_html
from service.lexicon import Lexicon
from service.model import Options
from service.weight import weigh

SAY = "The bridge over the river was closed on Monday, the mayor said. "
SIZE = 1000  # the measure of a page; its larger sister is GROWTH times as large
GROWTH = 8
SLACK = 4  # the larger page may take so many times more than its share; quadratic time would be GROWTH times more
FLOOR = 0.02  # seconds of processor time; less is noise, and no harm

Maker = Callable[[int], str]


def _body(inner: str) -> str:
    return f"<html><head><title>Bridge</title></head><body>{inner}</body></html>"


def _head(inner: str) -> str:
    return f"<html><head>{inner}</head><body><p>{SAY * 5}</p></body></html>"


PLAIN: Maker = lambda n: _body(f"<p>{SAY * 3}</p>" * n)  # noqa: E731 - as the others below
PAGES: dict[str, Maker] = {
    "nested blocks": lambda n: _body("<div>" * 100 * n + SAY + "</div>" * 100 * n),
    "nested blocks with text": lambda n: _body(f"<div>{SAY}" * n + "</div>" * n),
    "blocks nested 250 deep": lambda n: _body(("<div>" * 250 + SAY + "</div>" * 250) * (n // 100)),
    "nested inline elements": lambda n: _body("<p>" + f"<span>{SAY}" * n),
    "bold that is never closed": lambda n: _body(f"<b>{SAY}<br>" * n),
    "lists that are never closed": lambda n: _body(f"<ul><li>{SAY}" * n),
    "quotes that are never closed": lambda n: _body(f"<blockquote>{SAY}" * n),
    "tables in tables": lambda n: _body(f"<table><tr><td>{SAY}" * n),
    "tables in tables, again and again": lambda n: _body((f"<table><tr><td>{SAY}" * 10 + "</table>" * 10) * (n // 10)),
    "names that nest": lambda n: _body("".join(f"<x{i}>a" for i in range(n))),
    "a sentence below many names": lambda n: _body(
        "".join(f"<x{i}>" for i in range(100 * n)) + SAY + "".join(f"</x{i}>" for i in reversed(range(100 * n)))
    ),
    "end tags that end nothing": lambda n: _body("<div>" * 200 + "</b>" * 100 * n + SAY),
    "links by the hundred thousand": lambda n: _body(
        "<ul>" + "".join(f"<li><a href='/a/{i}'>A headline number {i}</a>" for i in range(12 * n)) + "</ul>"
    ),
    "links in one paragraph": lambda n: _body(
        "<p>" + "".join(f"{SAY}<a href='/a/{i}'>{SAY}</a> " for i in range(n)) + "</p>"
    ),
    "inline elements in one paragraph": lambda n: _body("<p>" + f"{SAY}<b>bold</b> <i>it</i> " * n + "</p>"),
    "line breaks": lambda n: _body(f"{SAY}<br><br>" * n),
    "table rows": lambda n: _body("<table>" + f"<tr><td>{SAY}</td><td>b</td></tr>" * n + "</table>"),
    "entities": lambda n: _body("<p>" + "&amp;&lt;&#x41;&nosuch;&#99999999;&#0;" * 10 * n),
    "an attribute of megabytes": lambda n: _body(f"<p class='{'xy ' * 400 * n}' id='{'y' * 400 * n}'>{SAY}</p>"),
    "attributes by the hundred thousand": lambda n: _body(f"<p {' '.join(f'a{i}=1' for i in range(20 * n))}>{SAY}</p>"),
    "attributes with brackets": lambda n: _body("<p " + " ".join(f'a<{i}=">"' for i in range(20 * n)) + f">{SAY}</p>"),
    "tags that never end": lambda n: _body(SAY + "<a " * 100 * n),
    "tags that end late": lambda n: _body((SAY + "<a " * 150 + ">") * (n // 10)),
    "quotes that never end": lambda n: _body(SAY + "<a b=\"<a b='" * 100 * n),
    "comments": lambda n: _body(f"<!-- {SAY} -->" * n + SAY),
    "comments in comments": lambda n: _body(SAY + "<!--" * 100 * n),
    "dashes in a comment": lambda n: _body(f"{SAY}<!--{'- ->' * 100 * n}--> {SAY}"),
    "less-than signs": lambda n: _body(SAY + "<" * 1000 * n),
    "scripts": lambda n: _body("<script>if (a <b) x='</p>';</script>" * n + SAY),
    "a script that never ends": lambda n: _body(f"{SAY}<script>" + "</scrip " * 100 * n),
    "empty elements": lambda n: _body("<i></i><div></div>" * n + SAY),
    "one paragraph": lambda n: _body(f"<p>{SAY * 10 * n}</p>"),
    "one word": lambda n: _body(f"<p>{'x' * 500 * n}</p>"),
    "white space": lambda n: _body(f"<p>{' ' * 500 * n}x</p>" + "\n" * 500 * n + SAY),
    "options": lambda n: _body("<select>" + f"<option>{SAY}" * n + "</select>" + SAY),
    "hidden elements": lambda n: _body(f"<div hidden><p>{SAY}</p></div>" * n),
    "elements that a style hides": lambda n: _body(f"<p style='display:none'>{SAY}</p>" * n),
    "such elements in each other": lambda n: _body(f"<div style='display:none'>{SAY}" * n),
    "much that a style hides": lambda n: _body(
        f"<div style='display:none'>{SAY * 20}<i style='display:none'>a</i>" * n
    ),
    "JSON that nests": lambda n: _head(
        "<script type='application/ld+json'>" + '{"@type":"NewsArticle","@graph":' * 10 * n + "</script>"
    ),
    "JSON of many things": lambda n: _head(
        "<script type='application/ld+json'>[" + '{"@type": "Thing"},' * n + '"Article"]</script>'
    ),
    "names of metadata": lambda n: _head("<meta name=author content=A><meta property=og:title content=B>" * n),
    "a title of megabytes": lambda n: _head(f"<title>{SAY * 10 * n}</title>"),
    "headings": lambda n: _body(f"<h1>Bridge closed again</h1><p>{SAY}</p>" * n),
    "frames": lambda n: f"<html><frameset>{'<frame src=x>' * n}</frameset><noframes>{SAY * 5}",
    "dates": lambda n: _body("<p>2016-08-23 and 23.08.2016, 12 May 2020</p>" * n),
}

# Here the sentence stands where browsers do not show it either.
HIDDEN = {"hidden elements", "elements that a style hides"}


def _cost(run: Callable[[], object]) -> float:
    """Return the processor time of `run`, the better of two."""
    found = []
    for _ in range(2):
        begun = time.process_time()
        run()
        found.append(time.process_time() - begun)
    return min(found)


@pytest.mark.parametrize("name", PAGES)
def test_reading_takes_time_in_proportion_to_the_page(name: str) -> None:
    small, large = PAGES[name](SIZE), PAGES[name](SIZE * GROWTH)

    # without a budget, so that what is measured is our own
    spent = _cost(lambda: markup.read(small, "https://example.org/1", 0.0))
    assert _cost(lambda: markup.read(large, "https://example.org/1", 0.0)) <= SLACK * GROWTH * max(spent, FLOOR / 4)


@pytest.mark.parametrize("name", PAGES)
def test_what_the_extractor_takes_is_reckoned_before(name: str) -> None:
    extract.text(markup.parse(PLAIN(10)))  # its tables are loaded once
    _, plain = _taken(PLAIN(SIZE))
    reckoned, taken = _taken(PAGES[name](SIZE))
    pace = plain / (extract.PER_ELEMENT * SIZE)  # of this machine, beside the one the constants are from

    assert taken <= max(2 * pace * reckoned, FLOOR)


def _taken(html: str) -> tuple[float, float]:
    """Return how long the extractor should take for a page, and how long it does; a page that is left out takes 0."""
    tree = markup.parse(html)
    runs, _ = blocks.gather(tree, "")
    weight = weigh(tree, len(runs))
    if not extract.fits(weight, len(html), extract.SECONDS):
        return extract.SECONDS, 0.0
    return extract.seconds(weight, len(html)), _cost(lambda: extract.text(tree))


@pytest.mark.parametrize("name", [name for name, make in PAGES.items() if SAY in make(10)])
def test_no_page_loses_its_sentence(name: str) -> None:
    shown = markup.read(PAGES[name](10), "https://example.org/1").text

    assert SAY.strip().rstrip(".") in shown or name in HIDDEN


def test_a_page_over_its_budget_keeps_its_lines_and_says_so() -> None:
    page = PAGES["links by the hundred thousand"](SIZE)
    found = markup.read(page, None)

    assert len(found.lines) == 12 * SIZE
    assert found.ask is not None
    assert found.ask() is None


def test_the_budget_is_a_setting() -> None:
    quick, patient = markup.read(PLAIN(20), None, 0.0).ask, markup.read(PLAIN(20), None).ask

    assert quick is not None
    assert patient is not None
    assert quick() is None
    assert patient() is not None


def test_a_page_in_doubt_that_is_over_its_budget_says_so(lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "DOUBT", 0.0)

    assert clean_html(PLAIN(20), lexicon, Options(), 0.0).note == extract.TOO_HEAVY
    assert clean_html(PLAIN(20), lexicon, Options()).note is None


def test_tags_beyond_any_depth_lose_no_text_and_no_order() -> None:
    lines = [*(f"Line {i}" for i in range(100)), "At the end"]
    alike = "".join(f"<p>Line {i}</p>{'<div>' * 100}" for i in range(100)) + "</div>" * 9_999 + "<p>At the end"
    names = [f"x{i}" for i in range(9_999)]
    opened = "".join(f"<p>Line {i}</p><{'><'.join(names[i * 100 : i * 100 + 100])}>" for i in range(100))
    unlike = opened + "".join(f"</{name}>" for name in reversed(names)) + "<p>At the end"

    assert [line.text for line in markup.read(alike, None).lines] == lines
    assert [line.text for line in markup.read(unlike, None).lines] == lines
