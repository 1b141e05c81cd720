"""Which phrases does a language know, and does this whole line match one?"""

import contextlib
import gc
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from service import compiled, grammar, packs
from service.errors import PackError
from service.lines import closing, has_break, is_small, key, last_word, unspaced
from service.match import Automaton
from service.model import Hit, Kind, Reach
from service.pieces import Record
from service.sight import ENDS as SENTENCE_ENDS
from service.sight import PROSE_LETTERS, weight
from service.states import ENDS

FOLDER = Path(__file__).parent / "lexicon"
WHOLE_LIMIT = 320  # characters; a longer line is prose or a glued page, never one label
TITLE_LETTERS = 16  # letters of an alphabet in the shortest headline behind "Read also:" that is taken for certain
VALUE_LETTERS = 80  # characters behind "Source:" or the like; a longer sentence is the article's own
SENTENCE_WORDS, SENTENCE_LETTERS = 4, 9  # of the shortest sentence behind a label; letters of a script without spaces
WORD_LETTERS = 6  # characters of a word of a script without spaces, and its mark
STOPS = (".", "。", "।", "۔", "։", "።", "။", ".»", ".”", '."', "。」")
OPENING = "'\"«“„‘(["  # and before the beginning of a word
CLOSING = "'\"»”’」)] "  # marks that may stand behind the end of a sentence
VALUE_KINDS = frozenset((Kind.BYLINE, Kind.CAPTION, Kind.TAGS, Kind.RELATED, Kind.OTHER))
# Kinds of labels that a name, a date or keywords follow. A question or a sentence there is the article's own.
CREDIT_KINDS = frozenset((Kind.BYLINE, Kind.CAPTION, Kind.TAGS, Kind.OTHER, Kind.LEGAL))
QUESTION_WORDS = 4  # of the longest question behind "Related:" that is no title
TOLD_WORDS = 8  # of the shortest text behind a label that has no full stop and is no row of names
LISTED_WORDS = 3  # that stand between two commas of such a row
ASKING = frozenset("?!？！؟")
ANY_WORDS = ("{any}", "{any?}")  # at a phrase's end: whatever follows is taken
STOPPED_LETTERS = 30  # characters of a label that is doubted for its full stop
HEADING_KINDS = frozenset((Kind.RELATED_HEADING, Kind.AD, Kind.NAV, Kind.TAGS))  # they take no full stop
LABEL_KINDS = HEADING_KINDS | {Kind.SHARE, Kind.COMMENTS}  # nor do these, if they are short
BUTTON_KINDS = frozenset((Kind.SHARE, Kind.NAV, Kind.RELATED_HEADING))  # with one, what may be such is a sentence
RECALL_LETTERS, RECALLED = 100, 1 << 14  # short lines whose answer is remembered, and how many
# "#politics #europe": nothing but keywords, in any language. One alone may be the end of a sentence.
_HASHTAGS = re.compile(r"(?:#(?=\d*[^\W\d])[^\s#]++[\s,;|·•]*+){2,}+")
HASHTAGS = Hit(Kind.TAGS, Reach.LINE, "any.tags.hashtags", certain=True)
_FOLLOWED = re.compile(r"\w{3,}[.۔։।!?؟] +\w")  # a sentence that another follows; initials are shorter
_APART = re.compile("[,;،、，/|·•]")  # what sets names and keywords apart
_COUNTER = re.compile(r"\s*[(\[（【]\s*\d[\d.,\s]{0,9}[kKmMкКмМ万만]?\s*[)\]）】]$")
LEAD_LIMIT = 90  # characters at the head of a longer line in which `label: text` may stand
BEGINNINGS = (40, LEAD_LIMIT)  # characters that are read of a longer line, while it may still be a phrase


class Lexicon:
    """All packs, compiled. Made by `load`; never changes afterwards."""

    def __init__(
        self, records: Sequence[Record], languages: dict[str, dict[str, Any]], networks: int, automaton: Automaton
    ) -> None:
        self.records = {record.id: record for record in records}
        self.languages = languages
        self.networks = networks
        self.automaton = automaton
        self._any_words = {record.id for record in records if any(p.endswith(ANY_WORDS) for p in record.phrases)}
        # The labels of a site stand on all of its pages.
        self._recall = lru_cache(maxsize=RECALLED)(self._match)

    def facts(self) -> dict[str, Any]:
        """Return what is loaded: languages with their records, phrases and forms, and the number of networks.

        Forms are the ways through a phrase's optional slots, and the words of word lists: what matching knows.
        """
        total = {
            what: sum(counts[what] for counts in self.languages.values()) for what in ("records", "phrases", "forms")
        }
        return {"languages": self.languages, "networks": self.networks, **total}

    def match(self, text: str) -> Hit | None:
        """Return what the lexicon knows of the whole line `text`, or None."""
        return self._recall(text) if len(text) <= RECALL_LETTERS else self._match(text)

    def _match(self, text: str) -> Hit | None:
        automaton = self.automaton
        if text.startswith("#") and len(text) <= WHOLE_LIMIT and _HASHTAGS.fullmatch(text):
            return HASHTAGS
        if len(text) > WHOLE_LIMIT and not has_break(text[:LEAD_LIMIT]):
            return None  # neither a phrase nor a label before a text
        if not automaton.may_begin(text) and not self._ends_like_phrase(text):
            return None
        known, hit = self._begin(text) if len(text) > LEAD_LIMIT else (False, None)
        if not known:
            hit = automaton.match(key(text, WHOLE_LIMIT))
            if (hit is None or not hit.certain) and text[-1] in ")]）】" and len(text) <= RECALL_LETTERS:
                bare = _COUNTER.sub("", text)  # "Related articles (5)"
                hit = (self.automaton.match(key(bare, WHOLE_LIMIT)) if bare != text else None) or hit
        if hit is None or not hit.certain:
            # "Read on." is no button
            told = hit is not None and hit.kind in BUTTON_KINDS and text.endswith(STOPS) and not text.endswith("..")
            return None if told else hit
        return _doubted(hit, text, any_words=hit.phrase in self._any_words)

    def _begin(self, text: str) -> tuple[bool, Hit | None]:
        """Return whether a long line is known by its beginning, and if so what it is: a label before a text, if any."""
        hit = None
        for limit in BEGINNINGS:
            hit, more = self.automaton.begin(key(text, limit))
            if not more:
                break
        else:
            if len(text) <= WHOLE_LIMIT:
                return False, None
        return len(text) > WHOLE_LIMIT or not self._ends_like_phrase(text), hit

    def _ends_like_phrase(self, text: str) -> bool:
        automaton = self.automaton
        return (
            len(text) <= WHOLE_LIMIT and last_word(text)[-ENDS:] in automaton.ends and automaton.may_end(closing(text))
        )

    def example_faults(self, tag: str | None = None) -> Iterator[str]:
        """Yield, of one pack or all, every `catches` its own record does not hit and every `spares` it does."""
        for record in self.records.values():
            if tag is not None and not record.id.startswith(f"{tag}."):
                continue
            for example in record.catches:
                hit = self.match(example)
                # two languages may share a label, and of several labels on one line the surest speaks
                if hit is None or hit.kind is not record.kind:
                    yield f"{record.id}: catches {example!r} is hit by {hit.phrase if hit else 'nothing'}"
            for example in record.spares:
                hit = self.match(example)
                if hit is not None and hit.certain:
                    yield f"{record.id}: spares {example!r} is hit by {hit.phrase}"


def _doubted(hit: Hit, text: str, *, any_words: bool) -> Hit | None:
    """Return the hit, uncertain if the line's look speaks for a sentence of the article.

    `any_words`: its record has phrases that words of any sort end, rather than a name.
    """
    stopped = text.endswith(STOPS) and not text.endswith("..")
    if hit.value is not None:
        return _value_doubted(hit, text, stopped)
    if hit.open:  # "This story was written by Kafka in a single night.": whether it is the article's, others must tell
        sentence = len(text) >= PROSE_LETTERS or text.rstrip(CLOSING)[-1:] in SENTENCE_ENDS
        # "10 answers to Corona" is a headline as well, and "Filed under memories"
        counted = hit.kind is Kind.COMMENTS and text[0].isdecimal() and not _is_quoted_behind(text)
        sure = not (sentence or counted or (not any_words and is_small(_last_letter(text))))
        return replace(hit, certain=sure, open=sentence)
    # "— Share!" is what somebody says, and "Share?" what somebody asks
    spoken = (text[0] in "—–-" and text[-1] in ".!?…") or (text[-1] in "?？" and _is_word(text))
    quoted = text[0] in "«“„\"'‘「" and text.rstrip(".,!?")[-1:] in "»”“\"'’」"
    return (
        replace(hit, certain=False)
        if quoted
        or spoken
        or text[-1] in "%‰"
        or (stopped and hit.kind in (LABEL_KINDS if len(text) < STOPPED_LETTERS else HEADING_KINDS))
        else hit
    )


def _value_doubted(hit: Hit, text: str, stopped: bool) -> Hit | None:
    """Return the hit of a label that something follows, uncertain if that is the article's own."""
    value = text[hit.value :]
    asked = value.rstrip(CLOSING)[-1:] in ASKING
    if hit.kind in CREDIT_KINDS:
        # "Reporter: Did you know?" is an interview
        doubted = asked or (hit.kind is not Kind.LEGAL and _is_told(value, stopped, hit.kind is Kind.TAGS))
    else:
        doubted = asked and hit.kind is Kind.RELATED and len(value.split()) <= QUESTION_WORDS
    if doubted or (stopped and _is_sentence(value)):
        return replace(hit, certain=False)  # "Source: a spring behind the church."
    if len(value) > VALUE_LETTERS and stopped and hit.kind in VALUE_KINDS:
        return None
    # "See also: Schedule 2." is a sentence; a headline is longer, and has no full stop
    if hit.kind is Kind.RELATED and (weight(value) < TITLE_LETTERS or stopped or len(text) > WHOLE_LIMIT):
        return replace(hit, certain=False)
    return hit


def _is_told(value: str, stopped: bool, keywords: bool) -> bool:
    """Say whether the words behind a label tell something: most of them are small, and commas set few of them apart.

    Names have capitals, keywords have commas. Where a script has no capitals, their number alone speaks.
    """
    words = value.split()
    least = SENTENCE_WORDS if stopped or keywords else TOLD_WORDS
    if len(words) < least:
        return False
    small = sum(_is_small_word(word) for word in words)
    numbers = sum(any(map(str.isdigit, word)) for word in words)
    pieces = len(_APART.findall(value)) + 1
    return 2 * small > len(words) and 3 * numbers < len(words) and len(words) > LISTED_WORDS * pieces


def _is_small_word(word: str) -> bool:
    """Say whether a word begins with a small letter, or with one of a script that has no capitals."""
    letter = word.lstrip(OPENING)[:1]
    return is_small(letter) or (letter.isalpha() and not letter.isupper())


def _is_quoted_behind(text: str) -> bool:
    """Say whether a line ends with words in quotes, as a title does behind "3 thoughts on"."""
    return text[-1] in '»”“"’」' and any(mark in text[:-1] for mark in '«»“„”"‘「')


def _last_letter(text: str) -> str:
    """Return the first letter of a line's last word."""
    return text.rsplit(maxsplit=1)[-1].lstrip(OPENING)[:1]


def _is_word(text: str) -> bool:
    """Say whether a line is one word, or a few letters of a script without spaces."""
    return len(text) <= WORD_LETTERS if unspaced(text) else " " not in text


def _is_sentence(value: str) -> bool:
    """Say whether the words behind a label, ended by a full stop, are a sentence rather than a name."""
    if value[:1].isupper() or not value[:1].isalpha():
        return False
    if unspaced(value):
        return len(value) >= SENTENCE_LETTERS
    return len(value.split()) >= SENTENCE_WORDS or _FOLLOWED.search(value) is not None


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Let no garbage be looked for: compiling makes hardly any, and looking takes a seventh of its time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def load(folder: Path | None = None) -> Lexicon:
    """Read and compile all packs in `folder` (default: those shipped). Raises PackError with every fault found.

    What was compiled is kept beside the packs, as Python keeps its modules, and taken again until a pack changes.
    """
    folder = folder or FOLDER
    faults: list[str] = []
    files = packs.read(folder, faults)
    digest = compiled.digest(files)
    known = None if faults else compiled.read(folder, digest)
    if known:
        return Lexicon(*known)
    with _no_collection():
        read, networks = packs.parse(files, faults)
        automaton, forms = grammar.compile_all(read, networks, faults)
    if faults:
        raise PackError(faults)
    languages: dict[str, dict[str, Any]] = {
        pack.tag: {
            "name": pack.name,
            "records": len(pack.records),
            "phrases": sum(len(record.phrases) for record in pack.records),
            "forms": count,
        }
        for pack, count in zip(read, forms, strict=True)
    }
    made = [record for pack in read for record in pack.records], languages, len(networks), automaton
    compiled.write(folder, digest, *made)
    return Lexicon(*made)
