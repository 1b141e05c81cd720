"""What makes a page slow to extract from?"""

from dataclasses import dataclass
from typing import Any

from lxml import etree

from service.blocks import INLINE, UNSEEN, hides

_CODE = frozenset(("script", "style"))


@dataclass(slots=True)
class Weight:
    """What makes a page slow to extract from: see `service.extract`."""

    elements: int = 0
    depth: int = 0  # summed over elements
    letters: int = 0  # characters of text
    buried: int = 0  # depth summed over characters
    blocks: int = 0  # runs of text, and texts that are not shown
    crowd: int = 0  # square of the number of inline elements in one block, summed over blocks


def weigh(tree: Any, runs: int) -> Weight:
    """Return how heavy a page is that has so many runs of text."""
    weight = Weight(blocks=runs)
    hidden = None
    depth = inline = 0  # open elements; elements since the last block began or ended
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if event == "start":
            weight.depth += depth
            weight.elements += 1
            depth += 1
            if hidden is None and hides(element, tag, UNSEEN):
                hidden = element
            text = element.text
            if tag in INLINE:
                inline += 1
            else:
                weight.crowd += inline * inline
                inline = 0
        else:
            depth -= 1
            text = element.tail
            if hidden is element:
                hidden = None
        if text:
            if tag not in _CODE or event == "end":
                weight.letters += len(text)
                weight.buried += len(text) * depth
            weight.blocks += hidden is not None
    weight.crowd += inline * inline
    return weight
