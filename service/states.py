"""Which phrases are known? The places inside them as states, and what leads from one to the next.

A state is a number. A phrase that shares its beginning with others shares their states; a word list leads on by one
symbol whatever its length.
"""

from collections.abc import Iterable

from service.pieces import Piece, Record, piece_of

STARTS = 20  # letters of a line by which most prose is told from phrases before anything else is done
ENDS = 2  # letters at the end of a line that tell whether a phrase beginning with free words can end there
TAIL = 6  # letters of it that tell for sure: of 7,119 long lines, 520 end like a phrase by two letters, none by six
REACH = 3  # letters by which the lengths of the words that can begin at a place are known
TOUCHING = "~"  # marks a literal that must touch the slot before it
NOWHERE: dict[str, int] = {}  # what most states have behind them; never filled
ROOT = 0  # the state before any phrase


class States:
    """The compiled phrases: a vocabulary of folded words, each with the symbols it stands for, and the states.

    A state is a number, a place inside one or more phrases; what leads on from it and what ends there stands in lists.
    """

    def __init__(self) -> None:
        self.vocabulary: dict[str, tuple[str, ...]] = {}
        self.tails: set[str] = set()  # last letters (TAIL at most) of the phrases that begin with free words
        self.ends: frozenset[str] = frozenset()  # the last ENDS of each
        self.words: list[dict[str, int]] = [{}]  # by state: the next one behind a symbol
        self.slots: list[dict[str, int]] = [NOWHERE]  # by state: the next one behind a slot
        self.records: list[tuple[Record, ...]] = [()]  # by state: phrases of these records end there
        self.pieces: list[Piece | None] = []  # by state: what its records say, once told
        self.lead_pieces: list[Piece | None] = []
        self.leads: list[tuple[Record, ...]] = [()]  # by state: they end there if the rest of the line is set off
        self.open: set[int] = set()  # states where a phrase may end that is few words of its own and any others behind
        self._leaves: set[int] = set()  # states that many words lead to, so that they may not be changed
        self.sizes: dict[str, tuple[int, ...]] = {}  # of words in letters, by their first REACH letters
        self.first: dict[str, tuple[int, ...]] = {}  # the same of those that phrases begin with
        self.lists: dict[str, set[str]] = {}  # of the symbols of word lists: first REACH letters of their words
        self.long: set[str] = set()  # heads (STARTS letters) of the words longer than that

    def seal(self) -> None:
        """Make ready for matching, once all phrases are in."""
        self.sizes = _sizes(self.vocabulary)
        begin = self.words[ROOT]
        self.first = _sizes(word for word, symbols in self.vocabulary.items() if any(s in begin for s in symbols))
        for word, symbols in self.vocabulary.items():
            for symbol in symbols:
                if symbol != word and symbol[0] != TOUCHING:
                    self.lists.setdefault(symbol, set()).add(word[:REACH])
        self.long = {word[:STARTS] for word in self.vocabulary if len(word) > STARTS}
        self.tell()

    def tell(self) -> None:
        """Work out what the records of every state say, and how phrases end."""
        self.ends = frozenset(tail[-ENDS:] for tail in self.tails)
        known = {records: piece_of(records, all) for records in set(self.records)}
        self.pieces = [known[records] for records in self.records]
        known = {records: piece_of(records, any) for records in set(self.leads)}
        self.lead_pieces = [known[records] for records in self.leads]

    def may_end(self, text: str) -> bool:
        """Say whether a phrase that begins with free words can end where these folded letters do."""
        return text[-ENDS:] in self.ends and any(text[-size:] in self.tails for size in range(ENDS, TAIL + 1))

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


def _sizes(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Return the lengths of the words that begin with the same REACH letters, those shorter than that included."""
    found: dict[str, int] = {}  # a bit for each length
    for word in words:
        begin = word[:REACH]
        found[begin] = found.get(begin, 0) | 1 << len(word)
    for begin in found:
        for n in range(1, len(begin)):
            found[begin] |= found.get(begin[:n], 0)
    told = {sizes: tuple(n for n in range(sizes.bit_length()) if sizes >> n & 1) for sizes in set(found.values())}
    return {begin: told[sizes] for begin, sizes in found.items()}
