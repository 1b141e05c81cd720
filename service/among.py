"""What do the elements around a line of a page hold? Sums over them, for training and for serving alike."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from service.elements import OWN
from service.features import Floats, Ints
from service.model import Line

LEVELS = 4  # elements around a line that are looked at as wholes
GROUP = ("lines", "prose", "density", "linked", "kept", "kept_share", "worded", "path", "rest")
ANSWERS = ("share", "mean", "density")  # what the first forest's answers come to in each of these elements
GROUPS = tuple(f"group{level}_{name}" for level in range(LEVELS) for name in GROUP)
ANSWERED = tuple(f"p_group{level}_{name}" for level in range(LEVELS) for name in ANSWERS)

Doubles = npt.NDArray[np.float64]
Within = tuple[Ints, Ints]  # where the elements around each line begin and end, levels x lines


def spans(lines: Sequence[Line], start: int = 0) -> Within:
    """Return where the elements around each line begin and end (levels x lines), the page where there are no more.

    `lines` begin with the one of number `start`; what lies outside of them is cut off.
    """
    known: dict[int, int] = {}  # by the innermost element: its row
    rows: list[list[int]] = []
    index = []
    for line in lines:
        row = known.get(id(line.group))
        if row is None:
            row = known[id(line.group)] = len(rows)
            ends: list[int] = []
            group = line.group
            for _ in range(LEVELS):
                ends += (group.first, group.last) if group else (start, start + len(lines))
                group = group and group.around
            rows.append(ends)
        index.append(row)
    found = np.clip(np.array(rows, np.int64) - start, 0, len(lines))[index]
    return found[:, 0::2].T, found[:, 1::2].T


def groups(within: Within, own: Floats, weight: Floats, prose: Floats, worded: Floats, path: Floats) -> Floats:
    """Return the columns `GROUPS`: what the elements around each line hold. `own`: the columns `NAMES`."""
    low, high = within
    kept, linked = own[OWN.index("kept")], own[OWN.index("linked")]
    total, sums = _sums(np.stack((weight, weight * prose, weight * linked, weight * kept, worded, path)), low, high)
    count, letters = np.maximum(high - low, 1), np.maximum(sums[0], 1)
    found = np.empty((LEVELS, len(GROUP), low.shape[1]), np.float32)
    found[:, 0] = np.log1p(count)
    found[:, 1] = sums[1] / (total[1] + 1)
    found[:, 2:5] = (sums[1:4] / letters).swapaxes(0, 1)
    found[:, 5] = sums[3] / (total[3] + 1)
    found[:, 6:8] = (sums[4:6] / count).swapaxes(0, 1)
    found[:, 8] = (high - np.arange(low.shape[1])) / count
    return found.reshape(len(GROUPS), -1)


def answered(within: Within, weight: Floats, body: Floats) -> Floats:
    """Return the columns `ANSWERED`: what the answers of the first forest come to in the elements around each line."""
    low, high = within
    total, sums = _sums(np.stack((body, body * weight, weight)), low, high)
    found = np.empty((LEVELS, len(ANSWERS), low.shape[1]), np.float32)
    found[:, 0] = sums[1] / (total[1] + 1)
    found[:, 1] = sums[0] / np.maximum(high - low, 1)
    found[:, 2] = sums[1] / np.maximum(sums[2], 1)
    return found.reshape(len(ANSWERED), -1)


def _sums(columns: Floats, low: Ints, high: Ints) -> tuple[Doubles, Doubles]:
    """Return the sums of columns over all lines, and over the lines of each element (columns x levels x lines)."""
    total = np.zeros((len(columns), columns.shape[1] + 1))
    np.cumsum(columns, 1, dtype=np.float64, out=total[:, 1:])
    return total[:, -1], total.take(high, 1) - total.take(low, 1)
