"""The service over HTTP: routes, limits, one error handler."""

import contextlib
import logging
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

import service
from service import batch, charset, clean, inflate, jsontext, openapi, pages, settings, wire
from service.errors import PackError, RequestError, SettingsError
from service.lexicon import Lexicon
from service.lexicon import load as load_lexicon
from service.model import Options

log = logging.getLogger(__name__)
api = Blueprint("api", __name__)

_MARKUP = ("text/html", "application/xhtml+xml")
_BODIES = ("application/json", "text/plain", *_MARKUP)
_LINES = "application/x-ndjson"
_PROBLEM = "application/problem+json"
# gunicorn waits until this much has come, so a small step keeps answers of a batch close behind its lines.
_STEP = 8192
# gunicorn stops, and does not start a worker again and again, when one ends with this status.
_CANNOT_START = 3
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
_FILES = pages.load()


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What an application holds for all its requests. Nothing of it ever changes."""

    settings: settings.Settings
    lexicon: Lexicon
    openapi: bytes


def create_app(asked: settings.Settings | None = None, lexicon: Lexicon | None = None) -> Flask:
    """Return the WSGI application. What is not given is read: settings from the environment, the lexicon from files.

    Faults in what is read are told on stderr, all at once, and end the process: no server can do anything with them.
    """
    try:
        asked = settings.read(os.environ) if asked is None else asked
        lexicon = load_lexicon() if lexicon is None else lexicon
    except (PackError, SettingsError) as error:
        print(f"Afterword cannot start: {error}", file=sys.stderr, flush=True)
        raise SystemExit(_CANNOT_START) from None
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # a path with doubled slashes is wrong: 404, and no redirect
    app.extensions["afterword"] = _Loaded(asked, lexicon, jsontext.dump(openapi.document(asked.max_bytes)))
    app.register_blueprint(api)
    app.register_error_handler(RequestError, _refused)
    app.register_error_handler(HTTPException, _refused_by_flask)
    app.register_error_handler(Exception, _failed)
    app.after_request(_with_headers)
    # Libraries load their tables with their first text. Here, before workers are forked, they share them.
    clean.clean_text("The bridge was closed.\n\nRead also\n\nA headline 23.08.2016\n", lexicon, Options(explain=True))
    clean.clean_html("<p>The bridge was closed on Monday.</p>", lexicon, Options())
    return app


def _loaded() -> _Loaded:
    found: _Loaded = current_app.extensions["afterword"]
    return found


@api.post("/v1/clean")
def _clean() -> Response:
    kind = _content_type(_BODIES)
    defaults = wire.read_options(request.query_string)
    limit = _loaded().settings.max_bytes
    if (request.content_length or 0) > limit:
        raise RequestError(413, f"the body is larger than {limit} bytes")
    # The limit holds before and after decompression: gzip can also make its content longer.
    raw = b"".join(inflate.bounded(_unpacked(inflate.bounded(_pieces(request.stream), limit)), limit))
    text = charset.decode(raw, request.mimetype_params.get("charset"), markup=kind in _MARKUP)
    if kind == "application/json":
        found = wire.read_request(jsontext.load(text), defaults, wire.CleanRequest)
    else:
        source = {"html" if kind in _MARKUP else "text": text}
        found = wire.CleanRequest.model_construct(**{**dict(defaults), **source})
    return _json(_cleaned(found, _loaded()))


@api.post("/v1/clean/batch")
def _batch() -> Response:
    _content_type((_LINES,))
    label = request.mimetype_params.get("charset", "utf-8")
    if label.lower() not in ("utf-8", "utf8"):
        raise RequestError(415, "JSON lines are read as UTF-8 only")
    defaults = wire.read_options(request.query_string)
    # The answers are made after this function has returned: nothing in them may reach for the request.
    loaded, place = _loaded(), _place()

    def clean_one(found: wire.CleanRequest) -> wire.CleanAnswer:
        try:
            return _cleaned(found, loaded)
        except Exception as error:  # noqa: BLE001 - one line may fail, the rest of the batch goes on
            raise _logged(error, place) from None

    return Response(
        batch.answers(_unpacked(_pieces(request.stream)), loaded.settings.max_bytes, defaults, clean_one),
        mimetype=_LINES,
    )


@api.get("/")
def _playground() -> Response:
    return _page("playground.html")


@api.get("/docs")
def _docs() -> Response:
    return _page("docs.html")


@api.get("/pages/<name>")
def _page(name: str) -> Response:
    if (file := _FILES.get(name)) is None:
        raise RequestError(404, "no page has such a part")
    response = Response(file.content, headers=pages.HEADERS, mimetype=file.mimetype)
    response.set_etag(file.tag)
    response.make_conditional(request)
    return response


@api.get("/health")
def _health() -> Response:
    return _json({"status": "ok"})


@api.get("/ready")
def _ready() -> Response:
    # The application exists only once everything is loaded and has cleaned a text.
    return _json({"status": "ready"})


@api.get("/v1/rules")
def _rules() -> Response:
    return _json({"version": service.__version__, "model": None, **_loaded().lexicon.facts()})


@api.get("/openapi.json")
def _openapi() -> Response:
    return Response(_loaded().openapi, mimetype="application/json")


def _cleaned(found: wire.CleanRequest, loaded: _Loaded) -> wire.CleanAnswer:
    options = found.options()
    if found.html is not None:
        result = clean.clean_html(found.html, loaded.lexicon, options, loaded.settings.page_seconds)
    else:
        result = clean.clean_text(found.text or "", loaded.lexicon, options)
    return wire.answer(result, html=found.html is not None, explain=options.explain)


def _content_type(accepted: tuple[str, ...]) -> str:
    if request.mimetype not in accepted:
        told = f"not {request.mimetype[:80]}" if request.mimetype else "and none was sent"
        raise RequestError(415, f"Content-Type must be one of {', '.join(accepted)}, {told}")
    return request.mimetype


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the body as it comes."""
    while True:
        try:
            piece = stream.read(_STEP)
        except Exception:  # noqa: BLE001 - each server has its own error for a body that breaks off or is ill framed
            raise RequestError(400, "the body could not be read to its end") from None
        if not piece:
            return
        yield piece


def _unpacked(pieces: Iterable[bytes]) -> Iterable[bytes]:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        return inflate.gunzip(pieces)
    if encoding not in ("identity", ""):
        raise RequestError(415, "Content-Encoding must be gzip, or none")
    return pieces


def _json(value: object, status: int = 200, mimetype: str = "application/json") -> Response:
    return Response(jsontext.dump(value), status, mimetype=mimetype)


def _refused(error: RequestError) -> Response:
    _discard()
    response = _json(wire.problem(error), error.status, _PROBLEM)
    if error.status == 415:
        response.headers["Accept-Encoding"] = "gzip"
    return response


def _discard() -> None:
    """Read on what a refused client still sends, up to twice the limit.

    A client that is cut off while it sends gets a broken connection, and never the reason.
    """
    with contextlib.suppress(RequestError):
        for _ in inflate.bounded(_pieces(request.stream), 2 * _loaded().settings.max_bytes):
            pass


def _refused_by_flask(error: HTTPException) -> Response:
    """Answer what Flask found: no such path, or no such method on it."""
    response = _refused(RequestError(error.code or 500, error.description or ""))
    response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return response


def _failed(error: Exception) -> Response:
    return _refused(_logged(error, _place()))


def _place() -> str:
    return f"{request.method} {request.path}"


def _logged(error: Exception, place: str) -> RequestError:
    """Log where `error` came from, and return the problem to answer with. Its words may quote the article: left out."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s while serving %s\n%s", type(error).__name__, place, frames)
    return RequestError(500, "the service failed on this request; the fault is logged")


def _with_headers(response: Response) -> Response:
    response.headers.extend({name: value for name, value in _HEADERS.items() if name not in response.headers})
    return response
