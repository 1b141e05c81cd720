"""What a page says of itself, from the surest place to the least sure."""

import json

import pytest

from service.markup import Page, read

LD = '<script type="application/ld+json">{}</script>'


def page(head: str, body: str = "<p>The bridge was closed.</p>", html: str = "<html>") -> Page:
    return read(f"{html}<head>{head}</head><body>{body}</body></html>", "https://example.org/news/1")


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Bridge closed - Example News</title>", "<h1>Bridge closed</h1>", "Bridge closed"),
        ("<title>Bridge closed - Example News</title>", "<h1>News</h1><h1>Bridge  <i>closed</i></h1>", "Bridge closed"),
        # the site's name is a heading of the first level too
        ("<title>Example News: Bridge closed</title>", "<h1>Example News</h1><h1>Bridge closed</h1>", "Bridge closed"),
        ("<title>Bridge is closed - Example News</title>", "<h1>Example News</h1><h2>Bridge is closed</h2>",
         "Bridge is closed"),
        ("<title>Bridge closed until May | Our News</title><meta property=og:title content='Bridge closed until May'>",
         "<h1>Our News</h1><h2>Weather</h2>", "Bridge closed until May"),
        ("<title>Bridge is closed - Example News</title>", "<h2>Ferry sails</h2><h2>Bridge is closed</h2>",
         "Bridge is closed"),
        ("<meta property=og:title content='Bridge closed'>", "<h1>News</h1><h1>Today</h1>", "Bridge closed"),
        ("<meta property=og:title content='Bridge closed'>", "", "Bridge closed"),
        ("<meta property=og:title content='Bridge'><meta property=og:title content=B>", "", "Bridge"),
        ("<meta name=twitter:title content='Bridge closed'><title>News</title>", "", "Bridge closed"),
        (LD.format('{"@type": "NewsArticle", "headline": "Bridge closed"}'), "", "Bridge closed"),
        (LD.format('{"@graph": [{"@type": "Site"}, {"@type": ["BlogPosting"], "headline": "Bridge"}]}'), "", "Bridge"),
        (LD.format('{"@type": "NewsArticle", "headline": 5}') + "<title>Bridge</title>", "", "Bridge"),
        (LD.format('{"@type": "Article", "headline": "broken') + "<title>Bridge</title>", "", "Bridge"),
        (LD.format("[" * 100_000 + '"Article"') + "<title>Bridge</title>", "", "Bridge"),
        (f"<meta property=og:title content='{'long ' * 400}'><title>Bridge</title>", "", "Bridge"),
        # no heading is the title's: the line that is the title without the site's name
        ("<title>Bridge closed until May - Our News</title>", "<div class=h>Bridge closed until May</div>",
         "Bridge closed until May"),
        ("<title>News: Bridge closed, «until May»</title>", "<b>Bridge closed, «until May»</b>",
         "Bridge closed, «until May»"),
        ("<meta property=og:title content='Ferry sails again | Our News'>", "<p>Our News<p>Ferry sails again",
         "Ferry sails again"),
        ("<title>Bridges - The University of Example</title>", "<p>Bridges<p>The University of Example",
         "Bridges - The University of Example"),
        ("<title>Bridge - The University of Example</title>", "<a href=/>The University of Example</a>",
         "Bridge - The University of Example"),
        ("<title> </title>", "", None),
        ("", "", None),
    ],
)  # fmt: skip
def test_a_title_is_found(head: str, body: str, title: str | None) -> None:
    assert page(head, body).title == title


def test_lists_of_other_articles_describe_no_page() -> None:
    listed = '{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Ferry"}]}'

    assert page(LD.format(listed) + "<title>Bridge</title>").title == "Bridge"


@pytest.mark.parametrize(
    ("head", "body", "day"),
    [
        (LD.format('{"@type": "NewsArticle", "datePublished": "2016-08-23T10:00:00+03:00"}'), "", "2016-08-23"),
        ("<meta property=article:published_time content=2016-08-23T10:00:00Z>", "", "2016-08-23"),
        ("<meta itemprop=datePublished content=2016-08-23>", "", "2016-08-23"),
        ("", "<time itemprop=datePublished datetime='2016-08-23 10:00'>Tuesday</time>", "2016-08-23"),
        ("", "<time pubdate datetime=2016-08-23>Tuesday</time>", "2016-08-23"),
        ("<meta name=dc.date.issued content='23.08.2016'>", "", "2016-08-23"),
        (
            "<meta property=article:modified_time content=2020-01-02><meta name=pubdate content=2016-08-23>",
            "",
            "2016-08-23",
        ),
        ("", "<footer>© 2016 Example</footer>", None),
        (LD.format('{"@type": "WebPage", "datePublished": "2016-08-23"}'), "", "2016-08-23"),
        (LD.format('{"@type": "BlogPosting", "datePublished": "Tue, Aug 23, 2016"}'), "", "2016-08-23"),
        ("<meta name=citation_date content=2016/08/23>", "", "2016-08-23"),
        ("<link rel=canonical href=https://example.org/2016/08/23/bridge>", "", "2016-08-23"),
        ("<meta name=date content=20160823>", "", "2016-08-23"),
        ("<meta name=pubdate content=20160823T100000Z>", "", "2016-08-23"),
        ("<meta name=pubdate content=20160823103000>", "", "2016-08-23"),
        ("<meta name=date content=2016082310>", "", None),
        (LD.format('{"@type": "NewsArticle", "x": ["a, ]",], "datePublished": "2016-08-23", }'), "", "2016-08-23"),
        (LD.format('//<![CDATA[\n{"@type": "NewsArticle", "datePublished": "2016-08-23"}\n//]]>'), "", "2016-08-23"),
        (LD.format('/*<![CDATA[*/{"@type": "NewsArticle", "datePublished": "2016-08-23"};/*]]>*/'), "", "2016-08-23"),
        (LD.format('<!-- {"@type": "NewsArticle", "datePublished": "2016-08-23"} -->'), "", "2016-08-23"),
    ],
)
def test_the_day_of_publication_is_found_and_never_made_up(head: str, body: str, day: str | None) -> None:
    assert page(head, f"<p>The bridge was closed.</p>{body}").published == day


@pytest.mark.parametrize(
    ("below", "day"),
    [
        ("<time datetime=2016-08-23T10:00:00Z>23 Aug</time>", "2016-08-23"),
        ("<div>By Tom Reed, <time datetime=2016-08-23T22:00:00Z>24 August 2016</time></div>", "2016-08-24"),
        ("<time class=updated datetime=2016-09-01>1 Sep</time><time datetime=2016-08-23>23 Aug</time>", "2016-08-23"),
        ("<span>Updated</span> <time datetime=2016-09-01>1 Sep</time>", None),
        ("<time itemprop=dateModified datetime=2016-09-01>1 Sep</time>", None),
        ("<ul><li><time datetime=2016-09-01>1 Sep</time></ul>", None),
        ("<p>Two pillars of the bridge are damaged since the storm on Monday.<time datetime=2016-09-01>1 Sep", None),
    ],
)
def test_a_time_between_headline_and_text_is_the_day(below: str, day: str | None) -> None:
    assert page("", f"<h1>Bridge closed after the storm</h1>{below}<p>The bridge was closed.</p>").published == day


def test_a_script_that_is_no_json_is_mended_in_linear_time() -> None:
    for part in ('{"Article": "' + '\\"' * 200_000, "[Article" + ", " * 200_000, "{Article" + "," + " " * 400_000):
        assert page(LD.format(part)).title is None


OTHERS = [
    {"@type": "NewsArticle", "headline": "Ferry runs again", "datePublished": "2013-07-08"},
    {"@type": "NewsArticle", "headline": "Tunnel to be dug", "datePublished": "2013-07-09"},
]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<aside><a href=/2>Ferry runs again after storm</a> <time datetime=2013-07-08>8 July 2013</time></aside>"),
        ("", "<ul><li><a href=/2>Ferry runs again after the storm</a> <span class=date>8 July 2013</span></ul>"),
        ("", "<li itemscope><a href=/2>Ferry</a> <time itemprop=datePublished datetime=2013-07-08>8 July 2013</time>"),
        ("", "<article><h3>Ferry</h3><meta itemprop=datePublished content=2013-07-08></article>"),
        ("", "<div itemscope>A reader <time itemprop=datePublished pubdate>2013-07-08</time><p>What a pity!</div>"),
        ("", "<div class=comment><b>A reader</b> <time datetime=2013-07-08T10:00>8 July 2013</time><p>Pity!</div>"),
        ("", "<script>var day = '2013-07-08'; page = {date: '2013-07-08'}</script>"),
        ("<meta property=og:image content=https://example.org/img/2013/07/08/ferry.jpg>", ""),
        ("", "<img src=/uploads/2013/07/08/ferry.jpg>"),
        (LD.format(json.dumps({"@type": "ItemList", "itemListElement": OTHERS})), ""),
        (LD.format(json.dumps(OTHERS)), ""),
        ("", "<p>Copyright 2013-07-08"),
        ("<meta property=article:modified_time content=2013-07-08T10:00:00Z>", ""),
        ("<meta property=og:updated_time content=2013-07-08T10:00:00Z>", ""),
        ("", "<p>The last flood was on 8 July 2013."),
    ],
)  # fmt: skip
def test_a_day_of_something_else_is_not_that_of_the_page(head: str, body: str) -> None:
    article = (
        "<h1>Bridge closed after the storm</h1><p>The bridge was closed on Monday, as two pillars are damaged.</p>"
    )

    assert page(head, f"<main>{article}</main>{body}").published is None


def test_of_several_articles_the_one_with_the_title_of_the_page_is_it() -> None:
    own = {"@type": "NewsArticle", "headline": "Bridge closed &#038; ferry full", "datePublished": "2016-08-23"}
    found = page("<title>Bridge closed & ferry full | News</title>" + LD.format(json.dumps([*OTHERS, own])))

    assert (found.title, found.published) == ("Bridge closed & ferry full", "2016-08-23")


@pytest.mark.parametrize("kind", ["application/ld+json; charset=utf-8", "Application/LD+JSON", " application/ld+json "])
def test_json_ld_is_known_by_its_type_alone(kind: str) -> None:
    source = '{"@type": "NewsArticle", "headline": "Bridge closed", "datePublished": "2016-08-23"}'
    found = page(f'<script type="{kind}">{source}</script>')

    assert (found.title, found.published) == ("Bridge closed", "2016-08-23")


@pytest.mark.parametrize(
    ("html", "head", "language"),
    [
        ("<html lang=uk>", "", "uk"),
        ("<html lang=PT-br>", "", "pt"),
        ("<html lang=zh_Hant>", "", "zh"),
        ("<html xml:lang=ru>", "", "ru"),
        ("<html lang='{{ lang }}'>", "<meta property=og:locale content=de_DE>", "de"),
        ("<html>", "<meta http-equiv=Content-Language content='fr, en'>", "fr"),
        ("<html>", LD.format('{"@type": "Article", "inLanguage": "es-MX"}'), "es"),
        ("<html lang=''>", "", None),
        ("<html lang=und>", "", None),
        ("<html lang=zxx>", "<meta name=language content=mul><meta property=og:locale content=ru_RU>", "ru"),
    ],
)
def test_the_language_is_found(html: str, head: str, language: str | None) -> None:
    assert page(head, html=html).language == language


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ("<link rel=canonical href=/news/bridge>", "https://example.org/news/bridge"),
        ("<meta property=og:url content=https://example.org/b?utm_source=x>", "https://example.org/b"),
        ("<link rel=Canonical href=/news/bridge>", "https://example.org/news/bridge"),
        ("<link rel='nofollow canonical' href=/news/bridge>", "https://example.org/news/bridge"),
        ("<link rel=canonicals href=/news/bridge>", None),
        ("<link rel=canonical href=javascript:void(0)>", None),
        ("", None),
    ],
)
def test_the_address_is_the_canonical_one(head: str, address: str | None) -> None:
    assert page(head).address == address
