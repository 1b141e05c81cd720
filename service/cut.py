"""Where does the article start and end, and what goes under this scope?

Two voices. The rules work from the bottom: every line has a gain for lying in the tail (judge.py), and their cut is put
where the sum of the gains below it is greatest, only above a line that is evidence itself. The tagger says of each line
how likely it is the article's, and how likely the article goes on below it; its cut is put below the last line that it
does not give up. The higher of both cuts holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.features import Floats
from service.judge import QUOTE
from service.model import Judgement, Kind, Reach, Scope
from service.sight import Sight, is_prose, weight
from service.tagger import LEAST, Tags

NO_ARTICLE = "nothing here looks like an article: the source is returned as it came"
LEAST_GAIN = 0.95  # in units of one certain line; below it, the rules cut nothing
HOPELESS = -8.0  # no tail is as certain as to make up for so much prose
# A lost line of the article weighs as much as some three that are left.
# Chosen on pages of sites the tagger had not seen.
GIVEN_UP = 0.23  # below the article: probability that the article goes on here or below
SHORT_ARTICLE = 1500  # letters of prose; with fewer, a tail needs a line that is surely none of the article's
SURE_TAIL = 0.05  # probability, as above, of such a line
GIVEN_UP_INSIDE = 0.3  # inside it, under the scope `article`: probability that the line is the article's
GIVEN_UP_CERTAIN = 0.8  # the same of a line that the lexicon is certain of
LEAST_BODY = 0.5  # probability of the likeliest line; below it, the tagger sees no article
ANNOUNCED = 2  # lines below such a label in which the paragraph that it announces stands
POINTING = frozenset((Kind.RELATED_HEADING, Kind.RELATED, Kind.RELATED_META))
SURE_INSIDE = 0.9  # confidence a line above the article's end needs to go on the word of the rules alone


@dataclass(frozen=True, slots=True)
class Cut:
    """The decision: a judgement per line, where the tail begins, and which lines are not the article's anywhere."""

    judgements: tuple[Judgement, ...]
    tail: int  # index of its first line; without a tail, the number of lines
    inside: tuple[bool, ...]


Read = Sequence[tuple[float, Judgement]]


def certain(sights: Sequence[Sight], read: Read) -> int:
    """Return where the rules alone put the cut."""
    best, best_sum, total = len(sights), LEAST_GAIN, 0.0
    for i in range(len(sights) - 1, 0, -1):
        total += read[i][0]
        if total < HOPELESS:
            break
        opens = sights[i].hit is not None or sights[i].title
        if opens and total > best_sum + 1e-9 and not sights[i - 1].joined:
            best, best_sum = i, total
    return best


def decide(sights: Sequence[Sight], read: Read, by_rules: int, tags: Tags | None, *, explain: bool = False) -> Cut:
    """Put the cut and judge every line; `by_rules` is where the rules put it. Without tags, the rules stand alone.

    `explain`: weigh also what spoke most against each line that goes, which takes as long as all the rest.
    """
    if tags is None or not _article(tags):
        if tags is not None and not any(is_prose(sight.line.text) for sight in sights[:by_rules]):
            by_rules = len(sights)  # neither voice finds an article
        inside = tuple(_goes_by_rules(sight, judged) for sight, (_, judged) in zip(sights, read, strict=True))
        return Cut(_named(sights, [judged for _, judged in read], by_rules), by_rules, inside)
    body = _as_one(sights, tags.body)
    goes_on = _as_one(sights, _mean(tags.body, tags.goes_on))
    alive = np.flatnonzero(goes_on > GIVEN_UP)
    tail = int(alive[-1]) + 1
    prose = sum(weight(sight.line.text) for sight in sights[:tail] if is_prose(sight.line.text))
    if prose < SHORT_ARTICLE and goes_on[tail:by_rules].min(initial=1) > SURE_TAIL:
        tail = len(sights)  # a list or a rhyme may end a short text: there, mere doubt cuts nothing
    tail = min(by_rules, max(tail, _goes_on_below(sights)))
    begin = next((i for i in range(tail) if is_prose(sights[i].line.text)), 0)
    short = sum(weight(sight.line.text) for sight in sights if is_prose(sight.line.text)) < SHORT_ARTICLE
    inside = tuple(
        bool(
            p < GIVEN_UP_CERTAIN
            if _known(sight, judged, i < begin)
            else p < (SURE_TAIL if short and is_prose(sight.line.text) else GIVEN_UP_INSIDE)
        )
        for i, (sight, (_, judged), p) in enumerate(zip(sights, read, body, strict=True))
    )
    gone = [i >= tail or away for i, away in enumerate(inside)]
    return Cut(_judged(sights, read, body, tags, gone, explain), tail, inside)


def select(sights: Sequence[Sight], decision: Cut, scope: Scope) -> tuple[list[int], str | None]:
    """Return the indices of the lines that go under `scope`, in order, and a note if nothing could be judged."""
    gone = list(range(decision.tail, len(sights)))
    if scope is Scope.ARTICLE:
        gone = [i for i in range(decision.tail) if decision.inside[i]] + gone
    if sights and len(gone) == len(sights):
        return [], NO_ARTICLE
    if not gone and not any(is_prose(sight.line.text) for sight in sights):
        return [], NO_ARTICLE if sights else None
    return gone, None


def pointers(decision: Cut, gone: Sequence[int]) -> list[int]:
    """Return the lines in which related links are looked for: those that go, and pointers that stay in the text."""
    kept = (i for i, inside in enumerate(decision.inside) if inside and decision.judgements[i].kind in POINTING)
    return sorted({*gone, *kept})


def _article(tags: Tags) -> bool:
    """Say whether the tagger takes any line for the article's. If not, the rules alone decide."""
    return float(tags.body.max()) >= LEAST_BODY and bool((_mean(tags.body, tags.goes_on) > GIVEN_UP).any())


def _mean(one: Floats, other: Floats) -> Floats:
    """Return the probabilities half-way between two, in log-odds."""
    odds = [np.clip(p, LEAST, 1 - LEAST) for p in (one, other)]
    ratio = np.sqrt(np.prod([p / (1 - p) for p in odds], 0))
    found: Floats = ratio / (1 + ratio)
    return found


def _as_one(sights: Sequence[Sight], values: Floats) -> Floats:
    """Return the values, pieces of one paragraph having the greatest of theirs: they stand or fall together."""
    found = values.copy()
    start = 0
    for i, sight in enumerate(sights):
        if not sight.joined:
            if i > start:
                found[start : i + 1] = values[start : i + 1].max()
            start = i + 1
    return found


def _known(sight: Sight, judged: Judgement, before: bool) -> bool:
    """Say whether the rules know a line: for certain or, `before` the first paragraph, at all."""
    return (sight.hit is not None and sight.hit.certain) or (before and (sight.title or judged.kind is not Kind.BODY))


def _goes_on_below(sights: Sequence[Sight]) -> int:
    """Return the index below the last paragraph that a label such as "Article continues below" announces."""
    for i in range(len(sights) - 1, -1, -1):
        hit = sights[i].hit
        if hit is not None and hit.reach is Reach.INSIDE:
            below = (j for j in range(i + 1, min(i + 1 + ANNOUNCED, len(sights))) if is_prose(sights[j].line.text))
            if (paragraph := next(below, None)) is not None:
                return paragraph + 1
    return 0


def _goes_by_rules(sight: Sight, judged: Judgement) -> bool:
    if sight.line.kept is False:
        return True
    return judged.kind is not Kind.BODY and (judged.confidence >= SURE_INSIDE or sight.title)


def _named(sights: Sequence[Sight], judgements: list[Judgement], tail: int) -> tuple[Judgement, ...]:
    """Give the lines of the tail that the rules take for body a kind of their own."""
    for i in range(tail, len(sights)):
        if judgements[i].kind is Kind.BODY:
            first = sights[tail].line.text[:QUOTE]
            judgements[i] = Judgement(Kind.OTHER, 0.5, (f"below {first!r}, where the article has ended",))
    return tuple(judgements)


def _judged(
    sights: Sequence[Sight], read: Read, body: Floats, tags: Tags, gone: Sequence[bool], explain: bool
) -> tuple[Judgement, ...]:
    """Judge every line: what the rules are certain of as they say, the rest as the tagger weighs it."""
    found = []
    doubted = [i for i, away in enumerate(gone) if away and not _sure(sights[i], read[i][1])]
    kinds = dict(zip(doubted, tags.kinds(doubted), strict=True))
    told = dict(zip(doubted, tags.evidence(doubted), strict=True)) if explain else {}
    for i, (_, judged) in enumerate(read):
        if i in kinds:
            kind, likely = kinds[i]
            if kind is Kind.RELATED and judged.kind is Kind.RELATED_META:
                kind = judged.kind  # a date or a teaser below a heading that the rules know
            by_rules = judged.evidence if judged.kind is kind else ()
            evidence = (*by_rules, f"weighed as {kind} ({likely:.0%}), as body {body[i]:.0%}", *told.get(i, ()))
            found.append(Judgement(kind, float(max(0.0, 1 - body[i])), evidence))
        elif gone[i]:
            found.append(judged)
        else:
            found.append(Judgement(Kind.BODY, float(body[i]), (f"weighed as body {body[i]:.0%}",)))
    return tuple(found)


def _sure(sight: Sight, judged: Judgement) -> bool:
    return judged.kind is not Kind.BODY and ((sight.hit is not None and sight.hit.certain) or sight.title)
