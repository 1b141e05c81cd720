"""Pages to learn from: their flavours, and labels that find their lines again."""

import gzip
import json
from pathlib import Path

import pytest

from corpus import flavours, pages
from service import markup
from service.model import Kind

HTML = """<html><body><nav><a href="/">Home</a></nav><div id="content"><h1>Storm closes the bridge</h1>
<div class="text"><p>The <a href="/b">bridge</a> was closed on Monday.</p><p>It opens on Friday.</p></div>
<ul><li>Share</li><li>Print</li><li>Mail</li><li>Save</li><li>Copy</li></ul></div><footer>Imprint</footer></body></html>"""
BODY = ("The bridge was closed on Monday.", "It opens on Friday.")


def texts() -> list[str]:
    return [line.text for line in markup.read(HTML, None).lines]


def test_the_element_around_the_article_and_its_text_nodes() -> None:
    lines = texts()
    found = list(flavours.of(HTML, lines, [line in BODY for line in lines]))

    assert [flavour for flavour, _, _ in found] == ["container", "fragments"]
    assert found[0][2] == ["Storm closes the bridge", *BODY, "Share", "Print", "Mail", "Save", "Copy"]
    assert found[1][2][1:4] == ["The", "bridge", "was closed on Monday."]
    assert [lines[i] for i in found[1][1]][1:4] == [BODY[0]] * 3


def test_labels_find_their_lines_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page may be read a little otherwise than when it was labelled: lines are known by their checksums."""
    were = [line for line in texts() if line != "Mail"]
    row = {
        "id": "one",
        "sums": "".join(pages.checksums(were)),
        "labels": {"share": ["4-5", "6-7"], "headline": ["1"], "body": ["2-3"]},
    }
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "set.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    (tmp_path / "data" / "set").mkdir(parents=True)
    (tmp_path / "data" / "set" / "one.html.gz").write_bytes(gzip.compress(HTML.encode()))
    monkeypatch.setattr(pages, "LABELS", tmp_path / "labels")
    monkeypatch.setattr(pages, "_ALIKE", 0.5)
    found = {page.flavour: page for page in pages.read(tmp_path / "data")}

    assert set(found) == {"html", "page", "container", "fragments"}
    by_text = dict(zip([line.text for line in found["page"].lines], found["page"].kinds, strict=True))
    assert by_text["Storm closes the bridge"] is Kind.HEADLINE
    assert by_text["Share"] is by_text["Copy"] is Kind.SHARE
    assert by_text["Mail"] is None
    assert found["page"].body[[line.text for line in found["page"].lines].index("Mail")] == pages.UNKNOWN


def test_a_page_that_has_become_another_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"id": "one", "sums": "".join(pages.checksums(["a", "b", "c"])), "labels": {}}
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "set.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    (tmp_path / "data" / "set").mkdir(parents=True)
    (tmp_path / "data" / "set" / "one.html.gz").write_bytes(gzip.compress(HTML.encode()))
    monkeypatch.setattr(pages, "LABELS", tmp_path / "labels")

    assert list(pages.read(tmp_path / "data")) == []


def test_every_set_of_labels_is_well_formed() -> None:
    kinds = {*Kind} | {"not_body"}
    for path in sorted(pages.LABELS.glob("*.jsonl")):
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            lines = len(row["sums"]) // 4
            said = pages._numbers(row["labels"])
            assert set(row["labels"]) <= kinds, row["id"]
            assert all(0 <= number < lines for number in said), row["id"]


def test_one_site_is_one_site() -> None:
    assert pages._site("https://www.example.co.uk/a", "x") == pages._site("http://news.example.co.uk/b", "y")
    assert pages._site(None, "x") == "x"
