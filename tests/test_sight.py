"""Which lines are pieces of one sentence, and which only look like it?"""

import pytest

from service.lines import split
from service.markup import read
from service.model import Line
from service.sight import Again, look, see

BEGUN = "The ministry wrote on Monday on the page that it has on"


def joined(lines: list[Line]) -> list[bool]:
    seen = see(lines, [look(line.text) for line in lines], [None] * len(lines), [Again.NO] * len(lines))
    return [sight.joined for sight in seen]


@pytest.mark.parametrize("piece", ["that talks will go on in May.", ", and that talks go on in May.", "» and went on."])
def test_a_sentence_goes_on_below_a_blank_line(piece: str) -> None:
    assert joined(split(f"{BEGUN}\n\n{piece}")) == [True, False]
    assert joined(list(read(f"<p>{BEGUN}<br>{piece}", None).lines)) == [True, False]


@pytest.mark.parametrize(
    "paragraph",
    [
        "»Niemand ist überrascht«, sagte Frau Kühn am Montag.",
        "”Ingen är förvånad”, säger Marta Kvist på måndagen.",
        "eBay sellers have long known the harbour for its lamps.",
        "iPhones do not float, as visitors to the pier learn.",
    ],
)
def test_a_paragraph_that_opens_with_a_quote_or_a_name_goes_nothing_on(paragraph: str) -> None:
    assert joined(split(f"{BEGUN}\n\n{paragraph}")) == [False, False]


@pytest.mark.parametrize("above", ["<h2>{}</h2>", "<div>{}</div>", "<p><a href=/x>{}</a></p>"])
def test_what_stands_in_another_element_of_a_page_begins_nothing(above: str) -> None:
    """A text broken at its links has such pieces; in a page, a heading, a label or a byline stands there."""
    page = above.format(BEGUN) + "<p>… that, at least, is what the people of the islands say.</p>"

    assert joined(list(read(page, None).lines)) == [False, False]


def test_a_headline_does_not_go_on_below_a_byline() -> None:
    page = f"<h1>{BEGUN}</h1><p>By Lena Moss</p><p>… that, at least, is what the people of the islands say.</p>"

    assert joined(list(read(page, None).lines)) == [False] * 3


def test_a_heading_goes_nothing_on() -> None:
    page = f"<h2>{BEGUN}</h2><h2>why the ferry will not sail in May.</h2>"

    assert joined(list(read(page, None).lines)) == [False, False]
