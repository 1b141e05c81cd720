"""The files that browsers get: strict headers, nothing inline, nothing from elsewhere, nothing missing."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service import pages
from service.pages import FOLDER
from tests.serving import ROOT

PAGES = {"/": "playground.html", "/docs": "docs.html"}
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.js"))
EXAMPLES = sorted(path.name for path in FOLDER.glob("example-*"))


class Tags(HTMLParser):
    """Collects every tag with its attributes, and every id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(name: str) -> list[tuple[str, dict[str, str | None]]]:
    return Tags((FOLDER / name).read_text("utf-8")).found


@pytest.mark.parametrize("path", [*PAGES, *(f"/pages/{path.name}" for path in FOLDER.iterdir())])
def test_every_file_comes_with_strict_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))

    assert answer.status_code == 200
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", [*PAGES, "/pages/style.css"])
def test_a_browser_that_has_a_file_is_not_sent_it_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).data == first.data


@pytest.mark.parametrize("path", ["/pages/", "/pages/pages.py", "/pages/..%2fpages.py", "/pages/../app.py", "/docs/"])
def test_nothing_else_is_handed_out(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_types_are_told_and_examples_never_open_as_pages(client: FlaskClient) -> None:
    types = {name: client.get(f"/pages/{name}").mimetype for name in pages.load()}

    assert types["style.css"] == "text/css"
    assert types["playground.js"] == "text/javascript"
    assert {types[name] for name in EXAMPLES} == {"text/plain"}
    assert {name for name, kind in types.items() if kind == "text/html"} == set(PAGES.values())


def test_a_file_of_an_unknown_type_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "page.php").write_bytes(b"")

    with pytest.raises(KeyError):
        pages.load(tmp_path)


@pytest.mark.parametrize("name", PAGES.values())
def test_nothing_is_inline(name: str) -> None:
    for tag, attributes in tags(name):
        assert tag != "style"
        assert "style" not in attributes
        assert not [attribute for attribute in attributes if attribute.startswith("on")]
        assert tag != "script" or attributes.get("src")
    assert re.findall(r"<script[^>]*>\s*[^<\s]", (FOLDER / name).read_text("utf-8")) == []


@pytest.mark.parametrize("path", [path for path in FOLDER.iterdir() if not path.name.startswith("example-")], ids=str)
def test_no_other_host_is_named(path: Path) -> None:
    named = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"'`]*", path.read_text("utf-8"))

    # The name of a format is no address, and an example of an address is data of a button.
    assert set(named) <= {"http://www.w3.org/2000/svg", "https://valle.example/sociedad/puente"}


@pytest.mark.parametrize("name", PAGES.values())
def test_every_part_that_is_asked_for_exists(name: str) -> None:
    asked = {str(value) for _, found in tags(name) for key, value in found.items() if key in ("href", "src")}

    assert {"pages/style.css", "pages/icon.svg"} <= asked
    for address in asked:
        # Relative, so that the service may stand below any path of a proxy.
        assert not address.startswith("/")
        assert not address.startswith("pages/") or (FOLDER / address.removeprefix("pages/")).exists()
        assert not address.startswith("#") or f'id="{address[1:]}"' in (FOLDER / name).read_text("utf-8")


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_import_what_exists(name: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    for names, other in re.findall(r'^import \{ (.*) \} from "\./(.*)";$', text, re.MULTILINE):
        exported = re.findall(
            r"^export (?:async )?(?:function|const|class) (\w+)", (FOLDER / other).read_text("utf-8"), re.MULTILINE
        )
        assert set(names.split(", ")) <= set(exported)


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_build_nodes_and_never_markup(name: str) -> None:
    assert not re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|localStorage|sessionStorage|cookie",
        (FOLDER / name).read_text("utf-8"),
    )


def test_there_are_six_examples_and_the_first_is_the_users_own(seed: str) -> None:
    listed = [str(found["data-example"]) for _, found in tags("playground.html") if "data-example" in found]

    assert len(listed) == 6
    assert {f"example-{name}" for name in listed} == set(EXAMPLES)
    assert (FOLDER / f"example-{listed[0]}").read_text("utf-8") == seed
    assert (ROOT / "tests" / listed[0]).read_text("utf-8") == seed


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_shows_what_the_service_does(client: FlaskClient, name: str) -> None:
    kind = "text/html" if ".html" in name else "text/plain"
    found = client.post("/v1/clean?explain=true", data=(FOLDER / name).read_bytes(), content_type=kind).json

    assert (
        found["language"]
        == {
            "example-kerry-lavrov.txt": "en",
            "example-leuchtturm.txt": "de",
            "example-maktaba.txt": "ar",
            "example-puente.html.txt": "es",
            "example-pul.txt": "hi",
            "example-toge.txt": "ja",
        }[name]
    )
    assert len(found["related"]) >= 3
    assert {"share", "related_heading", "related"} <= {line["kind"] for line in found["removed"]}
    # Prose stays: every line that ends as a sentence does is in the body.
    for line in found["lines"]:
        assert not line["removed"] or len(line["text"]) < 100
