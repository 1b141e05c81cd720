"""What the tagger sees: as many columns as it names, nothing that is no number, and the same of the same line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import among, columns, cut, echo, elements, features, judge, sight
from service.lines import split
from service.model import Group, Line


def shaped(source: str) -> tuple[list[Line], features.Floats]:
    lines = split(source)
    looks = [sight.look(line.text) for line in lines]
    sights = sight.see(lines, looks, [None] * len(lines), [sight.Again.NO] * len(lines))
    read = judge.read(sights)
    if not lines:
        return lines, np.zeros((0, 0), np.float32)
    texts = [line.text for line in lines]
    here = columns.here(sights, read, cut.certain(sights, read), echo.terms(texts), features.alike(texts))
    return lines, np.concatenate((features.alone(sights), here))


def column(found: features.Floats, name: str) -> list[float]:
    values: list[float] = found[(*features.ALONE, *columns.HERE).index(name)].tolist()
    return values


sources = st.lists(st.text(st.characters(exclude_categories=[]), max_size=40), min_size=1, max_size=12).map("\n".join)


@given(sources)
def test_every_column_is_a_number(source: str) -> None:
    lines, shape = shaped(source)
    if not lines:
        return
    words = np.zeros((len(columns.GROUPS) + 1, len(lines)), np.float32)
    alone = np.concatenate((shape[: len(features.ALONE)], words))
    seen = columns.of(alone, shape[len(features.ALONE) :], lines, None)
    columns.add_answers(seen, words[0], None)

    assert seen.shape == (len(columns.OVER_COLUMNS[columns.TEXT]), len(lines))
    assert np.isfinite(seen).all()


def test_a_page_has_columns_of_its_elements() -> None:
    lines = [
        Line(0, 5, "Alpha", True, None, "p", True, "div.story>p", 0.0),
        Line(7, 11, "Beta", True, "https://example.org/", "a", False, "nav#top>ul>li>a", 1.0),
    ]
    found = elements.columns(lines)

    assert found.shape == (len(elements.NAMES), 2)
    assert found[elements.NAMES.index("kept")].tolist() == [1, 0]
    assert found[elements.NAMES.index("in_nav")].tolist() == [0, 1]
    assert found[elements.NAMES.index("tag_p")].tolist() == [1, 0]


def test_a_line_has_columns_of_the_lines_it_stands_among() -> None:
    page = Group(0, 4, None)
    box = Group(1, 3, page)
    lines = [
        Line(0, 1, str(i), True, None, "p", None, "p", 0.0, group) for i, group in enumerate((page, box, box, page))
    ]
    low, high = among.spans(lines, 0)

    assert (low[:2, 1].tolist(), high[:2, 1].tolist()) == ([1, 0], [3, 4])

    weight, prose = np.array([10, 20, 30, 40], np.float32), np.array([0, 1, 0, 1], np.float32)
    none = np.zeros(4, np.float32)
    found = among.groups((low, high), elements.columns(lines), weight, prose, none, none)
    told = dict(zip(among.GROUPS, found, strict=True))

    assert told["group0_density"].tolist() == pytest.approx([0.6, 0.4, 0.4, 0.6])
    assert told["group0_prose"].tolist() == pytest.approx([60 / 61, 20 / 61, 20 / 61, 60 / 61])
    assert told["group0_rest"].tolist() == pytest.approx([1, 1, 0.5, 0.25])
    assert among.spans(lines[2:], 2)[1][:, 0].tolist() == [1, 2, 2, 2]

    answers = dict(
        zip(among.ANSWERED, among.answered((low, high), weight, np.array([1, 0, 1, 0], np.float32)), strict=True)
    )
    assert answers["p_group0_mean"].tolist() == pytest.approx([0.5] * 4)
    assert answers["p_group0_share"][1] == pytest.approx(30 / 41)


def test_a_path_is_read_as_words() -> None:
    """Class and id words count whatever joins them, and once more for the innermost elements."""
    told = {frozenset(elements.words(path)) for path in ("div.share-box", "div.shareBox", "div.Share_box")}

    assert len(told) == 1
    assert len(elements.words("div.share")) == 4
    assert elements.words("") == []


@pytest.mark.parametrize("other", ["SHARE this 12", "share THIS 99"])
def test_ngrams_fold_case_and_digits(other: str) -> None:
    one, two = (features.grams(split(text))[0].tolist() for text in ("Share this 47", other))

    assert one == two


def test_ngrams_of_a_line_do_not_depend_on_where_it_stands() -> None:
    lines = split("Alpha beta\nShare this\nGamma")
    buckets, begins = features.grams(lines)
    alone, _ = features.grams(split("Share this"))

    assert buckets[begins[1] : begins[2]].tolist() == alone.tolist()


def test_a_long_line_is_known_by_its_ends() -> None:
    begin, end = "b" * features.HEAD, "e" * features.LAST
    one, other = (features.grams(split(f"{begin}{middle}{end}"))[0].tolist() for middle in ("x" * 50, "y" * 5000))

    assert one == other


def test_shape_counts_what_stands_in_a_line() -> None:
    _, found = shaped("Paris, 12 May 2016.\n市长开设新学校\nsmall")

    assert column(found, "digit_count") == [6, 0, 0]
    assert column(found, "ends_stop") == [1, 0, 0]
    assert column(found, "dense") == [0, 1, 0]
    assert column(found, "starts_lower") == [0, 0, 1]
    assert column(found, "commas") == [1, 0, 0]


def test_around_looks_up_and_down() -> None:
    faced = np.array([[1, 2, 3, 4]], np.float32)
    names = features.names((), ("x",), ("x",))
    found = np.empty((len(names), 4), np.float32)
    features.around(faced, faced, found)
    by_name = dict(zip(names, found.tolist(), strict=True))

    assert by_name["x-1"] == [features.EDGE, 1, 2, 3]
    assert by_name["x+2"] == [3, 4, features.EDGE, features.EDGE]
    assert by_name["x-near"] == [0, 1, 1.5, 2]
    assert by_name["x^max"] == [0, 1, 2, 3]
    assert by_name["x_max"] == [4, 4, 4, 0]
    assert by_name["x_sum"] == [9, 7, 4, 0]


def test_place_counts_lines_to_the_prose() -> None:
    prose = "The council voted on Tuesday to close the old bridge for repairs until the end of the summer."
    _, shape = shaped(f"{prose}\nOne\nTwo\n{prose}\nThree")
    found = np.empty((len(features.PLACE) + len(features.TURNS), shape.shape[1]), np.float32)
    features.place(shape[0], shape[features.ALONE.index("ends_stop")], np.zeros(shape.shape[1], np.float32), found)
    since, until = (np.expm1(found[features.PLACE.index(name)]).round() for name in ("since_prose", "until_prose"))

    assert since.tolist() == [5, 1, 2, 3, 1]
    assert until.tolist() == [3, 2, 1, 5, 5]


def test_labels_that_differ_in_numbers_are_alike() -> None:
    _, found = shaped("5 min read\n12 min read\n23.08.2016\n" + "A paragraph that is no label, however it begins. " * 3)

    assert column(found, "alike") == [2, 2, 1, 0]
    assert column(found, "dated") == [0, 0, 1, 0]
