"""What the playground and the documentation promise, in a real browser: one test for each promise."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, JSHandle, Locator, Page, Route, expect, sync_playwright

from service.pages import FOLDER
from tests.serving import ROOT, Server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT = 30_000  # milliseconds, for a machine that is busy with other tests
FROZEN = 200  # milliseconds of one task of a page, from where on a user takes it for frozen; measured: 42
TAIL_OF_SEED = 9

BASH = shutil.which("bash") or "/bin/bash"

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium with a new, empty profile. Of this module only: while it is open, no other event loop can run."""
    found = [shutil.which(name) for name in NAMES] + [place for place in PLACES if Path(place).exists()]
    path = next((place for place in found if place), None)
    if path is None:
        pytest.skip(f"no browser found; looked for {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        # Without its sandbox, which root cannot have: it sees our own pages only.
        opened = playwright.chromium.launch(executable_path=path, chromium_sandbox=False, args=ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Open]:
    """Open a page of the service; at the end nothing may have been asked of anyone else, and nothing have failed."""
    contexts: list[BrowserContext] = []
    told: list[str] = []
    asked: list[str] = []

    def visited(path: str = "/", *, expect_errors: bool = False, **options: Any) -> Page:
        context = browser.new_context(**options)
        context.set_default_timeout(WAIT)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: told.append(str(error)))
        if not expect_errors:
            page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
        page.goto(f"http://127.0.0.1:{server.port}{path}")
        if path == "/":
            settled(page)
        return page

    yield visited
    for context in contexts:
        context.close()
    assert told == []
    assert {urlsplit(url).netloc for url in asked} <= {f"127.0.0.1:{server.port}"}


expect.set_options(timeout=WAIT)


def settled(page: Page) -> None:
    """Wait until the answer to what the page asked last is shown."""
    page.wait_for_timeout(50)
    page.wait_for_selector("#result:not([aria-busy=true])")
    page.wait_for_selector("#told:not(:empty), #problem:not(:empty), #invitation:not([hidden])")


def fill(page: Page, text: str) -> None:
    page.locator("#source").fill(text)
    page.wait_for_timeout(300)  # the pause after the last key
    settled(page)


def example(page: Page, name: str) -> None:
    page.locator(f"[data-example='{name}']").click()
    expect(page.locator("#source")).to_have_value((FOLDER / f"example-{name}").read_text("utf-8"))
    settled(page)


def handed(page: Page, content: str | bytes) -> JSHandle:
    """Carry the content of a file into the page, so that it can be dropped there."""
    found = list(content) if isinstance(content, bytes) else content
    return page.evaluate_handle("(found) => (typeof found === 'string' ? found : new Uint8Array(found))", found)


def drop(page: Page, content: JSHandle, name: str, kind: str) -> None:
    """Drop a file on the page, as a browser does when the mouse is let go."""
    page.evaluate(
        """([content, name, kind]) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([content], name, { type: kind }));
            for (const type of ["dragenter", "dragover", "drop"]) {
                document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
            }
        }""",
        [content, name, kind],
    )


def kept(page: Page) -> list[str]:
    return [text.replace("\xa0End of the article", "") for text in page.locator(".kept > *").all_text_contents()]


def removed(page: Page) -> list[str]:
    return page.locator(".gone li p").all_text_contents()


def style(place: Locator, name: str) -> str:
    found: str = place.evaluate("(found, name) => getComputedStyle(found)[name]", name)
    return found


def box(place: Locator) -> dict[str, float]:
    """Return where `place` stands in the page, however far that is scrolled; all of it laid out."""
    place.scroll_into_view_if_needed()
    found: dict[str, float] = place.evaluate(
        """(found) => {
            const { x, y, width, height } = found.getBoundingClientRect();
            return { x, y: y + scrollY, width, height };
        }"""
    )
    return found


def clipboard(page: Page) -> str:
    found: str = page.evaluate("() => navigator.clipboard.readText()")
    return found


def faults(page: Page) -> str:
    """Return what axe finds wrong, in words."""
    # axe's own script is not ours: the page that it looks at is opened without the policy.
    results = Axe().run(page)
    return str(results.generate_report()) if results.violations_count else ""


# --- what is seen -----------------------------------------------------------------------------------------------------


def test_the_users_example_is_there_at_once(visit: Open, seed: str) -> None:
    page = visit()

    assert page.locator("#source").input_value() == seed
    assert kept(page) + removed(page) == [line for line in seed.split("\n") if line]
    assert len(removed(page)) == TAIL_OF_SEED
    assert page.locator(".kept > *").last.locator(".tombstone").count() == 1


def test_kept_and_removed_stand_side_by_side(visit: Open) -> None:
    page = visit()
    body, gone = box(page.locator(".kept")), box(page.locator(".gone"))
    example(page, "puente.html.txt")
    inside = page.locator(".chunk .gone").nth(1)
    first, beside = box(page.locator(".kept").first), box(page.locator(".gone").first)

    assert gone["x"] > body["x"] + body["width"]
    assert beside["x"] > first["x"] + first["width"]
    assert abs(beside["y"] - first["y"]) < 20
    # What went from between two paragraphs leaves no hole between them.
    assert "Lea también" in inside.inner_text()
    before, after = box(page.locator(".kept").first), box(page.locator(".kept").nth(1))
    assert after["y"] - (before["y"] + before["height"]) < 40


def test_removed_lines_are_coloured_by_kind_and_say_it_in_words(visit: Open) -> None:
    page = visit()
    colours = {}
    for kind, label in {"related_heading": "related heading", "related": "related", "share": "share"}.items():
        item = page.locator(f".gone li[data-kind={kind}]").first
        assert item.locator("button").inner_text().split(",")[0].strip() == label
        colours[kind] = style(item, "borderInlineStartColor")

    assert len(set(colours.values())) == len(colours)


def test_the_reason_shows_on_hover_and_on_focus(visit: Open) -> None:
    page = visit()
    tip = page.locator("#tip")
    share = page.locator(".gone li[data-kind=share]").first
    assert not tip.is_visible()

    share.hover()
    expect(tip).to_be_visible()
    assert "en.share.this" in tip.inner_text()
    tip.hover()
    page.wait_for_timeout(300)
    expect(tip).to_be_visible()
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()

    page.locator(".gone li[data-kind=headline] button").focus()
    expect(tip).to_be_visible()
    assert "own title" in tip.inner_text()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    # Screen readers hear it with the kind.
    assert "because: the article's own title again" in str(
        page.locator(".gone li[data-kind=headline] button").text_content()
    )


def test_related_links_are_a_list_that_leads_there(visit: Open) -> None:
    page = visit()
    assert page.locator("#links li").count() == 3
    assert page.locator("#links a").count() == 0
    assert page.locator("#links h3").inner_text() == "See also"

    example(page, "puente.html.txt")
    links = page.locator("#links a")
    assert links.first.get_attribute("href") == "https://valle.example/cultura/telares"
    assert links.count() == 4
    assert {link.get_attribute("rel") for link in links.all()} == {"noopener noreferrer"}


def test_counts_language_and_time_are_told(visit: Open) -> None:
    page = visit()
    facts = dict(
        zip(page.locator("#facts dt").all_inner_texts(), page.locator("#facts dd").all_inner_texts(), strict=True)
    )

    assert page.locator("#told").inner_text() == f"{TAIL_OF_SEED} of 16 lines removed"
    assert facts.pop("Time").split()[1] in ("ms", "s")
    assert facts == {
        "Language": "English",
        "Published": "August 23, 2016",
        "Related links": "3",
        "Body": "1,643 characters",
    }
    assert page.locator("#kinds button").all_inner_texts() == [
        "related heading 1",
        "related 3",
        "headline 1",
        "share 4",
    ]


def test_a_kind_leads_to_its_first_line(visit: Open) -> None:
    page = visit()
    page.locator("#kinds button", has_text="share").click()
    first = page.locator(".gone li[data-kind=share] button").first

    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()
    page.wait_for_timeout(200)  # until what scrolled has been told
    assert page.locator("#tip").is_visible()


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_typing_is_answered_by_itself(visit: Open) -> None:
    page = visit()
    fill(page, "The bridge was closed on Monday.\n\nShare on Facebook\n")

    assert kept(page) == ["The bridge was closed on Monday."]
    assert removed(page) == ["Share on Facebook"]
    fill(page, "   ")
    assert page.locator("#invitation").is_visible()
    assert removed(page) == []
    assert not page.locator("#copies").is_visible()


def test_pasting_a_page_turns_the_switch(visit: Open) -> None:
    page = visit()
    page.evaluate("(text) => navigator.clipboard.writeText(text)", "<article><p>It rained all day.</p></article>")
    page.locator("#source").press("Control+A")
    page.keyboard.press("Control+V")
    page.wait_for_timeout(400)
    settled(page)

    assert page.locator("#html").is_checked()
    assert page.locator("[name=scope][value=article]").is_checked()
    assert kept(page) == ["It rained all day."]


def test_scope_and_html_are_switches(visit: Open) -> None:
    page = visit()
    sent: list[dict[str, Any]] = []
    page.on("request", lambda request: sent.append(request.post_data_json) if request.method == "POST" else None)
    page.get_by_label("Boilerplate anywhere").check()
    settled(page)
    page.get_by_role("switch", name="HTML").check()
    settled(page)
    page.get_by_label("What follows the article").check()
    settled(page)
    page.get_by_role("switch", name="HTML").uncheck()
    settled(page)

    assert [("html" in request, request["scope"], request["explain"]) for request in sent] == [
        (False, "article", True),
        (True, "article", True),
        (True, "tail", True),
        (False, "tail", True),
    ]


def test_the_other_options_are_sent_too(visit: Open) -> None:
    page = visit()
    page.get_by_text("More options").click()
    for label, value in {"Address": "https://news.example/1", "Headline": "A title", "Language": "en"}.items():
        page.get_by_label(label).fill(value)
    with page.expect_request("**/v1/clean") as caught:
        pass
    settled(page)

    assert {**caught.value.post_data_json, "text": ""} == {
        "text": "",
        "scope": "tail",
        "url": "https://news.example/1",
        "title": "A title",
        "language": "en",
        "explain": True,
    }


def test_six_examples_in_several_scripts(visit: Open) -> None:
    page = visit()
    for button in page.locator("[data-example]").all():
        example(page, str(button.get_attribute("data-example")))
        assert len(removed(page)) >= 7
        assert page.locator("#links li").count() >= 3
        assert page.locator("#html").is_checked() == (".html" in str(button.get_attribute("data-example")))
    assert page.locator("[data-example]").count() == 6


def test_a_file_may_be_dropped_or_opened(visit: Open, tmp_path: Path) -> None:
    page = visit()
    drop(page, handed(page, "Мост закрыт.\n\nПоделиться ВКонтакте\n".encode()), "a.txt", "text/plain")
    expect(page.locator("#source")).to_have_value("Мост закрыт.\n\nПоделиться ВКонтакте\n")
    settled(page)
    assert removed(page) == ["Поделиться ВКонтакте"]
    assert not page.locator("#drop").is_visible()

    old = tmp_path / "old.html"
    markup = '<html><head><meta charset="windows-1251"></head><body><p>Мост закрыт с понедельника.</p></body></html>'
    old.write_bytes(markup.encode("cp1251"))
    page.locator("#file").set_input_files(old)
    expect(page.locator("#source")).to_have_value(re.compile("Мост закрыт с понедельника"))
    settled(page)
    assert page.locator("#html").is_checked()
    assert kept(page) == ["Мост закрыт с понедельника."]


# --- what is taken away -----------------------------------------------------------------------------------------------


def test_the_copied_forms_do_what_the_page_did(visit: Open, server: Server) -> None:
    page = visit()
    fill(page, 'It\'s the "bridge", $HOME and `pwd`: \\n 橋 😀\n\nShare on Facebook\n')
    copied = {}
    for name in ("curl", "python", "json", "body", "answer"):
        button = page.locator(f"[data-copy={name}]")
        button.click()
        expect(button).to_have_text("Copied")
        copied[name] = clipboard(page)
    body = 'It\'s the "bridge", $HOME and `pwd`: \\n 橋 😀'
    answer = json.loads(copied["answer"])

    assert copied["body"] == answer["body"] == body
    asked = json.loads(copied["json"])
    assert asked == {"text": f"{body}\n\nShare on Facebook\n", "scope": "tail"}
    assert server.ask("/v1/clean", json.dumps(asked).encode(), Content_Type="application/json").json == answer
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    ran = subprocess.run([sys.executable, "-c", copied["python"]], env=environment, capture_output=True, check=True)
    assert ran.stdout.decode().strip() == body
    if shutil.which("curl"):
        ran = subprocess.run([BASH, "-c", copied["curl"]], capture_output=True, check=True)
        assert json.loads(ran.stdout) == answer


def test_copying_works_where_the_page_has_no_clipboard(visit: Open) -> None:
    page = visit()
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("() => addEventListener('copy', () => { globalThis.taken = document.activeElement.value })")
    page.locator("[data-copy=body]").click()

    expect(page.locator("[data-copy=body]")).to_have_text("Copied")
    assert str(page.evaluate("() => globalThis.taken")).endswith("said the Russian diplomat.")


# --- for everyone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_in_the_playground(visit: Open, scheme: str, width: int) -> None:
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    page.get_by_text("More options").click()
    assert faults(page) == ""

    example(page, "puente.html.txt")
    page.locator(".gone button").first.focus()
    assert faults(page) == ""


def test_axe_finds_nothing_when_something_is_wrong_or_nothing_is_there(visit: Open) -> None:
    page = visit(bypass_csp=True, expect_errors=True)
    page.get_by_text("More options").click()
    page.get_by_label("Language").fill("no such language")
    page.wait_for_selector("#problem h2")
    assert faults(page) == ""

    page.get_by_role("button", name="Clear").click()
    settled(page)
    assert faults(page) == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_documentation(visit: Open, scheme: str) -> None:
    page = visit("/docs", color_scheme=scheme, bypass_csp=True)
    page.locator("#health .send").click()
    page.wait_for_selector("#health pre")

    assert faults(page) == ""


def test_everything_is_reached_by_keyboard(visit: Open) -> None:
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to the result"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "result"

    page.reload()
    settled(page)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("() => document.activeElement.id || document.activeElement.textContent.split(',')[0]")
        )
    for name in ("source", "open", "clear", "html", "More options", "curl", "Python", "JSON", "Body", "share"):
        assert name in reached
    assert any(str(name).startswith("Kerry") for name in reached)
    assert "headline" in reached

    page.locator("[data-example='leuchtturm.txt']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source")).to_have_value(re.compile("Leuchtturmwärter"))
    page.locator("[name=scope][value=tail]").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("[name=scope][value=article]").is_checked()
    page.locator("#html").focus()
    page.keyboard.press("Space")
    assert page.locator("#html").is_checked()


def test_focus_is_always_seen(visit: Open) -> None:
    page = visit()
    for place in ("#source", "#html", "[data-copy=curl]", ".gone button >> nth=0"):
        page.locator(place).focus()
        page.keyboard.press("Shift")  # so that the browser takes it for a keyboard's focus
        assert style(page.locator(place), "outlineStyle") == "solid"


def test_dark_and_light(visit: Open) -> None:
    def brightness(page: Page) -> int:
        return sum(map(int, re.findall(r"\d+", style(page.locator("body"), "backgroundColor"))[:3]))

    assert brightness(visit(color_scheme="light")) > 600
    assert brightness(visit(color_scheme="dark")) < 150


@pytest.mark.parametrize("width", [320, 390, 768])
@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_phone_never_scrolls_sideways(visit: Open, path: str, width: int) -> None:
    page = visit(path, viewport={"width": width, "height": 800})
    page.wait_for_timeout(300)

    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    if path == "/" and width < 700:
        body, gone = box(page.locator(".kept")), box(page.locator(".gone"))
        assert gone["y"] > body["y"] + body["height"]
        assert abs(gone["x"] - body["x"]) < 5


def test_every_line_has_its_own_direction(visit: Open) -> None:
    page = visit()
    example(page, "maktaba.txt")
    assert {style(line, "direction") for line in page.locator(".kept > *, .gone li, #links li").all()} == {"rtl"}
    assert style(page.locator("#source"), "direction") == "rtl"
    assert page.locator(".kept").first.get_attribute("lang") == "ar"

    fill(
        page,
        "The bridge was closed on Monday, and stays so.\n\nأغلق الجسر يوم الاثنين وسيبقى كذلك.\n\nشارك على فيسبوك\n",
    )
    assert [style(line, "direction") for line in page.locator(".kept > *").all()] == ["ltr", "rtl"]
    assert style(page.locator(".gone li"), "direction") == "rtl"


# --- what must not happen ---------------------------------------------------------------------------------------------


def longest_task(trace: bytes) -> float:
    """Return the longest task of the page's main thread, in milliseconds of its own work.

    Not of the clock: on a busy machine that counts what others do meanwhile.
    """
    events = json.loads(trace)["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [event for event in events if event["name"] == "RunTask" and (event["pid"], event["tid"]) in mains]
    assert tasks, "the trace tells of no task"
    return max(float(event["tdur"]) for event in tasks if "tdur" in event) / 1000


def test_a_long_article_does_not_freeze_the_page(visit: Open, browser: Browser) -> None:
    page = visit()
    paragraph = (
        "The council spoke for a long time about the bridge, the river, and what either of them would cost. " * 4
    )
    text = "\n\n".join(f"{paragraph}{number}." for number in range(2500)) + "\n\nShare on Facebook\n"
    assert len(text) > 1_000_000
    dropped = handed(page, text)
    browser.start_tracing(page=page, categories=["devtools.timeline", "disabled-by-default-devtools.timeline"])
    drop(page, dropped, "long.txt", "text/plain")
    expect(page.locator("#part")).to_be_visible()
    expect(page.locator("#told")).to_have_text("1 of 2,501 lines removed")
    settled(page)
    page.mouse.move(900, 500)
    for _ in range(5):
        page.mouse.wheel(0, 5000)
        page.wait_for_timeout(50)
    page.set_viewport_size({"width": 800, "height": 800})
    page.wait_for_timeout(300)
    longest = longest_task(browser.stop_tracing())

    assert longest < FROZEN
    assert len(kept(page)) == 2500
    assert removed(page) == ["Share on Facebook"]


def test_a_line_without_an_end_is_shown_in_pieces(visit: Open) -> None:
    page = visit()
    line = "The council spoke about the bridge, and then of the river. " * 1000
    fill(page, f"{line}\n\nShare on Facebook\n")

    assert len(kept(page)) > 10
    assert "".join(kept(page)).split() == line.split()


def test_a_later_answer_wins(visit: Open) -> None:
    page = visit()
    held: list[Route] = []
    page.route("**/v1/clean", lambda route: held.append(route) if not held else route.continue_())
    page.get_by_label("Boilerplate anywhere").check()
    page.wait_for_timeout(100)
    fill(page, "The bridge was closed on Monday.\n")

    assert held
    assert kept(page) == ["The bridge was closed on Monday."]


def test_what_an_article_says_is_never_run(visit: Open) -> None:
    page = visit()
    hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    fill(page, f"The bridge was closed.\n\n{hostile}\n\nSee also:\n\n{hostile}\n")
    page.locator("#html").check()
    settled(page)
    fill(page, f"<article><p>{'It rained. ' * 20}</p><h3>Read also</h3><ul><li><a href='javascript:alert(1)'>A long "
         "headline of another article</a></li></ul></article>")  # fmt: skip

    assert page.title() == "Afterword: where the article ends"
    assert page.locator("#result img, #result script").count() == 0
    assert page.locator("a[href^=javascript]").count() == 0


def test_markup_that_got_in_would_not_run(visit: Open) -> None:
    page = visit(expect_errors=True)
    refused = page.evaluate(
        """() => {
            try {
                document.body.innerHTML = "<img src=x onerror='document.title=1'>";
            } catch (error) {
                return error.name;
            }
        }"""
    )

    assert refused == "TypeError"


def test_nothing_leaves_the_browser_but_the_request(visit: Open) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {urlsplit(request.url).path}"))
    fill(page, "The bridge was closed on Monday.\n\nShare on Facebook\n")

    assert set(asked) == {"POST /v1/clean"}
    assert urlsplit(page.url)[2:] == ("/", "", "")
    assert page.evaluate("() => [localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.context.cookies() == []


def test_a_fault_is_told_with_its_field_and_can_be_mended(visit: Open) -> None:
    page = visit(expect_errors=True)
    page.get_by_text("More options").click()
    page.get_by_label("Address").fill("not an address")
    problem = page.locator("#problem")

    expect(problem).to_contain_text("url must be an absolute http or https URL")
    assert removed(page) == []
    page.get_by_label("Address").fill("")
    expect(problem).to_be_empty()
    settled(page)
    assert len(removed(page)) == TAIL_OF_SEED


def test_a_service_that_is_gone_is_told_and_asked_again(visit: Open) -> None:
    page = visit(expect_errors=True)
    page.route("**/v1/clean", lambda route: route.abort())
    page.get_by_label("Boilerplate anywhere").check()
    expect(page.locator("#problem")).to_contain_text("cannot be reached")
    page.unroute("**/v1/clean")
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#problem")).to_be_empty()
    settled(page)
    assert "See also:" in removed(page)


def test_a_service_with_keys_asks_for_one(visit: Open) -> None:
    page = visit(expect_errors=True)
    problem = {"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "a key is needed"}
    keys: list[str | None] = []

    def guarded(route: Route) -> None:
        keys.append(route.request.headers.get("authorization"))
        if keys[-1] == "Bearer a-very-secret-key":
            route.continue_()
        else:
            route.fulfill(status=401, content_type="application/problem+json", body=json.dumps(problem))

    page.route("**/v1/clean", guarded)
    page.get_by_label("Boilerplate anywhere").check()
    expect(page.get_by_label("API key")).to_be_focused()
    page.keyboard.type("a-very-secret-key")
    expect(page.locator("#problem")).to_be_empty()
    settled(page)
    page.locator("[data-copy=curl]").click()
    expect(page.locator("[data-copy=curl]")).to_have_text("Copied")

    assert keys[0] is None
    assert "$AFTERWORD_KEY" in clipboard(page)
    assert "secret" not in clipboard(page)


# --- the documentation ------------------------------------------------------------------------------------------------


def test_every_operation_can_be_tried_and_its_examples_work(visit: Open, server: Server) -> None:
    page = visit("/docs")
    paths = server.ask("/openapi.json").json["paths"]
    page.wait_for_selector(".operation")

    for path, methods in paths.items():
        for method, operation in methods.items():
            form = page.locator(f"#{operation['operationId']} form")
            assert form.get_attribute("aria-label") == f"Try {method.upper()} {path}"
            for kind in operation.get("requestBody", {}).get("content", [None]):
                if kind:
                    form.get_by_label("Content-Type").select_option(kind)
                    assert form.get_by_label("Body", exact=True).input_value().strip()
                form.get_by_role("button", name="Send").click()
                expect(form.locator(".status")).to_contain_text("200")
                shown = form.locator("pre").inner_text()
                assert shown
                if kind:
                    assert '"kind": "share"' in shown
                    form.locator(".output").evaluate("(output) => output.replaceChildren()")
    assert page.locator(".operation").count() == sum(map(len, paths.values()))


def test_an_operation_takes_its_options_and_tells_its_faults(visit: Open) -> None:
    page = visit("/docs", expect_errors=True)
    form = page.locator("#clean form")
    form.get_by_label("Content-Type").select_option("text/html")
    form.get_by_text("Options in the query string").click()
    form.get_by_label("url").fill("https://news.example/1")
    form.get_by_label("explain").select_option("true")
    form.get_by_role("button", name="Send").click()
    expect(form.locator("pre")).to_contain_text('"url": "https://news.example/news/2"')
    expect(form.locator("pre")).to_contain_text('"evidence"')

    form.get_by_label("Content-Type").select_option("application/json")
    form.get_by_label("Body", exact=True).fill('{"texd": "…"}')
    form.get_by_role("button", name="Send").click()
    expect(form.locator(".status")).to_contain_text("422")
    expect(form.locator("pre")).to_contain_text("/texd")


def test_an_operation_is_copied_as_curl(visit: Open) -> None:
    page = visit("/docs")
    form = page.locator("#cleanBatch form")
    form.get_by_role("button", name="Copy as curl").click()
    expect(page.locator("#copied")).to_contain_text("Copied")
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    ran = subprocess.run([BASH, "-c", clipboard(page)], cwd=ROOT, capture_output=True, check=True)

    assert [json.loads(line)["id"] for line in ran.stdout.splitlines()] == [1, 2]


def test_every_type_is_described_and_every_link_leads_there(visit: Open, server: Server) -> None:
    page = visit("/docs")
    page.wait_for_selector(".operation")
    ids = set(page.eval_on_selector_all("[id]", "found => found.map((one) => one.id)"))
    links = page.eval_on_selector_all("a[href^='#']", "found => found.map((one) => one.getAttribute('href').slice(1))")

    assert {f"type-{name}" for name in server.ask("/openapi.json").json["components"]["schemas"]} <= ids
    assert set(links) <= ids
