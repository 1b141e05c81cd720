"""Score the cleaner on the labelled cases: `python -m corpus.score [--worst N] [--time] [--record] [--json]`.

Exit status 1 if anything is worse than the recorded baseline, 2 if a case or the baseline cannot be read.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from corpus import loading, ratchet, timing
from corpus.case import Case, read_all
from corpus.measure import Mark, Score, add, mark, per_kind
from service.clean import clean_text
from service.errors import AfterwordError
from service.lexicon import Lexicon, load


def run(cases: Iterable[Case], lexicon: Lexicon) -> list[Mark]:
    """Clean every case and compare."""
    return [mark(case, clean_text(case.source, lexicon, case.options)) for case in cases]


def by_language(marks: Sequence[Mark]) -> dict[str, Score]:
    """Sum up per language, the largest first."""
    groups: dict[str, list[Mark]] = {}
    for m in marks:
        groups.setdefault(m.case.language, []).append(m)
    return {tag: add(groups[tag]) for tag in sorted(groups, key=lambda tag: (-len(groups[tag]), tag))}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the scorer and return its exit status."""
    asked = _parser().parse_args(arguments)
    try:
        cases = [case for case in read_all() if case.name.startswith(asked.only)]
        lexicon = load()
        marks = run(cases, lexicon)
        scores = by_language(marks)
        report: dict[str, object] = {
            "total": asdict(add(marks)),
            "languages": {tag: asdict(score) for tag, score in scores.items()},
            "kinds": {kind.value: row for kind, row in per_kind(marks).items()},
        }
        if asked.time:
            times = timing.measure(cases, lexicon)
            report["packs"] = asdict(loading.measure(line.text for case in cases for line in case.lines))
            report["milliseconds"] = {name: {who: asdict(t) for who, t in row.items()} for name, row in times.items()}
        if asked.record:
            ratchet.record(marks, scores)
        complaints: list[str] = []
        if not asked.only:  # a part of the cases cannot be held against figures of the whole
            baseline = ratchet.read()
            complaints = ratchet.worse(marks, scores, baseline)
            report["worse"] = complaints
            report["promote"] = ratchet.promoted(marks, baseline)
    except AfterwordError as error:
        print(error, file=sys.stderr)
        return 2
    worst = sorted((m for m in marks if m.errors), key=lambda m: (-m.errors, m.case.name))[: asked.worst]
    if asked.json:
        report["worst"] = {m.case.name: m.faults() for m in worst}
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        print("\n".join(_pages(report, scores, marks, worst)))
    return 1 if complaints else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m corpus.score", description="Score the cleaner on labelled cases.")
    parser.add_argument("--only", default="", metavar="PREFIX", help="cases whose path begins so, such as ru/share")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="name the N cases with the most errors")
    parser.add_argument("--time", action="store_true", help="time the core against trafilatura and a no-op")
    parser.add_argument("--record", action="store_true", help="write the figures as the new baseline")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _pages(
    report: dict[str, object], scores: dict[str, Score], marks: Sequence[Mark], worst: Sequence[Mark]
) -> Iterable[str]:
    """Yield the report as plain text."""
    rows: list[tuple[str, ...]] = [
        ("language", "cases", "exact", "lost", "left", "of", "related p", "r", "f1", "kinds")
    ]
    for tag, s in [*scores.items(), ("all", add(marks))]:
        counts = (s.cases, s.exact, s.lost, s.left, s.tail)
        shares = (s.related_precision, s.related_recall, s.related_f1, s.kind_accuracy)
        rows.append((tag, *map(str, counts), *(f"{share:.3f}" for share in shares)))
    yield from _table(rows)
    yield ""
    kinds = per_kind(marks)
    yield from _table(
        [("kind", "lines", "lost", "left", "right")]
        + [
            (kind.value, *(str(row[name]) for name in ("lines", "lost", "left", "kind_right")))
            for kind, row in kinds.items()
        ]
    )
    total = add(marks)
    yield ""
    yield f"lost: {total.lost} lines, {total.lost_characters} characters; not lossless: {total.not_lossless} cases"
    for name, times in report.get("milliseconds", {}).items():  # type: ignore[attr-defined]
        yield ""
        yield from _table(
            [(name, "median ms", "p95 ms")]
            + [(who, f"{t['median']:.3f}", f"{t['p95']:.3f}") for who, t in times.items()]
        )
        yield f"trafilatura takes {times['trafilatura']['median'] / times['clean_text']['median']:.1f} times as long"
    if packs := report.get("packs"):
        yield ""
        yield (
            "packs: compile {compile:.0f} ms, load {load:.0f} ms, hold {memory:.1f} MB, "
            "match a line in {match_two:.1f} µs by two languages, {match_all:.1f} µs by all"
        ).format_map(packs)  # type: ignore[arg-type]
    for m in worst:
        yield ""
        yield f"{m.case.path}"
        yield from (f"  {fault}" for fault in m.faults())
    for title, key in (("worse than the baseline:", "worse"), ("exact now, record it:", "promote")):
        if report.get(key):
            yield ""
            yield title
            yield from (f"  {row}" for row in report[key])  # type: ignore[attr-defined]


def _table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(
            cell.rjust(w) if i else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )


if __name__ == "__main__":
    sys.exit(main())
