"""What does a learned model answer? Sums of weights, and sums of leaves, in whole numbers.

All nodes of one level of a tree ask the same question (oblivious trees, as CatBoost grows them), so that a forest is a
few vector operations.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from service.features import Floats, Ints

CLIP = 8.0  # bounds of what the words of one line may say, in log-odds


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of n-grams or words, buckets x answers; a line's score is their sum over the root of their number."""

    weight: npt.NDArray[np.int8]
    scale: float
    bias: Floats

    def scores(self, buckets: npt.NDArray[np.int32], begins: Ints) -> Floats:
        """Return the scores, answers x lines: first the log-odds for body, then one of each group."""
        sums = np.add.reduceat(self.weight.take(buckets, 0), begins, axis=0, dtype=np.int32)
        sizes = np.append(begins[1:], len(buckets)) - begins
        found = sums.T * (self.scale / np.sqrt(sizes)) + self.bias[:, None]
        groups = found[1:]
        groups -= groups.sum(0) / len(groups)
        return np.minimum(np.maximum(found, -CLIP), CLIP).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Forest:
    """Oblivious trees: `feature`, `border` are trees x depth, `leaf` (whole numbers) trees x 2^depth x answers.

    Depth is 8 at most: the way through a tree is one byte.
    """

    feature: npt.NDArray[np.int16]
    border: Floats
    leaf: npt.NDArray[np.int16]
    scale: float
    bias: Floats
    # The same as vector operations want it: every question once; which one each node asks, level by level, the last
    # level first; and all leaves.
    asked: npt.NDArray[np.intp] = field(init=False)
    held: Floats = field(init=False)
    which: npt.NDArray[np.intp] = field(init=False)
    leaves: npt.NDArray[np.int16] = field(init=False)
    begin: npt.NDArray[np.int32] = field(init=False)  # of each tree's leaves

    def __post_init__(self) -> None:
        trees, depth = self.feature.shape
        questions = np.stack((self.feature.T[::-1].ravel(), self.border.T[::-1].ravel()))
        once, which = np.unique(questions, axis=1, return_inverse=True)
        for name, value in (
            ("asked", once[0].astype(np.intp)),
            ("held", once[1].astype(np.float32)[:, None]),
            ("which", which.ravel()),
            ("leaves", self.leaf.reshape(trees << depth, *self.leaf.shape[2:] if self.leaf.shape[2] > 1 else ())),
            ("begin", (np.arange(trees, dtype=np.int32) << depth)[:, None]),
        ):
            object.__setattr__(self, name, value)

    def scores(self, columns: Floats) -> Floats:
        """Return the sum of its leaves per line, answers x lines. Whole numbers give the same sum on every machine."""
        trees, depth = self.feature.shape
        answers = (columns.take(self.asked, 0) > self.held).view(np.uint8)
        nodes = answers.take(self.which, 0).reshape(depth, trees, -1)
        at = nodes[0]
        for level in nodes[1:]:
            at += at  # twice as quick as a shift
            at |= level
        total = self.leaves.take(at + self.begin, 0).sum(0, dtype=np.int32)
        scored = total.reshape(-1, self.leaf.shape[2]).T * self.scale + self.bias[:, None]
        return np.ascontiguousarray(scored, np.float32)
