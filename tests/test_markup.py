"""A page becomes lines, each with its tag, its link, and the elements around it."""

import pytest

from service.blocks import PATH_LIMIT
from service.markup import read
from service.model import Line


def lines(html: str) -> list[Line]:
    return list(read(html, "https://example.org/news/1").lines)


def test_a_line_knows_the_elements_around_it() -> None:
    found = lines('<div class="share-box  social" id="foot"><p>To <a href="/x">friends</a></p><ul><li>Mail</ul></div>')

    assert [(line.text, line.path) for line in found] == [
        ("To friends", "div.share-box.social#foot>p"),
        ("Mail", "div.share-box.social#foot>ul>li"),
    ]


@pytest.mark.parametrize(
    ("html", "path"),
    [
        ("<p><span class=tag><a href=/t>Economy</a></span></p>", "p>span.tag>a"),
        ("<p> <b>Written</b> by <i>her</i>", "p"),
        ("<p><i>A<b> </b></i><i>B</i>", "p"),
        ("<p><i><b>A</b>B</i>", "p>i"),
        ("<section><p>First</p>rest", "section"),
        ("rest", ""),
    ],
)
def test_only_what_holds_the_whole_line_is_around_it(html: str, path: str) -> None:
    assert lines(f"<body>{html}")[-1].path == path


def test_a_path_keeps_its_innermost_elements_whole() -> None:
    words = " ".join(f"[&>p]:m-{n} p-{n}" for n in range(200))
    path = lines(f'<div class="outermost">{f"<div class={words!r}>" * 9}<p class=last>Text')[0].path

    assert path is not None
    assert PATH_LIMIT / 2 < len(path) <= PATH_LIMIT
    assert {step.partition(".")[0] for step in path.split(">")} == {"div", "p"}
    assert path.endswith(">p.last")


@pytest.mark.parametrize(
    ("html", "linked"),
    [
        ("<p>Text", 0.0),
        ("<a href=/x>Text</a>", 1.0),
        ("<p><a href=/x>Text</a> and <a href=/y>more</a> words", 0.5),
        ("<a href=/x><p>Text</a>", 1.0),
        ("<a name=x>Text</a>", 0.0),
        ("<a href=/x>续</a><b> 报</b>", 0.5),
    ],
)
def test_a_line_knows_how_much_of_it_is_linked(html: str, linked: float) -> None:
    assert lines(html)[0].linked == linked
