"""Which phrases does a language know, and does this whole line match one? The only reader of TOML.

A pack (`lexicon/<tag>.toml`) holds word lists and phrase records, `networks.toml` the networks. Authors write
literals and slots, never a pattern language. Slots: `{network}`, `{number}`, `{date}`, `{site}` (one to six words),
`{any}` (one to thirty words), `{text}` (the rest of the line, set off by a colon, dash or bar; only at the end),
and the pack's own word lists (`{verb}`). `?` makes a slot optional: `{verb?}`. A literal right beside a slot,
`{network}issa`, must touch it in the text too.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from service.errors import PackError
from service.lines import head, key, last_word, letters, unspaced
from service.match import ENDS, FREE, SHORT, SLOTS, STARTS, TOUCHING, Automaton, Record
from service.model import Hit, Kind, Reach

FOLDER = Path(__file__).parent / "lexicon"
WHOLE_LIMIT = 320  # characters; a longer line is prose or a glued page, never one label
TITLE_LETTERS = 16  # characters of the shortest headline behind "Read also:" that is taken for certain
VALUE_LETTERS = 80  # characters behind "Source:" or the like; a longer sentence is the article's own
VALUE_KINDS = frozenset((Kind.BYLINE, Kind.CAPTION, Kind.TAGS, Kind.RELATED, Kind.OTHER))
STOPPED_LETTERS = 30  # characters of a label that is doubted for its full stop
LABEL_KINDS = frozenset((Kind.SHARE, Kind.RELATED_HEADING, Kind.AD, Kind.NAV, Kind.TAGS))  # they take no full stop
RECALL_LETTERS, RECALLED = 100, 1 << 14  # short lines whose answer is remembered, and how many
LEAD_LIMIT = 90  # characters at the head of a longer line in which `label: text` may stand
NETWORK = "network"
NETWORKS_FILE, ANY_TAG = "networks.toml", "any"

_SLOT = re.compile(r"\{([a-z_]+)(\??)\}")
_RECORD_FIELDS = {"id", "kind", "reach", "certain", "phrases", "catches", "spares", "note"}
_PACK_FIELDS = {"language", "name", "words", "phrase"}


class Lexicon:
    """All packs, compiled. Made by `load`; never changes afterwards."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.languages: dict[str, dict[str, Any]] = {}
        self.networks = 0
        self.automaton = Automaton()
        self._starts: frozenset[str] = frozenset()
        # The labels of a site stand on all of its pages.
        self._recall = lru_cache(maxsize=RECALLED)(self._match)

    def seal(self) -> None:
        """Prepare matching, once all packs are in."""
        self._starts = self.automaton.starts()

    def facts(self) -> dict[str, Any]:
        """Return what is loaded: languages with their counts of phrases and word forms, and the networks."""
        return {"languages": self.languages, "networks": self.networks, "phrases": len(self.records)}

    def match(self, text: str) -> Hit | None:
        """Return what the lexicon knows of the whole line `text`, or None."""
        return self._recall(text) if len(text) <= RECALL_LETTERS else self._match(text)

    def _match(self, text: str) -> Hit | None:
        if not self._may_be_phrase(text):
            return None
        begin = key(text, LEAD_LIMIT) if len(text) > LEAD_LIMIT else None
        if begin and (len(text) > WHOLE_LIMIT or not (self._ends_like_phrase(text) or self.automaton.may_go_on(begin))):
            hit = self.automaton.match(begin, lead_only=True)
        else:
            hit = self.automaton.match(key(text, WHOLE_LIMIT))
        return _doubted(hit, text) if hit is not None and hit.certain else hit

    def _may_be_phrase(self, text: str) -> bool:
        """Tell most prose from phrases by the first letters and the last ones, before anything else is done."""
        begin, first = head(text, STARTS)
        if first[:1].isdecimal() or first in self._starts:
            return True
        least = 1 if unspaced(begin) else SHORT + 1
        if any(begin[:n] in self._starts for n in range(least, STARTS + 1)):
            return True
        return self._ends_like_phrase(text)

    def _ends_like_phrase(self, text: str) -> bool:
        return len(text) <= WHOLE_LIMIT and last_word(text)[-ENDS:] in self.automaton.ends

    def example_faults(self, tag: str | None = None) -> Iterator[str]:
        """Yield, of one pack or all, every `catches` its own record does not hit and every `spares` it does."""
        for record in self.records.values():
            if tag is not None and not record.id.startswith(f"{tag}."):
                continue
            for example in record.catches:
                hit = self.match(example)
                # two languages may share a label: whichever pack says it, it is the same kind of line
                other = hit is not None and not hit.phrase.startswith(record.id.partition(".")[0] + ".")
                if hit is None or (hit.phrase != record.id and not (other and hit.kind is record.kind)):
                    yield f"{record.id}: catches {example!r} is hit by {hit.phrase if hit else 'nothing'}"
            for example in record.spares:
                hit = self.match(example)
                if hit is not None and hit.certain:
                    yield f"{record.id}: spares {example!r} is hit by {hit.phrase}"


def _doubted(hit: Hit, text: str) -> Hit | None:
    """Return the hit, uncertain if the line's look speaks for a sentence of the article."""
    stopped = text.endswith((".", "。", ".»", ".”", '."')) and not text.endswith("..")
    if hit.value is not None:
        value = text[hit.value :]
        if len(value) > VALUE_LETTERS and stopped and hit.kind in VALUE_KINDS:
            return None
        # "See also: Schedule 2." is a sentence; a headline is longer, and has no full stop
        if hit.kind is Kind.RELATED and (len(value) < TITLE_LETTERS or stopped or len(text) > WHOLE_LIMIT):
            return replace(hit, certain=False)
        return hit
    quoted = text[0] in "«“„\"'‘「" and text.rstrip(".,!?")[-1:] in "»”“\"'’」"
    return (
        replace(hit, certain=False)
        if quoted or (stopped and len(text) < STOPPED_LETTERS and hit.kind in LABEL_KINDS)
        else hit
    )


def load(folder: Path | None = None) -> Lexicon:
    """Read and compile all packs in `folder` (default: those shipped). Raises PackError with every fault found."""
    folder = folder or FOLDER
    faults: list[str] = []
    lexicon = Lexicon()
    packs = {path.name: _read(path, faults) for path in sorted(folder.glob("*.toml"))}
    if not packs:
        faults.append(f"{folder}: no packs found")
    _add_networks(lexicon, packs.pop(NETWORKS_FILE, {}), faults)
    for name, pack in packs.items():
        _add_pack(lexicon, name.removesuffix(".toml"), pack, faults)
    if faults:
        raise PackError(faults)
    lexicon.seal()
    return lexicon


def _read(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        faults.append(f"{path.name}: {error}")
        return {}


def _add_networks(lexicon: Lexicon, file: Mapping[str, Any], faults: list[str]) -> None:
    seen: dict[str, str] = {}
    for number, entry in enumerate(file.get("network", []), 1):
        where = f"{NETWORKS_FILE}: network {entry.get('id', number)!r}"
        forms = entry.get("forms", {})
        if (
            not isinstance(forms, dict)
            or set(entry) - {"id", "names", "forms", "note"}
            or not _texts(entry.get("names"))
        ):
            faults.append(f"{where}: needs `id`, a list `names` and may have `forms` (lists by language) and `note`")
            continue
        lexicon.networks += 1
        for name in (*entry["names"], *(form for forms_of in forms.values() for form in forms_of)):
            word = letters(name)
            if not word:
                faults.append(f"{where}: {name!r} has no letters")
            elif seen.setdefault(word, entry["id"]) != entry["id"]:
                faults.append(f"{where}: {name!r} is also {seen[word]!r}")
            lexicon.automaton.add_word(word, NETWORK)


def _add_pack(lexicon: Lexicon, tag: str, pack: Mapping[str, Any], faults: list[str]) -> None:
    if pack and tag != ANY_TAG and pack.get("language") != tag:
        faults.append(f"{tag}.toml: `language` must be {tag!r}")
    faults += [f"{tag}.toml: unknown key {unknown!r}" for unknown in sorted(set(pack) - _PACK_FIELDS)]
    words: Mapping[str, list[str]] = pack.get("words", {})
    forms = 0
    for name, entries in words.items():
        if name in SLOTS or name in (NETWORK, "text") or not _texts(entries):
            faults.append(
                f"{tag}.toml: word list {name!r} must be a list of words under a name that is no built-in slot"
            )
            continue
        for entry in entries:
            lexicon.automaton.add_word(letters(entry), f"{tag}.{name}")
            forms += 1
    count = 0
    for number, entry in enumerate(pack.get("phrase", []), 1):
        record = _record(tag, number, entry, faults)
        if record is None:
            continue
        if record.id in lexicon.records:
            faults.append(f"{record.id}: this id stands twice")
        lexicon.records[record.id] = record
        count += 1
        for phrase in record.phrases:
            forms += _compile(lexicon.automaton, tag, words, record, phrase, faults)
    lexicon.languages[tag] = {"name": pack.get("name", tag), "phrases": count, "forms": forms}


def _record(tag: str, number: int, entry: Mapping[str, Any], faults: list[str]) -> Record | None:
    where = f"{tag}.toml: phrase {entry.get('id', number)!r}"
    before = len(faults)
    faults += [f"{where}: unknown key {name!r}" for name in sorted(set(entry) - _RECORD_FIELDS)]
    if not str(entry.get("id", "")).startswith(f"{tag}."):
        faults.append(f"{where}: `id` must begin with '{tag}.'")
    if entry.get("kind") not in set(Kind) - {Kind.BODY}:
        faults.append(f"{where}: `kind` must be one of {', '.join(k for k in Kind if k is not Kind.BODY)}")
    if entry.get("reach", "line") not in set(Reach):
        faults.append(f"{where}: `reach` must be one of {', '.join(Reach)}")
    if not isinstance(entry.get("certain", True), bool):
        faults.append(f"{where}: `certain` must be true or false")
    for name in ("phrases", "catches", "spares"):
        if not _texts(entry.get(name)):
            faults.append(f"{where}: `{name}` must be a list of at least one text")
    if len(faults) > before:
        return None
    return Record(
        entry["id"], Kind(entry["kind"]), Reach(entry.get("reach", "line")), entry.get("certain", True),
        tuple(entry["phrases"]), tuple(entry["catches"]), tuple(entry["spares"]), entry.get("note", ""),
    )  # fmt: skip


def _texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) and v.strip() for v in value)


def _compile(
    automaton: Automaton, tag: str, words: Mapping[str, list[str]], record: Record, phrase: str, faults: list[str]
) -> int:
    """Add one phrase to the automaton; return how many ways through its optional slots it has."""
    parts = _SLOT.split(phrase)  # literal, name, mark, literal, name, mark, …, literal
    names, marks = parts[1::3], parts[2::3]
    for name in names:
        if name not in SLOTS and name not in (NETWORK, "text") and name not in words:
            faults.append(f"{record.id}: {phrase!r}: unknown slot {{{name}}}")
            return 0
    if "text" in names[:-1] or ("text" in names and parts[-1].strip()):
        faults.append(f"{record.id}: {phrase!r}: {{text}} may only end a phrase")
        return 0
    if not names and not letters(phrase):
        faults.append(f"{record.id}: {phrase!r} has no letters")
        return 0
    if names and not letters(parts[0]) and names[0] in FREE:
        last = letters(parts[-1])
        if len(last) < ENDS:
            faults.append(f"{record.id}: {phrase!r} begins with free words, so it must end with a word of its own")
            return 0
        automaton.ends.add(last[-ENDS:])
    if all(name in SLOTS for name in names) and not any(letters(part) for part in parts[0::3]):
        faults.append(f"{record.id}: {phrase!r} has no word of its own")
        return 0
    literals = [letters(part) for part in parts[0::3]]
    optional = [(True, False) if mark else (True,) for mark in marks]
    count = 0
    for chosen in product(*optional):
        count += 1
        state, touching = automaton.root, False
        for index, word in enumerate(literals):
            if word:
                symbol = (TOUCHING if touching and parts[3 * index][0].isalpha() else "=") + word
                automaton.add_word(word, symbol)
                state = state.step(symbol)
            touching = index < len(names) and chosen[index]
            if not touching:
                continue
            name = names[index]
            if name == "text":
                state.lead = state.lead or record
                break
            state = state.slot(name) if name in SLOTS else state.step(name if name == NETWORK else f"{tag}.{name}")
        else:
            if state is automaton.root:
                faults.append(f"{record.id}: {phrase!r} may be empty")
            elif state.record is None or (record.certain and not state.record.certain):
                state.record = record
    return count
