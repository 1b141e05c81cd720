"""Fit the tagger's parts: linear models over hashed words, and forests of oblivious trees."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse
from catboost import CatBoostClassifier
from scipy.optimize import minimize

from service.features import Floats, Ints
from service.learned import Forest, Linear

L2_BODY, L2_GROUPS = 1.0, 2.0  # of the linear models, in lines; ten and thirty did worse on other sites
STEPS = 30  # of L-BFGS; more change the order of lines hardly at all
DEPTH, RATE = 6, 0.1
SHARE, COLUMNS_SHARE, LEAVES_L2 = 0.6, 0.2, 10.0  # of lines a tree sees, of columns a level sees; decay of the leaves
BORDERS = 64
LARGEST = 32_000  # of a leaf as a whole number
SEED = 1

Rows = list[npt.NDArray[np.int32]]


def sparse(rows: Rows, buckets: int) -> Any:
    """Return the rows as a matrix whose entries are counts over the root of their number."""
    sizes = np.array([len(row) for row in rows])
    values = np.repeat((1 / np.sqrt(np.maximum(sizes, 1))).astype(np.float32), sizes)
    starts = np.concatenate(([0], np.cumsum(sizes)))
    found = scipy.sparse.csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), buckets))
    found.sum_duplicates()
    return found


def linear(matrix: Any, body: Ints, groups: Ints, weight: Floats, answers: int) -> Linear:
    """Fit log-odds of body on all rows, and of each group (-1: not known) on those whose group is known."""
    known = groups >= 0
    first, first_bias = _softmax(matrix, body, weight, 2, L2_BODY)
    second, second_bias = _softmax(matrix[known], groups[known], weight[known], answers, L2_GROUPS)
    weights = np.concatenate(((first[:, 1] - first[:, 0])[:, None], second), 1)
    bias = np.concatenate(([first_bias[1] - first_bias[0]], second_bias)).astype(np.float32)
    scale = float(np.quantile(np.abs(weights[np.any(weights != 0, 1)]), 0.9995)) / 127
    return Linear(np.clip(np.round(weights / scale), -127, 127).astype(np.int8), scale, bias)


def _softmax(matrix: Any, target: Ints, weight: Floats, answers: int, l2: float) -> tuple[Floats, Floats]:
    """Fit a multinomial logistic regression by L-BFGS; return weights, buckets x answers, and biases."""
    used = np.unique(matrix.indices)
    small = matrix[:, used].tocsr()
    turned = small.T.tocsr()
    share = (weight / weight.sum()).astype(np.float32)
    decay = l2 / float(weight.sum())
    order = np.arange(len(target))
    size = len(used) * answers

    def loss(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights = values[:size].reshape(-1, answers).astype(np.float32)
        scores = small @ weights + values[size:].astype(np.float32)
        scores -= scores.max(1, keepdims=True)
        odds = np.exp(scores)
        total = odds.sum(1, keepdims=True)
        lost = float((share * (np.log(total[:, 0]) - scores[order, target])).sum())
        steep = odds / total
        steep[order, target] -= 1
        steep *= share[:, None]
        slope = turned @ steep + decay * weights
        flat = np.concatenate((slope.ravel(), steep.sum(0))).astype(np.float64)
        return lost + 0.5 * decay * float((weights.astype(np.float64) ** 2).sum()), flat

    found = minimize(
        loss, np.zeros(size + answers), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 6}
    )
    weights = np.zeros((matrix.shape[1], answers), np.float32)
    weights[used] = found.x[:size].reshape(-1, answers)
    return weights, found.x[size:].astype(np.float32)


def forest(columns: Floats, target: Ints, weight: Floats, trees: int, answers: Sequence[int] | None = None) -> Forest:
    """Grow a forest: for `target` 1 against 0, or, given `answers`, one score for each of them."""
    trainer = CatBoostClassifier(
        iterations=trees, depth=DEPTH, learning_rate=RATE, l2_leaf_reg=LEAVES_L2, rsm=COLUMNS_SHARE, random_seed=SEED,
        border_count=BORDERS, bootstrap_type="Bernoulli", subsample=SHARE, boosting_type="Plain", thread_count=2,
        loss_function="Logloss" if answers is None else "MultiClass", verbose=0, allow_writing_files=False,
    )  # fmt: skip
    trainer.fit(columns, target, sample_weight=weight)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "forest.json"
        trainer.save_model(str(file), format="json")
        grown = json.loads(file.read_text("utf-8"))
    scale, bias = grown["scale_and_bias"]
    many = 1 if answers is None else len(trainer.classes_)
    feature = np.zeros((trees, DEPTH), np.int16)
    border = np.full((trees, DEPTH), np.inf, np.float32)  # a tree that is less deep: never answered with yes
    leaf = np.zeros((trees, 1 << DEPTH, many))
    for index, tree in enumerate(grown["oblivious_trees"]):
        splits = tree["splits"] or []
        for level, split in enumerate(splits):
            feature[index, level], border[index, level] = split["float_feature_index"], split["border"]
        leaf[index, : 1 << len(splits)] = np.array(tree["leaf_values"]).reshape(-1, many) * scale
    bias = np.array(bias if isinstance(bias, list) else [bias], np.float32)
    if answers is not None:
        leaf, bias = _in_order(leaf, bias, [int(found) for found in trainer.classes_], answers)
    size = float(np.abs(leaf).max()) / LARGEST
    return Forest(feature, border, np.round(leaf / size).astype(np.int16), size, bias)


def _in_order(leaf: Any, bias: Floats, found: Sequence[int], answers: Sequence[int]) -> tuple[Any, Floats]:
    """Put the answers in the order of `answers`; one that was never seen is never given."""
    ordered = np.zeros((*leaf.shape[:2], len(answers)))
    biases = np.full(len(answers), -50.0, np.float32)
    for place, answer in enumerate(found):
        ordered[:, :, answers.index(answer)] = leaf[:, :, place]
        biases[answers.index(answer)] = bias[place] if len(bias) == len(found) else bias[0]
    return ordered, biases
