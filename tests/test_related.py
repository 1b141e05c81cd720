"""Related links from the lines of a text."""

import pytest

from service import cut, extract
from service.clean import clean_html, clean_text
from service.lexicon import Lexicon
from service.model import Options, RelatedLink

ARTICLE = """The dam opened its gates on Monday

The river rose by two metres after a week of rain, and the authority opened three of the five gates at noon.

Nobody was hurt, and the road along the bank stays open for residents until further notice from the authority.

"""
TITLE = "Farmers count their losses after the flood"


def related(lexicon: Lexicon, tail: str, url: str | None = None) -> tuple[RelatedLink, ...]:
    return clean_text(ARTICLE + tail, lexicon, Options(url=url)).related


@pytest.mark.parametrize(
    ("line", "url", "day"),
    [
        (TITLE, None, None),
        (f"• {TITLE}", None, None),
        (f"1. {TITLE}", None, None),
        (f"— {TITLE}", None, None),
        (f"{TITLE} 23.08.2016", None, "2016-08-23"),
        (f"23.08.2016 {TITLE}", None, "2016-08-23"),
        (f"23.08.2016, 10:40 — {TITLE}", None, "2016-08-23"),
        (f"{TITLE} (23.08.2016)", None, "2016-08-23"),
        (f"{TITLE} https://example.org/a", "https://example.org/a", None),
        (f"{TITLE} (https://example.org/a)", "https://example.org/a", None),
        (f"[{TITLE}](https://example.org/a)", "https://example.org/a", None),
        (f"- [{TITLE}](/a)", "https://example.org/a", None),
        (f"{TITLE}\nhttps://example.org/a", "https://example.org/a", None),
        (f"{TITLE}\n23.08.2016", None, "2016-08-23"),
        (f"23.08.2016\n{TITLE}", None, "2016-08-23"),
    ],
)
def test_an_item_below_a_heading(lexicon: Lexicon, line: str, url: str | None, day: str | None) -> None:
    found = related(lexicon, f"See also:\n{line}\n", "https://example.org/news/1")

    assert found == (RelatedLink(TITLE, url, day, "See also"),)


@pytest.mark.parametrize("lead", ["READ ALSO: ", "Read also — ", "ЧИТАЙТЕ ТАКЖЕ: "])
def test_one_line_forms(lexicon: Lexicon, lead: str) -> None:
    found = related(lexicon, lead + TITLE)

    assert [item.title for item in found] == [TITLE]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("«Зенит» обыграл «Спартак»", "«Зенит» обыграл «Спартак»"),
        ("Farmers count their losses »", "Farmers count their losses"),
        ("#MeToo: five years later in the city", "#MeToo: five years later in the city"),
        ("+30 °C in May in the whole country", "+30 °C in May in the whole country"),
        ("(1) The ferry sails twice an hour", "The ferry sails twice an hour"),
        (f"\u200b\u200f{TITLE}\u2060", TITLE),
        (f"[22.08.2016] {TITLE}", TITLE),
        (f"{TITLE} (Lena Moss, 22.08.2016)", TITLE),
        (f"[**{TITLE}**](/a)", TITLE),
        ("[Farmers [video] count their losses](/a_(b)) 22.08.2016", "Farmers [video] count their losses"),
    ],
)
def test_a_title_is_without_what_stands_around_it(lexicon: Lexicon, line: str, title: str) -> None:
    (found,) = related(lexicon, f"See also:\n{line}\n", "https://example.org/news/1")

    assert found.title == title
    assert found.date == ("2016-08-22" if "22.08.2016" in line else None)
    assert found.url == ("https://example.org/a_(b)" if "a_(b)" in line else found.url)


@pytest.mark.parametrize(
    ("line", "heading", "title"),
    [
        ("ЧИТАЙТЕ ТАКЖЕ: «Зенит» подписал бразильца", "ЧИТАЙТЕ ТАКЖЕ", "«Зенит» подписал бразильца"),
        ("➡️ Read also: “Frozen” returns to the stage", "Read also", "“Frozen” returns to the stage"),
        ("Read more: [Opinion] Why we stay on the island", "Read more", "[Opinion] Why we stay on the island"),
    ],
)
def test_an_opening_quote_behind_a_label_is_the_titles(lexicon: Lexicon, line: str, heading: str, title: str) -> None:
    assert [(item.heading, item.title) for item in related(lexicon, line)] == [(heading, title)]


@pytest.mark.parametrize("date", ["Published 22 August 2016", "22.08.2016", "Опубликовано: 22.08.2016"])
def test_a_line_that_tells_an_items_date_ends_no_block(lexicon: Lexicon, date: str) -> None:
    found = related(
        lexicon,
        f"See also:\n{TITLE}\n{date}\nThe ferry will sail twice an hour\n12 comments\nIceland closes its harbours\n",
    )

    assert [(item.title, item.date) for item in found] == [
        (TITLE, "2016-08-22"),
        ("The ferry will sail twice an hour", None),
        ("Iceland closes its harbours", None),
    ]


@pytest.mark.parametrize(
    ("above", "headline"),
    [
        ("", "Бывший тренер «Спартака» возглавил клуб из Перми"),
        ("", "The minister spoke of growth in every part of the land."),
        ("", "Interview: “I never wanted to be a captain”"),
        ("Jane Doe, 14 March 2015\n\n", "Storm damages three piers in the harbour"),
        ("14 March 2015\n\n", "Storm damages three piers in the harbour"),
    ],
)
def test_the_own_headline_with_a_date_is_no_related_article(lexicon: Lexicon, above: str, headline: str) -> None:
    body = ARTICLE.split("\n", 1)[1]
    source = f"{above}{headline}\n{body}Read also:\n{TITLE}\n{headline} 23.08.2016\nShare on Facebook"
    found = clean_text(source, lexicon, Options())

    assert found.title == headline
    assert found.published == "2016-08-23"
    assert [item.title for item in found.related] == [TITLE]


def test_a_piece_of_a_sentence_is_no_headline(lexicon: Lexicon) -> None:
    source = f"The city council voted\nto reopen the bridge.\n\n{ARTICLE}"

    assert clean_text(source, lexicon, Options()).title is None


def test_dates_before_each_item_stay_with_it(lexicon: Lexicon) -> None:
    found = related(
        lexicon, "See also:\n23.08.2016\nThe first headline of the two\n24.08.2016\nThe second headline of the two\n"
    )

    assert [(item.title, item.date) for item in found] == [
        ("The first headline of the two", "2016-08-23"),
        ("The second headline of the two", "2016-08-24"),
    ]


def test_neither_twice_nor_the_article_itself(lexicon: Lexicon) -> None:
    tail = f"See also:\n{TITLE}\n{TITLE.upper()}\nThe dam opened its gates on Monday\n"

    assert [item.title for item in related(lexicon, tail)] == [TITLE]


def test_a_day_alone_is_no_article(lexicon: Lexicon) -> None:
    found = related(lexicon, f"See also:\n28.11\n{TITLE}\n27.11 10:15\nSunday, August 23, 2020\n")

    assert [item.title for item in found] == [TITLE]


@pytest.mark.parametrize(
    ("line", "titles"),
    [("# Farmers count their losses", 0), ("## Farmers count their losses", 1), ("#27 Farmers count their losses", 1)],
)
def test_a_keyword_is_no_article(lexicon: Lexicon, line: str, titles: int) -> None:
    assert len(related(lexicon, f"See also:\n{TITLE}\n{line}\n")) == 1 + titles


def test_a_script_address_is_no_url(lexicon: Lexicon) -> None:
    found = related(lexicon, f"See also:\n[{TITLE}](javascript:void)\n", "https://example.org/")

    assert [(item.title, item.url) for item in found] == [(TITLE, None)]


PAGE = """<html><head><link rel=canonical href="https://example.org/news/1"></head><body>
<nav class=menu><h3>Read also</h3><a href=/economy>What the economy does today</a></nav>
<h1>The dam opened its gates on Monday</h1>
{article}
<h3>Read also</h3>
<ul>
<li><a href="/news/2?utm_source=related#top">The ferry will sail twice an hour</a>
<li><a href="/news/1?utm_source=related">What we know about the bridge so far</a>
<li><a href="https://other.example/a">The mayor answers twelve questions</a>
<li><a href="/tag/bridges">Everything about bridges and rivers</a>
<li><a href="https://www.facebook.com/sharer.php?u=https://example.org/news/1">Tell your friends about this</a>
</ul></body></html>"""


def test_a_page_gives_canonical_urls_and_no_other_links(lexicon: Lexicon) -> None:
    page = PAGE.format(article="".join(f"<p>{row}</p>" for row in ARTICLE.splitlines()[1:] if row))
    found = clean_html(page, lexicon, Options()).related

    assert [(link.title, link.url, link.heading) for link in found] == [
        ("The ferry will sail twice an hour", "https://example.org/news/2", "Read also"),
        ("The mayor answers twelve questions", "https://other.example/a", "Read also"),
    ]


PARAGRAPHS = "".join(f"<p>{row}</p>" for row in ARTICLE.splitlines()[1:] if row)
BLOCK = f"<h3>Read also</h3><ul><li><a href=/a>The ferry will sail twice an hour</a><li><a href=/b>{TITLE}</a></ul>"
MENU = "<ul><li><a href=/c>What the economy does today</a><li><a href=/d>What the weather does tomorrow</a></ul>"


def on_page(lexicon: Lexicon, inner: str) -> list[tuple[str, str | None, str | None]]:
    page = f"<body>{inner.format(article=f'<h1>The dam opened its gates on Monday</h1>{PARAGRAPHS}')}</body>"
    found = clean_html(page, lexicon, Options(url="https://example.org/1")).related
    return [(link.title, (link.url or "").removeprefix("https://example.org"), link.heading) for link in found]


@pytest.mark.parametrize(
    "name", ["has-sticky-nav", "no-menu", "top-nav-layout", "site-navigation-closed", "menu", "page with-navbar", "nav"]
)
def test_how_the_whole_page_looks_makes_no_menu(lexicon: Lexicon, name: str) -> None:
    top = f"<nav class=main-menu>{MENU}</nav>"
    inner = f"<div class='{name}'>{top}<article>{{article}}</article><aside>{BLOCK}</aside></div>"

    assert [title for title, _, _ in on_page(lexicon, inner)] == ["The ferry will sail twice an hour", TITLE]


@pytest.mark.parametrize("tag", ["nav class=related", "div class=article-navigation", "div id=below-nav"])
def test_a_known_heading_makes_a_list_of_a_menu(lexicon: Lexicon, tag: str) -> None:
    inner = f"<nav class=menu><h3>Read also</h3>{MENU}</nav>{{article}}<{tag}>{BLOCK}</{tag.split(maxsplit=1)[0]}>"

    assert [title for title, _, _ in on_page(lexicon, inner)] == ["The ferry will sail twice an hour", TITLE]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Read also: <a href=/a>Two die</a>", [("Two die", "/a")]),
        (f"Read also: <a href=/a>{TITLE}</a> (video)", [(TITLE, "/a")]),
        ("<a href=/archive>Read also:</a> <a href=/a>Farmers <b>count</b> their losses after the flood</a>",
         [(TITLE, "/a")]),
        (f"<b>Read also:</b> <a href=/a>The ferry sails</a>, <a href=/b>{TITLE}</a>",
         [("The ferry sails", "/a"), (TITLE, "/b")]),
    ],
)  # fmt: skip
def test_links_behind_a_label(lexicon: Lexicon, line: str, found: list[tuple[str, str]]) -> None:
    assert on_page(lexicon, f"<article>{{article}}<p>{line}</p><p>Share on Facebook</p></article>") == [
        (*item, "Read also") for item in found
    ]


@pytest.mark.parametrize(
    "cards",
    [
        f"<div><a href=/a>The ferry will sail twice an hour</a><a href=/b>{TITLE}</a></div>",
        f"<ol><li><i>1</i><a href=/a>The ferry will sail twice an hour</a><li><i>2</i><a href=/b>{TITLE}</a></ol>",
    ],
)
def test_cards_and_counted_lists_give_a_title_each(lexicon: Lexicon, cards: str) -> None:
    found = on_page(lexicon, f"<article>{{article}}<h3>Read also</h3>{cards}</article>")

    assert found == [("The ferry will sail twice an hour", "/a", "Read also"), (TITLE, "/b", "Read also")]


@pytest.mark.parametrize(
    ("item", "day"),
    [
        ("<a href=/news/1250-a><span>{title}</span></a><span>May 12, 2024</span><span>In “Local”</span>", "2024-05-12"),
        ("<a href=/category/energy/>Energy</a> <a href=/news/1250-a>{title}</a>", None),
        ("<b>Energy:</b> <a href=/news/1250-a>{title}</a> by Tom Reed", None),
        ("Part 1: <a href=/news/1250-a>{title}</a> (12)", None),
        ("10:20 <a href=/news/1250-a>{title}</a> <em>(Lena Moss, 12 May 2024)</em>", "2024-05-12"),
        ("<time>12-May-2024</time> <a href=/news/1250-a>{title}</a> <a href=/author/tom>Tom Reed</a>", "2024-05-12"),
    ],
)
def test_a_title_is_the_text_of_its_link(lexicon: Lexicon, item: str, day: str | None) -> None:
    told = f"<h1>The dam opened its gates on Monday</h1>{PARAGRAPHS * 8}"
    items = f"<li>{item.format(title=TITLE)}<li><a href=/news/1251-b>{FERRY}</a>"
    page = f"<body><article>{told}<h3>Read also</h3><ul>{items}</ul></article></body>"

    found, _ = clean_html(page, lexicon, Options(url="https://example.org/1")).related
    assert (found.title, found.url, found.date) == (TITLE, "https://example.org/news/1250-a", day)


def test_a_link_of_a_few_words_is_not_the_title_around_it(lexicon: Lexicon) -> None:
    line = "Read also: Farmers count their losses after <a href=/a>the flood</a>"
    found = on_page(lexicon, f"<article>{{article}}<p>{line}</p><p>Share on Facebook</p></article>")

    assert found == [(TITLE, "/a", "Read also")]


FERRY, FERRY_LINK = "The ferry will sail twice an hour", "<a href=/news/12-ferry>The ferry will sail twice an hour</a>"
LONG = (
    f"{TITLE}, and nobody knows who is to pay for the houses by the river, which have stood in the water twice in May"
)
RELATED = f"<section><h3>Read also</h3><p>{FERRY_LINK}</section>"


@pytest.mark.parametrize(
    ("heading", "address"),
    [
        ("<h4>Sponsored content</h4>", "https://other.example/c"),
        ("<h4>From our partners</h4>", "https://ads.example.net/c"),
        ("<h4>Around the web</h4>", "https://paid.outbrain.com/network"),
        ("<h4>Our newsletters</h4>", "/newsletters"),
        ("<h4>Jobs in your area</h4>", "/jobs"),
        ("", "/tag"),
    ],
)
def test_what_is_paid_for_or_no_article_is_not_related(lexicon: Lexicon, heading: str, address: str) -> None:
    items = {"the-flood-and-the-farmers": TITLE, "the-school-and-the-ferry": "School reopens as the ferry returns"}
    rows = "".join(f"<li><a href={address}/{name}>{title}</a>" for name, title in items.items())
    block = f"<div>{heading}<ul>{rows}</ul></div>"
    found = on_page(lexicon, f"<article>{{article}}{PARAGRAPHS}{PARAGRAPHS}</article>{RELATED}{block}")

    assert [title for title, _, _ in found] == [FERRY]


@pytest.mark.parametrize("heading", ["", "<h4>Services</h4>"])
def test_a_heading_speaks_for_its_own_block(lexicon: Lexicon, heading: str) -> None:
    titles = [TITLE, "School reopens as the ferry returns", "Storm closes the bridge at Northgate"]
    items = "".join(f"<li><a href=/news/{13 + i}-x>{title}</a>" for i, title in enumerate(titles))
    below = f"<section>{heading}<ul>{items}</ul></section>"

    found = on_page(lexicon, f"<article>{{article}}</article>{RELATED}{below}")

    assert found[0] == (FERRY, "/news/12-ferry", "Read also")
    assert TITLE in [title for title, _, _ in found]
    assert "Read also" not in [above for _, _, above in found[1:]]


def test_the_articles_own_link_ends_no_block(lexicon: Lexicon) -> None:
    own = "<li><a href=/1>The dam opened its gates on Monday</a>"
    found = on_page(lexicon, f"<article>{{article}}</article><h3>Read also</h3><ul>{own}<li>{FERRY_LINK}</ul>")

    assert found == [(FERRY, "/news/12-ferry", "Read also")]


@pytest.mark.parametrize(
    "embed",
    [
        "<figure class=rich-link><div>{link}<p>Read more</p></div></figure>",
        "<figure class=wp-block-embed><blockquote class=wp-embedded-content>{link}</blockquote></figure>",
    ],
)
def test_an_article_shown_in_the_article_is_related(lexicon: Lexicon, embed: str) -> None:
    rows = [f"<p>{row}</p>" for row in ARTICLE.splitlines()[1:] if row]
    link = f"<a href=/news/2024/05/10/farmers-count-losses>{TITLE}</a>"
    inner = f"<article><h1>The dam opened</h1>{rows[0]}{rows[1]}{embed.format(link=link)}{rows[0]}{rows[1]}</article>"

    assert [title for title, _, _ in on_page(lexicon, inner)] == [TITLE]


@pytest.mark.parametrize(
    "titles",
    [
        ["The last boat", "Island life", "After the fire"],
        ["Storm damage costs town £2m"],
        ["The ferry is late again. Who will pay for it?", FERRY],
        [LONG, FERRY],
        ["Letters from our readers", FERRY],
    ],
)  # fmt: skip
def test_a_link_to_an_article_below_a_known_heading_is_related(lexicon: Lexicon, titles: list[str]) -> None:
    items = "".join(f"<li><a href=/news/{1200 + i}-x>{title}</a>" for i, title in enumerate(titles))
    found = on_page(lexicon, f"<article>{{article}}</article><section><h3>Read also</h3><ul>{items}</ul></section>")

    assert [title for title, _, _ in found] == titles


def test_an_item_that_goes_at_a_later_look_is_related_too(lexicon: Lexicon) -> None:
    titles = [
        "The ferry is late again. Who will pay for it?", "“We were promised a boat. We got a letter.”",
        "Is coal really over? Five experts answer.", "Nobody wants to run the island school any more.",
    ]  # fmt: skip
    items = "".join(f"<div><a href=/a/{i}-x>{title}</a></div>" for i, title in enumerate(titles))
    found = on_page(lexicon, f"<article>{{article}}</article><section><h3>Related articles</h3>{items}</section>")

    assert [title for title, _, _ in found] == titles


def test_the_articles_before_and_behind_are_related(lexicon: Lexicon) -> None:
    links = (
        f"<a href=/2024/05/12/a rel=prev>Previous: {TITLE}</a><div><a href=/2024/05/13/b>Next post: {FERRY}</a></div>"
    )
    found = on_page(lexicon, f"<article>{{article}}</article><nav class=post-navigation>{links}</nav>")

    assert [(title, url) for title, url, _ in found] == [(TITLE, "/2024/05/12/a"), (FERRY, "/2024/05/13/b")]


def test_a_front_page_has_nothing_but_related_articles(lexicon: Lexicon) -> None:
    titles = [TITLE, FERRY, "School reopens as the ferry returns", "Storm closes the bridge at Northgate"]
    items = "".join(f"<li><a href=/2024/05/{10 + i}/x>{title}</a>" for i, title in enumerate(titles))
    for heading in ("", "<h2>Latest news</h2>"):
        found = clean_html(
            f"<body>{heading}<ul>{items}</ul></body>", lexicon, Options(url="https://example.org/")
        ).related

        assert [item.title for item in found] == titles


def test_dates_before_each_item_stay_with_it_on_a_page(lexicon: Lexicon) -> None:
    days = zip(("May 12, 2024", "April 30, 2024"), (FERRY, TITLE), strict=True)
    items = "".join(f"<li><p>Posted on {day}</p><a href=/news/1250-a{day[0]}>{title}</a>" for day, title in days)
    page = f"<body><article><h1>The dam opened</h1>{PARAGRAPHS}</article><h3>Read also</h3><ul>{items}</ul></body>"

    assert [item.date for item in clean_html(page, lexicon, Options()).related] == ["2024-05-12", "2024-04-30"]


def test_a_label_in_brackets(lexicon: Lexicon) -> None:
    assert [(item.heading, item.title) for item in related(lexicon, f"[Read also: {TITLE}]")] == [("Read also", TITLE)]


def test_more_by_somebody_is_a_heading(lexicon: Lexicon) -> None:
    below = BLOCK.replace("Read also", "More by Lena Moss")
    found = on_page(lexicon, f"<article>{{article}}{PARAGRAPHS}</article><div>{below}</div>")

    assert {heading for _, _, heading in found} == {"More by Lena Moss"}


def test_the_extractor_is_asked_about_a_page_in_doubt_alone(lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    page = PAGE.format(article="".join(f"<p>{row}</p>" for row in ARTICLE.splitlines()[1:] if row))
    asked: list[object] = []
    monkeypatch.setattr(extract, "text", asked.append)
    for doubt in (1.0, 0.0):
        monkeypatch.setattr(cut, "DOUBT", doubt)
        clean_html(page, lexicon, Options())

    assert len(asked) == 1
