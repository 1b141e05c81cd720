"""Where a second article begins on a page that shows one below the other."""

import pytest

from service import second
from service.clean import clean_html
from service.lexicon import Lexicon
from service.markup import read
from service.model import Options
from service.sight import Again, Sight, look, see

PROSE = (
    "The river rose by two metres after a week of rain, and the authority opened three of the five gates at noon. "
    "Nobody was hurt, and the road along the bank stays open for residents until further notice from the authority."
)
OTHER = (
    "The school in the next valley has closed its doors after ninety years, because only four children were left. "
    "The building is to become a library, for which the district has set aside more money than the school ever had."
)


def article(title: str, told: str, tag: str = "h1", date: str = "3 March 2024", times: int = 3) -> str:
    paragraphs = "".join(f"<p>{told} It is part {n} of what is told.</p>" for n in range(times))
    return f"<article class=story><{tag} class=head>{title}</{tag}><div class=date>{date}</div>{paragraphs}</article>"


def sights(html: str, title: str) -> list[Sight]:
    lines = read(html, None).lines
    again = [Again.BARE if line.text == title else Again.NO for line in lines]
    return see(lines, [look(line.text) for line in lines], [None] * len(lines), again)


ONE, TWO = "River rises by two metres", "School closes after ninety years"


@pytest.mark.parametrize(
    ("below", "at"),
    [
        (article(TWO, OTHER), 5),
        (article(TWO, OTHER, tag="h2"), None),  # a part of the first
        (article(TWO, OTHER, date="What the teachers say"), None),  # nobody signed it
        (article(TWO, OTHER, times=1), None),  # a teaser
        (article(ONE, OTHER), None),  # the own headline again
    ],
)
def test_a_signed_headline_over_prose_begins_another_article(below: str, at: int | None) -> None:
    seen = sights(f"<main>{article(ONE, PROSE)}{below}</main>", ONE)

    assert second.begins(seen) == (len(seen) if at is None else at)


def test_what_is_below_another_headline_goes(lexicon: Lexicon) -> None:
    both = f"<main>{article(ONE, PROSE)}{article(TWO, OTHER)}</main>"
    found = clean_html(f"<html><head><title>{ONE}</title></head><body>{both}</body></html>", lexicon, Options())

    assert "part 2" in found.body
    assert "school" not in found.body


def test_the_own_headline_goes_though_a_paragraph_stands_above_it(lexicon: Lexicon) -> None:
    page = f"<html><head><title>{ONE}</title></head><body><p>{OTHER}</p>{article(ONE, PROSE)}</body></html>"

    assert ONE not in clean_html(page, lexicon, Options()).body


def test_a_line_whose_class_is_a_captions_goes(lexicon: Lexicon) -> None:
    caption = "The gates above the town on Monday morning, with the water still rising"
    told = article(ONE, PROSE).replace("<p>", f"<p class=wp-caption-text>{caption}</p><p>", 1)

    assert caption not in clean_html(f"<html><body>{told}</body></html>", lexicon, Options()).body
