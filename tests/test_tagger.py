"""The learned models: they compute what they say, load what was written, and answer every source."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import columns, cut, judge, sight, tagger
from service.learned import Forest, Linear
from service.lines import split
from service.model import Kind
from service.sight import Sight
from service.tagger import Tags

MEGABYTE = 1_000_000


def tags(source: str) -> tuple[list[Sight], Tags]:
    lines = split(source)
    looks = [sight.look(line.text) for line in lines]
    sights = sight.see(lines, looks, [None] * len(lines), [sight.Again.NO] * len(lines))
    read = judge.read(sights)
    found = tagger.load().tag(sights, read, cut.certain(sights, read))
    assert found is not None
    return sights, found


@pytest.mark.parametrize("answers", [1, 3])
def test_a_forest_answers_as_its_trees_one_by_one(answers: int) -> None:
    chance = np.random.default_rng(7)
    trees, depth, width, rows = 5, 3, 4, 6
    forest = Forest(
        chance.integers(0, width, (trees, depth)).astype(np.int16),
        chance.normal(size=(trees, depth)).astype(np.float32),
        chance.integers(-100, 100, (trees, 1 << depth, answers)).astype(np.int16),
        0.5,
        np.arange(answers, dtype=np.float32),
    )
    columns = chance.normal(size=(rows, width)).astype(np.float32)
    expected = np.zeros((rows, answers))
    for row in range(rows):
        for tree in range(trees):
            steps = [columns[row, forest.feature[tree, k]] > forest.border[tree, k] for k in range(depth)]
            expected[row] += forest.leaf[tree, sum(1 << k for k, yes in enumerate(steps) if yes)]

    assert np.allclose(forest.scores(columns.T).T, expected * 0.5 + np.arange(answers))


def test_a_linear_model_sums_weights_over_the_root_of_their_number() -> None:
    model = Linear(np.array([[2, 1, 1], [4, 3, 1]], np.int8), 0.5, np.array([1, 0, 0], np.float32))
    found = model.scores(np.array([0, 1, 1, 0], np.int32), np.array([0, 3]))

    assert found[:, 0].tolist() == pytest.approx([10 * 0.5 / 3**0.5 + 1, 2 * 0.5 / 3**0.5, -2 * 0.5 / 3**0.5])
    assert found[:, 1].tolist() == pytest.approx([2, 0, 0])


@given(st.text(min_size=1))
def test_every_source_is_answered_with_probabilities(source: str) -> None:
    if not split(source):
        return
    sights, found = tags(source)

    assert len(found.body) == len(found.goes_on) == len(sights)
    assert ((found.body >= 0) & (found.body <= 1)).all()
    for kind, likely in found.kinds(range(len(sights))):
        assert kind is not Kind.BODY
        assert 0 < likely <= 1


def test_a_long_source_is_weighed_in_pieces() -> None:
    """The columns of a piece are worked out again when its kinds are asked for, so that not all are held at once."""
    source = "\n".join(f"Share number {n} on Facebook" for n in range(tagger.PIECE + 40))
    sights, found = tags(source)
    rows = [0, tagger.PIECE - 1, tagger.PIECE, tagger.PIECE + 39]

    assert len(found.pieces) == 2
    assert len(found.body) == len(found.goes_on) == len(sights)
    every = found.kinds(range(len(sights)))
    assert found.kinds(rows) == [every[row] for row in rows]
    assert len(found.evidence(rows)) == len(rows)


def test_nothing_is_said_of_no_lines() -> None:
    assert tagger.load().tag([], [], 0) is None


def test_evidence_is_told_in_words() -> None:
    prose = "The council voted on Tuesday to close the old bridge for repairs that will last until the end of summer."
    source = "\n\n".join([prose] * 4 + ["Subscribe to our newsletter", "Get the best of the week by e-mail"])
    sights, found = tags(source)
    told = found.evidence([len(sights) - 2, len(sights) - 1])

    assert all(1 <= len(row) <= 2 and all(isinstance(words, str) for words in row) for row in told)


def test_every_column_speaks_for_one_piece_of_evidence() -> None:
    for which, names in columns.COLUMNS.items():
        groups = tagger._evidence(which)

        assert sorted(index for group in groups.values() for index in group) == list(range(len(names)))


def test_the_model_is_small_and_quick_to_load() -> None:
    assert tagger.FILE.stat().st_size <= 10 * MEGABYTE
    spent = []
    for _ in range(3):
        began = time.process_time()
        tagger.load.__wrapped__()
        spent.append(time.process_time() - began)

    assert min(spent) < 0.5


def test_the_card_is_of_this_model() -> None:
    card = (tagger.FILE.parent / "CARD.md").read_text("utf-8")

    assert f"Version {tagger.load().version}," in card
    for word in ("Data and licences", "Figures", "WCXB", "CC BY 4.0"):
        assert word in card
