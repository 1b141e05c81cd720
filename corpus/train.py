"""Train the tagger: `python -m corpus.train DATA [--measure]`; corpus/pages.py says what DATA holds.

Writes service/model/tagger.npz and its card. The same data and versions give the same file. `--measure` also trains
without each fifth of the sites in turn, and reports what the whole cleaner reaches on the sites it has not seen.
"""

import argparse
import json
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from corpus import learn, reached
from corpus.pages import Page, in_packs, own, read, unasked
from service import among, columns, cut, echo, elements, features, judge, sight, tagger, title
from service.among import Within
from service.columns import ASKED, GROUPS, PAGE, TEXT, WHICH
from service.features import Floats, Ints
from service.learned import Forest, Linear
from service.lexicon import Lexicon, load
from service.tagger import GOING, Model, Tagger

FOLDS = 4
BODY_TREES, OVER_TREES, KIND_TREES = 500, 250, 150  # half as many cost 0.4 points of F1 on whole pages
WEIGHT = {"wcxb-dev": 1.0, "fundus-dev": 1.5, "cyrillic-dev": 2.0, "unlabelled": 1.5, "own": 2.0}  # of a page
TYPICAL_LINES = 50  # a page of so many lines weighs 1, a longer one less for each of its lines
# Of a page that was given a block. Text in which these weigh as much as others keeps more of what ends an article, and
# four points more of its tail.
GRAFTED = {"container": 0.25, "fragments": 0.25, "page": 0.25, "html": 1.0}
PART = {"fragments": 0.7}  # of wcxb-dev in this flavour: its containers have the same lines
GROUP_OF = {kind: index for index, group in enumerate(GROUPS) for kind in group}


@dataclass(slots=True)
class Sample:
    """One page with everything that is computed of it once."""

    page: Page
    fold: int
    used: bool
    alone: Floats
    here: Floats
    grams: tuple[Any, Ints]
    path: tuple[Any, Ints] | None
    tail: Ints  # 1 from the line below the last one of the body
    within: Within | None = None  # of a page: where the elements around each line begin and end
    columns: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # columns x lines
    body: Floats = field(
        default_factory=lambda: np.zeros(0, np.float32)
    )  # answers of a forest that has not seen the site

    @property
    def which(self) -> str:
        """The model it is for."""
        return TEXT if self.path is None else PAGE if self.page.lines[0].kept is None else ASKED

    @property
    def weight(self) -> Floats:
        """What each of its lines weighs in training."""
        each = WEIGHT.get(self.page.set, 1.0) * (TYPICAL_LINES / len(self.page.lines)) ** 0.5
        each *= GRAFTED[self.page.flavour] if self.page.grafted else 1.0
        return np.where(np.array(self.page.body) < 0, 0, each).astype(np.float32)


def prepare(page: Page, lexicon: Lexicon) -> Sample:
    """Return the page with what does not depend on what is learned."""
    hits = [lexicon.match(line.text) for line in page.lines]
    looks = [sight.look(line.text) for line in page.lines]
    own = title.guess(page.lines, looks, hits, None)
    again, _ = title.repeats(page.lines, own, None)
    sights = sight.see(page.lines, looks, hits, again)
    read_lines = judge.read(sights)
    texts = [line.text for line in page.lines]
    last = max((i for i, flag in enumerate(page.body) if flag == 1), default=-1)
    draw = zlib.crc32(f"{page.id} {page.flavour}".encode()) % 100 / 100
    used = page.official or page.set != "wcxb-dev" or draw < PART.get(page.flavour, 1.0)
    # Sentences of the packs teach the words alone: forests grown on them hurt 4.8 % of labelled pages, others 2.8 %.
    used = used and page.set != "packs"
    return Sample(
        page, zlib.crc32(page.site.encode()) % FOLDS, used,
        features.alone(sights),
        columns.here(
            sights, read_lines, cut.certain(sights, read_lines), echo.terms(texts), features.alike(texts)
        ),
        features.grams(page.lines),
        columns.path_buckets(page.lines) if page.flavour == "html" else None,
        (np.arange(len(page.lines)) > last).astype(np.int64),
    )  # fmt: skip


def fit_linear(samples: Iterable[Sample], which: str) -> Linear:
    """Fit the linear model over words (`which` TEXT) or over paths: every line of a site once."""
    seen: dict[tuple[str, str, int], int] = {}
    rows: list[Any] = []
    body: list[int] = []
    groups: list[int] = []
    weight: list[float] = []
    for sample in samples:
        page = sample.page
        if which == TEXT and (page.flavour == "html" or (page.flavour == "container" and page.set == "wcxb-dev")):
            continue  # the same lines as `page`
        buckets, begins = sample.grams if which == TEXT else sample.path or ((), ())
        ends = [*begins[1:], len(buckets)]
        for i, line in enumerate(page.lines if len(buckets) else ()):
            if page.body[i] < 0:
                continue
            kind = page.kinds[i]
            key = (page.site, line.text if which == TEXT else line.path or "", page.body[i])
            if key in seen:
                if kind is not None:
                    groups[seen[key]] = GROUP_OF[kind]
                continue
            seen[key] = len(rows)
            rows.append(buckets[begins[i] : ends[i]])
            body.append(page.body[i])
            groups.append(GROUP_OF[kind] if kind is not None else -1)
            weight.append(1.0 if page.set == "wcxb-dev" else 2.5)
    size = features.BUCKETS if which == TEXT else elements.BUCKETS
    matrix = learn.sparse(rows, size)
    return learn.linear(matrix, np.array(body), np.array(groups), np.array(weight, np.float32), len(GROUPS))


def see(sample: Sample, words: Linear, path: Linear) -> None:
    """Compute the columns of a sample with these linear models."""
    on_path = path.scores(*sample.path) if sample.path is not None else None
    alone = np.concatenate((sample.alone, words.scores(*sample.grams)))
    sample.within = among.spans(sample.page.lines) if on_path is not None else None
    sample.columns = columns.of(alone, sample.here, sample.page.lines, on_path, sample.within)


def _rows(samples: Sequence[Sample], column: Callable[[Sample], Any]) -> Any:
    return np.concatenate([column(sample) for sample in samples])


def _seen(sample: Sample) -> Floats:
    """Return what the forests of the body and of the kinds see, lines x columns."""
    return sample.columns[: len(columns.COLUMNS[sample.which])].T


def fit_body(samples: Sequence[Sample]) -> Forest:
    """Grow the forest that says whether a line is the article's."""
    target = _rows(samples, lambda s: np.maximum(np.array(s.page.body), 0))
    return learn.forest(_rows(samples, _seen), target, _rows(samples, lambda s: s.weight), BODY_TREES)


def fit_over(samples: Sequence[Sample]) -> Forest:
    """Grow the forest that says whether the article is over."""
    for sample in samples:
        columns.add_answers(sample.columns, sample.body, sample.within)
    return learn.forest(
        _rows(samples, lambda s: s.columns.T),
        _rows(samples, lambda s: s.tail),
        _rows(samples, lambda s: s.weight),
        OVER_TREES,
    )


def fit_kinds(samples: Sequence[Sample]) -> Forest:
    """Grow the forest that names the kinds of lines that go."""
    picked = [[i for i, kind in enumerate(s.page.kinds) if kind is not None and kind in GOING] for s in samples]
    parts = [(s, rows) for s, rows in zip(samples, picked, strict=True) if rows]
    seen = np.concatenate([_seen(s)[rows] for s, rows in parts])
    named = [s.page.kinds[i] for s, rows in parts for i in rows]
    target = np.array([GOING.index(kind) for kind in named if kind is not None])
    weight = np.concatenate([s.weight[rows] for s, rows in parts])
    return learn.forest(seen, target, weight, KIND_TREES, range(len(GOING)))


def usual(samples: Sequence[Sample]) -> Floats:
    """Return the columns of a usual line of an article: the median of each."""
    rows = [_seen(s)[np.array(s.page.body) == 1] for s in samples[::4]]
    found: Floats = np.median(np.concatenate(rows), 0).astype(np.float32)
    return found


def train(samples: Sequence[Sample], say: Callable[[str], None], measure: bool) -> tuple[Tagger, list[Tagger]]:
    """Return the tagger, and with `measure` one for each fold that has not seen the sites of that fold."""
    parts: list[dict[str, Any]] = [{} for _ in range(FOLDS)]
    for fold in range(FOLDS):
        others = [s for s in samples if s.fold != fold]
        parts[fold]["words"], parts[fold]["path"] = fit_linear(others, TEXT), fit_linear(others, PAGE)
        say(f"linear models without fold {fold}")
    for sample in samples:
        see(sample, parts[sample.fold]["words"], parts[sample.fold]["path"])
    whole: dict[str, Model] = {}
    folded: list[dict[str, Model]] = [{} for _ in range(FOLDS)]
    for which in WHICH:
        own = [s for s in samples if s.which == which]
        for fold in range(FOLDS):
            grown = parts[fold][which] = fit_body([s for s in own if s.fold != fold and s.used])
            for sample in own:
                if sample.fold == fold:
                    sample.body = tagger.probability(grown.scores(sample.columns)[0])
            say(f"forest for {which} without fold {fold}")
        used = [s for s in own if s.used]
        whole[which] = Model(fit_body(used), fit_over(used), fit_kinds(used), usual(used))
        say(f"forests for {which}")
        for fold in range(FOLDS if measure else 0):
            rest = [s for s in used if s.fold != fold]
            folded[fold][which] = Model(parts[fold][which], fit_over(rest), fit_kinds(rest), whole[which].usual)
            say(f"forests for {which} without fold {fold}")
    words, path = fit_linear(samples, TEXT), fit_linear(samples, PAGE)
    say("linear models")
    made = Tagger(words, path, whole, "")
    return made, [
        Tagger(parts[f]["words"], parts[f]["path"], folded[f], f"fold {f}") for f in range(FOLDS if measure else 0)
    ]


def write(made: Tagger, path: Path) -> str:
    """Write the model file; return its version, a checksum of what is in it."""
    found: dict[str, Any] = {}
    for name, part in (("words", made._words), ("path", made._path)):  # noqa: SLF001 - its own writer
        found |= {f"{name}.weight": part.weight, f"{name}.scale": np.float64(part.scale), f"{name}.bias": part.bias}
    for which, model in made._models.items():  # noqa: SLF001
        found[f"{which}.usual"] = model.usual
        for name in ("body", "over", "kinds"):
            grown: Forest = getattr(model, name)
            found |= {f"{which}.{name}.{part}": getattr(grown, part) for part in ("feature", "border", "leaf", "bias")}
            found[f"{which}.{name}.scale"] = np.float64(grown.scale)
    sums = "".join(
        f"{name}{zlib.crc32(np.ascontiguousarray(array).tobytes())}" for name, array in sorted(found.items())
    )
    version = f"{zlib.crc32(sums.encode()):08x}"
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, **found, version=np.array(version))
    return version


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, write the model and its card, and report."""
    parser = argparse.ArgumentParser(prog="python -m corpus.train", description="Train the tagger.")
    parser.add_argument("data", type=Path, help="the folder of page sets")
    parser.add_argument("--measure", action="store_true", help="also measure on sites that were left out")
    parser.add_argument("--only-measure", action="store_true", help="measure, and leave the model as it is")
    asked = parser.parse_args(arguments)
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {what}", file=sys.stderr, flush=True)

    lexicon = load()
    pages = [page for page in (*read(asked.data), *own(), *in_packs(lexicon)) if page.lines]
    samples = [
        prepare(page, lexicon) for page in (*pages, *(unasked(page) for page in pages if page.flavour == "html"))
    ]
    say(f"{len(samples)} samples of {len({s.page.id for s in samples})} pages")
    made, folds = train(samples, say, asked.measure or asked.only_measure)
    counts = Counter((page.set, page.flavour) for page in pages)
    measured = [(page, folds[s.fold]) for page, s in zip(pages, samples, strict=False)] if folds else []
    figures = reached.measure(measured, lexicon) if folds else {}
    if not asked.only_measure:
        version = write(made, tagger.FILE)
        card = reached.card(version, counts, figures, time.monotonic() - began)
        (tagger.FILE.parent / "CARD.md").write_text(card, "utf-8")
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
