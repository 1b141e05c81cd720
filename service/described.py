"""Which articles and pages do the scripts of a page describe, in JSON-LD?"""

import json
import re
from collections.abc import Iterator
from typing import Any

JSON_LIMIT = 1_000_000  # characters of one script that are read
NODES = 200  # of JSON-LD that are looked at

_ARTICLE = ("Article", "Posting", "Report")
_PAGE = ("WebPage", "FAQPage", "ItemPage", "AboutPage")
_LD = "application/ld+json"
# What scripts are wrapped in for browsers of old, and what stands before it so that it is no code.
_WRAPPED = re.compile(r"(?://|/\*)?\s*+(?:<!\[CDATA\[|\]\]>|<!--|-->)(?:\s*+\*/)?")
_WRAPPING = 40  # characters at each end of a script in which it is
_STRING_OR_COMMA = re.compile(r'("(?:[^"\\]++|\\.)*+"?)|,(?=\s*+[}\]])', re.DOTALL)


def things(tree: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the articles and the pages that JSON-LD describes as what the page is about."""
    articles, pages = [], []
    for element in tree.iterfind(".//script[@type]"):
        source = element.text or ""
        kind = element.get("type").partition(";")[0].strip().lower()
        if kind != _LD or len(source) > JSON_LIMIT or not any(name in source for name in (*_ARTICLE, *_PAGE)):
            continue
        for node in _nodes(_read(source)):
            kinds = node.get("@type")
            names = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]
            if any(name.endswith(_ARTICLE) for name in names):
                articles.append(node)
            elif any(name.endswith(_PAGE) for name in names):
                pages.append(node)
    return articles, pages


def _read(source: str) -> Any:
    """Return what a script says, None if it says nothing: in a wrapping or with a comma too many it is no JSON."""
    source = source.strip().rstrip(";")
    for mended in (str, _mended):
        try:
            return json.loads(mended(source), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _mended(source: str) -> str:
    first, middle, last = source[:_WRAPPING], source[_WRAPPING:-_WRAPPING], source[_WRAPPING:][-_WRAPPING:]
    bare = _WRAPPED.sub("", first) + middle + _WRAPPED.sub("", last)
    return _STRING_OR_COMMA.sub(r"\1", bare).strip().rstrip(";")


def _nodes(found: Any) -> Iterator[dict[str, Any]]:
    """Yield the things JSON-LD describes on its first levels: lists of other articles lie deeper."""
    left = [found]
    for _ in range(NODES):
        if not left:
            return
        node = left.pop(0)
        if isinstance(node, list):
            left[:0] = node[:NODES]
        elif isinstance(node, dict):
            yield node
            left.extend(node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in node)
