"""What stays because others of its make do: entries of one list, cells of one table."""

import numpy as np
import pytest

from service import makes
from service.lines import split
from service.markup import read
from service.sight import Again, Sight, look, see

PROSE = "The river rose by two metres after a week of rain, and the authority opened three of the five gates at noon."
ENTRY = "<section id=s{0}><div class=box><h2>Entry {0}</h2><p class=told>{1} It is number {0}.</p></div></section>"
LONG = f"{PROSE} Nobody was hurt, and the road along the bank stays open for residents until further notice."


def sights(html: str) -> list[Sight]:
    lines = read(html, None).lines
    return see(lines, [look(line.text) for line in lines], [None] * len(lines), [Again.NO] * len(lines))


def slides(count: int, below: str = "") -> list[Sight]:
    return sights("".join(ENTRY.format(n, LONG) for n in range(count)) + below)


def below(seen: list[Sight], first: int) -> makes.Bools:
    return np.arange(len(seen)) >= first


def test_entries_of_one_list_stay_where_some_of_them_do() -> None:
    """Ten entries stand each in an element of its own; their subheads stay with them."""
    seen = slides(10, f"<div class=box><p class=comment>{LONG}</div>")

    assert makes.entries(seen, below(seen, 8), len(seen)) == list(range(8, 20))
    assert makes.entries(seen, below(seen, 8), 12) == [8, 9, 10, 11]  # the rules know where it ends


@pytest.mark.parametrize("first", [0, 16])  # nothing of that make stays; two entries are no list
def test_few_entries_or_all_of_them_may_go(first: int) -> None:
    seen = slides(10, f"<p>{LONG}")

    assert makes.entries(seen, below(seen, first) & (np.arange(len(seen)) < 20), len(seen)) == []


def test_teasers_and_plain_text_have_no_entries() -> None:
    teasers = sights(f"<p>{LONG}" + f"<p><a href=/x>{LONG}</a>" * 5)
    text = [sight._replace(line=sight.line._replace(path=None, linked=None)) for sight in slides(10)]

    assert makes.entries(teasers, below(teasers, 1), len(teasers)) == []
    assert makes.entries(text, below(text, 8), len(text)) == []


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (["Month", "Change", "May", "+13.1 %", "June", "-2.8 %", "July", "1,120.0"], False),  # three figures in eight
        (["Change", "May", "+13.1 %", "June", "-2.8 %", "July", "1,120.0"], True),
        (["19.8 mph", "$175", "1:0", "0.5 kg", "12/1/2019", "7.5 %", "350 lb."], True),
        (["1.0x", "0.5x", "1.25x", "1.5x", "1.75x", "2.0x", "3.0x"], False),  # how fast an article is read aloud
        ([f"{n}. Ferries" for n in range(1, 9)], False),  # what the article holds
        ([str(n) for n in range(1, 9)], False),
        ([f"{n} May 2021" for n in range(1, 9)], False),
        (["+13.1 %", "-2.8 %", "1,120.0", "0.4 %"], False),  # no more than a row of figures
    ],
)
def test_cells_of_a_table_stay(rows: list[str], found: bool) -> None:
    lines = split("\n".join([PROSE, *rows, PROSE]))
    seen = see(lines, [look(line.text) for line in lines], [None] * len(lines), [Again.NO] * len(lines))
    inside = np.array([False, *[True] * len(rows), False])

    assert makes.cells(seen, inside, len(lines)) == (list(range(1, len(rows) + 1)) if found else [])
    assert makes.cells(seen, inside, len(lines) - 1) == []  # the article ends above them
