"""The packs together: every promised language, every sort of line, no label of two kinds."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from service.lexicon import FOLDER, Lexicon
from service.lines import letters
from service.model import Kind, Reach

OPEN = re.compile(r"\{([a-z_]+)\??\}")  # a slot
SHARED = {"network", "number", "date", "site", "any", "text"}  # slots that mean the same in every pack


def label(phrase: str) -> str | None:
    """Return what every pack would compile `phrase` to, or None where it holds words of its own pack."""
    if not {*OPEN.findall(phrase)} <= SHARED:
        return None
    words = OPEN.split(phrase)
    return "|".join(letters(word) if i % 2 == 0 else f"{{{word}}}" for i, word in enumerate(words))


def test_no_label_of_any_sort_has_two_kinds(lexicon: Lexicon) -> None:
    """A label that several languages share is one kind of line, as long as both are as sure of it."""
    kinds: dict[tuple[str, bool], dict[Kind, list[str]]] = {}
    for record in lexicon.records.values():
        for phrase in record.phrases:
            written = label(phrase)
            if written is not None:
                kinds.setdefault((written, record.certain), {}).setdefault(record.kind, []).append(record.id)
    clashes = {written: ids for (written, _), ids in kinds.items() if len(ids) > 1}

    assert clashes == {}


TAGS = sorted({path.stem for path in FOLDER.glob("*.toml")} - {"any", "networks"})
# The languages the README speaks of, by their BCP 47 tags: Cyrillic first, then all others.
PROMISED = [
    "ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "uz", "tt", "ba", "en", "de", "fr", "es", "pt", "it",
    "nl", "pl", "cs", "sk", "hu", "ro", "hr", "sl", "bs", "sq", "lt", "lv", "et", "fi", "sv", "da", "nb", "nn", "is",
    "ga", "cy", "ca", "eu", "gl", "mt", "tr", "az", "vi", "id", "ms", "fil", "sw", "zu", "af", "el", "ar", "fa", "ur",
    "ps", "ckb", "he", "hi", "bn", "mr", "ne", "pa", "gu", "ta", "te", "kn", "ml", "si", "th", "lo", "km", "my", "zh",
    "ja", "ko", "ka", "hy", "am",
]  # fmt: skip


def missing(records: Sequence[Any]) -> list[str]:
    """Return what a pack does not know of the sorts of lines that every language has."""
    sure = [record for record in records if record.certain]
    needed = {kind.value: any(record.kind is kind for record in sure) for kind in (
        Kind.SHARE, Kind.RELATED_HEADING, Kind.SUBSCRIBE, Kind.COMMENTS, Kind.TAGS, Kind.AD, Kind.LEGAL, Kind.BYLINE,
    )}  # fmt: skip
    shares = [phrase for record in records if record.kind is Kind.SHARE for phrase in record.phrases]
    headings = [record for record in sure if record.kind is Kind.RELATED_HEADING]
    comments = [record for record in sure if record.kind is Kind.COMMENTS]
    return [name for name, known in (
        *needed.items(),
        ("share a network", any("{network" in phrase or "{net}" in phrase for phrase in shares)),
        ("counter", any("{number" in phrase for phrase in shares)),
        ("a heading that opens a block", any(record.reach is Reach.BLOCK for record in headings)),
        ("another article on one line", any(record.kind is Kind.RELATED for record in records)),
        ("comments to the end of the page", any(record.reach is Reach.REST for record in comments)),
        ("notes", all(record.note for record in records)),
    ) if not known]  # fmt: skip


def test_all_packs_are_there() -> None:
    assert sorted(set(PROMISED) - set(TAGS)) == []


@pytest.mark.parametrize("tag", TAGS)
def test_a_pack_is_complete(lexicon: Lexicon, tag: str) -> None:
    """Every language knows at least these sorts of lines."""
    assert missing([record for record in lexicon.records.values() if record.id.startswith(f"{tag}.")]) == []


def test_what_is_missing_is_told(lexicon: Lexicon) -> None:
    """The checks above do check: without a sort of records, a full pack is no longer complete."""
    pack = [record for record in lexicon.records.values() if record.id.startswith("de.")]

    for kind in (Kind.SHARE, Kind.RELATED_HEADING, Kind.COMMENTS, Kind.LEGAL):
        assert kind.value in missing([record for record in pack if record.kind is not kind])
    assert missing([replace(record, reach=Reach.LINE) for record in pack]) == [
        "a heading that opens a block", "comments to the end of the page",
    ]  # fmt: skip
    assert label("Read also: {text}") == label("READ ALSO {text}") != label("Read also")
    assert label("{verb} it") is None
