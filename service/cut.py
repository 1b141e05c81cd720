"""Where does the article end, and what goes under this scope?

Works from the bottom. Every line has a gain for lying in the tail (judge.py); the cut is put where the sum of the gains
below it is greatest, and only above a line that is evidence itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from service.judge import QUOTE, Reader
from service.model import Judgement, Kind, Scope
from service.sight import Sight, is_prose

NO_ARTICLE = "nothing here looks like an article: the source is returned as it came"
LEAST_GAIN = 0.95  # in units of one certain line; below it, nothing is cut
HOPELESS = -8.0  # no tail is as certain as to make up for so much prose
SURE_INSIDE = 0.9  # confidence a line above the article's end needs to go under the scope `article`


@dataclass(frozen=True, slots=True)
class Cut:
    """The decision: a judgement per line, and the index of the tail's first line (no tail: the number of lines)."""

    judgements: tuple[Judgement, ...]
    tail: int


def decide(sights: Sequence[Sight]) -> Cut:
    """Judge every line and put the cut."""
    reader = Reader()
    read = [reader.read(sight) for sight in sights]
    judgements = [judged for _, judged in read]
    best, best_sum, total = len(sights), LEAST_GAIN, 0.0
    for i in range(len(sights) - 1, 0, -1):
        total += read[i][0]
        if total < HOPELESS:
            break
        opens = sights[i].hit is not None or sights[i].title
        if opens and total > best_sum + 1e-9 and not sights[i - 1].joined:
            best, best_sum = i, total
    for i in range(best, len(sights)):
        if judgements[i].kind is Kind.BODY:
            first = sights[best].line.text[:QUOTE]
            judgements[i] = Judgement(Kind.OTHER, 0.5, (f"below {first!r}, where the article has ended",))
    return Cut(tuple(judgements), best)


def select(sights: Sequence[Sight], decision: Cut, scope: Scope) -> tuple[list[int], str | None]:
    """Return the indices of the lines that go under `scope`, in order, and a note if nothing could be judged."""
    judged = decision.judgements
    gone = list(range(decision.tail, len(sights)))
    if scope is Scope.ARTICLE:
        begin = next((i for i in range(decision.tail) if is_prose(sights[i].line.text)), 0)
        gone = [i for i in range(decision.tail) if _goes_inside(sights[i], judged[i], i < begin)] + gone
    if sights and len(gone) == len(sights):
        return [], NO_ARTICLE
    if not gone and not any(is_prose(sight.line.text) for sight in sights):
        return [], NO_ARTICLE if sights else None
    return gone, None


def _goes_inside(sight: Sight, judged: Judgement, before: bool) -> bool:
    """Say whether a line above the article's end goes under the scope `article`.

    `before`: it stands before the first paragraph, where a byline needs less to be known.
    """
    if sight.line.kept is False:
        return True
    return judged.kind is not Kind.BODY and (judged.confidence >= SURE_INSIDE or sight.title or before)
