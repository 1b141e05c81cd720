"""The lexicon's grammar, its loader, and every example of the packs."""

import time
import tomllib
from pathlib import Path

import pytest

from corpus import loading
from corpus.case import read_all
from service.errors import PackError
from service.lexicon import FOLDER, Lexicon, load
from service.lines import letters
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

[[phrase]]
id = "xx.byline.origin"
kind = "byline"
phrases = ["written by {any}", "the notes to this story have been written by {any}"]
catches = ["Written by the editors"]
spares = ["Written by Kafka in a single night, it made its publisher rich."]

[[phrase]]
id = "xx.share.short"
kind = "share"
phrases = ["read {text}"]
catches = ["Read: the minister resigns"]
spares = ["Read the minister's lips, she says."]
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
        ("Published 2024년 3월 12일 (화) 오후 3시", "xx.byline.published"),
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
        "Shared on Facebook", "unseealso", "Sharefacebooking", "READ ALSO:", "Published 2주 만에 다시",
    ],
)  # fmt: skip
def test_lines_that_are_none(small: Lexicon, line: str) -> None:
    assert small.match(line) is None


def test_a_bare_name_is_uncertain_and_three_are_a_share_bar(small: Lexicon) -> None:
    one, three = small.match("Facebook"), small.match("FacebookWeiboVK")

    assert one is not None
    assert three is not None
    assert (one.certain, three.certain) == (False, True)


@pytest.mark.parametrize(
    ("line", "certain"),
    [
        ("Share Tweet", True), ("Udostępnij Tweet", True), ("Paylaş Tweetle", True),
        ("Compartir Tweet Compartir", True), ("TeilenTweetenTeilenE-Mail", True), ("シェア ツイート", True),
        ("Facebook Twitter LinkedIn Email Print", True),
        ("FacebookTwitterWhatsAppTelegramLineCopy Link", True),
        ("Share", False), ("Share, Tweet", False), ("Facebook Twitter", False), ("分享收藏", False),
        ("Teilen Paylaş", False), ("Share Tweet: that is all they do", False),
    ],
)  # fmt: skip
def test_two_share_labels_are_a_share_bar(lexicon: Lexicon, line: str, certain: bool) -> None:
    """Nobody writes two of them side by side but a machine; commas, and words of two languages, say less."""
    hit = lexicon.match(line)

    assert (hit is not None and hit.certain) == certain


@pytest.mark.parametrize(
    ("line", "certain"),
    [
        ("S H A R E", True), ("R E L A T E D", True), ("SHARE", False), ("S h a r e", False), ("T H E  E N D", False),
        ("A B C", False), ("S O S  S A I D  H E", False),
    ],
)  # fmt: skip
def test_capitals_with_spaces_between_them_are_no_sentence(lexicon: Lexicon, line: str, certain: bool) -> None:
    hit = lexicon.match(line)

    assert (hit is not None and hit.certain) == certain


def test_a_line_of_nothing_but_labels_is_one_whatever_else_it_may_be(lexicon: Lexicon) -> None:
    """The first of them may go on with words of any sort, which alone would leave a sentence in doubt."""
    hits = [lexicon.match(f"Понравилась статья? {rest}") for rest in ("Поделитесь с друзьями!", "Её автор умер давно.")]

    assert [hit is not None and hit.certain for hit in hits] == [True, False]


def test_words_of_any_sort_make_no_sentence_certain(small: Lexicon) -> None:
    """Few words of its own may begin a sentence of the article too; many of them are known whatever follows."""
    told = {
        line: (hit.certain, hit.open)
        for line in (
            "Written by the editors",
            "Written by Kafka in a single night.",
            "Written by whom?",
            "The notes to this story have been written by its author.",
        )
        if (hit := small.match(line)) is not None
    }

    assert list(told.values()) == [(True, False), (False, True), (False, True), (True, False)]


def test_a_colon_sets_off_better_than_a_shorter_label_inside(small: Lexicon) -> None:
    line = "Read also: Minister resigns"
    hit = small.match(line)

    assert hit is not None
    assert (hit.phrase, line[hit.value :]) == ("xx.related.lead", "Minister resigns")


@pytest.mark.parametrize(
    "line", ["READ ALSO】Minister resigns", "[READ ALSO] Minister resigns", "Read also.. Minister resigns",
             "Read also- Minister resigns", "Read also؛ Minister resigns", "READ ALSO／Minister resigns"],
)  # fmt: skip
def test_what_sets_a_label_off(small: Lexicon, line: str) -> None:
    hit = small.match(line)

    assert hit is not None
    assert line[hit.value :] == "Minister resigns"


@pytest.mark.parametrize(
    ("line", "dated"),
    [
        ("Published 3 mars 2021", True), ("Published on Sunday, August 23, 2020, 10:40", True),
        ("Published २३ अगस्त २०२०", True), ("Published ۲۱ اردیبهشت ۱۳۹۹", True),
        ("Published in 1911, the poem was soon forgotten", False), ("Published will be the plan 2025", False),
    ],
)  # fmt: skip
def test_a_date_holds_only_words_that_dates_have(small: Lexicon, line: str, dated: bool) -> None:
    hit = small.match(line)

    assert (hit is not None and hit.phrase == "xx.byline.published") == dated


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
phrases = ["{nothing} here", "{text} first", "…", "{word2} here"]
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
        "`certain`", "`phrases`", "`catches`", "`spares`", "{nothing}", "{word2} is no slot", "{text} may only end",
        "has no letters", "stands twice", "is also 'a'", "'…' has no letters", "network 'c'",
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


def test_what_the_packs_cost() -> None:
    """One look-up serves all packs; loading them takes less than merely parsing them would; they fit into a worker."""
    texts = [path.read_text("utf-8") for path in FOLDER.glob("*.toml")]
    began = time.process_time()
    for text in texts:
        tomllib.loads(text)
    parsing = (time.process_time() - began) * 1000
    costs = loading.measure(line.text for case in read_all() for line in case.lines)

    assert costs.match_all < 3 * costs.match_two
    assert costs.load < parsing
    assert costs.memory < 60


def test_no_label_has_two_kinds(lexicon: Lexicon) -> None:
    """A label that several languages share is one kind of line, where it is certain."""
    kinds: dict[str, dict[Kind, str]] = {}
    for record in lexicon.records.values():
        for phrase in record.phrases:
            if record.certain and "{" not in phrase:
                kinds.setdefault(letters(phrase), {}).setdefault(record.kind, record.id)
    clashes = {label: sorted(ids.values()) for label, ids in kinds.items() if len(ids) > 1}

    assert clashes == {}


@pytest.mark.parametrize(
    "sentence",
    [
        "Photos by police showed the wreck.",
        "The press service of the ministry declined comment.",
        "Weitere Nachrichten von der Front kamen nicht.",
        "Više od hiljadu ljudi ostalo bez struje.",
        "Повеќе од илјада луѓе останаа без струја.",
        "También en Francia hubo protestas.",
        "Mer om kriget ville han inte säga.",
        "Перепечатка запрещена цензурой в том же году.",
        "Filed under old newspapers lay the will.",
        "Sin comentarios.",
    ],
)
def test_a_sentence_that_begins_like_a_label_is_not_certain(lexicon: Lexicon, sentence: str) -> None:
    hit = lexicon.match(sentence)

    assert hit is None or not hit.certain


@pytest.mark.parametrize(
    "line",
    [
        "Redaktion: Warum hat es so lange gedauert?",
        "记者：您拍这部电影一共用了多少年？",
        "記者：一番難しかったのは？",
        "Journaliste : Pourquoi avoir attendu si longtemps ?",
        "Periodista: ¿Por qué tardó tanto?",
        "Reporter: Did you know about the money?",
        "Журналист: Почему вы молчали?",
        "Фотограф: Я его больше не видел!",
        "Tags: What are they and why do we need them?",
        "Автор: кто он?",
        "Related: How are they related?",
        "Stand: Wo steht er?",
        "通讯员：报告，敌人来了！",
        "Source: He was told to leave.",
        "Source: They knew. They always knew.",
        "Источник: Вода течёт из скалы за церковью.",
        "Quelle: Das Wasser kommt aus dem Felsen hinter der Kirche.",
        "Fuente: El agua sale de la roca detrás de la iglesia.",
        "Autor: Ich habe zehn Jahre an dem Buch geschrieben.",
        "Автор: Мне было двадцать лет, когда началась война.",
        "Аутор: Десет година сам писао ову књигу.",
        "Nguồn: Nước chảy ra từ tảng đá sau nhà thờ.",
        "Sumber: Airnya keluar dari batu di belakang gereja.",
        "Quelle: das Wasser kommt aus dem Felsen, läuft unter der Straße hindurch und treibt die Mühle an",
        "Photo: what she saw was a family at dinner, and behind them the window through which the soldiers came",
        "Tags: a short history of graffiti",
        "引用：古池や蛙飛びこむ水の音",
    ],
)
def test_a_sentence_behind_a_label_is_the_articles(lexicon: Lexicon, line: str) -> None:
    """Who speaks in an interview stands before a colon as who wrote the page does, and so does what a spring is."""
    hit = lexicon.match(line)

    assert hit is None or not hit.certain


@pytest.mark.parametrize(
    "line",
    [
        "Фото: Иван Петров / ТАСС.",
        "Photo: Jane Doe, AP",
        "Source: Office for National Statistics, 2023.",
        "Источник: Министерство внутренних дел Российской Федерации",
        "Quelle: ntv.de, mli/dpa",
        "Tags: harbour, council, storm",
        "Tags: climate change, global warming",
        "Теги: экономика, банк, россия, новости, политика, общество",
        "来源：新华社",
    ],
)
def test_names_and_keywords_behind_a_label_are_certain(lexicon: Lexicon, line: str) -> None:
    hit = lexicon.match(line)

    assert hit is not None
    assert hit.certain


@pytest.mark.parametrize(
    ("line", "certain"),
    [
        ("10 Gedanken zu „Der Hafen“", True),
        ("10 Antworten zu Corona", False),
        ("3 respuestas a «El puerto»", True),
        ("10 respuestas a las dudas sobre la vacuna", False),
        ("Photo by Jane Doe", True),
        ("Photo by the river", False),
    ],
)
def test_a_headline_may_begin_as_a_label_does(lexicon: Lexicon, line: str, certain: bool) -> None:
    """What was answered stands in quotes where it is the page's title; who made a photo has a name."""
    hit = lexicon.match(line)

    assert hit is not None
    assert hit.certain == certain


def test_what_may_be_a_button_is_none_with_a_full_stop(lexicon: Lexicon) -> None:
    assert [lexicon.match(line) for line in ("Read on.", "Listen.", "Nie.")] == [None, None, None]
