"""What spoke against a line, in words that a person can check on the page?"""

from collections.abc import Iterable, Iterator, Sequence

from service.features import FAR, NEAR, Floats
from service.sight import Sight
from service.tagger import AROUND, BELOW, KNOWN

QUOTE = 60  # characters of another line that a reason quotes
LIKELY = 0.5  # probability from which a line is weighed as the article's


def checked(sights: Sequence[Sight], body: Floats, i: int, reasons: Iterable[str]) -> Iterator[str]:
    """Yield the tagger's reasons about line `i`, those about other lines with what is seen of these.

    `body`: how likely each line is the article's.
    """
    for reason in reasons:
        if reason == KNOWN:
            yield _phrase(sights, i)
        elif reason == AROUND:
            near = [j for j in range(max(0, i - NEAR), min(len(sights), i + NEAR + 1)) if j != i]
            if other := sum(body[j] < LIKELY for j in near):
                yield f"of the {len(near)} lines next to it, {other} are weighed as none of the article's"
        elif reason == BELOW:
            more = int((body[i + 1 :] >= LIKELY).sum())
            yield f"of the {len(sights) - i - 1} lines below it, {more} are weighed as the article's"
        else:
            yield reason


def _phrase(sights: Sequence[Sight], i: int) -> str:
    """Return where the nearest known phrase stands."""
    if (own := sights[i].found) is not None:
        return f"a known phrase: {own.phrase}"
    for away in range(1, FAR + 1):
        for j, side in ((i - away, "above"), (i + away, "below")):
            if 0 <= j < len(sights) and sights[j].found is not None:
                return f"a known phrase stands {away} lines {side} it: {sights[j].line.text[:QUOTE]!r}"
    return "no rule counts it as a paragraph"
