"""The routes that clean articles: one in a request, or many."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack

from flask import Blueprint, Response, request

from service import batch, charset, clean, current, inflate, jsontext, refusals, wire
from service.errors import RequestError
from service.loaded import Loaded
from service.room import Share
from service.watch import Trace

api = Blueprint("articles", __name__)

_MARKUP = ("text/html", "application/xhtml+xml")
_BODIES = ("application/json", "text/plain", *_MARKUP)
_LINES = "application/x-ndjson"
_VARY = {"Vary": "Accept-Encoding"}
_PACKED = {**_VARY, "Content-Encoding": "gzip"}


@api.post("/v1/clean")
def _clean() -> Response:
    kind = _content_type(_BODIES)
    defaults = wire.read_options(request.query_string)
    held = current.held()
    limit = held.settings.max_bytes
    if (request.content_length or 0) > limit:
        raise RequestError(413, f"the body is larger than {limit} bytes")
    _within_rate(held, current.client())
    share = Share(held.room)
    try:
        answer = _answer(kind, defaults, held, share)
        packed = inflate.wanted(request.headers.get("Accept-Encoding", ""), len(answer))
        answer = inflate.gzip(answer) if packed else answer
        share.keep(len(answer))
        response = Response(answer, mimetype="application/json", headers=_PACKED if packed else _VARY)
    except BaseException:
        share.close()
        raise
    response.call_on_close(share.close)
    return response


def _answer(kind: str, defaults: wire.CleanOptions, held: Loaded, share: Share) -> bytes:
    """Read the request's body, and return the answer to it."""
    limit = held.settings.max_bytes
    # The limit holds before and after decompression: gzip can also make its content longer.
    sent = b"".join(share.counted(inflate.bounded(current.pieces(), limit)))
    since = current.arrived()
    with ExitStack() as stack:
        raw = b"".join(held.turns.opened(inflate.bounded(_unpacked([sent]), limit), stack, since))
        share.keep(len(raw))
        text = charset.decode(raw, request.mimetype_params.get("charset"), markup=kind in _MARKUP)
        if kind == "application/json":
            found = wire.read_request(jsontext.load(text), defaults, wire.CleanRequest)
        else:
            source = {"html" if kind in _MARKUP else "text": text}
            found = wire.CleanRequest.model_construct(**{**dict(defaults), **source})
        return jsontext.dump(_cleaned(found, held, current.trace(), since))


@api.post("/v1/clean/batch")
def _batch() -> Response:
    _content_type((_LINES,))
    label = request.mimetype_params.get("charset", "utf-8")
    if label.lower() not in ("utf-8", "utf8"):
        raise RequestError(415, "JSON lines are read as UTF-8 only")
    defaults = wire.read_options(request.query_string)
    # The answers are made after this function has returned: nothing in them may reach for the request.
    held, place, trace, client = current.held(), current.place(), current.trace(), current.client()

    def clean_one(found: wire.CleanRequest) -> wire.CleanAnswer:
        try:
            _within_rate(held, client)
            return _cleaned(found, held, trace)
        except RequestError:
            raise
        except Exception as error:  # noqa: BLE001 - one line may fail, the rest of the batch goes on
            raise refusals.logged(error, place, trace) from None

    def until_over(pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Give pieces of the stream that are small enough to stop between two of them."""
        for piece in pieces:
            if held.lifecycle.over():
                raise current.stopping()
            yield piece

    def answers(pieces: Iterable[bytes]) -> Iterator[bytes]:
        share = Share(held.room)
        try:
            yield from batch.answers(until_over(pieces), held.settings.max_bytes, defaults, clean_one, share.hold)
        finally:
            share.close()

    lines = answers(_unpacked(current.pieces(at_once=True)))
    if inflate.wanted(request.headers.get("Accept-Encoding", ""), None):
        return Response(inflate.gzipped(lines), mimetype=_LINES, headers=_PACKED)
    return Response(lines, mimetype=_LINES, headers=_VARY)


def _cleaned(found: wire.CleanRequest, held: Loaded, trace: Trace, since: float | None = None) -> wire.CleanAnswer:
    options = found.options()
    html = found.html is not None
    source = found.html if found.html is not None else found.text or ""
    with held.turns.take(source, held.lexicon, html=html, since=since) as lexicon:
        if html:
            result = clean.clean_html(source, lexicon, options, held.settings.page_seconds)
        else:
            result = clean.clean_text(source, lexicon, options)
        trace.articles += 1
        held.metrics.cleaned(result, "html" if html else "text", lexicon.hits)
        return wire.answer(result, html=html, explain=options.explain)


def _within_rate(held: Loaded, client: str) -> None:
    seconds = held.rate.wait(client) if held.rate is not None else None
    if held.rate is not None and seconds is not None:
        told = f"more than {held.rate.told}: ask again in {seconds} seconds"
        raise RequestError(429, told, retry_after=seconds)


def _content_type(accepted: tuple[str, ...]) -> str:
    if request.mimetype not in accepted:
        told = f"not {request.mimetype[:80]}" if request.mimetype else "and none was sent"
        raise RequestError(415, f"Content-Type must be one of {', '.join(accepted)}, {told}")
    return request.mimetype


def _unpacked(pieces: Iterable[bytes]) -> Iterable[bytes]:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        return inflate.gunzip(pieces)
    if encoding not in ("identity", ""):
        raise RequestError(415, "Content-Encoding must be gzip, or none")
    return pieces
