"""Where does the article start and end, and what goes under this scope?

Two voices. The rules work from the bottom: every line has a gain for lying in the tail (judge.py), and their cut is put
where the sum of the gains below it is greatest, only above a line that is evidence itself. The tagger says of each line
how likely it is the article's, and how likely the article goes on below it; its cut is put below the last line that it
does not give up. The higher of both cuts holds.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from service import columns, listed, makes, naming, second, together
from service.judge import QUOTE
from service.model import Judgement, Kind, Reach, Scope
from service.sight import Sight
from service.tagger import Tags

NO_ARTICLE = "nothing here looks like an article: the source is returned as it came"
LEAST_GAIN = 0.95  # in units of one certain line; below it, the rules cut nothing
HOPELESS = -8.0  # no tail is as certain as to make up for so much prose
SHORT_ARTICLE = 1500  # letters of prose; with fewer, a tail needs a line that is surely none of the article's
SURE_TAIL = 0.04  # probability, as above, of such a line
# The same where there is more prose. At 0.12, 0.2 and 0.3, 88, 90 and 91 % of the tail of labelled pages goes; 3, 5 and
# 8 % of articles without a tail lose a line, and 9, 12 and 14 % of those that end in a list or the like.
CLEAR_TAIL = 0.2
BEGUN_TAIL = 0.3  # the same of a sentence that begins like a notice: with it, no more articles without a tail are hurt
GIVEN_UP_CERTAIN = (
    0.8  # probability that a line inside it is the article's, where the lexicon is certain that it is not
)
LISTING = 3  # lines that would go from what is no article; what loses fewer may be a title above a share button
VERSE = 0.3  # share of what the rules do not know that must stay of a text without any prose: a poem, a list of winners
LEFT_OUT = 0.3  # share of a page's prose that the extractor must keep to be believed where the rules stand alone
BRIEF = 0.12  # probability, as above, of a sentence of a few words below a paragraph: "Nobody came."
HELD = 0.6  # probability of a paragraph, above which the rules do not cut above it
LEAST_BODY = 0.5  # probability of the likeliest line; below it, the tagger sees no article
ANNOUNCED = 2  # lines below such a label in which the paragraph that it announces stands
SURE_INSIDE = 0.9  # confidence a line above the article's end needs to go on the word of the rules alone


# The innermost element of a line, if its class calls it a caption: of some 330 such lines on 1,242 pages a handful is
# the article's. And an element that shows another article.
_CAPTION = re.compile(
    r"\.(?:wp-caption-text|caption|[\w-]*(?:img|image|photo|picture|field)[-_]?(?:caption|credit)s?)(?:[.#][^>]*)?$"
    r"|\.(?:wp-embedded-content|rich-link)(?![\w-])",
    re.IGNORECASE,
)
PATHS = 1 << 14  # that are remembered: a site's pages have the same ones
ENOUGH_LETTERS = 400  # of a line, where doubts are summed up: one long line is not the whole page
DOUBT = 0.12  # of a page, above which the extractor is asked too; see `doubt`


class Price(NamedTuple):
    """Probabilities below which a line is given up. At 0.2, a lost one weighs as much as four that are left."""

    line: float  # that the article goes on here or below
    paragraph: float  # the same, where the line is prose
    piece: float  # the same in a text whose paragraphs were broken at their links
    inside: float  # that a line above the article's end is the article's
    sentence: float  # both, where a line ends like a sentence and the lexicon does not know it
    prose: float  # share of the prose that must stay: whoever would give up more of it has not understood the page


# Chosen on pages of sites that the tagger had not seen: the tail for few pages that lose a line, the article for words.
TAIL = Price(0.7, 0.45, 0.25, 0.3, 0.3, 0.5)
ARTICLE = Price(0.4, 0.3, 0.3, 0.4, 0.3, 0.05)
PAGE = Price(0.4, 0.3, 0.3, 0.3, 0.3, 0.05)  # the article of a page with its markup, where less is in doubt


@dataclass(frozen=True, slots=True)
class Cut:
    """The decision: where the tail begins, which lines are not the article's anywhere, and what those lines are.

    Asked for an explanation, it has a judgement of every line.
    """

    judgements: dict[int, Judgement]  # by index of the line
    tail: int  # index of its first line; without a tail, the number of lines
    inside: Sequence[bool]
    note: str | None = None  # what the client is told of how it came about


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


def decide(
    sights: Sequence[Sight],
    read: Read,
    by_rules: int,
    tags: Tags | None,
    scope: Scope,
    *,
    explain: bool = False,
    again: bool = False,
) -> Cut:
    """Put the cut and judge every line; `by_rules` is where the rules put it. Without tags, the rules stand alone.

    `explain`: weigh also what spoke most against each line that goes, which takes as long as all the rest. `again`:
    judge no line that stays, as is not asked for in what an earlier decision left.
    """
    proses = [i for i, sight in enumerate(sights) if sight.look.prose]
    by_rules = min(by_rules, another := second.begins(sights))
    if tags is None:
        return _by_rules(sights, read, by_rules)
    body = together.as_one(sights, tags.body)
    goes_on = together.as_one(sights, together.mean(tags.body, tags.goes_on))
    by_rules = max([by_rules, *(i + 1 for i in proses if by_rules < i < another and _held(sights[i], body[i]))])
    price = TAIL if scope is Scope.TAIL else ARTICLE if tags.which == columns.TEXT else PAGE
    needed = np.full(len(sights), price.line)
    needed[proses] = price.piece if any(sight.joined for sight in sights) else price.paragraph
    sentences = [i for i, sight in enumerate(sights) if sight.look.ended and sight.hit is None]
    needed[sentences] = np.minimum(needed[sentences], price.sentence)
    brief = [i for i in together.spoken(proses, sentences) if not sights[i].look.prose]
    needed[brief] = np.minimum(needed[brief], BRIEF)
    on = np.flatnonzero(goes_on > needed)
    if not len(on) or float(tags.body.max()) < LEAST_BODY:  # the tagger sees no article
        return _by_rules(sights, read, by_rules if proses and proses[0] < by_rules else len(sights))
    tail = int(on[-1]) + 1
    sizes = [sights[i].look.size for i in proses]
    short = sum(sizes[: bisect_left(proses, tail)]) < SHORT_ARTICLE
    least = SURE_TAIL if short else CLEAR_TAIL
    begun = [i for i in range(tail, by_rules) if (hit := sights[i].hit) is not None and hit.open]
    if goes_on[tail:by_rules].min(initial=1) > least and goes_on[begun].min(initial=1) > BEGUN_TAIL:
        tail = len(sights)  # a list or a rhyme may end a text: mere doubt cuts nothing
    tail = min(by_rules, max(tail, _goes_on_below(sights)))
    begin = proses[0] if proses and proses[0] < tail else 0
    needed[:] = price.inside
    needed[sentences] = min(price.inside, price.sentence)
    needed[brief] = min(price.inside, BRIEF)
    if sum(sizes) < SHORT_ARTICLE:
        own = [i for i in (*proses, *together.spoken(proses, sentences)) if sights[i].line.href is None]
        needed[own] = SURE_TAIL
    needed[[i for i, sight in enumerate(sights) if _known(sight, read[i][1], i < begin)]] = GIVEN_UP_CERTAIN
    inside = body < needed
    entries = makes.entries(sights, inside | (np.arange(len(sights)) >= tail), by_rules)
    inside[entries] = False
    tail = max([tail, *(i + 1 for i in entries)])
    inside[makes.cells(sights, inside, tail)] = False
    inside[together.leading(sights, inside, body)] = False
    gone = inside.copy() if scope is Scope.ARTICLE else np.zeros(len(sights), bool)
    gone[tail:] = True
    told = [i for i in proses if read[i][1].kind is Kind.BODY]  # readers' comments are not
    share = price.prose if told else VERSE
    told = told or [i for i in range(len(sights)) if read[i][1].kind is Kind.BODY]
    if sum(sights[i].look.size for i in told if not gone[i]) < share * sum(sights[i].look.size for i in told):
        return _by_rules(sights, read, by_rules)
    if not again:
        gone |= inside
        gone[[i for i, sight in enumerate(sights) if _points(sight)]] = True
    return Cut(naming.judged(sights, read, body, tags, np.flatnonzero(gone).tolist(), explain), tail, inside.tolist())


def _held(sight: Sight, body: float) -> bool:
    """Say whether a paragraph below the cut of the rules is the article's: they take one below a list for a teaser."""
    return body > HELD and sight.hit is None and not sight.title


def _by_rules(sights: Sequence[Sight], read: Read, tail: int) -> Cut:
    proses = [sight for sight in sights if sight.look.prose]
    kept = sum(sight.look.size for sight in proses if sight.line.kept is not False)
    asked = kept >= LEFT_OUT * sum(sight.look.size for sight in proses)
    inside = [_goes_by_rules(sight, judged, asked=asked) for sight, (_, judged) in zip(sights, read, strict=True)]
    if not any(sight.look.prose for sight in sights[:tail]):
        unknown = [
            sight.look.size if judged.kind is Kind.BODY else 0 for sight, (_, judged) in zip(sights, read, strict=True)
        ]
        tail = tail if sum(unknown[:tail]) >= VERSE * sum(unknown) else len(sights)
    return Cut(_named(sights, [judged for _, judged in read], tail), tail, inside)


def doubt(sights: Sequence[Sight], tags: Tags) -> float:
    """Return how much of a page may be judged wrongly, as a share of its article."""
    sizes = np.minimum([sight.look.size for sight in sights], ENOUGH_LETTERS)
    wrong = np.minimum(tags.body, 1 - tags.body) @ sizes
    return float(wrong / max(float(tags.body @ sizes), 1.0))


def select(sights: Sequence[Sight], decision: Cut, scope: Scope) -> tuple[list[int], str | None]:
    """Return the indices of the lines that go under `scope`, in order, and a note if nothing could be judged."""
    gone = list(range(decision.tail, len(sights)))
    if scope is Scope.ARTICLE:
        gone = [i for i in range(decision.tail) if decision.inside[i]] + gone
    if sights and len(gone) == len(sights):
        return [], NO_ARTICLE
    if scope is Scope.TAIL and _is_no_article(sights, set(gone)):
        return [], NO_ARTICLE
    if not gone and not any(map(_is_paragraph, sights)):
        return [], NO_ARTICLE if sights else None
    return gone, None


def _is_paragraph(sight: Sight) -> bool:
    return sight.look.prose and not (sight.hit is not None and sight.hit.certain)


def _is_no_article(sights: Sequence[Sight], gone: set[int]) -> bool:
    """Say whether what would stay is no article: no paragraph or sentence, and fewer letters than would go."""
    stays = [sight for i, sight in enumerate(sights) if i not in gone]
    unknown = [sight for sight in stays if sight.hit is None]
    if not gone or any(map(_is_paragraph, stays)) or any(sight.look.ended for sight in unknown):
        return False
    size = sum(sight.look.size for sight in unknown)
    return not size or (len(gone) >= LISTING and size < sum(sights[i].look.size for i in gone))


def pointers(sights: Sequence[Sight], decision: Cut, gone: Sequence[int]) -> list[int]:
    """Return the lines in which related links are looked for: those that go, and pointers that stay.

    A line with a colon at its end is none: it announces what the article says next.
    """
    kept = [i for i, inside in enumerate(decision.inside) if inside and decision.judgements[i].kind in naming.POINTING]
    kept = [i for i in kept if sights[i].hit or sights[i].line.text[-1] not in ":："]
    kept += [i for i, sight in enumerate(sights) if _points(sight) and i in decision.judgements]
    return sorted({*gone, *kept, *listed.pointing(sights, decision.judgements, gone)})


def _points(sight: Sight) -> bool:
    """Say whether a line is for certain a label and the title of another article, wherever it stands."""
    hit = sight.hit
    return hit is not None and hit.certain and hit.kind is Kind.RELATED and hit.value is not None


def _known(sight: Sight, judged: Judgement, before: bool) -> bool:
    """Say whether the rules know a line: for certain or, `before` the first paragraph, at all."""
    return (
        (sight.hit is not None and sight.hit.certain)
        or (bool(sight.title) and sight.line.tag == "h1")
        or (sight.line.path is not None and _is_caption(sight.line.path))
        or (before and (bool(sight.title) or judged.kind is not Kind.BODY))
    )


@lru_cache(maxsize=PATHS)
def _is_caption(path: str) -> bool:
    return _CAPTION.search(path) is not None


def _goes_on_below(sights: Sequence[Sight]) -> int:
    """Return the index below the last paragraph that a label such as "Article continues below" announces."""
    for i in range(len(sights) - 1, -1, -1):
        hit = sights[i].hit
        if hit is not None and hit.reach is Reach.INSIDE:
            below = (j for j in range(i + 1, min(i + 1 + ANNOUNCED, len(sights))) if sights[j].look.prose)
            if (paragraph := next(below, None)) is not None:
                return paragraph + 1
    return 0


def _goes_by_rules(sight: Sight, judged: Judgement, *, asked: bool) -> bool:
    if asked and sight.line.kept is False:
        return True
    return judged.kind is not Kind.BODY and (judged.confidence >= SURE_INSIDE or bool(sight.title))


def _named(sights: Sequence[Sight], judgements: list[Judgement], tail: int) -> dict[int, Judgement]:
    """Give the lines of the tail that the rules take for body a kind of their own."""
    for i in range(tail, len(sights)):
        if judgements[i].kind is Kind.BODY:
            first = sights[tail].line.text[:QUOTE]
            judgements[i] = Judgement(Kind.OTHER, 0.5, (f"below {first!r}, where the article has ended",))
    return dict(enumerate(judgements))
