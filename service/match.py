"""Does this line consist of known phrases? One automaton over words serves all packs.

The automaton reads a key (lines.py) from left to right. An edge is a word of the vocabulary, found by one look-up
whatever the number of packs, or a slot that measures itself (`{number}`, `{date}`, `{site}`, `{any}`). Every state
is visited at most once at every position, so matching is linear in the key's length.
"""

import re
from bisect import bisect_right
from dataclasses import replace
from typing import NamedTuple

from service.lines import COMMA, DASH, Key, first_word, has_break, opening, unspaced
from service.model import Hit, Kind
from service.pieces import SPACED_OUT, Run, in_order, preference, read_on, said, said_before, said_unmarked, says_more
from service.slots import FREE, MOST_WORDS, SLOTS, WITH_DIGITS
from service.states import REACH, ROOT, STARTS, TOUCHING, States

GLUED_MIN = 3  # letters; a shorter piece is not cut out of the middle of a word
GLUED_WORDS = 12  # of a line in which words may be looked for inside of words
DATE_REACH = 120  # characters of a line in which a date ends that stands at its beginning or behind a label there
SHORT = (1, 2)  # lengths of a word where the vocabulary has none that begins so

_DIGIT = re.compile(r"[\d\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089\u2460-\u249b]")  # and what folds to one

Fronts = dict[int, dict[int, Run]]  # by position of a key: the states alive there, each with the phrases read so far


class Way(NamedTuple):
    """What can follow a word that phrases begin with."""

    heads: frozenset[str] = frozenset()  # the first letters (REACH at most) of every word that can
    numbers: bool = False
    dates: bool = False
    anything: bool = False  # a slot that any words fill
    leads: bool = False  # a text that is set off
    points: bool = False  # another article's title, set off or not
    ends: bool = False  # nothing, or another phrase


ANY_WAY = Way(anything=True)


class Automaton(States):
    """Reads keys by the compiled phrases."""

    def __init__(self) -> None:
        super().__init__()
        self._known_heads: dict[int, frozenset[str]] = {}  # what was asked of `_heads`
        self._known_ways: dict[str, Way | None] = {}  # and of `_way`

    def may_begin(self, text: str) -> bool:
        """Say whether a line's text begins like a phrase; one that begins with free words is told by its end."""
        begin = opening(text, STARTS + REACH)
        if begin[:1].isdecimal():
            return True
        starts = self._starts(begin)
        if not starts:
            return False
        first, set_off = first_word(text)
        return any(
            (n >= REACH or n == first or text[n : n + 1].isupper() or unspaced(begin))
            and self._leads_on(begin[n:], way, set_off if n == first else has_break(text), text)
            for n, way in starts
        )

    def _starts(self, begin: str) -> list[tuple[int, Way]]:
        """Return the lengths of the known words that phrases begin with, and what is behind; STARTS: or longer ones."""
        sizes, vocabulary = self.first.get(begin[:REACH], SHORT), self.vocabulary
        words = (begin[:n] for n in sizes if n < STARTS)
        found = [(len(word), way) for word in words if word in vocabulary and (way := self._way(word))]
        if sizes[-1] >= STARTS and (begin[:STARTS] in self.long or begin[:STARTS] in vocabulary):
            found.append((STARTS, ANY_WAY))
        return found

    def _leads_on(self, rest: str, way: Way, set_off: bool, text: str) -> bool:
        """Say whether a phrase whose first word is read can go on as `rest`, the letters behind it, and `text` do."""
        if way.anything or len(rest) < REACH or not way.heads.isdisjoint((rest[:1], rest[:2], rest[:REACH])):
            return True
        if way.points or (way.leads and set_off) or (way.numbers and rest[0].isdecimal()):
            return True
        if (way.ends or way.dates) and _DIGIT.search(text, 0, DATE_REACH):  # a date may begin with any word
            return True
        return way.ends and any(self._leads_on(rest[m:], on, has_break(text), text) for m, on in self._starts(rest))

    def _heads(self, state: int) -> frozenset[str]:
        """Return the first letters (REACH at most) of every word that leads on from a state."""
        found = self._known_heads.get(state)
        if found is None:
            lists = self.lists
            found = self._known_heads[state] = frozenset().union(
                *(lists.get(symbol) or {symbol.lstrip(TOUCHING)[:REACH]} for symbol in self.words[state])
            )
        return found

    def _way(self, word: str) -> Way | None:
        """Return what can follow a word of the vocabulary; None: no phrase begins with it."""
        if word in self._known_ways:
            return self._known_ways[word]
        begin = self.words[ROOT]
        states = [begin[symbol] for symbol in self.vocabulary[word] if symbol in begin]
        slots = {name for state in states for name in self.slots[state]}
        leads = [piece for state in states if (piece := self.lead_pieces[state])]
        way = Way(
            heads=frozenset().union(*map(self._heads, states)),
            numbers="number" in slots,
            dates="date" in slots,
            anything=not slots.issubset(WITH_DIGITS),
            leads=bool(leads),
            points=any(piece.record.kind is Kind.RELATED for piece in leads),
            ends=any(self.pieces[state] for state in states),
        )
        self._known_ways[word] = found = way if states else None
        return found

    def begin(self, line: Key) -> tuple[Hit | None, bool]:
        """Return the phrase before a colon or the like at the beginning of a longer line, and whether more is open.

        `line` is the key of the beginning. Open: a longer line that begins so may be a phrase as a whole.
        """
        fronts, before = self._fronts(line, glued=False)
        size, text = len(line.text), line.text
        for at, states in fronts.items():
            rest = size - at
            if rest <= REACH or (rest <= STARTS and text[at].isdecimal()):
                return before, True
            longer = self._sizes_at(text, at)[-1] > rest
            if longer and (rest < STARTS or text[at : at + STARTS] in self.long):
                return before, True
            words = len(line.gaps) - bisect_right(line.gaps, at)
            if any(MOST_WORDS[name] >= words for state in states if state != ROOT for name in self.slots[state]):
                return before, True
        return before, False

    def match(self, line: Key) -> Hit | None:
        """Return what the whole line is, else None."""
        fronts, before = self._fronts(line, glued=False)
        hit = self._said(line, fronts, before)
        if hit is None and len(line.gaps) <= GLUED_WORDS and self._may_be_glued(line, fronts):
            hit = self._said(line, *self._fronts(line, glued=True))
        return hit

    def _said(self, line: Key, fronts: Fronts, before: Hit | None) -> Hit | None:
        whole = fronts.get(len(line.text), {})
        runs = [((*done, last), state in self.open) for state, done in whole.items() if (last := self.pieces[state])]
        if not runs:
            return before
        listed = COMMA in line.breaks
        one_word = not unspaced(line.text) and _is_one_word(line)
        glued = len(line.gaps) == 2 and not one_word
        machine_made = one_word or (not unspaced(line.text) and _is_doubled(line.text))
        hits = []
        for run, is_open in in_order(runs):
            hit = said(run, None, listed, machine_made, glued)
            if line.spaced_out and hit.kind in SPACED_OUT:
                hit = replace(hit, certain=True)
            hits.append(replace(hit, open=True) if is_open and hit.certain else hit)
        return max(filter(None, (*hits, before)), key=preference, default=None)

    def _may_be_glued(self, line: Key, fronts: Fronts) -> bool:
        """Say whether a phrase goes on from any of these states by a word that ends within one of the line.

        Another must go on there: "services" holds "service", but nothing that "s" begins.
        """
        text, inside, vocabulary, words = line.text, line.inside, self.vocabulary, self.words
        begin = [words[ROOT]]
        for at, states in fronts.items() if inside else ():
            alive = [after for state in states if (after := words[state])]
            sizes = self.first if alive == begin else self.sizes
            for size in sizes.get(text[at : at + REACH], SHORT) if alive else ():
                end = at + size
                if end in inside:
                    for symbol in vocabulary.get(text[at:end], ()):
                        ways = [after[symbol] for after in alive if symbol in after]
                        if ways and self._goes_on_inside(text, end, ways):
                            return True
        return False

    def _goes_on_inside(self, text: str, at: int, states: list[int]) -> bool:
        """Say whether a phrase goes on from any of these states, or a new one begins, at `at` within a word."""
        if text[at].isdecimal():
            return True
        behind = [self.words[state] for state in states]
        if any(self.pieces[state] for state in states):
            behind.append(self.words[ROOT])
        for size in self._sizes_at(text, at):
            for symbol in self.vocabulary.get(text[at : at + size], ()):
                if (size >= GLUED_MIN or symbol[0] == TOUCHING) and any(symbol in after for after in behind):
                    return True
        return False

    def _fronts(self, line: Key, glued: bool) -> tuple[Fronts, Hit | None]:
        """Return the states alive at every position, with the phrases read so far, and the first hit before a colon."""
        text = line.text
        fronts: Fronts = {0: {ROOT: ()}}
        before: Hit | None = None
        marked = False  # a break sets off what follows it
        furthest = 0
        # Slots that cannot be filled here are not tried: most lines have no digit, and few end like a phrase.
        dead = () if line.digits else WITH_DIGITS
        root_dead = dead if self.may_end(text) else (*dead, *FREE)
        all_words, all_slots, pieces, leads = self.words, self.slots, self.pieces, self.lead_pieces
        for index, at in enumerate(range(len(text)) if glued else line.edges[:-1]):
            if at > furthest:
                break
            here = fronts.get(at)
            if here is None:
                continue
            symbols: dict[str, list[int]] | None = None
            begins = text[at : at + 1], text[at : at + 2], text[at : at + REACH]
            queue = list(here)
            for state in queue:
                done = here[state]
                set_off, ended, words, slots = leads[state], pieces[state], all_words[state], all_slots[state]
                if set_off and not marked and (before is None or line.breaks[at] >= DASH):
                    marked = line.breaks[at] >= DASH  # "See also recently: …" has a shorter label in it
                    told = said_before if marked else said_unmarked
                    before = told((*done, set_off), line, at)
                if ended:
                    if ROOT not in here:
                        queue.append(ROOT)
                    here[ROOT] = read_on(done, ended, here.get(ROOT))
                if words and (state == ROOT or not self._heads(state).isdisjoint(begins)):
                    if symbols is None:
                        symbols = self._glued(line, at) if glued else self._apart(line, index)
                    small, large = (words, symbols) if len(words) < len(symbols) else (symbols, words)
                    for symbol in small:
                        if symbol in large:
                            for end in symbols[symbol]:
                                _put(fronts, end, words[symbol], done)
                                furthest = max(furthest, end)
                if slots:
                    tried = [name for name in slots if name not in (dead if state else root_dead)]
                    furthest = max(furthest, _fill(line, at, slots, tried, done, fronts))
            root_dead = (*dead, *FREE)  # free words begin a phrase at the beginning of a line only
        return fronts, before

    def _sizes_at(self, text: str, at: int) -> tuple[int, ...]:
        """Return the lengths that a word which begins at `at` can have, in order."""
        return self.sizes.get(text[at : at + REACH], SHORT)

    def _apart(self, line: Key, index: int) -> dict[str, list[int]]:
        """Return every symbol that begins at an edge (by its number), with the places where it ends, edges too."""
        found: dict[str, list[int]] = {}
        text, vocabulary, at = line.text, self.vocabulary, line.edges[index]
        reach = at + self._sizes_at(text, at)[-1]
        for end in line.edges[index + 1 :]:
            if end > reach:
                break
            for symbol in vocabulary.get(text[at:end], ()):
                if symbol[0] != TOUCHING or at not in line.gaps:
                    found.setdefault(symbol, []).append(end)
        return found

    def _glued(self, line: Key, at: int) -> dict[str, list[int]]:
        """Return every symbol that begins at `at`, with the places where it ends, be they within a word."""
        found: dict[str, list[int]] = {}
        text, inside, vocabulary = line.text, line.inside, self.vocabulary
        begins_inside = at in inside
        for size in self._sizes_at(text, at):
            end = at + size
            if end > len(text):
                break
            for symbol in vocabulary.get(text[at:end], ()):
                if symbol[0] == TOUCHING:
                    if at in line.gaps:
                        continue
                elif size < GLUED_MIN and (begins_inside or end in inside):
                    continue
                found.setdefault(symbol, []).append(end)
        return found


def _fill(line: Key, at: int, slots: dict[str, int], names: list[str], done: Run, fronts: Fronts) -> int:
    """Fill these slots from `at` on; return how far any of them reaches."""
    furthest = at
    for name in names:
        for end in SLOTS[name](line, at):
            _put(fronts, end, slots[name], done)
            furthest = max(furthest, end)
    return furthest


def _put(fronts: Fronts, at: int, state: int, done: Run) -> None:
    place = fronts.get(at)
    if place is None:
        fronts[at] = {state: done}
    elif (before := place.get(state)) is None or says_more(done, before):
        place[state] = done


def _is_one_word(line: Key) -> bool:
    """Say whether a line is several words in one, as links are when the spaces between them are lost."""
    return len(line.gaps) == 2 and (len(line.edges) > 2 or line.upper)


def _is_doubled(text: str) -> bool:
    """Say whether a key is the same letters two or three times."""
    size = len(text)
    return any(size % n == 0 and text[: size // n] * n == text for n in (2, 3))
