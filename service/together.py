"""Which lines stay or go together?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from service import makes
from service.features import Floats
from service.makes import SUBHEADS, Bools
from service.sight import Sight
from service.tagger import LEAST, Tags, probability

# Items of one list, and cells of one row. Of a list half is lost otherwise; the words of pages are judged no worse.
TIED = frozenset(("li", "dt", "dd", "td", "th", "pre"))
LEAD = 0.1  # probability that a line is the article's, above which it stays if it leads on to one that does
SURE = 0.95  # probability of a paragraph, before the extractor is asked, above which it stays whatever that says
IN_DOUBT = 0.5  # probability that such a paragraph has then


def mean(one: Floats, other: Floats) -> Floats:
    """Return the probabilities half-way between two, in log-odds."""
    one, other = (np.minimum(np.maximum(p, LEAST), 1 - LEAST) for p in (one, other))
    ratio = np.sqrt(one / (1 - one) * (other / (1 - other)))
    found: Floats = ratio / (1 + ratio)
    return found


def as_one(sights: Sequence[Sight], values: Floats) -> Floats:
    """Return the values of what stands or falls together as one: of pieces of one paragraph the greatest."""
    values = _tied(sights, values)
    joined = [i for i, sight in enumerate(sights) if sight.joined]
    if not joined:
        return values
    found = values.copy()
    start = last = joined[0]
    for i in (*joined[1:], len(sights)):
        if i > last + 1:
            found[start : last + 2] = values[start : last + 2].max()
            start = i
        last = i
    return found


def _tied(sights: Sequence[Sight], values: Floats) -> Floats:
    """Return the values, all items of one list and all cells of one row having the mean of theirs, in log-odds."""
    lists: dict[int, list[int]] = {}
    for i, sight in enumerate(sights):
        if sight.line.tag in TIED and sight.line.group is not None:
            lists.setdefault(id(sight.line.group), []).append(i)
    found = values.copy() if lists else values
    for rows in lists.values():
        odds = np.minimum(np.maximum(values[rows], LEAST), 1 - LEAST)
        found[rows] = probability(np.log(odds / (1 - odds)).mean())
    return found


def leading(sights: Sequence[Sight], inside: Bools, body: Floats) -> list[int]:
    """Return the lines that would go, but lead on to the next one, which stays: subheads, and "There are three:"."""
    found = []
    for i in np.flatnonzero(inside[:-1] & ~inside[1:] & (body[:-1] > LEAD)).tolist():
        line = sights[i].line
        subhead = line.tag in SUBHEADS and sights[i + 1].look.prose
        announces = i > 0 and line.text[-1] in ":：" and sights[i - 1].look.prose and not inside[i - 1]
        hit = sights[i].hit
        known = hit is not None and (hit.certain or not subhead)  # "Background" heads a part of an article too
        if (subhead or announces) and not known and not sights[i].title:
            found.append(i)
    return found


def spoken(proses: Sequence[int], sentences: Sequence[int]) -> list[int]:
    """Return the sentences, however short, that stand right below a paragraph or another one of these."""
    above, found = set(proses), []
    for i in sentences:
        if i - 1 in above:
            above.add(i)
            found.append(i)
    return found


def hold(sights: Sequence[Sight], first: Tags, asked: Tags, by_rules: int) -> tuple[Tags, int]:
    """Return what is said of a page about which the extractor was `asked`, and where the rules put the cut.

    No paragraph goes of which the `first` look was sure, nor others of that make which it would have kept: the
    extractor leaves out the second half of some articles.
    """
    prose = np.array([sight.look.prose for sight in sights])
    sure = np.flatnonzero(prose & (first.body > SURE))
    made = {makes.make(sights[i].line.path or "") for i in sure.tolist()}
    alike = np.flatnonzero(prose & (first.body > IN_DOUBT)).tolist()
    sure = np.array(
        [i for i in alike if first.body[i] > SURE or makes.make(sights[i].line.path or "") in made], np.int64
    )
    body, goes_on = asked.body.copy(), asked.goes_on.copy()
    for values in (body, goes_on):
        values[sure] = np.maximum(values[sure], IN_DOUBT)
    return replace(asked, body=body, goes_on=goes_on), max(by_rules, int(sure.max(initial=-1)) + 1)
