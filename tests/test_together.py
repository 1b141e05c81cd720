"""What stays or goes together: lists, subheads, and paragraphs of which a first look was sure."""

from dataclasses import replace

import numpy as np
import pytest

from service import together
from service.markup import read
from service.sight import Again, Sight, look, see
from service.tagger import Tags

PROSE = "The river rose by two metres after a week of rain, and the authority opened three of the five gates at noon."


def sights(html: str) -> list[Sight]:
    lines = read(html, None).lines
    none = [None] * len(lines)
    return see(lines, [look(line.text) for line in lines], none, [Again.NO] * len(lines))


def test_items_of_one_list_are_as_likely_as_each_other() -> None:
    seen = sights("<p>One<ul><li>Two<li>Three</ul><ul><li>Four<li>Five</ul><p>Six")
    found = together.as_one(seen, np.array([0.9, 0.9, 0.1, 0.8, 0.8, 0.2], np.float32))

    assert found == pytest.approx([0.9, 0.5, 0.5, 0.8, 0.8, 0.2], abs=1e-3)


@pytest.mark.parametrize(
    ("html", "gone", "found"),
    [
        (f"<p>{PROSE}<h2>What comes next</h2><p>{PROSE}", [1], [1]),
        (f"<p>{PROSE}<p>What comes next</p><p>{PROSE}", [1], []),
        (f"<p>{PROSE}<p>There are three:<ul><li>Ferries<li>Bridges</ul>", [1], [1]),
        (f"<p>{PROSE}<p>There are three<ul><li>Ferries<li>Bridges</ul>", [1], []),
        (f"<p>{PROSE}<p>There are three:<ul><li>Ferries<li>Bridges</ul>", [1, 2, 3], []),
        ("<p>Brief<p>There are three:<ul><li>Ferries<li>Bridges</ul>", [1], []),
    ],
)  # fmt: skip
def test_what_leads_on_to_the_article_stays(html: str, gone: list[int], found: list[int]) -> None:
    seen = sights(html)
    inside = np.isin(np.arange(len(seen)), gone)

    assert together.leading(seen, inside, np.full(len(seen), 0.2, np.float32)) == found
    assert together.leading(seen, inside, np.full(len(seen), 0.05, np.float32)) == []


def test_sentences_below_a_paragraph_are_spoken_with_it() -> None:
    assert together.spoken([1, 5], [0, 2, 3, 7, 8]) == [2, 3]


def test_no_paragraph_goes_that_was_sure_before_the_extractor_was_asked() -> None:
    seen = sights(f"<p>{PROSE}<p>{PROSE}<p>Brief<p>{PROSE}")
    first = Tags(np.array([0.99, 0.96, 0.99, 0.5], np.float32), np.zeros(4, np.float32), None, (), None, "page")  # type: ignore[arg-type]
    asked = replace(first, body=np.array([0.9, 0.01, 0.01, 0.01], np.float32))
    found, by_rules = together.hold(seen, first, asked, 1)

    assert found.body == pytest.approx([0.9, 0.5, 0.01, 0.01])
    assert found.goes_on == pytest.approx([0.5, 0.5, 0, 0])
    assert by_rules == 2


def test_paragraphs_of_that_make_stay_too_if_the_first_look_would_have_kept_them() -> None:
    seen = sights(f"<p>{PROSE}<p>{PROSE}<p>{PROSE}<div class=other>{PROSE}</div>")
    first = Tags(np.array([0.99, 0.6, 0.4, 0.6], np.float32), np.zeros(4, np.float32), None, (), None, "page")  # type: ignore[arg-type]
    found, by_rules = together.hold(seen, first, replace(first, body=np.zeros(4, np.float32)), 0)

    assert found.body == pytest.approx([0.5, 0.5, 0, 0])
    assert by_rules == 2
