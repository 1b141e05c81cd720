"""The title of an article, wherever it stands in the text, and the day that stands beside it."""

import pytest

from service.clean import clean_text
from service.lexicon import Lexicon
from service.model import Kind, Options, Scope

TITLE = "Harbour bridge to close until autumn"
ONE = (
    "The council voted on Tuesday to close the old harbour bridge for repairs that will last until the end of the "
    "summer, and told nobody on the island before it did."
)
TWO = (
    "Engineers had found cracks in two of its four pillars after the storms of last winter, and a second inspection in "
    "March confirmed that they were growing."
)
MENU = "Home\nNews\nSport\nWeather\nLog in"


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("above", [MENU, f"{MENU}\n\nHome > News > Island", f"The Harbour Post\n{MENU}"])
def test_the_title_stands_below_a_menu(above: str, scope: Scope, lexicon: Lexicon) -> None:
    found = clean_text(f"{above}\n\n{TITLE}\n\n12 May 2024\n\n{ONE}\n\n{TWO}", lexicon, Options(scope=scope))

    assert (found.title, found.published) == (TITLE, "2024-05-12")


def test_a_title_that_the_client_gives_holds_and_the_day_is_found_all_the_same(lexicon: Lexicon) -> None:
    text = f"{MENU}\n\n{TITLE}\n\n12 May 2024\n\n{ONE}\n\n{TWO}"

    assert clean_text(text, lexicon, Options(title=" Another title ")).title == "Another title"
    assert clean_text(text, lexicon, Options(title=TITLE)).published == "2024-05-12"


def test_a_text_without_a_headline_has_no_title(lexicon: Lexicon) -> None:
    assert clean_text(f"{ONE}\n\n{TWO}", lexicon, Options()).title is None
    assert clean_text(f"{MENU}\n\n{ONE}\n\n{TWO}", lexicon, Options(scope=Scope.ARTICLE)).title is None


@pytest.mark.parametrize("day", ["12 May 2024", "12.05.2024", "Published: 12 May 2024", "May 12, 2024, 10:40"])
def test_the_title_again_with_its_date_in_the_next_line(day: str, lexicon: Lexicon) -> None:
    text = f"{TITLE}\n\n{ONE}\n\n{TWO}\n\n{TITLE}\n{day}\n\nShare on Facebook"
    found = clean_text(text, lexicon, Options())

    assert found.body == f"{TITLE}\n\n{ONE}\n\n{TWO}"
    assert (found.title, found.related) == (TITLE, ())
    assert [cut.kind for cut in found.removed] == [Kind.HEADLINE, Kind.BYLINE, Kind.SHARE]
    assert found.published == "2024-05-12"
