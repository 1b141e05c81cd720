"""Which of the lines that were judged is the article's headline?"""

from collections.abc import Mapping, Sequence

from service.model import Hit, Judgement, Kind, Line
from service.sight import Look
from service.title import LETTERS, goes_on, stands_above

ABOVE = 10  # lines above the first paragraph in which the headline is: higher up stand a site's own
FIRST_LETTERS = 100  # of a line that is such a paragraph
MENU = 2  # lines of a menu between a site's name and a headline
LEAST_LETTERS = 16  # of a headline that is told by its kind alone


def judged(
    lines: Sequence[Line],
    looks: Sequence[Look],
    hits: Sequence[Hit | None],
    judgements: Mapping[int, Judgement],
    goes: Sequence[bool],
    guessed: str | None,
    given: str | None,
) -> str | None:
    """Return the title once the lines are judged: what `guess` found may be a site's slogan, high above the article.

    `goes`: of each line, whether it is none of the article's. Of 259 whole pages it finds the title of 154, as their
    metadata have it, and another line of 44; what is guessed before was right for 6. `given`: by the client.
    """
    if given and given.strip():
        return guessed
    kept = [i for i, away in enumerate(goes) if not away]
    if not kept:
        return guessed
    begin = next((i for i in kept if looks[i].size >= FIRST_LETTERS), kept[0])
    places = range(max(0, begin - ABOVE), begin)
    kinds = [judgements[i].kind if i in judgements and goes[i] else Kind.BODY for i in range(begin)]
    texts = [lines[i].text.strip("\ufeff ") for i in range(begin + 1)]
    fit = [
        i
        for i in places
        if LEAST_LETTERS <= looks[i].size <= LETTERS[1]
        and not texts[i].endswith((":", "：", "."))
        and not (stands_above(texts[i], looks[i], hits[i]) or goes_on(lines, looks, i))
    ]
    found = [i for i in fit if kinds[i] is Kind.HEADLINE]
    if len(found) > 1 and texts[found[0]] == guessed and kinds[found[0] : found[1]].count(Kind.NAV) >= MENU:
        return texts[found[1]]  # the first is the site's name, above its menu
    if found:
        return texts[found[0]]
    if kept[0] in fit and not looks[kept[0]].prose:
        return texts[kept[0]]
    return guessed if any(guessed == texts[i] for i in (*places, begin)) else None
