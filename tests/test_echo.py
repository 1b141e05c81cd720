"""The words of a line that other lines say too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import echo

ARTICLE = "The minister promised new bridges across the river before winter, the newspaper wrote."


def share(line: str, *prose: str) -> float:
    texts = [line, *prose]
    return round(float(echo.heard(echo.terms(texts), np.array([False, *(True for _ in prose)]))[0, 0]), 2)


def test_a_line_that_speaks_of_the_same_is_heard() -> None:
    assert share("Bridges promised across the river", ARTICLE) == 1.0


def test_a_line_that_speaks_of_something_else_is_not() -> None:
    assert share("Subscribe to weekly letters about cooking", ARTICLE) == 0.0


def test_a_line_is_not_heard_in_itself() -> None:
    assert share(ARTICLE, "Nothing alike stands here at all.") == 0.0
    assert echo.heard(echo.terms([ARTICLE]), np.array([True]))[0, 0] == 0.0


def test_only_prose_is_listened_to() -> None:
    found = echo.heard(echo.terms(["promised bridges", "promised bridges"]), np.array([False, False]))

    assert found[0].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("line", "prose"),
    [
        ("Министром обещаны мосты", "Министр обещанного не забыл, сказал он у мостов."),
        ("部长承诺修建桥梁", "据报道，部长昨日承诺将在河上修建桥梁。"),
        ("Brückenbau", "Der Brückenschlag gelang."),
    ],
)
def test_the_end_of_a_word_may_differ(line: str, prose: str) -> None:
    assert share(line, prose) > 0.5


@pytest.mark.parametrize("line", ["Read on", "12.03.2020", "…", "a b c d"])
def test_a_line_without_long_words_says_nothing(line: str) -> None:
    found = echo.heard(echo.terms([line, ARTICLE]), np.array([False, True]))

    assert found[:, 0].tolist() == [echo.NOTHING, 0.0]


texts = st.lists(st.text(st.characters(exclude_categories=[]), min_size=1, max_size=60), min_size=1, max_size=8)


@given(texts, st.data())
def test_lines_taken_are_as_if_there_were_no_others(lines: list[str], data: st.DataObject) -> None:
    rows = sorted(data.draw(st.sets(st.integers(0, len(lines) - 1), min_size=1)))
    taken, fresh = echo.terms(lines).take(rows), echo.terms([lines[i] for i in rows])

    assert taken.line.tolist() == fresh.line.tolist()
    assert taken.term.tolist() == fresh.term.tolist()
    assert taken.lines == fresh.lines


@given(texts)
def test_a_share_is_one(lines: list[str]) -> None:
    found = echo.heard(echo.terms(lines), np.ones(len(lines), bool))

    assert np.isfinite(found).all()
    assert ((found[0] == echo.NOTHING) | ((found[0] >= 0) & (found[0] <= 1))).all()
