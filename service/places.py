"""Where on a page does a line stand: in a menu, in the element around the article, below a heading?"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from service.model import Group, Line
from service.sight import Sight

BELOW = 15  # lines below the element around the article in which the heading of a related block is looked for
ARTICLE_SHARE = 0.85  # of the article's letters: what is kept by mistake stands elsewhere on the page
# Lines that go, in the element around the article: a by-line and a share bar are no end of an article. Of 1, 3, 5, 8,
# 12 and 16, it finds most of the related links of labelled pages, for what is found besides.
BESIDE = 12

# An element of a path that is a menu, by its tag or a word of its class or id; "has-sticky-nav" and "menu-closed" say
# how the whole page looks.
_MENU = re.compile(
    r"^nav(?![^.#])|[.#](?!(?:has|no|not|with|without|is|js|hide|show|hidden|uses?)[-_])(?:[^.#]*[_-])?"
    r"(?:[a-z]{0,8}(?:menus?|navbar|navigation|breadcrumbs?)|sitemap|colophon|(?:main|mega|side|site|sub|top)?nav)"
    r"(?![a-z]|[-_](?:open|opened|closed|active|enabled|disabled|visible|hidden|layout|page|fixed|sticky)(?![a-z]))",
    re.IGNORECASE,
)


def near(lines: Sequence[Line], removed: Sequence[int]) -> range:
    """Return the lines of the element around the article; of plain text, all.

    That is the smallest that holds `ARTICLE_SHARE` of the letters that stay, and `BESIDE` lines that go.
    """
    if not lines or lines[0].path is None:
        return range(len(lines))
    away = set(removed)
    gone = [0, *accumulate(i in away for i in range(len(lines)))]
    letters = [0, *accumulate(0 if i in away else len(line.text) for i, line in enumerate(lines))]
    stay = [i for i in range(len(lines)) if i not in away]
    group = lines[max(stay, key=lambda i: len(lines[i].text))].group if stay else None
    while group is not None:
        enough = letters[group.last] - letters[group.first] >= ARTICLE_SHARE * letters[-1]
        if enough and gone[group.last] - gone[group.first] >= BESIDE:
            return range(group.first, group.last)
        group = group.around
    return range(len(lines))


def article(sights: Sequence[Sight], removed: Sequence[int]) -> tuple[int, frozenset[str]]:
    """Return the first paragraph that stays, and the elements in which paragraphs do that stay; of plain text, none."""
    if not sights or sights[0].line.path is None:
        return 0, frozenset()
    away = set(removed)
    stay = [i for i, sight in enumerate(sights) if sight.look.prose and i not in away]
    paths = {sights[i].line.path or "" for i in stay}
    return min(stay, default=len(sights)), frozenset(label for path in paths for label in path.split(">"))


@lru_cache(maxsize=1024)
def menus(path: str) -> frozenset[str]:
    """Return the elements of a path that are menus, the site's foot being one."""
    labels = path.split(">")
    found = {label for label in labels if _MENU.search(label)}
    return frozenset(found | {labels[0]} if re.match(r"footer(?![^.#])", labels[0]) else found)


def end(group: Group | None, line: int) -> int | None:
    """Return the index behind the smallest element around `group` that holds `line` too, or None: there is none."""
    while group is not None and group.last <= line:
        group = group.around
    return group.last if group is not None else None
