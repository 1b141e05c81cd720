"""Does this line consist of known phrases? One automaton over words serves all packs.

The automaton reads a key (lines.py) from left to right. An edge is a word of the vocabulary, found by one look-up
whatever the number of packs, or a slot that measures itself (`{number}`, `{date}`, `{site}`, `{any}`). Every state
is visited at most once at every position, so matching is linear in the key's length.
"""

from collections.abc import Iterable

from service.lines import COMMA, DASH, GAP, INSIDE, SOFT, Key, unspaced
from service.model import Hit
from service.pieces import Piece, Record, Run, piece_of, preference, read_on, said, said_before, says_more
from service.slots import FREE, SLOTS, WITH_DIGITS

GLUED_MIN = 3  # letters; a shorter piece is not cut out of the middle of a word
STARTS = 10  # letters of a line by which most prose is told from phrases before anything else is done
ENDS = 2  # letters at the end of a line that tell whether a phrase beginning with free words can end there
GLUED_WORDS = 12  # of a line in which words may be looked for inside of words
REACH = 3  # letters by which the longest word that can begin at a place is known
SHORT = 2  # letters; a word as short begins a phrase only if it stands apart
TOUCHING = "~"  # marks a literal that must touch the slot before it
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
        self.records: list[tuple[Record, ...]] = [()]  # by state: phrases of these records end there
        self.pieces: list[Piece | None] = []  # by state: what its records say, once told
        self.lead_pieces: list[Piece | None] = []
        self.leads: list[tuple[Record, ...]] = [()]  # by state: they end there if the rest of the line is set off
        self._leaves: set[int] = set()  # states that many words lead to, so that they may not be changed
        self.longest: dict[str, int] = {}  # by the first letters of a word
        self.starts: set[str] = set()  # heads (STARTS letters, or all it has) of the words that can begin a phrase

    def seal(self) -> None:
        """Make ready for matching, once all phrases are in."""
        begin = self.words[ROOT].keys()
        self.longest = {word[:REACH]: len(word) for word in sorted(self.vocabulary, key=len)}
        self.starts = {w[:STARTS] for w, symbols in self.vocabulary.items() if not begin.isdisjoint(symbols)}

        self.tell()

    def tell(self) -> None:
        """Work out what the records of every state say."""
        known = {records: piece_of(records, all) for records in set(self.records)}
        self.pieces = [known[records] for records in self.records]
        known = {records: piece_of(records, any) for records in set(self.leads)}
        self.lead_pieces = [known[records] for records in self.leads]

    def add_word(self, word: str, symbol: str) -> None:
        """Let the folded `word` stand for `symbol`: itself, where it touches a slot, or a word list."""
        known = self.vocabulary.get(word)
        if known is None:
            self.vocabulary[word] = (symbol,)
        elif symbol not in known:
            self.vocabulary[word] = (*known, symbol)

    def add_whole(self, words: Iterable[str], record: Record) -> None:
        """Let each of the folded `words` be a phrase of `record` on its own."""
        leaf = self._new((record,))
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
            found = after[symbol] = self._new(() if found is None else self.records[found])
        return found

    def slot(self, state: int, name: str) -> int:
        """Return the state behind the slot `name`, made if need be."""
        after = self.slots[state]
        if after is NOWHERE:
            after = self.slots[state] = {}
        found = after.get(name)
        if found is None:
            found = after[name] = self._new(())
        return found

    def close(self, state: int, record: Record) -> None:
        """Let a phrase of `record` end here."""
        if record not in self.records[state]:
            self.records[state] = (*self.records[state], record)

    def close_lead(self, state: int, record: Record) -> None:
        """Let a phrase of `record` end here if the rest of the line is set off."""
        if record not in self.leads[state]:
            self.leads[state] = (*self.leads[state], record)

    def _new(self, records: tuple[Record, ...]) -> int:
        self.words.append(NOWHERE)
        self.slots.append(NOWHERE)
        self.records.append(records)
        self.leads.append(())
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
        front, before = self._fronts(line, glued)
        if lead_only:
            return before
        runs = [(*done, last) for state, done in front[-1].items() if (last := self.pieces[state])]
        listed = COMMA in line.breaks
        machine_made = len(runs) > 0 and not unspaced(line.text) and (_is_one_word(line) or _is_doubled(line.text))
        hits = [said(run, None, listed, machine_made) for run in sorted(runs, key=len)]
        return max(filter(None, (*hits, before)), key=preference, default=None)

    def _fronts(self, line: Key, glued: bool) -> tuple[list[dict[int, Run]], Hit | None]:
        """Return the states alive at every position, with the phrases read so far, and the first hit before a colon."""
        size = len(line.text)
        front: list[dict[int, Run]] = [{} for _ in range(size + 1)]
        front[0][ROOT] = ()
        before: Hit | None = None
        # Slots that cannot be filled here are not tried: most lines have no digit, and few end like a phrase.
        dead = () if any(map(str.isdigit, line.text)) else WITH_DIGITS
        free = line.text[-ENDS:] in self.ends
        all_words, all_slots, pieces, leads = self.words, self.slots, self.pieces, self.lead_pieces
        for at in range(size):
            if not front[at]:
                continue
            symbols: dict[str, list[int]] | None = None
            queue = list(front[at])
            for state in queue:
                done = front[at][state]
                set_off, ended, words, slots = leads[state], pieces[state], all_words[state], all_slots[state]
                if set_off and line.breaks[at] >= DASH and before is None:
                    before = said_before((*done, set_off), line, at)
                if ended:
                    if ROOT not in front[at]:
                        queue.append(ROOT)
                    front[at][ROOT] = read_on(done, ended, front[at].get(ROOT))
                if words:
                    if symbols is None:
                        symbols = self._symbols(line, at, glued)
                    _along(words, symbols, done, front)
                for name, target in slots.items():
                    if name in dead or (state == ROOT and name in FREE and (at or not free)):
                        continue
                    for end in SLOTS[name](line, at):
                        _put(front[end], target, done)
        return front, before

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


def _along(words: dict[str, int], symbols: dict[str, list[int]], done: Run, front: list[dict[int, Run]]) -> None:
    """Go on by every word of `symbols` that leads on from here."""
    small, large = (words, symbols) if len(words) < len(symbols) else (symbols, words)
    for symbol in small:
        if symbol in large:
            for end in symbols[symbol]:
                _put(front[end], words[symbol], done)


def _put(place: dict[int, Run], state: int, done: Run) -> None:
    before = place.get(state)
    if before is None or says_more(done, before):
        place[state] = done


def _is_one_word(line: Key) -> bool:
    """Say whether a line is several words in one, as links are when the spaces between them are lost."""
    inner = line.bounds[1:-1]
    return GAP not in inner and (SOFT in inner or line.upper)


def _is_doubled(text: str) -> bool:
    """Say whether a key is the same letters two or three times."""
    size = len(text)
    return any(size % n == 0 and text[: size // n] * n == text for n in (2, 3))
