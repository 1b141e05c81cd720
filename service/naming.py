"""What is each line that goes: what the rules say, or what the tagger does?"""

import re
from collections.abc import Sequence

from service import listed, reasons
from service.features import Floats
from service.model import Judgement, Kind
from service.sight import Sight
from service.tagger import Tags

POINTING = frozenset((Kind.RELATED_HEADING, Kind.RELATED, Kind.RELATED_META))
# "# politics", "#politics": a keyword, whatever words stand in it. Not a heading of Markdown ("## Title"), a number
# ("#27 A title"), a headline that opens with a hashtag.
_KEYWORD = re.compile(r"#(?:[^\S\n]+[^\s#]|[^\W\d]\w*$)")
DOUBTED_KIND = 0.15  # probability of the kind the tagger names, below which an item of the rules stays one
DOUBTED_CLEAR = 0.35  # the same of an item that the rules are clear about

Read = Sequence[tuple[float, Judgement]]


def judged(
    sights: Sequence[Sight], read: Read, body: Floats, tags: Tags, gone: Sequence[int], explain: bool
) -> dict[int, Judgement]:
    """Judge the lines that go: what the rules are certain of as they say, the rest as the tagger weighs it."""
    found, stays = {i: read[i][1] for i in gone}, body.tolist()
    doubted = [i for i in gone if not _sure(sights[i], read[i][1])]
    told = tags.evidence(doubted) if explain else [()] * len(doubted)
    surely = listed.items(sights, gone)
    for i, (weighed, likely), against in zip(doubted, tags.kinds(doubted), told, strict=True):
        by_rules = found[i]
        kind = _kind(sights[i], by_rules, weighed, likely, i in surely)
        evidence = by_rules.evidence if by_rules.kind is kind else ()
        why = f"weighed as {kind} ({likely:.0%}), as body {stays[i]:.0%}"
        spoke = reasons.checked(sights, body, i, against)
        found[i] = Judgement(kind, 1 - stays[i], (*evidence, why, *spoke), by_rules.item and kind is Kind.RELATED)
    for i in surely:
        if listed.turns(sights[i].line, sights[i].hit):  # the lexicon names the label, and no more
            found[i] = found[i]._replace(kind=Kind.RELATED)
    if explain:
        for i in range(len(sights)):
            if i not in found:
                found[i] = Judgement(Kind.BODY, stays[i], (f"weighed as body {stays[i]:.0%}",))
    return found


def _kind(sight: Sight, judged: Judgement, weighed: Kind, likely: float, surely: bool) -> Kind:
    """Return what a line is that goes: what the tagger says, so `likely`, or what the rules have `judged`.

    `surely`: it is an item, by where it stands and leads to.
    """
    by_rules = judged.kind
    if (surely and weighed in listed.YIELDING) or (weighed is Kind.CAPTION and listed.shown(sight)):
        return Kind.RELATED
    if by_rules is Kind.RELATED:
        # a link behind a label, or an item below a heading of which the tagger knows nothing better
        labelled = sight.hit is not None and sight.hit.value is not None and len(sight.line.links) == 1
        if likely < (DOUBTED_CLEAR if judged.item else DOUBTED_KIND) or (labelled and weighed not in POINTING):
            return by_rules
    kind = Kind.TAGS if weighed in POINTING and _KEYWORD.match(sight.line.text) else weighed
    if by_rules is Kind.RELATED_META and (kind is Kind.RELATED or sight.look.dated):
        return by_rules  # a date or a teaser below a heading that the rules know
    return kind


def _sure(sight: Sight, judged: Judgement) -> bool:
    return judged.kind is not Kind.BODY and ((sight.hit is not None and sight.hit.certain) or bool(sight.title))
