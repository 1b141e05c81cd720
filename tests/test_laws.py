"""The laws of the design, as properties of generated sources."""

import html
import re
import time
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.clean import clean_html, clean_text
from service.lexicon import Lexicon, load
from service.model import Options, Result, Scope

PROSE = (
    "The council voted on Tuesday to close the old bridge for repairs that will last until the end of the summer.",
    "По словам главы района, ремонт моста продлится до конца лета, а движение пустят по объездной дороге.",
    "Residents said they had not been told, and some of them learned of it from their neighbours only a day before.",
    "市议会星期二投票决定关闭这座旧桥进行维修，预计维修工程将持续到今年夏天结束，居民表示事先没有接到任何通知。",
)
LABELS = (
    "Share this news", "See also:", "Опубликовать в LiveJournal", "Share on Facebook", "Поделиться ВКонтакте 12",
    "Facebook", "23.08.2016", "The mayor opens a new school in the north", "READ ALSO: The mayor opens a new school",
    "* * *", "Читайте также:",
)  # fmt: skip


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the shipped lexicon, loaded once."""
    return load()


def clean(source: str, scope: Scope = Scope.TAIL, *, explain: bool = False) -> Result:
    return clean_text(source, lexicon(), Options(scope=scope, explain=explain))


line = st.one_of(st.sampled_from(PROSE), st.sampled_from(LABELS), st.text(max_size=60))
newline = st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", " \n", "\n\t\n", "\u2028", "\r"])
source_of = st.lists(st.tuples(line, newline), max_size=25).map(lambda rows: "".join(a + b for a, b in rows))
scopes = st.sampled_from(list(Scope))


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(source_of, scopes)
def test_what_is_left_is_the_body(source: str, scope: Scope) -> None:
    """Law 1: the source without the removed spans is the body, white space apart."""
    found = clean(source, scope)
    left, end = [], 0
    for cut in found.removed:
        assert end <= cut.start < cut.end <= len(source)
        assert source[cut.start : cut.end] == cut.text
        assert cut.reason
        left.append(source[end : cut.start])
        end = cut.end
    left.append(source[end:])

    assert bare("".join(left)) == bare(found.body)
    assert found.body == found.body.strip()


@given(source_of, scopes)
def test_cleaning_twice_changes_nothing(source: str, scope: Scope) -> None:
    """Law 2: stable."""
    body = clean(source, scope).body

    assert clean(body, scope).body == body


@given(source_of, scopes)
def test_same_request_same_answer(source: str, scope: Scope) -> None:
    """Law 2: no state is kept from one call to the next."""
    first = clean(source, scope, explain=True)
    clean("Share this news")

    assert clean(source, scope, explain=True) == first


@given(source_of)
def test_untouched_means_identical(source: str) -> None:
    """Law 3."""
    found = clean(source)
    if not found.removed:
        assert found.body == source.strip()


@given(source_of)
def test_tail_removes_a_tail_only(source: str) -> None:
    """Law 4: under `tail`, no kept line stands below a removed one."""
    found = clean(source)

    assert source.strip().startswith(found.body)
    if found.removed:
        rest = source[found.removed[0].start :]
        assert bare(rest) == bare("".join(cut.text for cut in found.removed))


@given(
    st.lists(st.sampled_from(PROSE), min_size=1, max_size=5), st.sampled_from(LABELS), st.sampled_from(PROSE), scopes
)
def test_a_phrase_inside_prose_removes_nothing(above: list[str], label: str, prose: str, scope: Scope) -> None:
    """Law 5."""
    middle = len(prose) // 2
    source = "\n\n".join([*above, f"{prose[:middle]} {label} {prose[middle:]}"])

    assert clean(source, scope).body == source


@given(st.lists(st.sampled_from(PROSE), min_size=2, max_size=6), st.sampled_from(LABELS[:5]))
def test_a_certain_line_below_prose_goes_alone(paragraphs: list[str], label: str) -> None:
    """The everyday case: a known label under an article is removed, and only it."""
    article = "\n\n".join(paragraphs)
    found = clean(f"{article}\n\n{label}\n")

    assert found.body == article
    assert [cut.text for cut in found.removed] == [label]


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "Share this news\n",
        "x\n",
        "[",
        "(https://",
        "1.",
        "See also:\n",
        "\u0301",
        "Facebook",
        "12:30 ",
        "\n",
        "[a](b",
        "— ",
    ],
)
def test_cost_is_linear(unit: str) -> None:
    """Law 6: eight times the input may cost at most some twenty times as long, on the worst inputs found."""
    spans = []
    for size in (50_000, 400_000):
        source = PROSE[0] + "\n" + unit * (size // len(unit))
        took = []
        for _ in range(2):  # the quicker one: a collection of garbage is no part of the cost
            began = time.process_time()
            clean(source)
            took.append(time.process_time() - began)
        spans.append(min(took))

    assert spans[1] < 20 * max(spans[0], 0.02)


@given(st.text(alphabet=st.characters(exclude_categories=[])), scopes)
def test_never_raises(source: str, scope: Scope) -> None:
    """Law 7: any string, lone surrogates and control characters too."""
    clean(source, scope, explain=True)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<a href='/x'>", "<", "&amp;", "<table>", "<!--", *PROSE, *LABELS, "\x00"])
    )
)
def test_markup_never_raises(parts: list[str]) -> None:
    """Law 7, for pages; and the laws of text hold on the page's text."""
    found = clean_html("".join(parts), lexicon(), Options())
    gone = bare("".join(cut.text for cut in found.removed))

    assert len(bare(found.source)) == len(bare(found.body)) + len(gone)


elements = st.tuples(st.sampled_from(("p", "li", "h2", "div", "a href=/a", "span")), st.sampled_from((*PROSE, *LABELS)))


@given(st.lists(elements, max_size=14), st.sampled_from(("", "<nav><a href=/>Home</a></nav>")), scopes)
def test_what_is_left_of_a_page_is_a_clean_text(parts: list[tuple[str, str]], menu: str, scope: Scope) -> None:
    page = "".join(f"<{tag}>{html.escape(text)}</{tag.split()[0]}>" for tag, text in parts)
    found = clean_html(f"<body>{menu}<article>{page}</article></body>", lexicon(), Options(scope=scope))

    assert clean(found.body).body == found.body


@given(st.lists(st.sampled_from(LABELS), min_size=1, max_size=12))
def test_a_page_is_never_emptied(labels: list[str]) -> None:
    """Law 8: where nothing looks like an article, the source stays and the answer says so."""
    found = clean("\n".join(labels))

    assert found.body
    if not found.removed:
        assert found.note or len(labels) == 1
