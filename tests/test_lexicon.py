"""The lexicon's grammar, its loader, and every example of the packs."""

import re
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from service.errors import PackError
from service.lexicon import FOLDER, Lexicon, load
from service.lines import letters
from service.match import SLOTS, Record
from service.model import Kind, Reach

NETWORKS = """
[[network]]
id = "facebook"
names = ["Facebook", "fb"]
[network.forms]
fi = ["Facebookissa"]
[[network]]
id = "google-plus"
names = ["Google Plus"]
[[network]]
id = "weibo"
names = ["Weibo", "微博"]
[[network]]
id = "vk"
names = ["VK"]
"""
PACK = """
language = "xx"
name = "Example"

[words]
verb = ["share", "save it"]

[[phrase]]
id = "xx.share.network"
kind = "share"
phrases = [
  "{verb} {on?} {network} {number?}", "{network}'ta paylas", "{network}issa jaa", "分享到{network}", "share this",
]
catches = ["Share on Facebook"]
spares = ["Share on Facebook is what she said."]

[[phrase]]
id = "xx.related.heading"
kind = "related_heading"
reach = "block"
phrases = ["see also", "more from {site}"]
catches = ["See also:"]
spares = ["See also Section 4."]

[[phrase]]
id = "xx.related.lead"
kind = "related"
phrases = ["read also: {text}"]
catches = ["READ ALSO: Minister resigns"]
spares = ["Read also the classics, she says."]

[[phrase]]
id = "xx.share.name"
kind = "share"
certain = false
phrases = ["{network}", "{network} {number}"]
catches = ["Facebook"]
spares = ["Facebook said so."]

[[phrase]]
id = "xx.byline.published"
kind = "byline"
phrases = ["published {date}"]
catches = ["Published 23.08.2016"]
spares = ["Published in spring."]
""".replace("{on?}", "{prep?}").replace("verb = [", 'prep = ["on", "to"]\nverb = [')


def folder_of(tmp_path: Path, pack: str, networks: str = NETWORKS) -> Path:
    (tmp_path / "xx.toml").write_text(pack, encoding="utf-8")
    (tmp_path / "networks.toml").write_text(networks, encoding="utf-8")
    return tmp_path


@pytest.fixture
def small(tmp_path: Path) -> Lexicon:
    return load(folder_of(tmp_path, PACK))


@pytest.mark.parametrize(
    ("line", "phrase"),
    [
        ("Share on Facebook", "xx.share.network"),
        ("SHARE  ON  FACEBOOK!", "xx.share.network"),
        ("Share Google Plus", "xx.share.network"),
        ("Save it to VK 1 234", "xx.share.network"),
        ("Share on Facebook 1.2K", "xx.share.network"),
        ("ShareOnFacebook12", "xx.share.network"),
        ("SHAREFACEBOOK", "xx.share.network"),
        ("S H A R E   T H I S", "xx.share.network"),
        ("Facebook'ta paylas", "xx.share.network"),
        ("Facebookissa jaa", "xx.share.network"),
        ("分享到微博", "xx.share.network"),
        ("• Share this •", "xx.share.network"),
        ("Share this | Share on VK", "xx.share.network"),
        ("See also", "xx.related.heading"),
        ("More from The Daily Example", "xx.related.heading"),
        ("READ ALSO: Minister resigns", "xx.related.lead"),
        ("Read also — Minister resigns", "xx.related.lead"),
        ("fb", "xx.share.name"),
        ("Published 23 августа 2016, 10:40", "xx.byline.published"),
    ],
)
def test_lines_that_are_phrases(small: Lexicon, line: str, phrase: str) -> None:
    hit = small.match(line)

    assert hit is not None
    assert hit.phrase == phrase


@pytest.mark.parametrize(
    "line",
    [
        "", "   ", "…", "Share", "Share on Facebook is what she said.", "See also Section 4.", "Read also the classics",
        "He said: see also", "Facebook said so.", "vkontakt", "Published in spring.",
        "More from one two three four five six seven",
        "Shared on Facebook", "unseealso", "Sharefacebooking", "READ ALSO:",
    ],
)  # fmt: skip
def test_lines_that_are_none(small: Lexicon, line: str) -> None:
    assert small.match(line) is None


def test_a_bare_name_is_uncertain_and_three_are_a_share_bar(small: Lexicon) -> None:
    one, three = small.match("Facebook"), small.match("FacebookWeiboVK")

    assert one is not None
    assert three is not None
    assert (one.certain, three.certain) == (False, True)


def test_a_lead_says_where_its_text_begins(small: Lexicon) -> None:
    line = "READ ALSO: Minister resigns"
    hit = small.match(line)

    assert hit is not None
    assert line[hit.value :] == "Minister resigns"
    assert hit.kind is Kind.RELATED


def test_a_heading_reaches_over_its_block_but_not_in_a_run(small: Lexicon) -> None:
    alone, run = small.match("See also"), small.match("See also share this")

    assert alone is not None
    assert run is not None
    assert (alone.reach, run.reach) == (Reach.BLOCK, Reach.LINE)


def test_a_faulty_pack_tells_all_its_faults(tmp_path: Path) -> None:
    pack = """
language = "yy"
colour = "red"
[words]
number = ["one"]
[[phrase]]
id = "zz.one"
kind = "shar"
reach = "far"
certain = "yes"
phrases = []
catches = [""]
extra = 1
[[phrase]]
id = "xx.two"
kind = "share"
phrases = ["{nothing} here", "{text} first", "…"]
catches = ["a"]
spares = ["b"]
[[phrase]]
id = "xx.two"
kind = "share"
phrases = ["again"]
catches = ["again"]
spares = ["again and again"]
"""
    networks = (
        '[[network]]\nid = "a"\nnames = ["A"]\n[[network]]\nid = "b"\nnames = ["a", "…"]\n[[network]]\nid = "c"\n'
    )
    with pytest.raises(PackError) as caught:
        load(folder_of(tmp_path, pack, networks))

    told = "\n".join(caught.value.faults)
    for fault in (
        "`language` must be 'xx'", "'colour'", "'number'", "'extra'", "`id` must begin", "`kind` must be",
        "`reach` must be",
        "`certain`", "`phrases`", "`catches`", "`spares`", "{nothing}", "{text} may only end", "has no letters",
        "stands twice", "is also 'a'", "'…' has no letters", "network 'c'",
    ):  # fmt: skip
        assert fault in told


def test_a_broken_file_and_an_empty_folder_are_faults(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no packs"):
        load(tmp_path)
    with pytest.raises(PackError, match=r"xx\.toml"):
        load(folder_of(tmp_path, 'language = "xx'))


@pytest.mark.parametrize("tag", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_examples_of_the_packs(lexicon: Lexicon, tag: str) -> None:
    """Every example that must be hit is hit by its own record, and no prose beside it is."""
    assert list(lexicon.example_faults(tag)) == []


def test_matching_does_not_slow_down_with_more_packs(tmp_path: Path, lexicon: Lexicon) -> None:
    """One look-up serves all packs: all of them cost at most three times what two cost, on the same lines."""
    for name in ("ru", "en", "any", "networks"):
        shutil.copy(FOLDER / f"{name}.toml", tmp_path)
    two = load(tmp_path)
    lines = [
        "The council voted on Tuesday to close the bridge.",
        "По словам главы района, ремонт продлится долго.",
    ] * 400

    def cost(lexicon: Lexicon) -> float:
        began = time.process_time()
        for line in lines:
            lexicon.match(line)
        return time.process_time() - began

    cost(lexicon)
    assert min(cost(lexicon) for _ in range(5)) < 3 * min(cost(two) for _ in range(5)) + 0.02


OPEN = re.compile(r"\{([a-z_]+)\??\}")  # a slot


def label(phrase: str) -> str | None:
    """Return what every pack would compile `phrase` to, or None where it holds words of its own pack."""
    if not {*OPEN.findall(phrase)} <= {*SLOTS, "network", "text"}:
        return None
    words = OPEN.split(phrase)
    return "|".join(letters(word) if i % 2 == 0 else f"{{{word}}}" for i, word in enumerate(words))


def test_no_label_has_two_kinds(lexicon: Lexicon) -> None:
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


def missing(records: list[Record]) -> list[str]:
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
