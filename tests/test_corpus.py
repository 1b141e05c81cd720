"""The labelled cases, one test per file found, and the reader, the scorer and the ratchet by hand-computed numbers."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import measure, ratchet, score
from corpus.case import CASES, Case, CaseError, read, read_all, walk
from service.clean import clean_text
from service.lexicon import Lexicon, load
from service.model import Kind, RelatedLink, Removed, Result, Scope

NAMES = [path.relative_to(CASES).as_posix() for path in walk()]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


@pytest.fixture(scope="module")
def baseline() -> ratchet.Baseline:
    return ratchet.read()


def respaced(case: Case, change: Callable[[str], str], before: str = "", after: str = "") -> Case:
    """The case with other white space between its lines."""
    pieces, lines, at, end = [before], [], len(before), 0
    for line in case.lines:
        gap = case.source[end : line.start]
        pieces.append(change(gap) if end else gap)
        at += len(pieces[-1])
        lines.append(replace(line, start=at, end=at + len(line.text)))
        pieces.append(line.text)
        at, end = at + len(line.text), line.end
    return replace(case, source="".join(pieces) + after, lines=tuple(lines))


SAME: dict[str, Callable[[Case], Case]] = {
    "carriage returns": lambda case: respaced(case, lambda gap: gap.replace("\n", "\r\n"), after="\r\n"),
    "trailing spaces": lambda case: respaced(case, lambda gap: gap.replace("\n", " \t\n"), after="  "),
    "byte-order mark": lambda case: respaced(case, str, before="\ufeff"),
    "blank lines around": lambda case: respaced(case, str, before="\n\n", after="\n\n\n"),
}
SAFE: dict[str, Callable[[Case], Case]] = {
    "single newlines": lambda case: respaced(case, lambda gap: re.sub(r"\n+", "\n", gap)),
    "double newlines": lambda case: respaced(case, lambda gap: re.sub(r"\n+", "\n\n", gap)),
}


def errors(marked: measure.Mark) -> tuple[object, ...]:
    """What is wrong with an answer, without its offsets."""
    kinds = [(line.number, said) for line, said in marked.kinds]
    lost, left = ([line.number for line in lines] for lines in (marked.lost, marked.left))
    return lost, left, kinds, marked.hits, marked.said, marked.wrong, marked.lossless


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, lexicon: Lexicon, baseline: ratchet.Baseline) -> None:
    """No body line is lost; a case that is not exact is known, and a known one is not exact."""
    case = read(CASES / name)
    result = clean_text(case.source, lexicon, case.options)
    marked = measure.mark(case, result)

    assert not marked.lost, "\n".join(marked.faults())
    assert marked.lossless
    again = clean_text(result.body, lexicon, case.options)
    assert again.body == result.body, "cleaning the clean body again changes it"
    if case.scope is Scope.TAIL and not marked.left:
        assert case.source.strip().startswith(result.body), "the body is not untouched"
    if name in baseline.known:
        assert not marked.exact, "exact now: take it out of the known ones by `python -m corpus.score --record`"
    else:
        assert marked.exact, "\n".join([str(case.path), *marked.faults()])


@pytest.mark.parametrize("name", NAMES)
def test_case_in_other_white_space(name: str, lexicon: Lexicon) -> None:
    """White space at the ends of lines changes nothing in the answer; fewer or more blank lines never cost a line."""
    case = read(CASES / name)
    plain = errors(measure.mark(case, clean_text(case.source, lexicon, case.options)))

    for change, made in SAME.items():
        other = made(case)
        assert errors(measure.mark(other, clean_text(other.source, lexicon, other.options))) == plain, change
    for change, made in SAFE.items():
        other = made(case)
        marked = measure.mark(other, clean_text(other.source, lexicon, other.options))
        assert marked.lossless, change
        assert not marked.lost, f"{change}: {marked.faults()}"


def test_corpus_is_as_large_and_as_mixed_as_promised() -> None:
    """At least 120 cases, a third of them look-alikes, Russian and English first, ten more languages of four each."""
    cases = read_all()
    counts = {tag: sum(case.language == tag for case in cases) for tag in {case.language for case in cases}}

    assert len(cases) >= 120
    assert sum(case.head["sort"] == "lookalike" for case in cases) >= len(cases) / 3
    assert min(counts["ru"], counts["en"]) >= 40
    assert sum(n >= 4 for n in counts.values()) >= 12


def test_cases_stand_in_the_folder_of_their_language_and_differ() -> None:
    """A case is filed under its language, and no two cases have one source."""
    cases = read_all()

    assert all(case.name.startswith(case.language + "/") for case in cases)
    assert len({case.source for case in cases}) == len(cases)


def test_nothing_known_is_forgotten(baseline: ratchet.Baseline) -> None:
    """Every known case is a file."""
    assert set(baseline.known) <= set(NAMES)


def test_no_figure_is_below_the_baseline(lexicon: Lexicon, baseline: ratchet.Baseline) -> None:
    """Lines left, related links and kinds are at least as good as recorded, per language."""
    marks = score.run(read_all(), lexicon)

    assert ratchet.worse(marks, score.by_language(marks), baseline) == []


# --- the reader

HEAD = "language: en\nsort: {}\nabout: x\nsource: written for this project\n-----\n"
SAMPLE = HEAD.format("tail") + (
    "First.\n\n  Second | with a bar.  \nshare| above\n=====\n\n"
    "related_heading| See also:\n"
    "related| 1. One https://example.org/a?b=1 {date=2016-08-23 url=https://example.org/a?b=1 title=One}\n"
    "related_meta| 23 August\n"
    "related| Two {braces}s\n"
    "share/other|  Share \n"
    "related| READ ALSO: Three {title=Three heading=READ ALSO}\n"
)


def write(folder: Path, text: str) -> Path:
    path = folder / "case.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_reader_gives_the_exact_source(tmp_path: Path) -> None:
    """Markers, margins and notes are gone, every other character is there, and offsets point at the lines."""
    case = read(write(tmp_path, SAMPLE), tmp_path)

    assert case.source == (
        "First.\n\n  Second | with a bar.  \nabove\n\n"
        "See also:\n1. One https://example.org/a?b=1\n23 August\nTwo {braces}s\n Share \nREAD ALSO: Three"
    )
    assert [case.source[line.start : line.end] for line in case.lines] == [line.text for line in case.lines]
    assert [(line.number, line.kinds[0].value, line.goes) for line in case.lines] == [
        (6, "body", False),
        (8, "body", False),
        (9, "share", False),
        (12, "related_heading", True),
        (13, "related", True),
        (14, "related_meta", True),
        (15, "related", True),
        (16, "share", True),
        (17, "related", True),
    ]
    assert case.lines[7].kinds == (Kind.SHARE, Kind.OTHER)
    assert case.body == "First.\nSecond | with a bar.\nabove"
    assert case.related == (
        RelatedLink("One", "https://example.org/a?b=1", "2016-08-23", "See also"),
        RelatedLink("Two {braces}s", None, None, "See also"),
        RelatedLink("Three", None, None, "READ ALSO"),
    )
    assert case.scope is Scope.TAIL


def test_reader_of_article_scope_lets_every_marked_line_go(tmp_path: Path) -> None:
    """Under scope `article` a margin is enough, no marker is needed."""
    case = read(write(tmp_path, HEAD.format("article") + "headline| H\n\nText.\nad| Ad\nMore.\n"), tmp_path)

    assert case.body == "Text.\nMore."
    assert case.scope is Scope.ARTICLE


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("language: en\nText.\n", "2: the head wants"),
        ("language: en\nlanguage: de\n", "2: key 'language' stands twice"),
        ("langage: en\n", "1: unknown key 'langage'"),
        ("language: en\nabout: x\n", "2: no line of dashes"),
        ("language: en\n-----\nText.\n", "1: the head lacks 'sort'"),
        (HEAD.format("poem") + "Text.\n", "1: sort is one of"),
        (HEAD.format("tail").replace("about", "published: 23.08.2016\nabout") + "T\n", "3: published wants"),
        (HEAD.format("tail"), "5: the case has no source"),
        (HEAD.format("tail") + "=====\nshare| Share\n", "7: the case has no body"),
        (HEAD.format("tail") + "Text.\n", "5: a case of sort 'tail' wants lines to remove"),
        (HEAD.format("lookalike") + "Text.\n=====\nshare| Share\n", "5: a lookalike has nothing to cut"),
        (HEAD.format("tail") + "Text.\n=====\nshare| Share\nmore\n", "9: a line of the tail without a margin"),
        (HEAD.format("tail") + "Text.\n=====\nshare| a\n=====\n", "9: the tail begins twice"),
        (HEAD.format("tail") + "Text.\n=====\nbody| a\n", "8: body lines carry no margin"),
        (HEAD.format("tail") + "Text.\n=====\nshare| \n", "8: nothing stands after the margin"),
        (HEAD.format("tail") + "Text.\n=====\nshare| a {title=a}\n", "8: only related lines carry a note"),
        (HEAD.format("tail") + "Text.\n=====\nrelated| a {titel=b}\n", "8: a note wants the keys"),
        (HEAD.format("tail") + "Text.\n=====\nrelated| a {date=2016}\n", "8: the note's date wants YYYY-MM-DD"),
        (HEAD.format("tail") + "Text.\n=====\nrelated| a b {title=a title=b}\n", "8: 'title' stands twice"),
        (HEAD.format("tail") + "Text.\n=====\nrelated| a {title=b}\n", "8: the note's title does not stand in"),
    ],
)
def test_reader_names_file_and_line(tmp_path: Path, text: str, fault: str) -> None:
    """A faulty case file is refused with the place and the reason."""
    path = write(tmp_path, text)

    with pytest.raises(CaseError) as raised:
        read(path, tmp_path)
    assert f"{path}:{fault}" in str(raised.value)


@pytest.mark.parametrize(("raw", "fault"), [(b"a: \xff\n", "1: not UTF-8"), (b"a: b\nc: d\r\n", "2: carriage return")])
def test_reader_refuses_other_bytes(tmp_path: Path, raw: bytes, fault: str) -> None:
    """Case files are UTF-8 with plain newlines."""
    path = tmp_path / "case.txt"
    path.write_bytes(raw)

    with pytest.raises(CaseError) as raised:
        read(path, tmp_path)
    assert f"{path}:{fault}" in str(raised.value)


# --- the scorer: SAMPLE has 3 body lines, 6 lines to remove and 3 related links


def answer(
    case: Case, *kinds: tuple[str, Kind], related: tuple[RelatedLink, ...] = (), title: str | None = None
) -> Result:
    """A result that removes the lines named, under the kinds named."""
    removed = []
    for text, kind in kinds:
        line = next(line for line in case.lines if line.text == text)
        removed.append(Removed(line.start, line.end, kind, line.text, "because"))
    body = case.source
    for span in reversed(removed):
        body = body[: span.start] + body[span.end :]
    return Result(case.source, body.strip(), title=title, related=related, removed=tuple(removed))


@pytest.fixture
def sample(tmp_path: Path) -> Case:
    return read(write(tmp_path, SAMPLE), tmp_path)


ALL = (
    ("See also:", Kind.RELATED_HEADING),
    ("1. One https://example.org/a?b=1", Kind.RELATED),
    ("23 August", Kind.RELATED_META),
    ("Two {braces}s", Kind.RELATED),
    ("Share", Kind.OTHER),
    ("READ ALSO: Three", Kind.RELATED),
)


def test_perfect_answer(sample: Case) -> None:
    """The expected answer is exact, and a second acceptable kind counts as right."""
    marked = measure.mark(sample, answer(sample, *ALL, related=sample.related))

    assert marked.exact
    assert marked.errors == 0
    assert marked.faults() == []
    assert measure.add([marked]) == measure.Score(1, 1, 0, 0, 0, 6, 1.0, 1.0, 1.0, 1.0, 0)


def test_imperfect_answer(sample: Case) -> None:
    """Lost, left, wrong kinds, missed and invented links are counted as by hand."""
    related = (
        RelatedLink("Two {braces}s", heading="See also"),
        RelatedLink("Four"),
        replace(sample.related[0], date=None),
    )
    kinds = (("First.", Kind.BYLINE), ("See also:", Kind.SHARE), *ALL[1:3])
    marked = measure.mark(sample, answer(sample, *kinds, related=related))

    assert [line.text for line in marked.lost] == ["First."]
    assert [line.text for line in marked.left] == ["Two {braces}s", "Share", "READ ALSO: Three"]
    assert (marked.hits, marked.said, marked.wanted, marked.right_kinds) == (2, 3, 3, 2)
    assert marked.wrong == ("date of 'One': None, wanted '2016-08-23'", "order of the related links")
    assert marked.errors == 10 + 3 + 2 + 2 + 1
    total = measure.add([marked, measure.mark(sample, answer(sample, *ALL, related=sample.related))])
    assert (total.cases, total.exact, total.lost, total.lost_characters, total.left, total.tail) == (2, 1, 1, 6, 3, 12)
    assert (total.related_precision, total.related_recall, total.related_f1) == (0.8333, 0.8333, 0.8333)
    assert total.kind_accuracy == 0.8889  # 8 of 9 lines rightly removed
    assert measure.per_kind([marked])[Kind.RELATED] == {"lines": 3, "lost": 0, "left": 2, "kind_right": 1}
    assert measure.per_kind([marked])[Kind.BODY] == {"lines": 3, "lost": 1, "left": 0, "kind_right": 0}


def test_half_a_line_is_lost_and_left(sample: Case) -> None:
    """One removed character of a body line is a loss, one kept character of a tail line is left."""
    first, share = sample.lines[0], sample.lines[7]
    spans = [Removed(line.start, line.start + 1, Kind.SHARE, sample.source[line.start], "x") for line in (first, share)]
    body = sample.source[1 : share.start] + sample.source[share.start + 1 :]
    marked = measure.mark(sample, Result(sample.source, body, removed=tuple(spans)))

    assert marked.lost == (first,)
    assert share in marked.left
    assert marked.lossless


@pytest.mark.parametrize("change", ["body", "text", "order"])
def test_answer_that_is_not_lossless(sample: Case, change: str) -> None:
    """A word more in the body, a span with another text, and spans out of order are violations."""
    right = answer(sample, *ALL[:2])
    wrong = {
        "body": replace(right, body=right.body + " more"),
        "text": replace(right, removed=(right.removed[0]._replace(text="Other"), right.removed[1])),
        "order": replace(right, removed=right.removed[::-1]),
    }[change]

    assert measure.mark(sample, right).lossless
    assert not measure.mark(sample, wrong).lossless


def test_title_is_checked_where_the_head_gives_it(sample: Case) -> None:
    """A title or date in the head must be the answer's."""
    case = replace(sample, head={**sample.head, "title": "T"})

    assert measure.mark(case, answer(case, *ALL, related=case.related, title="T")).exact
    assert measure.mark(case, answer(case, *ALL, related=case.related)).wrong == ("title: None, wanted 'T'",)


# --- the ratchet


def test_ratchet_goes_one_way(sample: Case, tmp_path: Path) -> None:
    """What is recorded passes; one more line left, or a case that fell from exact, does not."""
    path = tmp_path / "baseline.toml"
    perfect = measure.mark(sample, answer(sample, *ALL, related=sample.related))
    poorer = measure.mark(sample, answer(sample, *ALL[:-1], related=sample.related))
    ratchet.record([poorer], score.by_language([poorer]), path)
    recorded = ratchet.read(path)

    assert recorded.known == {"case.txt": "1 left"}
    assert recorded.languages == {"en": {"left": 1, "related_f1": 1.0, "kind_accuracy": 1.0}}
    assert ratchet.worse([poorer], score.by_language([poorer]), recorded) == []
    assert ratchet.promoted([poorer], recorded) == []
    assert ratchet.promoted([perfect], recorded) == ["case.txt"]

    ratchet.record([perfect], score.by_language([perfect]), path)
    assert ratchet.worse([poorer], score.by_language([poorer]), ratchet.read(path)) == [
        "case.txt: not exact and not known: 1 left",
        "en: 1 lines left, 0 before",
    ]


def test_ratchet_never_takes_a_loss(sample: Case, tmp_path: Path) -> None:
    """A lost body line is worse whatever was recorded, and cannot be recorded."""
    losing = measure.mark(sample, answer(sample, ("First.", Kind.SHARE), *ALL, related=sample.related))
    known = ratchet.Baseline({"en": {"left": 99, "related_f1": 0.0, "kind_accuracy": 0.0}}, {"case.txt": "1 lost"})

    assert ratchet.worse([losing], score.by_language([losing]), known) == [
        "case.txt: a body line is lost: 'First.'",
    ]
    with pytest.raises(ratchet.BaselineError, match="body text is lost"):
        ratchet.record([losing], score.by_language([losing]), tmp_path / "baseline.toml")
    assert not (tmp_path / "baseline.toml").exists()


def test_missing_and_faulty_baseline(sample: Case, tmp_path: Path) -> None:
    """No baseline means nothing was reached; a faulty one is an error that names the file."""
    perfect = measure.mark(sample, answer(sample, *ALL, related=sample.related))
    none = ratchet.read(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("[known\n", encoding="utf-8")

    assert ratchet.worse([perfect], score.by_language([perfect]), none) == ["en: no baseline, record one"]
    with pytest.raises(ratchet.BaselineError, match=r"bad\.toml"):
        ratchet.read(tmp_path / "bad.toml")


def test_command_prints_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m corpus.score` reports per language and kind, as text and as JSON."""
    assert score.main([]) == 0
    text = capsys.readouterr().out
    assert score.main(["--json"]) == 0
    report = json.loads(capsys.readouterr().out)

    assert text.startswith("language")
    assert "lost: 0 lines, 0 characters; not lossless: 0 cases" in text
    assert report["total"]["cases"] == len(NAMES)
    assert report["total"]["lost"] == 0
    assert set(report["languages"]) == {name.partition("/")[0] for name in NAMES}
    assert report["worse"] == []
