"""Where the article ends, in the situations the cut was made for."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from service import tagger
from service.clean import clean_lines, clean_text
from service.lexicon import Lexicon
from service.lines import split
from service.model import Options, Scope

ONE = "The river rose by two metres after a week of rain, and the authority opened three of the five gates at noon."
TWO = "Nobody was hurt, and the road along the bank stays open for residents until further notice from the authority."


def body(lexicon: Lexicon, *lines: str, gap: str = "\n\n", scope: Scope = Scope.TAIL) -> list[str]:
    source = gap.join(lines)
    return clean_text(source, lexicon, Options(scope=scope)).body.split(gap)


def test_a_block_in_the_middle_stays_under_tail(lexicon: Lexicon) -> None:
    lines = (ONE, "See also:", "Farmers count their losses", TWO)

    assert body(lexicon, *lines) == list(lines)


def test_prose_is_never_crossed(lexicon: Lexicon) -> None:
    assert body(lexicon, ONE, "Share this news", TWO, "Share this news") == [ONE, "Share this news", TWO]


def test_a_label_that_says_the_article_goes_on_is_no_end(lexicon: Lexicon) -> None:
    """Advertisements between short paragraphs: however many there are, nothing of the article is lost."""
    label = ("Annons", "Artikeln fortsätter efter annonsen", "Artikeln fortsätter efter annonsen")
    short = (
        "The ferry was still running at noon, the harbour master said.",
        "Nobody was hurt when the mast came down on the quay.",
        "Insurers expect the first claims by the end of the week.",
        "The school stays closed until the roof has been mended.",
    )
    lines = [*[ONE, TWO] * 6, *(line for paragraph in short for line in (*label, paragraph))]

    assert body(lexicon, *lines, "Share this news", "See also:", "Farmers count their losses") == lines


def test_blocks_in_any_order(lexicon: Lexicon) -> None:
    tail = (
        "Share this news",
        "See also:",
        "Farmers count their losses",
        "Опубликовать в LiveJournal",
        "READ ALSO: Bridge closed",
    )

    assert body(lexicon, ONE, TWO, *tail) == [ONE, TWO]
    assert body(lexicon, ONE, TWO, *tail[3:], *tail[:3]) == [ONE, TWO]


def test_a_list_the_article_announces_is_no_share_bar(lexicon: Lexicon) -> None:
    lines = (ONE, "The three largest networks of the country are:", "Facebook", "Twitter", "LiveJournal")

    assert body(lexicon, *lines) == list(lines)


def test_a_title_that_ends_its_poem_stays(lexicon: Lexicon) -> None:
    """Below other lines of a tail, or with a date, it is one of them."""
    title = "The boat shall sail no more"

    assert body(lexicon, title, ONE, TWO, title) == [title, ONE, TWO, title]
    assert body(lexicon, title, ONE, TWO, "Share this news", title) == [title, ONE, TWO]
    assert body(lexicon, title, ONE, TWO, f"{title} 23.08.2016") == [title, ONE, TWO]


def test_a_box_of_facts_is_no_byline(lexicon: Lexicon) -> None:
    box = ("Author: Mary Lane", "Publisher: North Shore Press", "Pages: 96", "Price: $12")

    assert body(lexicon, ONE, TWO, *box) == [ONE, TWO, *box]


def test_georgian_lines_are_no_pieces_of_one_sentence(lexicon: Lexicon) -> None:
    prose = "კვირის ბოლოს მდინარემ ორი მეტრით აიწია და ადმინისტრაციამ ხუთიდან სამი კარი გახსნა, რომ წყალი გაეშვა."
    tail = ("მსგავსი სიახლეები", "ორი სკოლა დაიკეტა", "ყველა უფლება დაცულია")

    assert body(lexicon, prose, prose.replace("კვირის", "თვის"), *tail) == [prose, prose.replace("კვირის", "თვის")]


def test_a_single_name_is_no_tail(lexicon: Lexicon) -> None:
    assert body(lexicon, ONE, TWO, "Facebook") == [ONE, TWO, "Facebook"]


@pytest.mark.parametrize(
    "pieces",
    [
        ("The minister wrote on", "Facebook", ", where he has a million readers, that the dam would hold."),
        ("According to", "Twitter", "and", "Facebook", ", the post was deleted within the hour."),
        ("He quoted", "See also", ", a column that the paper has printed for years."),
        (ONE[:60], "Telegram", "channel of the authority said."),
    ],
)
def test_text_nodes_broken_at_links_are_no_tail(lexicon: Lexicon, pieces: tuple[str, ...]) -> None:
    lines = [ONE, *pieces]

    assert body(lexicon, *lines, gap="\n") == lines
    assert body(lexicon, *lines, gap="\n", scope=Scope.ARTICLE) == lines


def test_article_scope_takes_labels_inside(lexicon: Lexicon) -> None:
    assert body(
        lexicon, ONE, "READ ALSO: Bridge closed for the summer", TWO, "Share this news", scope=Scope.ARTICLE
    ) == [ONE, TWO]


def test_an_empty_source_has_no_note(lexicon: Lexicon) -> None:
    assert clean_text("  \n ", lexicon, Options()).note is None


def test_no_article_says_so(lexicon: Lexicon) -> None:
    found = clean_text("Home\nNews\nContacts", lexicon, Options())

    assert found.body == "Home\nNews\nContacts"
    assert found.note


ENDINGS = (
    ("It rained.",),
    ("The winners:", "Anna Berg, Eastfield", "John Moran, Westgate"),
    ("And what comes next?", "Nothing.", "A holiday."),
)


@pytest.mark.parametrize("ending", ENDINGS)
def test_doubt_alone_cuts_no_long_article(lexicon: Lexicon, ending: tuple[str, ...]) -> None:
    lines = (*[ONE, TWO] * 10, *ending)

    assert body(lexicon, *lines) == list(lines)


@pytest.mark.parametrize(
    "pieces",
    [
        ("The minister wrote on his page in", "Facebook", "that the talks would go on until the end of the week."),
        ("He published the letter in", "LiveJournal", ", on", "Twitter", "and in", "Telegram", "."),
        ("The council put all of its papers into the", "archive", ", where nobody has looked at them since."),
    ],
)
@pytest.mark.parametrize("tail", [(), ("Share on Facebook", "See also:", "Farmers count their losses")])
def test_a_sentence_broken_at_its_links_by_blank_lines_stays(
    lexicon: Lexicon, pieces: tuple[str, ...], tail: tuple[str, ...]
) -> None:
    lines = (ONE, TWO, *pieces)

    assert body(lexicon, *lines, *tail) == list(lines)


class Confused(tagger.Tagger):
    """Takes all but the first lines of a page for no article."""

    def __init__(self, first: int, rest: float = 0.02) -> None:
        self.__dict__.update(vars(tagger.load()))
        self.first, self.rest = first, rest

    def tag(self, sights: Any, *rest: Any) -> tagger.Tags | None:
        """Return what is known of the lines, with such probabilities."""
        tags = super().tag(sights, *rest)
        likely = np.where(np.arange(len(sights)) < self.first, 0.9, self.rest).astype(np.float32)
        return replace(tags, body=likely, goes_on=likely) if tags else None


@pytest.mark.parametrize(
    ("scope", "first", "kept"),
    [(Scope.TAIL, 9, 20), (Scope.TAIL, 11, 11), (Scope.ARTICLE, 0, 20), (Scope.ARTICLE, 2, 2)],
)
def test_whoever_would_give_up_nearly_all_of_the_prose_is_not_believed(
    lexicon: Lexicon, scope: Scope, first: int, kept: int
) -> None:
    source = "\n\n".join([*[ONE, TWO] * 10, "Share this news"])
    found = clean_lines(source, split(source), lexicon, Options(scope=scope), Confused(first))

    assert found.body.split("\n\n") == ([ONE, TWO] * 10)[:kept]


def test_in_a_short_article_sentences_below_a_paragraph_stay_in_doubt(lexicon: Lexicon) -> None:
    ends = ["“Go home!”", "He did not answer.", "She wept."]
    source = "\n\n".join([ONE, *ends, "Brief words", "Nobody came."])
    found = clean_lines(source, split(source), lexicon, Options(scope=Scope.ARTICLE), Confused(1, 0.2))

    assert found.body.split("\n\n")[:4] == [ONE, *ends]


def test_a_sentence_that_begins_like_a_notice_needs_no_other_evidence_than_the_taggers(lexicon: Lexicon) -> None:
    long = [f"{ONE} {TWO}".replace("two metres", f"{n} centimetres") for n in range(100, 109)]
    plea = "Sign up for our morning newsletter to get the most important stories of the day in your inbox."
    saying = "Sign up for it, the mayor told them, and the ferry will be yours for the rest of the year."

    assert body(lexicon, *long, plea) == long
    assert body(lexicon, *long, saying) == [*long, saying]
