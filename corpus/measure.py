"""How right is an answer? One case against one result, and sums over many."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.case import Case, CaseLine
from service.model import Kind, RelatedLink, Result

_SPACE = re.compile(r"[\s\ufeff]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer got right and wrong."""

    case: Case
    lost: tuple[CaseLine, ...]
    """Body lines of which a character was removed."""
    left: tuple[CaseLine, ...]
    """Lines to remove of which a character was kept."""
    kinds: tuple[tuple[CaseLine, Kind], ...]
    """Every line rightly removed, with the kind the answer gave it."""
    hits: int
    """Related links found, by title."""
    said: int
    """Related links in the answer."""
    wrong: tuple[str, ...]
    """Fields that differ: title, published, and the related links' order, date, URL and heading."""
    lossless: bool

    @property
    def wanted(self) -> int:
        """Related links in the case."""
        return len(self.case.related)

    @property
    def right_kinds(self) -> int:
        """Lines rightly removed under the right kind."""
        return sum(said in line.kinds for line, said in self.kinds)

    @property
    def exact(self) -> bool:
        """Whether body, related links and named fields are as the case has them; kinds are counted apart."""
        return self.lossless and not (self.lost or self.left or self.wrong) and self.hits == self.said == self.wanted

    @property
    def errors(self) -> int:
        """How much is wrong, to sort by: a lost line weighs ten."""
        missed = self.wanted + self.said - 2 * self.hits
        wrong_kinds = len(self.kinds) - self.right_kinds
        return 10 * (len(self.lost) + (not self.lossless)) + len(self.left) + missed + len(self.wrong) + wrong_kinds

    def faults(self) -> list[str]:
        """Name every error, in words that tell where to look."""
        found = [] if self.lossless else ["not lossless: source minus removed spans is not the body"]
        found += [f"lost  {line.number}: {line.text}" for line in self.lost]
        found += [f"left  {line.number}: {line.kinds[0].value}| {line.text}" for line in self.left]
        found += [
            f"kind  {line.number}: {line.kinds[0].value}| {line.text}  (said {said.value})"
            for line, said in self.kinds
            if said not in line.kinds
        ]
        if not self.hits == self.said == self.wanted:
            found.append(f"related: {self.hits} right of {self.said} said and {self.wanted} wanted")
        return found + [f"wrong {what}" for what in self.wrong]


def mark(case: Case, result: Result) -> Mark:
    """Compare `result` with what `case` expects of it."""
    gone = bytearray(len(case.source))
    kind_at: dict[int, Kind] = {}
    for span in result.removed:
        gone[span.start : span.end] = b"\1" * (span.end - span.start)
        kind_at.update(dict.fromkeys(range(span.start, span.end), span.kind))
    lost, left, kinds = [], [], []
    for line in case.lines:
        places = [at for at in range(line.start, line.end) if not case.source[at].isspace()]
        cut = sum(gone[at] for at in places)
        if not line.goes:
            lost += [line] * (cut > 0)
        elif cut < len(places):
            left.append(line)
        else:
            kinds.append((line, kind_at[places[0]]))
    hits, wrong = _related(case.related, result.related)
    for name, said in (("title", result.title), ("published", result.published)):
        want = case.head.get(name)
        if want is not None and said != want:
            wrong.append(f"{name}: {said!r}, wanted {want!r}")
    return Mark(
        case, tuple(lost), tuple(left), tuple(kinds), hits, len(result.related), tuple(wrong), _lossless(case, result)
    )


def _lossless(case: Case, result: Result) -> bool:
    kept, at = [], 0
    for span in result.removed:
        if not at <= span.start < span.end <= len(case.source) or case.source[span.start : span.end] != span.text:
            return False
        kept.append(case.source[at : span.start])
        at = span.end
    kept.append(case.source[at:])
    return _SPACE.sub("", "".join(kept)) == _SPACE.sub("", result.body)


def _related(want: Sequence[RelatedLink], said: Sequence[RelatedLink]) -> tuple[int, list[str]]:
    """Count the titles found and name the fields that differ on them."""
    free, pairs = list(enumerate(said)), []
    for item in want:
        found = next(((i, other) for i, other in free if _same(item.title, other.title)), None)
        if found is not None:
            free.remove(found)
            pairs.append((found[0], item, found[1]))
    wrong = []
    for _, item, other in pairs:
        if item.date is not None and item.date != other.date:
            wrong.append(f"date of {item.title!r}: {other.date!r}, wanted {item.date!r}")
        if item.url is not None and item.url != other.url:
            wrong.append(f"url of {item.title!r}: {other.url!r}, wanted {item.url!r}")
        if item.heading is not None and not _same(item.heading, other.heading or "", letters=True):
            wrong.append(f"heading of {item.title!r}: {other.heading!r}, wanted {item.heading!r}")
    order = [i for i, _, _ in pairs]
    if order != sorted(order):
        wrong.append("order of the related links")
    return len(pairs), wrong


def _same(a: str, b: str, letters: bool = False) -> bool:
    """Compare without case and white space; a heading without its punctuation too."""
    drop = r"[\W_]+" if letters else r"\s+"
    return re.sub(drop, " ", a).strip().casefold() == re.sub(drop, " ", b).strip().casefold()


@dataclass(frozen=True, slots=True)
class Score:
    """Sums over marks."""

    cases: int
    exact: int
    lost: int
    """Body lines wrongly removed."""
    lost_characters: int
    left: int
    """Lines wrongly kept."""
    tail: int
    """Lines that should go."""
    related_precision: float
    related_recall: float
    related_f1: float
    kind_accuracy: float
    not_lossless: int


def add(marks: Iterable[Mark]) -> Score:
    """Sum marks up. A share of nothing is 1: where nothing was to be found, nothing was missed."""
    marks = list(marks)
    hits, said, wanted = (sum(getattr(m, name) for m in marks) for name in ("hits", "said", "wanted"))
    judged = sum(len(m.kinds) for m in marks)
    return Score(
        cases=len(marks),
        exact=sum(m.exact for m in marks),
        lost=sum(len(m.lost) for m in marks),
        lost_characters=sum(line.end - line.start for m in marks for line in m.lost),
        left=sum(len(m.left) for m in marks),
        tail=sum(line.goes for m in marks for line in m.case.lines),
        related_precision=_share(hits, said),
        related_recall=_share(hits, wanted),
        related_f1=_share(2 * hits, said + wanted),
        kind_accuracy=_share(sum(m.right_kinds for m in marks), judged),
        not_lossless=sum(not m.lossless for m in marks),
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def per_kind(marks: Iterable[Mark]) -> dict[Kind, dict[str, int]]:
    """Count per expected kind: lines, those left, those removed under the right kind; for `body` those lost."""
    found: dict[Kind, dict[str, int]] = {}
    for m in marks:
        for line in m.case.lines:
            kind = line.kinds[0] if line.goes else Kind.BODY
            row = found.setdefault(kind, {"lines": 0, "lost": 0, "left": 0, "kind_right": 0})
            row["lines"] += 1
        if m.lost:
            found[Kind.BODY]["lost"] += len(m.lost)
        for line in m.left:
            found[line.kinds[0]]["left"] += 1
        for line, said in m.kinds:
            found[line.kinds[0]]["kind_right"] += said in line.kinds
    return {kind: found[kind] for kind in Kind if kind in found}
