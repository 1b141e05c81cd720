"""A page becomes lines, each with its tag, its link, and the elements around it."""

import pytest

from service import extract, markup
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


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<a href=/x>Text</a>", []),
        ("<p><a href=/x>Text of a link</a>!", [("Text of a link", "/x")]),
        ("<p>Text <a href=/x>more</a>", [("more", "/x")]),
        (
            "<p>Text\n <a href=/x>more <b>of</b>\n it</a> and <a href=/y> text</a>",
            [("more of it", "/x"), ("text", "/y")],
        ),
        ("<p><a href=/x>a</a> <a href=/x>b</a>, <a href=/x>c</a> and words", [("a b", "/x"), ("c", "/x")]),
        ("<p><a href=/x><img> </a><a href=/y>续</a>报", [("续", "/y")]),
    ],
)
def test_a_line_knows_its_links_unless_it_is_one(html: str, found: list[tuple[str, str]]) -> None:
    (line,) = lines(html)

    assert [
        (line.text[link.start : link.end], link.href.removeprefix("https://example.org")) for link in line.links
    ] == found


# --- what is a line, and what is none ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        ("<p>One<p>Two", ["One", "Two"]),
        ("One<br>Two<br/><br>Three", ["One", "Two", "Three"]),
        ("<ul><li>One<li>Two<ul><li>Three</ul></ul>", ["One", "Two", "Three"]),
        ("<table><tr><td>One<td>Two<tr><td>Three</table>", ["One", "Two", "Three"]),
        ("<dl><dt>One<dd>Two</dl>", ["One", "Two"]),
        ("<p>One <b>and</b> <i>two</i>, <a href=/x>three</a>.", ["One and two, three."]),
        ("<p>One<!-- , --> and <?php echo 1 ?>two", ["One and two"]),
        ("<p>Tom &amp; &quot;Jerry&quot; &lt;b&gt; &nosuch; &#x41;&#65;", ['Tom & "Jerry" <b> &nosuch; AA']),
        ("<p>One\n\n  two\t three&nbsp;four", ["One two three four"]),
        ("<blockquote><p>One</blockquote><h2>Two</h2><figure><figcaption>Three</figcaption></figure>",
         ["One", "Two", "Three"]),
        ("<noscript>Without</noscript><p>With", ["With"]),
        ("<noscript><p>Without</noscript>", ["Without"]),
        ("<template><p>Never</template><p>One", ["One"]),
        ("<x-card><template shadowrootmode=open><p>Shown</template></x-card>", ["Shown"]),
        ("<p hidden>Never</p><p>One", ["One"]),
        ("<p hidden=until-found>Folded</p>", ["Folded"]),
        ("<p aria-hidden=true>Seen by eyes", ["Seen by eyes"]),
        ("<p style='display:none'>Perhaps shown by a script", ["Perhaps shown by a script"]),
        ("<p style='color:red; DISPLAY : none'>Never</p><p>One", ["One"]),
        ("<p>One</p><div style='visibility:hidden'><b>Never</b><script>x()</script></div>Two", ["One", "Two"]),
        (f"<p>One</p><div style='display:none'>{'More. ' * 400}</div>", ["One", ("More. " * 400).strip()]),
        (f"<p>One</p><div style='display:none'><p style='display:none'>Two</p>{'x' * 2000}</div>",
         ["One", "Two", "x" * 2000]),
        ("<body style='visibility: hidden'><p>Shown when it is loaded<p style='display:none'>No",
         ["Shown when it is loaded"]),
        ("<p>One</p><dialog><p>Never</dialog>Two<dialog open>Three</dialog>", ["One", "Two", "Three"]),
        (f"<p>One</p><dialog>{'More. ' * 400}</dialog>", ["One", ("More. " * 400).strip()]),
        ("<p>One</p><span class='x sr-only'>Picture of a bridge</span><p>Two", ["One", "Two"]),
        ("<p>One <span class=screen-reader-text>(in a new tab)</span> and two", ["One and two"]),
        ("<a href=/x><span class=visually-hidden>Bridge closed</span></a><h2 class=sr-only>Related</h2>",
         ["Bridge closed", "Related"]),
        (f"<p class=visually-hidden>{'Prose. ' * 20}</p>", [("Prose. " * 20).strip()]),
        ("<p class=not-sr-only>One", ["One"]),
        ("<svg><title>Icon</title><text>1</text></svg><p>One", ["One"]),
        ("<svg><path d='M0 0'><p>Never closed above", ["Never closed above"]),
        ("<script>var a = '<p>no</p>'</script><style>p{}</style><select><option>no</select><p>One", ["One"]),
        ("<p>One</p></div></section></p><p>Two", ["One", "Two"]),
        ("<p>One<div>Two<p>Three</div>Four", ["One", "Two", "Three", "Four"]),
        ("<b><i><p>One</b></i><p>Two", ["One", "Two"]),
        ("<pre>One\n\n  <b>Two\nand</b> three\n</pre>Four", ["One", "Two", "and three", "Four"]),
        ("<div><a href=/1>The ferry sails <b>twice</b></a><a href=/2>Mayor opens a school</a></div>",
         ["The ferry sails twice", "Mayor opens a school"]),
        ("<div><a href=/1>The ferry sails twice</a>, <a href=/2>Mayor opens a school</a></div>",
         ["The ferry sails twice, Mayor opens a school"]),
        ("<div><a href=/1>Facebook</a><a href=/2>Twitter</a></div>", ["FacebookTwitter"]),
        ("<p>The <a href=/r>report<svg><path d=M0></svg></a> of <script>x()</script>Friday<x-mark>,</x-mark> she said",
         ["The report of Friday, she said"]),
        ("<p>By <picture><source><img src=a></picture>hand <span hidden>no</span>and <noscript>no</noscript>foot",
         ["By hand and foot"]),
        ("<p><ruby>警察<rp>(</rp><rt>けいさつ</rt><rp>)</rp></ruby>によると", ["警察(けいさつ)によると"]),
        ("<p>One<figure><figcaption>Two</figcaption></figure>Three", ["One", "Two", "Three"]),
        ("<x-app><x-row>One</x-row><x-row>Two</x-row></x-app>", ["One", "Two"]),
        ("<div>Share<svg><path d=M0></svg>Print</div>", ["Share", "Print"]),
        ("", []),
        ("   \n ", []),
        ("<", ["<"]),
        ("no tags at all", ["no tags at all"]),
    ],
)  # fmt: skip
def test_a_page_becomes_these_lines(html: str, texts: list[str]) -> None:
    assert [line.text for line in lines(html)] == texts


@pytest.mark.parametrize(
    "html",
    [
        (
            '<?xml version="1.0" encoding="windows-1251"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">\n'
            '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><body><p>One<br />two</p></body></html>'
        ),
        "\ufeff<html><body><p>One<br>two</html>",
        "<html><body><p>On\x00e<br>two</html>",
        "<html><frameset><frame src=x><noframes><body><p>One<br>two</body></noframes></frameset></html>",
        "<html><body><p>One<br>two</body></html></html><!-- end",
        "<HTML><BODY><P>One<BR>two",
    ],
)
def test_old_and_odd_pages_are_read(html: str) -> None:
    assert [line.text for line in lines(html)] == ["One", "two"]


def test_lines_lie_in_the_text_in_order() -> None:
    page = read("<p>One<p>Two 🙂<ul><li>Three</ul>", None)

    assert page.text == "One\n\nTwo 🙂\n\nThree"
    assert [page.text[line.start : line.end] for line in page.lines] == [line.text for line in page.lines]


@pytest.mark.parametrize(
    ("base", "href", "found"),
    [
        ("", "b", "https://example.org/news/b"),
        ("<base href=/archive/>", "b", "https://example.org/archive/b"),
        ("<base href=https://other.example/x/>", "../b", "https://other.example/b"),
        ("<base href='https://[::1'>", "/b", "/b"),
        ("", "https://other.example/b?c", "https://other.example/b?c"),
    ],
)
def test_a_link_is_joined_to_the_base_of_the_page(base: str, href: str, found: str) -> None:
    assert lines(f"<head>{base}</head><p><a href='{href}'>Text")[0].href == found


def test_a_page_that_tells_its_address_needs_no_other() -> None:
    page = read("<link rel=canonical href=https://example.org/news/1><p><a href=2>Text", None)

    assert page.lines[0].href == "https://example.org/news/2"
    assert page.address == "https://example.org/news/1"


def test_a_parse_is_shared_and_keeps_its_text() -> None:
    html = (
        "<style>p{}</style><div class=share>Share</div>" + "<p>The bridge over the river was closed on Monday.</p>" * 9
    )
    tree = markup.parse(f"{html}<p>a<svg></svg>b</p>")
    body = tree.find("body")
    before = [(element.tag, element.text) for element in body.iter("div", "p")]

    assert extract.text(tree)
    assert [(element.tag, element.text) for element in body.iter("div", "p")][:-1] == before[:-1]
    assert body[-1].text == "ab"


@pytest.mark.parametrize(
    ("blocks", "extracted", "kept"),
    [
        (["Bridge closed"], None, [None]),
        (["Bridge closed", "Menu"], "Bridge closed", [True, False]),
        # broken into lines where the source was, which means nothing in HTML
        (["The bridge over the river was closed."], "The bridge\nover the river was\nclosed.", [True]),
        (["The bridge over the river was closed.", "The ferry sails twice an hour now."],
         "The bridge over the river was closed. The ferry sails twice an hour now.", [True, True]),
        # a footnote was left out of the middle
        (["The bridge over the river was closed [1] on Monday, the mayor said."],
         "The bridge over the river was closed on Monday, the mayor said.", [True]),
        (["The bridge over the river was closed, and nobody knows why."],
         "The bridge over the river was opened, and all are glad.", [False]),
        # words inside other words, and words far away
        (["News"], "Newspapers wrote of the bridge.", [False]),
        (["1", "The bridge over the river was closed.", "2"], "1\nThe bridge over the river was closed. 2",
         [True, True, False]),
        (["Menu", "The bridge over the river was closed.", "Menu"], "\n".join(
            ["The bridge over the river was closed.", *(f"Line {n} of many." for n in range(9)), "Menu"]),
         [False, True, False]),
    ],
)  # fmt: skip
def test_a_verdict_is_read_from_what_the_extractor_kept(
    blocks: list[str], extracted: str | None, kept: list[bool | None]
) -> None:
    assert extract.verdicts(blocks, extracted) == kept


def test_verdicts_take_linear_time_on_repetition() -> None:
    assert not any(extract.verdicts(["aaaa"] * 20_000, "a" * 1_000_000 + " x" * 100_000))
    assert extract.verdicts(["a " * 40] * 20_000, "a " * 100_000)[-1]


@pytest.mark.parametrize("first", ['<meta charset="utf-8">', "<title>News</title>", "<link rel=icon href=x>", ""])
def test_a_piece_of_a_page_is_read_whatever_it_begins_with(first: str) -> None:
    page = markup.read(f"{first}<article><p>The bridge was closed on Monday.</p></article>", None)

    assert [line.text for line in page.lines][-1:] == ["The bridge was closed on Monday."]


def test_a_line_knows_the_lines_it_stands_among() -> None:
    found = lines("<main><div><p>One<p>Two</div><div><section><p>Three</section></div></main><p>Four")
    spans = []
    for line in found:
        group, own = line.group, []
        while group is not None:
            own.append((group.first, group.last))
            group = group.around
        spans.append(own)

    assert spans == [[(0, 2), (0, 3), (0, 4)], [(0, 2), (0, 3), (0, 4)], [(0, 3), (0, 4)], [(0, 4)]]


def test_the_extractor_is_asked_when_it_is_asked_for() -> None:
    page = read("<nav><a href=/>Home</a></nav><article>" + "<p>The bridge was closed on Monday.</p>" * 9, None)

    assert {line.kept for line in page.lines} == {None}
    assert page.ask is not None
    assert [line.kept for line in page.ask() or ()] == [False, *[True] * 9]
    assert page.ask() is page.ask()
