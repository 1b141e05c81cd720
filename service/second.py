"""Where does another article begin on a page that shows one below the other?"""

import re
from collections.abc import Sequence

from service.model import Kind
from service.sight import Sight

LETTERS = 400  # of prose above and below the second headline: less is a teaser
FIRST = 4  # lines above it in the element that holds the second article
SIGNED = 6  # lines below a headline in which its byline or date stands; a part of a guide has none

_H1 = re.compile(r"h1(?![^.#])")


def begins(sights: Sequence[Sight]) -> int:
    """Return the line of another article's headline, below the own one and in an element like it; none: their number.

    Of 1,242 pages three show further articles so. A live blog or a guide in parts has no headline of the first rank
    with a date in each of them.
    """
    if not sights or sights[0].line.path is None:
        return len(sights)
    heads = [i for i, sight in enumerate(sights) if "h1" in (sight.line.path or "")]
    own = next((i for i in heads if sights[i].title and _sort(sights[i].line.path or "")), None)
    if own is None:
        return len(sights)
    sort = _sort(sights[own].line.path or "")
    for i in heads:
        if i > own and not sights[i].title and _sort(sights[i].line.path or "") == sort:
            above, below = (sum(s.look.size for s in part if s.look.prose) for part in (sights[own:i], sights[i:]))
            another = min(above, below) >= LETTERS and _opens(sights, own, i) and _signed(sights, i)
            return i if another else len(sights)
    return len(sights)


def _opens(sights: Sequence[Sight], own: int, i: int) -> bool:
    """Say whether a line is among the first of the outermost element around it without the `own` headline."""
    group = sights[i].line.group
    while group and group.around and not group.around.first <= own < group.around.last:
        group = group.around
    return group is not None and not group.first <= own < group.last and i - group.first <= FIRST


def _signed(sights: Sequence[Sight], i: int) -> bool:
    below = sights[i + 1 : i + 1 + SIGNED]
    return any(s.look.dated or (s.hit is not None and s.hit.kind is Kind.BYLINE) for s in below)


def _sort(path: str) -> str:
    """Return the h1 of a path, or the article around it, by its tag and first class; of other paths, nothing."""
    labels = path.split(">")
    last = next((i for i in range(len(labels) - 1, -1, -1) if _H1.match(labels[i])), -1)
    for label in reversed(labels[max(0, last - 1) : last + 1]):
        tag, *names = label.partition("#")[0].split(".")
        if names and tag in ("h1", "article"):
            return f"{tag}.{names[0]}"
    return ""
