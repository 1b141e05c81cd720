"""The day of publication is what the article's head says it is; every other day on the page is of something else."""

import pytest

from service.clean import clean_html, clean_text
from service.lexicon import Lexicon
from service.model import Options

HEADLINE = "Storm closes the bridge over the river"
PROSE = (
    "The bridge over the river was closed on Monday, after a storm had damaged two of its pillars.\n\n"
    "Engineers will look at the damage on Tuesday, and traffic is led over the old bridge until then, they said.\n\n"
    "The old bridge was built before the war, and is open to cars only; lorries have to take the motorway.\n\n"
)


def in_text(lexicon: Lexicon, *lines: str, language: str | None = None) -> str | None:
    return clean_text("\n\n".join((*lines, PROSE)), lexicon, Options(language=language)).published


def in_page(lexicon: Lexicon, above: str, below: str, after: str = "", head: str = "") -> str | None:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE.strip().split("\n\n"))
    body = f"<article>{above}<h1>{HEADLINE}</h1>{below}{paragraphs}</article>{after}"
    return clean_html(f"<html><head>{head}</head><body>{body}</body></html>", lexicon, Options()).published


@pytest.mark.parametrize(
    "line",
    [
        "Published 12 May 2014",
        "12 May 2014",
        "May 12, 2014",
        "Monday, 12 May 2014, 10:30",
        "By Tom Reed, 12 May 2014",
        "Tom Reed | 12 May 2014 | 5 min read",
        "May 12, 2014 by Tom Reed",
        "12.05.2014 · Politics",
        "Veröffentlicht am 12.05.2014",
        "Опубликовано: 12.05.2014",
        "[16:30/12.05.2014]",
        "Published: 12 May 2014 10:30 Updated: 13 May 2014",
        "Updated: 13 May 2014 | Published: 12 May 2014",
    ],
)
def test_a_date_or_byline_under_the_headline_is_the_day(lexicon: Lexicon, line: str) -> None:
    assert in_text(lexicon, HEADLINE, line) == "2014-05-12"
    assert in_page(lexicon, "", f"<p>{line}</p>") == "2014-05-12"


@pytest.mark.parametrize(
    ("line", "prose"),
    [
        ("Von Katrin Lohmann 12. Mai 2014", "Der Fluss stieg nach einer Woche Regen um mehr als zwei Meter."),
        ("Por María de la Vega 12 de mayo de 2014", "El río subió más de dos metros después de una semana de lluvia."),
    ],
)
def test_a_name_behind_a_short_word_is_a_byline_in_any_language(lexicon: Lexicon, line: str, prose: str) -> None:
    assert clean_text("\n\n".join((HEADLINE, line, *[prose] * 3)), lexicon, Options()).published == "2014-05-12"


def test_it_may_stand_above_the_headline_or_below_one_paragraph(lexicon: Lexicon) -> None:
    deck = "Two pillars are damaged, and traffic is led over the old bridge."

    assert in_text(lexicon, "12 May 2014", HEADLINE) == "2014-05-12"
    assert in_page(lexicon, "<p>12 May 2014</p>", "") == "2014-05-12"
    assert in_text(lexicon, HEADLINE, deck, "12 May 2014") == "2014-05-12"
    assert in_page(lexicon, "", f"<p>{deck}</p><p><a href=/reed>Tom Reed</a></p><p>12 May 2014</p>") == "2014-05-12"
    assert in_page(lexicon, "", "<a href=/1>12 May 2014</a>") == "2014-05-12"


@pytest.mark.parametrize(
    "line",
    [
        "Updated 12 May 2014",
        "Zuletzt aktualisiert am 12.05.2014",
        "Обновлено: 12.05.2014",
        "Copyright 2014-05-12",
        "Elections of 12 May 2014",
        "12 May 2014: the day the bridge was hit",
        "On 12 May 2014 a storm came over the river.",
        "The World Cup 12 May 2014",
        "Women's World Cup 12 May 2014",
    ],
)
def test_a_day_of_something_else_is_not(lexicon: Lexicon, line: str) -> None:
    assert in_text(lexicon, HEADLINE, line) is None
    assert in_page(lexicon, "", f"<p>{line}</p>") is None


def test_a_label_of_change_takes_the_date_below_it_away(lexicon: Lexicon) -> None:
    assert in_page(lexicon, "", "<p>Last updated:</p><p>12 May 2014</p>") is None
    assert in_page(lexicon, "", "<p>Published:</p><p>12 May 2014</p>") == "2014-05-12"


ITEM = "<a href=/2>Ferry runs again after three days of storm</a>"
DATE = "<span class=date>12 May 2014</span>"


@pytest.mark.parametrize(
    ("below", "after"),
    [
        (f"<div>{ITEM}</div><div>{DATE}</div>", ""),
        (f"<h3>Read also</h3><div>{DATE}</div><div>{ITEM}</div>", ""),
        (f"<div>{DATE}</div><div>{ITEM}</div><div>{DATE}</div><div>{ITEM}</div>", ""),
        ("", f"<ul><li>{ITEM}<br>{DATE}</ul>"),
        ("", "<div class=comment><b>A reader</b><br><time datetime=2014-05-12>12 May 2014</time><p>Pity!</div>"),
        ("", "<footer>12 May 2014</footer>"),
    ],
)
def test_it_never_comes_from_another_article_or_a_comment(lexicon: Lexicon, below: str, after: str) -> None:
    assert in_page(lexicon, "", below, after) is None


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Published on 12 May 2014", "2014-05-12"),
        ("This article was published on 12 May 2014.", "2014-05-12"),
        ("Veröffentlicht am 12.05.2014", "2014-05-12"),
        ("Опубликовано: 12.05.2014", "2014-05-12"),
        ("12 May 2014", None),
        ("Updated 12 May 2014", None),
        ("The first book on it was published on 12 May 2014", None),
        ("The bridge was opened on 12 May 2014, as published then", None),
    ],
)
def test_the_line_below_the_text_may_say_when_it_came_out(lexicon: Lexicon, line: str, day: str | None) -> None:
    assert in_page(lexicon, "", "", f"<p class=date>{line}</p>") == day
    assert in_page(lexicon, "", "", f"<h3>Read also</h3><p>{PROSE}</p><p class=date>{line}</p>") is None


def test_the_day_a_site_was_read_is_not(lexicon: Lexicon) -> None:
    menu = ("Example News", "12 May 2014", *(f"Section {name}" for name in "ABCDEFGHIJKLMNOP"))

    assert in_text(lexicon, *menu, HEADLINE) is None


def test_what_the_page_says_of_itself_comes_first(lexicon: Lexicon) -> None:
    told = "<meta property=article:published_time content=2014-05-11T22:00:00Z>"

    assert in_page(lexicon, "", "<p>12 May 2014</p>", head=told) == "2014-05-11"


def test_the_language_tells_how_to_read_it(lexicon: Lexicon) -> None:
    french = "Le pont sur la rivière a été fermé lundi, après qu’une tempête a endommagé deux de ses piliers. " * 2

    assert in_text(lexicon, HEADLINE, "05/12/2014") == "2014-05-12"
    assert in_text(lexicon, HEADLINE, "05/12/2014", language="en-US") == "2014-05-12"
    assert in_text(lexicon, HEADLINE, "12/05/2014", language="en-GB") == "2014-05-12"
    assert clean_text(f"Le pont est fermé\n\n12/05/2014\n\n{french}", lexicon, Options()).published == "2014-05-12"
