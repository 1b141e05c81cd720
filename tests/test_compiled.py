"""What is kept of compiled packs: the same lexicon, valid for these very packs only, and never in the way."""

import shutil
import sys
from dataclasses import astuple
from pathlib import Path

import pytest

from service import compiled
from service.errors import PackError
from service.lexicon import FOLDER, load

LINES = ("Share on Facebook", "Поделиться ВКонтакте 12", "See also:", "READ ALSO: The mayor opens a school", "FBTWVK")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two of the packs, and Python allowed to keep what it compiles."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for name in ("ru", "en", "any", "networks"):
        shutil.copy(FOLDER / f"{name}.toml", tmp_path)
    return tmp_path


def test_what_is_kept_is_the_same_lexicon(folder: Path) -> None:
    made = load(folder)
    assert (folder / compiled.FILE).exists()
    again = load(folder)

    assert again.facts() == made.facts()
    assert [astuple(record) for record in again.records.values()] == [astuple(r) for r in made.records.values()]
    assert [again.match(line) for line in LINES] == [made.match(line) for line in LINES]
    assert all(made.match(line) for line in LINES)
    assert (again.automaton.words, again.automaton.slots) == (made.automaton.words, made.automaton.slots)
    assert again.automaton.vocabulary == made.automaton.vocabulary


def test_a_changed_pack_is_compiled_anew(folder: Path) -> None:
    load(folder)
    pack = folder / "en.toml"
    pack.write_text(
        pack.read_text("utf-8")
        + '\n[[phrase]]\nid = "en.share.new"\nkind = "share"\nphrases = ["hand it round"]\n'
        + 'catches = ["Hand it round"]\nspares = ["Hand it round the table."]\n',
        "utf-8",
    )
    hit = load(folder).match("Hand it round")
    assert hit is not None
    assert hit.phrase == "en.share.new"

    pack.write_text("language = ", "utf-8")
    with pytest.raises(PackError):
        load(folder)


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"\0"])
def test_a_broken_file_is_as_none(folder: Path, content: bytes) -> None:
    made = load(folder)
    kept = folder / compiled.FILE
    kept.write_bytes(kept.read_bytes()[: compiled.DIGEST_BYTES] + content)

    assert load(folder).facts() == made.facts()


def test_where_nothing_can_be_written_packs_load_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "__pycache__").write_text("a file where the folder should be")
    assert load(folder).match("See also:")

    (folder / "__pycache__").unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert load(folder).match("See also:")
    assert not (folder / "__pycache__").exists()
