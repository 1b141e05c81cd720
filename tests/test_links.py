"""A link is told in one way, whoever wrote it, and what leads to no article is known by its address."""

import pytest

from service.links import canonical, leads_to_article, names_article, same

PAGE = "https://example.org/news/1"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/news/2", "https://example.org/news/2"),
        ("2?page=3", "https://example.org/news/2?page=3"),
        ("//Example.COM/a", "https://example.com/a"),
        ("https://example.org", "https://example.org/"),
        ("HTTP://example.org:80/a", "http://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        (" /news/2\n", "https://example.org/news/2"),
        ("/a b?c=d e", "https://example.org/a%20b?c=d%20e"),
        ("/новость/2", "https://example.org/новость/2"),
        ("/a%20b", "https://example.org/a%20b"),
        ("/news/2#comments", "https://example.org/news/2"),
        ("/#!/news/2", "https://example.org/#!/news/2"),
        ("/a?utm_source=x&b=2&utm_medium=y&a=1&fbclid=z", "https://example.org/a?b=2&a=1"),
        ("/a?xtor=RSS-1&ref=home", "https://example.org/a"),
        # where a script answers, only what is a tracker for certain goes: `cid` may well be the article
        ("/index.php?cid=7&utm_source=x", "https://example.org/index.php?cid=7"),
        ("/?p=12&gclid=3", "https://example.org/?p=12"),
        ("/a?relatedposts_hit=1&relatedposts_origin=2&cmpid=3&ns_mchannel=rss&b=4", "https://example.org/a?b=4"),
        ("https://example.org./a", "https://example.org/a"),
        ("http://example.org.:8080/a", "http://example.org:8080/a"),
        ("https://user:word@example.org/a", "https://example.org/a"),
        ("https://example.org/a/../b/./c?d=../e", "https://example.org/b/c?d=../e"),
        ("https://example.org/.well-known/a...", "https://example.org/.well-known/a..."),
    ],
)
def test_a_link_becomes_its_canonical_url(href: str, url: str) -> None:
    assert canonical(href, PAGE) == url
    assert canonical(url, None) == url


@pytest.mark.parametrize(
    "href",
    [None, "", "javascript:void(0)", "mailto:a@example.org", "tel:+1", "ftp://example.org/a", "https://[::1",
     "data:text/html,x", "/" + "a" * 5000, "https://./a", "https://a@/b"],
)  # fmt: skip
def test_what_leads_to_no_page_has_none(href: str | None) -> None:
    assert canonical(href, PAGE) is None


def test_without_an_address_a_relative_link_leads_nowhere() -> None:
    assert canonical("/news/2", None) is None


def test_one_page_has_many_spellings() -> None:
    assert same("https://www.example.org/a/", "http://example.org/a")
    assert not same("https://example.org/a", "https://example.org/a?page=2")
    assert not same(None, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/news/2", "https://example.org/?p=12", "https://example.org/2016/08/23/",
        "https://example.org/archives/1234.html", "https://example.org/topic/137298-the-bridge-over-the-river",
        "https://example.org/index.php?id=30", "https://example.org/2024/jobs/what-we-do-all-day",
        "https://example.org/share-prices-fall", "https://example.org/author-dies-at-ninety",
    ],
)  # fmt: skip
def test_an_article_may_stand_at(url: str) -> None:
    assert leads_to_article(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/", "https://example.org/tag/bridges/", "https://example.org/author/jane-doe",
        "https://example.org/category/news/", "https://example.org/search?q=bridge", "https://example.org/login",
        "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fexample.org%2Fa",
        "https://twitter.com/intent/tweet?text=Bridge", "https://wa.me/?text=Bridge%20https%3A%2F%2Fexample.org%2Fa",
        "https://example.org/news/1?share=facebook", "https://example.org/tag/coal-power-in-the-region",
        "https://example.org/topics/30.html", "https://example.org/newsletters/the-morning-tide-at-six",
        "https://example.org/jobs/7-harbour-engineer-wanted", "https://ads.example.net/click/1-bread-trick",
        "https://paid.outbrain.com/network/redir?p=1", "https://www.facebook.com/harbourpost/",
        "https://example.org/index.htm",
    ],
)  # fmt: skip
def test_no_article_stands_at(url: str) -> None:
    assert not leads_to_article(url)


@pytest.mark.parametrize("step", ["topics", "thema", "person", "tag", "comments"])
def test_a_number_below_a_known_heading_is_an_article(step: str) -> None:
    assert leads_to_article(f"https://example.org/{step}/30.html", listed=True)
    assert not leads_to_article(f"https://example.org/{step}/bridges", listed=True)


@pytest.mark.parametrize(
    ("href", "named"),
    [
        ("/2024/05/12/ferries/", True), ("/news/12345", True), ("/the-ferry-will-sail-again", True),
        ("/a/0-ferry", True), ("/7", True), ("story.do?id=6612", True), ("/wiki/ferry.html", True), ("/sport", False),
        ("/sport/water-polo", False), ("/tag/the-ferry-will-sail", False), ("#top", False),
        ("javascript:void(0)", False),
    ],
)  # fmt: skip
def test_an_address_that_names_an_article(href: str, named: bool) -> None:
    assert names_article(href) is named
