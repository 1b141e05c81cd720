"""The service over HTTP: the application, its operations, and the headers of every answer."""

import sys

from flask import Blueprint, Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

import service
from service import articles, current, jsontext, loaded, pages, refusals, settings, tagger
from service.errors import AfterwordError, RequestError
from service.headers import HEADERS
from service.lexicon import Lexicon
from service.loaded import Loaded
from service.watch import Watch

api = Blueprint("operations", __name__)

# gunicorn stops, and does not start a worker again and again, when one ends with this status.
_CANNOT_START = 3
# Asked every few seconds, by machines.
_QUIET = ("/health", "/ready", "/metrics")
_FILES = pages.load()


def create_app(asked: settings.Settings | None = None, lexicon: Lexicon | None = None) -> Flask:
    """Return the WSGI application. What is not given is read: settings from the environment, the lexicon from files.

    Faults in what is read are told on stderr, all at once, and end the process: no server can do anything with them.
    """
    app = _routed()
    try:
        return _with(app, loaded.load(asked, lexicon, _paths(app)))
    except AfterwordError as error:
        print(f"Afterword cannot start: {error}", file=sys.stderr, flush=True)
        raise SystemExit(_CANNOT_START) from None


def reloaded(app: Flask) -> Flask:
    """Return an application with packs and keys read again, or raise `AfterwordError`; `app` itself serves on."""
    return _with(_routed(), loaded.again(current.holding(app)))


def _routed() -> Flask:
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # a path with doubled slashes is wrong: 404, and no redirect
    app.register_blueprint(api)
    app.register_blueprint(articles.api)
    app.before_request(_one_slash)
    refusals.register(app)
    app.after_request(_with_headers)
    return app


def _one_slash() -> None:
    # werkzeug takes all the slashes a path begins with for one, whatever it is told of those inside.
    if request.environ["PATH_INFO"].startswith("//"):
        raise RequestError(404, "a path begins with one slash")


def _paths(app: Flask) -> list[str]:
    return sorted({rule.rule for rule in app.url_map.iter_rules()})


def _with(app: Flask, found: Loaded) -> Flask:
    app.extensions[current.EXTENSION] = found
    app.wsgi_app = Watch(app.wsgi_app, found.metrics, _paths(app), _QUIET)  # type: ignore[method-assign]  # Flask's way
    if count := found.settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=0)  # type: ignore[method-assign]
    return app


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
    if current.held().lifecycle.draining:
        raise RequestError(503, "the service is draining: it is about to stop", retry_after=current.RETRY)
    return _json({"status": "ready"})


@api.get("/metrics")
def _metrics() -> Response:
    page, kind = current.held().metrics.page(request.headers.get("Accept"))
    return Response(page, content_type=kind)


@api.get("/v1/rules")
def _rules() -> Response:
    # No site has rules of its own yet; the contract has a place for them.
    known = {"model": tagger.load().version, **current.held().lexicon.facts(), "sites": {}}
    return _json({"version": service.__version__, **known})


@api.get("/openapi.json")
def _openapi() -> Response:
    return Response(current.held().openapi, mimetype="application/json")


def _json(value: object) -> Response:
    return Response(jsontext.dump(value), mimetype="application/json")


def _with_headers(response: Response) -> Response:
    response.headers.extend({name: value for name, value in HEADERS.items() if name not in response.headers})
    if request.method == "OPTIONS":
        response.headers.pop("Content-Type", None)  # nothing is said but in the headers
    return response
