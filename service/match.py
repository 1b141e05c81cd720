"""Does this line consist of known phrases? One automaton over words serves all packs.

The automaton reads a key (lines.py) from left to right. An edge is a word of the vocabulary, found by one look-up
whatever the number of packs, or a slot that measures itself (`{number}`, `{date}`, `{site}`, `{any}`). Every state
is visited at most once at every position, so matching is linear in the key's length.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from service.lines import COLON, COMMA, DASH, GAP, INSIDE, Key
from service.model import Hit, Kind, Reach

GLUED_MIN = 3  # letters; a shorter piece is not cut out of the middle of a word
NAMES_RUN = 3  # different bare names that make a share bar; fewer may be a sentence broken at its links
SITE_WORDS, ANY_WORDS, DATE_WORDS, DATE_LETTERS = 6, 30, 8, 40
COUNT_SUFFIXES = ("k", "m", "тыс", "млн", "тис", "mil", "mln", "万", "万", "만", "천")
STARTS = 10  # letters of a line by which most prose is told from phrases before anything else is done
ENDS = 2  # letters at the end of a line that tell whether a phrase beginning with free words can end there
ANY = "any"  # the pack of no language
GLUED_WORDS = 12  # of a line in which words may be looked for inside of words
REACH = 3  # letters by which the longest word that can begin at a place is known
FREE = ("site", "any", "text")
SHORT = 2  # letters; a word as short begins a phrase only if it stands apart
TOUCHING = "~"  # marks a literal that must touch the slot before it


@dataclass(frozen=True, slots=True)
class Record:
    """One phrase record of a pack."""

    id: str
    kind: Kind
    reach: Reach
    certain: bool
    phrases: tuple[str, ...]
    catches: tuple[str, ...]
    spares: tuple[str, ...]
    note: str


NOWHERE: dict[str, int] = {}  # what most states have behind them; never filled
ROOT = 0  # the state before any phrase


class Automaton:
    """The compiled phrases: a vocabulary of folded words, each with the symbols it stands for, and the states.

    A state is a number, a place inside one or more phrases; what leads on from it and what ends there stands in lists.
    """

    def __init__(self) -> None:
        self.vocabulary: dict[str, tuple[str, ...]] = {}
        self.ends: set[str] = set()  # last letters of the phrases that begin with free words
        self.words: list[dict[str, int]] = [{}]  # by state: the next one behind a symbol
        self.slots: list[dict[str, int]] = [NOWHERE]  # by state: the next one behind a slot
        self.records: list[Record | None] = [None]  # by state: a phrase of this record ends there
        self.leads: list[Record | None] = [None]  # by state: it ends there if the rest of the line is set off
        self._leaves: set[int] = set()  # states that many words lead to, so that they may not be changed
        self.longest: dict[str, int] = {}  # by the first letters of a word
        self.starts: set[str] = set()  # heads (STARTS letters, or all it has) of the words that can begin a phrase

    def seal(self) -> None:
        """Make ready for matching, once all phrases are in."""
        begin = self.words[ROOT].keys()
        self.longest = {word[:REACH]: len(word) for word in sorted(self.vocabulary, key=len)}
        self.starts = {w[:STARTS] for w, symbols in self.vocabulary.items() if not begin.isdisjoint(symbols)}

    def add_word(self, word: str, symbol: str) -> None:
        """Let the folded `word` stand for `symbol`: itself, where it touches a slot, or a word list."""
        known = self.vocabulary.get(word)
        if known is None:
            self.vocabulary[word] = (symbol,)
        elif symbol not in known:
            self.vocabulary[word] = (*known, symbol)

    def add_whole(self, words: Iterable[str], record: Record) -> None:
        """Let each of the folded `words` be a phrase of `record` on its own."""
        leaf = self._new(record)
        self._leaves.add(leaf)
        begin = self.words[ROOT]
        for word in words:
            self.add_word(word, word)
            if begin.setdefault(word, leaf) != leaf:
                self.close(self.step(ROOT, word), record)

    def step(self, state: int, symbol: str) -> int:
        """Return the state behind `symbol`, made if need be, to be gone on from."""
        after = self.words[state]
        if after is NOWHERE:
            after = self.words[state] = {}
        found = after.get(symbol)
        if found is None or found in self._leaves:
            found = after[symbol] = self._new(None if found is None else self.records[found])
        return found

    def slot(self, state: int, name: str) -> int:
        """Return the state behind the slot `name`, made if need be."""
        after = self.slots[state]
        if after is NOWHERE:
            after = self.slots[state] = {}
        found = after.get(name)
        if found is None:
            found = after[name] = self._new(None)
        return found

    def close(self, state: int, record: Record) -> None:
        """Let a phrase of `record` end here; the first one stays, unless this one is surer."""
        before = self.records[state]
        if before is None or (record.certain and not before.certain):
            self.records[state] = record

    def close_lead(self, state: int, record: Record) -> None:
        """Let a phrase of `record` end here if the rest of the line is set off; the first one stays."""
        self.leads[state] = self.leads[state] or record

    def _new(self, record: Record | None) -> int:
        self.words.append(NOWHERE)
        self.slots.append(NOWHERE)
        self.records.append(record)
        self.leads.append(None)
        return len(self.words) - 1

    def may_go_on(self, line: Key) -> bool:
        """Say whether a longer line that begins like `line` can be a phrase: something is still open at its end."""
        size, text = len(line.text), line.text
        front = self._fronts(line, glued=False)[0]
        for at in range(size + 1):
            if not front[at]:
                continue
            if size - at <= REACH or at + self._longest_at(text, at) > size:
                return True
            if text[at].isdecimal() or any(self.slots[state] for state in front[at] if state != ROOT):
                return True
        return False

    def match(self, line: Key, lead_only: bool = False) -> Hit | None:
        """Return what the whole line is, else None. `lead_only`: only phrases before a colon or the like."""
        hit = self._walk(line, glued=False, lead_only=lead_only)
        if hit is None and not lead_only and INSIDE in line.bounds and line.bounds.count(GAP) <= GLUED_WORDS:
            hit = self._walk(line, glued=True, lead_only=False)
        return hit

    def _walk(self, line: Key, glued: bool, lead_only: bool) -> Hit | None:
        front, lead = self._fronts(line, glued)
        if lead_only:
            return lead
        whole = [(*done, last) for state, done in front[-1].items() if (last := self.records[state])]
        listed = COMMA in line.breaks
        hits = [_hit(records, None, listed) for records in sorted(whole, key=len)]
        return max(filter(None, (*hits, lead)), key=_preference, default=None)

    def _fronts(self, line: Key, glued: bool) -> tuple[list[dict[int, tuple[Record, ...]]], Hit | None]:
        """Return the states alive at every position, with the phrases read so far, and the first lead."""
        size = len(line.text)
        front: list[dict[int, tuple[Record, ...]]] = [{} for _ in range(size + 1)]
        front[0][ROOT] = ()
        lead: Hit | None = None
        # Slots that cannot be filled here are not tried: most lines have no digit, and few end like a phrase.
        dead = () if any(map(str.isdigit, line.text)) else ("date", "number")
        free = line.text[-ENDS:] in self.ends
        all_words, all_slots, records, leads = self.words, self.slots, self.records, self.leads
        for at in range(size):
            if not front[at]:
                continue
            symbols: dict[str, list[int]] | None = None
            queue = list(front[at].items())
            for state, done in queue:
                set_off, ended, words, slots = leads[state], records[state], all_words[state], all_slots[state]
                if set_off and line.breaks[at] >= DASH and lead is None:
                    lead = _lead((*done, set_off), line, at)
                if ended and ROOT not in front[at]:
                    front[at][ROOT] = again = (*done, ended)
                    queue.append((ROOT, again))
                if words:
                    if symbols is None:
                        symbols = self._symbols(line, at, glued)
                    small, large = (words, symbols) if len(words) < len(symbols) else (symbols, words)
                    for symbol in small:
                        if symbol in large:
                            for end in symbols[symbol]:
                                front[end].setdefault(words[symbol], done)
                for name, target in slots.items():
                    if name in dead or (state == ROOT and name in FREE and (at or not free)):
                        continue
                    for end in SLOTS[name](line, at):
                        front[end].setdefault(target, done)
        return front, lead

    def _longest_at(self, text: str, at: int) -> int:
        """Return the length of the longest word that can begin at `at`; one of fewer letters than REACH has all."""
        return max([self.longest.get(text[at : at + n], 0) for n in range(1, REACH + 1)])

    def _symbols(self, line: Key, at: int, glued: bool) -> dict[str, list[int]]:
        """Return every symbol that begins at `at`, with the places where it ends."""
        found: dict[str, list[int]] = {}
        text, bounds, vocabulary = line.text, line.bounds, self.vocabulary
        inside = bounds[at] == INSIDE
        if inside and not glued:
            return found
        for end in range(at + 1, min(at + self._longest_at(text, at), len(text)) + 1):
            cuts = inside or bounds[end] == INSIDE
            if cuts and not glued:
                continue
            for symbol in vocabulary.get(text[at:end], ()):
                touching = symbol.startswith(TOUCHING)
                if (touching and bounds[at] == GAP) or (cuts and not touching and end - at < GLUED_MIN):
                    continue
                found.setdefault(symbol, []).append(end)
        return found


def _hit(records: Sequence[Record], value: int | None, listed: bool = False) -> Hit:
    """Return the hit for a run of phrases. A run speaks for its own line only, and is as sure as its surest piece.

    Several names are a share bar, unless commas make them a list (`listed`).
    """
    first = next((r for r in records if r.certain), records[0])
    if len(records) == 1:
        return Hit(first.kind, first.reach, first.id, first.certain, value)
    packs = {record.id.partition(".")[0] for record in records} - {ANY}
    if len(packs) > 1 and not all(record.certain for record in records):
        certain = False  # words of several languages meet by chance more often than not
    else:
        names = sum(record.kind is Kind.SHARE for record in records)
        certain = first.certain or (names >= NAMES_RUN and not listed)
    return Hit(first.kind, Reach.LINE, first.id, certain, value)


def _lead(records: Sequence[Record], line: Key, at: int) -> Hit:
    """Return the hit for a phrase that the rest of the line follows. A dash may be a verb: only a colon is certain."""
    hit = _hit(records, line.offsets[at])
    return hit if line.breaks[at] == COLON or hit.kind is Kind.RELATED else replace(hit, certain=False)


def _preference(hit: Hit) -> tuple[bool, bool, bool]:
    return hit.certain, hit.value is None, hit.reach is not Reach.LINE


def _words(line: Key, at: int, most: int) -> Iterator[int]:
    """Yield the ends of the one to `most` words that begin at `at`."""
    if line.bounds[at] == INSIDE:
        return
    count = 0
    for end in range(at + 1, len(line.text) + 1):
        if line.bounds[end] == GAP:
            yield end
            count += 1
            if count == most:
                return


def _site(line: Key, at: int) -> Iterator[int]:
    return _words(line, at, SITE_WORDS)


def _any(line: Key, at: int) -> Iterator[int]:
    return _words(line, at, ANY_WORDS)


def _date(line: Key, at: int) -> Iterator[int]:
    """Yield the ends of runs of words that hold a digit: "23.08.2016", "23 августа", "August 23, 2016, 10:40"."""
    digits, last = False, at
    for end in _words(line, at, DATE_WORDS):
        if end - at > DATE_LETTERS:
            return
        digits = digits or any(map(str.isdigit, line.text[last:end]))
        last = end
        if digits:
            yield end


def _number(line: Key, at: int) -> Iterator[int]:
    """Yield the ends of "12", "1 234", "1.2K", "3 тыс"."""
    text, end = line.text, at
    while end < len(text) and text[end].isdecimal():
        end += 1
        if line.bounds[end] != INSIDE:
            yield end
    if end > at:
        for suffix in COUNT_SUFFIXES:
            if text.startswith(suffix, end) and line.bounds[end + len(suffix)] != INSIDE:
                yield end + len(suffix)


SLOTS: dict[str, Callable[[Key, int], Iterator[int]]] = {"site": _site, "any": _any, "date": _date, "number": _number}
