"""The files that browsers get: the playground, the documentation, and the parts they load."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "pages"

# Scripts and styles come from here as files, none stands in a page, and nothing is asked of any other host. What
# scripts show they build as nodes: text that is written as HTML is refused by the browser.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Asked for again each time, and answered with 304 while it is the same.
    "Cache-Control": "no-cache",
}

# Examples are text even if they hold HTML: a page of theirs must never open as one of ours.
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file as it goes over the wire; `tag` changes with the content."""

    content: bytes
    mimetype: str
    tag: str


def load(folder: Path = FOLDER) -> Mapping[str, File]:
    """Return the files in `folder` by their names. A file of a type that is not known raises `KeyError`."""
    return {path.name: _file(path) for path in sorted(folder.iterdir())}


def _file(path: Path) -> File:
    content = path.read_bytes()
    return File(content, _TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:32])
