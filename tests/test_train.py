"""Training: from a folder of pages to a model file that the service can load, the same file each time."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from corpus.case import read_all
from service import tagger
from service.model import Kind

for tool in ("catboost", "scipy"):
    pytest.importorskip(tool, reason="training tools are not installed: corpus/requirements.txt")

from corpus import learn, train  # noqa: E402 - after the check that its tools are there

CASES = 40


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one set, made of this project's own cases."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "made" / "html").mkdir(parents=True)
    rows = []
    for number, case in enumerate(case for case in read_all() if case.head["sort"] == "tail"):
        if number == CASES:
            break
        lines = [line.text for line in case.lines]
        flags = [int(not line.goes) for line in case.lines]
        served = "".join(
            f"<p class={'text' if flag else 'foot'}>{line}</p>" for line, flag in zip(lines, flags, strict=True)
        )
        (folder / "made" / "html" / f"{number}.html.gz").write_bytes(gzip.compress(f"<body>{served}</body>".encode()))
        named = {
            kind: [str(i) for i, line in enumerate(case.lines) if line.goes and line.kinds[0] is kind] for kind in Kind
        }
        rows.append({
            "id": str(number), "url": f"https://site{number}.example/", "title": None, "lang": case.language,
            "gold": "\n".join(line for line, flag in zip(lines, flags, strict=True) if flag), "labels": named,
            **dict.fromkeys(("container", "page", "fragments"), lines),
            **{f"{flavour}_body": flags for flavour in ("container", "page", "fragments")},
        })  # fmt: skip
    with gzip.open(folder / "made" / "pages.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make training short: a few small trees, a few steps."""
    for name in ("BODY_TREES", "OVER_TREES", "KIND_TREES"):
        monkeypatch.setattr(train, name, 6)
    monkeypatch.setattr(learn, "STEPS", 4)


def test_training_writes_a_model_and_its_card(
    data: Path, small: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same data give the same model, which loads and answers; the report measures sites that were left out."""
    versions = []
    for turn in ("first", "second"):
        monkeypatch.setattr(tagger, "FILE", tmp_path / turn / "tagger.npz")
        assert train.main([str(data), *(["--measure"] if turn == "first" else [])]) == 0
        versions.append(tagger.load.__wrapped__(tagger.FILE).version)
    report = json.loads(capsys.readouterr().out.partition("\n{")[0] or "{}")
    card = (tmp_path / "first" / "CARD.md").read_text("utf-8")

    assert versions[0] == versions[1]
    assert f"Version {versions[0]}," in card
    assert {"lexicon alone", "tagger alone", "both"} <= report.keys()
    assert "| made | container |" in card


def test_a_forest_is_what_was_grown(small: None) -> None:
    """The exported trees give the scores of the library that grew them."""
    chance = np.random.default_rng(3)
    columns = chance.normal(size=(300, 5)).astype(np.float32)
    target = (columns[:, 0] + columns[:, 1] ** 2 > 0.5).astype(np.int64)
    grown = learn.forest(columns, target, np.ones(300, np.float32), 100)
    right = (grown.scores(columns.T)[0] > 0) == target

    assert right.mean() > 0.9


def test_a_forest_of_kinds_never_gives_what_it_never_saw(small: None) -> None:
    chance = np.random.default_rng(4)
    columns = chance.normal(size=(300, 5)).astype(np.float32)
    target = np.where(columns[:, 0] > 0, 2, 0)
    grown = learn.forest(columns, target, np.ones(300, np.float32), 20, range(4))
    said = grown.scores(columns.T).argmax(0)

    assert set(said.tolist()) <= {0, 2}
    assert (said == target).mean() > 0.9
