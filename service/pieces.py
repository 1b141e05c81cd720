"""What do the pieces of a line say together? A line may be one phrase, or a run of several: a share bar is."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from service.lines import COLON, Key
from service.model import Hit, Kind, Reach

LEAST_POINTER = 2  # words of a label that a title may follow without a colon
LEAST_TITLE, MOST_TITLE = 16, 200  # characters of such a title
NAMES_RUN = 3  # different bare names that make a share bar; fewer may be a sentence broken at its links
LABELS_RUN = 2  # share labels that make one: nobody writes "Share Tweet" either
ANY = "any"  # the pack of no language
LOANS = "en"  # the pack whose labels stand among those of every language
SPACED_OUT = frozenset((Kind.SHARE, Kind.RELATED_HEADING, Kind.SUBSCRIBE, Kind.COMMENTS, Kind.TAGS, Kind.AD))


@dataclass(frozen=True, slots=True, eq=False)
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

    @property
    def pack(self) -> str:
        """The tag of the pack it stands in."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Piece:
    """What one piece of a line may be."""

    record: Record
    sure: bool
    packs: frozenset[str]  # all that know it


Run = tuple[Piece, ...]  # the pieces of a line, from its beginning


def piece_of(records: Sequence[Record], agreed: Callable[[Iterable[bool]], bool]) -> Piece | None:
    """Return what a place where phrases of these records end says, None if there are none.

    A whole line is only sure if all packs that know it are: one that knows it as prose too is believed. Before a colon
    any of them will do.
    """
    if not records:
        return None
    packs = frozenset(record.pack for record in records)
    sure = {record.pack for record in records if record.certain}
    first = next((record for record in records if record.certain), records[0])
    return Piece(first, agreed([pack in sure for pack in packs]), packs)


def read_on(run: Run, piece: Piece, before: Run | None) -> Run:
    """Return the better of two ways to read the same letters: `run` and `piece`, or what was found `before`."""
    again = (*run, piece)
    if before is None or says_more(again, before):
        return again
    last = before[-1]
    if before[:-1] == run and last.record.kind is piece.record.kind:
        return (*run, replace(last, packs=last.packs | piece.packs))  # one label, known to several packs
    return before


def says_more(run: Run, other: Run) -> bool:
    """Say whether the first of two ways to read the same letters is the surer one, or else has more share labels."""
    if run is other or not run or not other:
        return False
    return _strength(run) > _strength(other)


def _strength(run: Run) -> tuple[bool, bool, int]:
    return _is_one_language(run), any(piece.sure for piece in run), _shares(run)


def _is_one_language(run: Run, loans: str = "") -> bool:
    """Say whether one language has all of these, but for those that the pack `loans` has too."""
    packs = [piece.packs for piece in run if piece.record.pack != ANY and loans not in piece.packs]
    return len(packs) <= 1 or bool(frozenset.intersection(*packs))


def _shares(run: Run) -> int:
    return sum(piece.record.kind is Kind.SHARE for piece in run)


def said(run: Run, value: int | None, listed: bool = False, machine_made: bool = False, glued: bool = False) -> Hit:
    """Return the hit for a run of pieces. A run speaks for its own line only, and is as sure as its surest piece.

    Several names or labels are a share bar, unless commas make them a list (`listed`), or they are two that may be one
    word of a script without spaces (`glued`); so are two among others that nobody would write so (`machine_made`): in
    one word, or one label twice. Words of several languages meet by chance more often than not.
    """
    first = next((piece for piece in run if piece.sure), run[0])
    record, certain = first.record, first.sure
    if len(run) == 1:
        return Hit(record.kind, record.reach, record.id, certain, value)
    shares = _shares(run)
    labels = sum(piece.record.kind is Kind.SHARE and piece.record.pack != ANY for piece in run)
    is_bar = value is None and not listed and shares == len(run)  # of nothing but names and labels
    is_pair = is_bar and labels >= LABELS_RUN and not glued and _is_one_language(run, LOANS)
    if not _is_one_language(run) and not all(piece.sure for piece in run):
        certain = is_pair or (is_bar and shares >= NAMES_RUN)
    elif not listed:
        certain = certain or is_pair or shares >= NAMES_RUN or (labels > 1 and machine_made)
    alike = all(piece.record is record for piece in run)
    return Hit(record.kind, record.reach if alike else Reach.LINE, record.id, certain, value)


def in_order(runs: Sequence[tuple[Run, bool]]) -> list[tuple[Run, bool]]:
    """Return ways to read a line, shortest first, each with whether words of any sort end it.

    Those that such words end are left out if the line is nothing but labels: "Did you like it? Share it!" is two.
    """
    if any(len(run) > 1 and not is_open and _is_nothing_but_labels(run) for run, is_open in runs):
        runs = [pair for pair in runs if not pair[1]]
    return sorted(runs, key=lambda pair: len(pair[0]))


def _is_nothing_but_labels(run: Run) -> bool:
    sure = [piece.sure for piece in run]
    return all(sure) or (any(sure) and _shares(run) == len(run) and _is_one_language(run))


def said_before(run: Run, line: Key, at: int) -> Hit:
    """Return the hit for a phrase that the rest of the line follows. A dash may be a verb: only a colon is certain."""
    hit = said(run, line.offsets[at])
    return hit if line.breaks[at] == COLON or hit.kind is Kind.RELATED else replace(hit, certain=False)


def said_unmarked(run: Run, line: Key, at: int) -> Hit | None:
    """Return the hit for a pointer of several words that another article's title follows, though nothing sets it off.

    "READ ALSO Ministry warns of storms" was two elements of a page. It is certain only where the label is written in
    capitals and the title is not; None where it may be a sentence.
    """
    record, text = run[-1].record, line.line
    if record.kind is not Kind.RELATED or not run[-1].sure or bisect_left(line.gaps, at) < LEAST_POINTER:
        return None
    start = line.offsets[at]
    title, first = text[start:], line.capitals[at]
    if not (first and LEAST_TITLE <= len(title) <= MOST_TITLE) or title.endswith((".", "…")) or at not in line.gaps:
        return None
    return replace(said(run, start), certain=text[:start].isupper() and not title.isupper())


def preference(hit: Hit) -> tuple[bool, bool, bool]:
    """Return what the best of several hits has most of: sureness, the whole line, reach."""
    return hit.certain, hit.value is None, hit.reach is not Reach.LINE
