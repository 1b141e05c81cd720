"""Which lines does a phrase mean? Puts the phrases of the packs into the automaton.

Authors write literals and slots, never a pattern language. Slots: `{network}`, `{number}`, `{date}`, `{site}` (one to
six words), `{name}` (one to four words with capitals), `{any}` (one to thirty words), `{text}` (the rest of the line,
set off by a colon, dash or bar; only at the end), and the pack's own word lists (`{verb}`). `?` makes a slot optional:
`{verb?}`. A literal right beside a slot, `{network}issa`, must touch it in the text too.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from service.lines import letters_each, unspaced
from service.match import Automaton
from service.packs import NETWORK, NETWORKS_FILE, TEXT, Network, Pack
from service.pieces import Record
from service.slots import APART, FREE, SLOTS
from service.states import ENDS, ROOT, TAIL, TOUCHING

# Letters of its own of a phrase that is known by them, whatever words follow: on 1,600 pages no shorter one took a line
# of the article either, but sentences can be made that begin so.
ANY_WORDS = ("any", "site", "name")  # slots that words of any sort fill
OWN_LETTERS, LIST_LETTERS = 30, 8  # the latter for a word of a list
_SLOT = re.compile(r"\{([a-z_]+)(\??)\}")
_MISTAKEN = re.compile(r"\{\w+\??\}")


def compile_all(packs: Sequence[Pack], networks: Sequence[Network], faults: list[str]) -> tuple[Automaton, list[int]]:
    """Return the automaton of all packs, and how many forms each pack has: every way through a phrase is one.

    What cannot be understood is left out and told in `faults`.
    """
    automaton = Automaton()
    split = {
        phrase: _SLOT.split(phrase)
        for pack in packs
        for record in pack.records
        for phrase in record.phrases
        if "{" in phrase
    }
    texts = list(dict.fromkeys(_texts(packs, networks, split)))  # folding all at once is quick
    folded = dict(zip(texts, letters_each(texts), strict=True))
    _add_networks(automaton, networks, folded, faults)
    forms = [_add_pack(automaton, pack, split, folded, faults) for pack in packs]
    automaton.seal()
    return automaton, forms


def _texts(packs: Sequence[Pack], networks: Sequence[Network], split: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield all names, words and literals."""
    for network in networks:
        yield from network.names
    for pack in packs:
        for entries in pack.words.values():
            yield from entries
        for record in pack.records:
            for phrase in record.phrases:
                yield from split[phrase][::3] if phrase in split else (phrase,)


def _add_networks(
    automaton: Automaton, networks: Iterable[Network], folded: Mapping[str, str], faults: list[str]
) -> None:
    """Let every name of every network stand for `{network}`."""
    symbol = _list(NETWORK)
    seen: dict[str, str] = {}
    for network in networks:
        for name in network.names:
            word = folded[name]
            where = f"{NETWORKS_FILE}: network {network.id!r}"
            if not word:
                faults.append(f"{where}: {name!r} has no letters")
            elif seen.setdefault(word, network.id) != network.id:
                faults.append(f"{where}: {name!r} is also {seen[word]!r}")
            automaton.add_word(word, symbol)


def _add_pack(
    automaton: Automaton, pack: Pack, split: Mapping[str, list[str]], folded: Mapping[str, str], faults: list[str]
) -> int:
    """Add the word lists and phrases of `pack`; return how many forms they have."""
    symbols = {name: name for name in (*SLOTS, TEXT)} | {NETWORK: _list(NETWORK)}
    forms = 0
    for name, entries in pack.words.items():
        symbols[name] = _list(name, pack.tag)
        for entry in entries:
            automaton.add_word(folded[entry], symbols[name])
        forms += len(entries)
    for record in pack.records:
        whole = []
        for phrase in record.phrases:
            parts = split.get(phrase, ())
            if mistaken := next(filter(None, map(_MISTAKEN.search, parts[::3])), None):
                fault: str | None = f": {mistaken.group()} is no slot: its name may have small letters and _ alone"
            elif len(parts) > 1:
                literals = [folded[literal] for literal in parts[::3]]
                fault = _fault(symbols, phrase, parts[1::3], literals)
                forms += 0 if fault else _add_slotted(automaton, symbols, record, parts, literals)
            else:
                whole.append(folded[phrase])
                fault = None if whole[-1] else " has no letters"
            if fault:
                faults.append(f"{record.id}: {phrase!r}{fault}")
        automaton.add_whole(whole, record)
        forms += len(whole)
    return forms


def _weight(literal: str) -> int:
    """Return how much a literal says, in letters of an alphabet: a sign that no sentence begins with says enough."""
    return OWN_LETTERS if "©" in literal else 3 * len(literal) if unspaced(literal) else len(literal)


def _list(name: str, tag: str = "") -> str:
    """Return the symbol of a word list; letters alone would be a literal."""
    return f"{{{tag}.{name}}}"


def _fault(known: Container[str], phrase: str, names: list[str], literals: list[str]) -> str | None:
    for name in names:
        if name not in known:
            return f": unknown slot {{{name}}}"
    if TEXT in names and (TEXT in names[:-1] or not phrase.rstrip().endswith("}")):
        return f": {{{TEXT}}} may only end a phrase"
    if any(literals):
        if not literals[0] and names[0] in FREE and len(literals[-1]) < ENDS:
            return " begins with free words, so it must end with a word of its own"
        return None
    if all(name in SLOTS or name == TEXT for name in names):
        return " has no word of its own"
    return " may be empty" if phrase.count("?}") == len(names) else None


def _add_slotted(
    automaton: Automaton, symbols: Mapping[str, str], record: Record, parts: Sequence[str], literals: Sequence[str]
) -> int:
    """Add one phrase with slots; return how many ways through its optional slots it has.

    `parts` are literal, name, mark, literal, name, mark, …, literal; `literals` are the folded ones of them.
    """
    names, marks = parts[1::3], parts[2::3]
    if names[0] in FREE and not literals[0]:
        automaton.tails.add(literals[-1][-TAIL:])
    ways, through = [ROOT], 0  # where each way has come to; so many of them, the first ones, by the slot just before
    leads: list[int] = []
    for index, word in enumerate(literals):
        if word:
            beside = through if parts[3 * index][0].isalpha() else 0
            if beside:
                automaton.add_word(word, TOUCHING + word)
            if beside < len(ways):
                automaton.add_word(word, word)
            ways = [automaton.step(way, TOUCHING + word if n < beside else word) for n, way in enumerate(ways)]
        if index == len(names):
            break
        name = names[index]
        around = ways if marks[index] else []
        if name == TEXT:
            leads, ways = ways, []
        elif name in SLOTS:
            apart = name == "any" and parts[3 * index].endswith(" ") and unspaced(word)
            ways = [automaton.slot(way, name + APART if apart else name) for way in ways]
        else:
            symbol = symbols[name]
            ways = [automaton.step(way, symbol) for way in ways]
        through = len(ways)
        ways += around
    own = sum(map(_weight, literals)) + LIST_LETTERS * sum(name not in SLOTS for name in names)
    if names[-1] in ANY_WORDS and not literals[-1] and own < OWN_LETTERS:
        automaton.open.update(ways[:through])
    for way in leads:
        automaton.close_lead(way, record)
    for way in ways:
        automaton.close(way, record)
    return len(leads) + len(ways)
