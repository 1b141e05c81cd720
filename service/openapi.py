"""The OpenAPI document, made from the types that validate requests and shape answers."""

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

import service
from service import wire

Json = dict[str, Any]

_TEXT = "Storm closes the bridge\n\nThe bridge was closed on Monday.\n\nShare on Facebook\n"
_EXAMPLE = {"text": _TEXT, "scope": "tail"}
_HTML = """<article>
<h1>Storm closes the bridge</h1>
<p>The bridge was closed on Monday, after a storm had damaged two of its pillars.</p>
<p><a href="/share">Share on Facebook</a></p>
<h3>Read also</h3>
<ul><li><a href="/news/2">Ministry warns of further storms this week</a></li></ul>
</article>
"""
_BATCH = """{"id": 1, "text": "The bridge was closed on Monday.\\n\\nShare on Facebook"}
{"id": 2, "text": "Ein Sturm hat die Brücke beschädigt.\\n\\nAuf Facebook teilen", "language": "de"}
"""
_PROBLEMS = {
    400: "Not JSON, not valid gzip, or not decodable in its charset.",
    401: "No API key, or a wrong one. Only where keys are set.",
    413: "Over the limit of bytes, counted after decompression, or of lines.",
    414: "The request line is longer than 8190 bytes.",
    415: "A Content-Type or Content-Encoding that is not accepted.",
    417: "An expectation other than `100-continue`.",
    422: "Well-formed, but not a request; `errors` names the fields.",
    431: "The head is larger than 32 KB, or has a field larger than 8 KB.",
    429: "Over the rate; `Retry-After` says when to ask again. Only where a rate is set.",
    500: "A fault of the service.",
    501: "A Transfer-Encoding other than `chunked`.",
    503: "Busy, or about to stop; `Retry-After` says when to ask again.",
}
_WAIT = (429, 503)
# Empty: without a key, as where none is set.
_SECURITY: list[dict[str, list[str]]] = [{}, {"bearer": []}, {"header": []}]


def document(max_bytes: int) -> Json:
    """Return the OpenAPI 3.1 document of a service whose requests may have `max_bytes` bytes."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Afterword",
            "version": service.__version__,
            "description": "Finds where an article ends: the clean body, the related links, and a reason for every "
            f"removed line. A request may have {max_bytes:,} bytes after decompression.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/v1/clean": {"post": _clean()},
            "/v1/clean/batch": {"post": _batch()},
            "/v1/rules": {"get": _rules()},
            "/health": {"get": _get("health", "200 while the process lives", _STATUS)},
            "/ready": {"get": _ready()},
            "/metrics": {"get": _metrics()},
            "/openapi.json": {"get": _get("openapi", "This document", {"type": "object"})},
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


_COUNTS = {name: {"type": "integer"} for name in ("records", "phrases", "forms")}
_LANGUAGE = {"type": "object", "properties": {"name": {"type": "string"}, **_COUNTS}}
_KNOWN: Json = {
    "type": "object",
    "required": ["version", "model", "languages", "networks", "records", "phrases", "forms", "sites"],
    "properties": {
        "version": {"type": "string"},
        "model": {"type": "string", "description": "The tagger's version: a checksum of what it has learned."},
        "languages": {"type": "object", "description": "By the tag of the pack.", "additionalProperties": _LANGUAGE},
        "networks": {"type": "integer"},
        **_COUNTS,
        "sites": {"type": "object", "description": "Rules of single sites, by host. There are none yet."},
    },
}
_STATUS: Json = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}


def _clean() -> Json:
    text: Json = {"type": "string"}
    return {
        "operationId": "clean",
        "security": _SECURITY,
        "summary": "Clean one article",
        "parameters": _query(),
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": _ref("CleanRequest"), "example": _EXAMPLE},
                "text/plain": {"schema": text, "example": _TEXT},
                "text/html": {"schema": text, "example": _HTML},
                "application/xhtml+xml": {"schema": text, "example": _HTML},
            },
        },
        "responses": {
            "200": {"description": "The answer", "content": {"application/json": {"schema": _ref("CleanAnswer")}}},
            **_problems(),
        },
    }


def _batch() -> Json:
    return {
        "operationId": "cleanBatch",
        "security": _SECURITY,
        "summary": "Clean many articles, one JSON object a line",
        "description": "Each line of the request is a `BatchRequest`; each line of the answer is a `CleanAnswer`, with "
        '`id` if the line had one, or `{"id", "error"}` with a `Problem`, in the order sent. Options in the query '
        "string hold for every line that does not say otherwise.",
        "parameters": _query(),
        "requestBody": {
            "required": True,
            "content": {"application/x-ndjson": {"schema": {"type": "string"}, "example": _BATCH}},
        },
        "responses": {
            "200": {
                "description": "The answers",
                "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
            },
            **_problems(),
        },
    }


def _get(name: str, summary: str, schema: Json) -> Json:
    answer = {"description": summary, "content": {"application/json": {"schema": schema}}}
    return {"operationId": name, "summary": summary, "responses": {"200": answer}}


def _rules() -> Json:
    found = _get("rules", "The loaded rules", _KNOWN)
    return {**found, "security": _SECURITY, "responses": {**found["responses"], **_problems(401, 503)}}


def _ready() -> Json:
    found = _get("ready", "200 once the service is able to clean, 503 when it is about to stop", _STATUS)
    return {**found, "responses": {**found["responses"], **_problems(503)}}


def _metrics() -> Json:
    text = {"description": "All workers together, as Prometheus reads it", "content": {"text/plain": {}}}
    return {"operationId": "metrics", "summary": "What the service has done so far", "responses": {"200": text}}


def _problems(*statuses: int) -> Json:
    """Return the problems with these statuses, or all."""
    content = {"application/problem+json": {"schema": _ref("Problem")}}
    wait = {"headers": {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}}
    return {
        str(status): {"description": words, "content": content, **(wait if status in _WAIT else {})}
        for status, words in _PROBLEMS.items()
        if not statuses or status in statuses
    }


def _query() -> list[Json]:
    """Return the options as query parameters, where null cannot be said."""
    parameters = []
    for name, found in wire.CleanOptions.model_json_schema()["properties"].items():
        schema = next(kind for kind in found["anyOf"] if kind != {"type": "null"})
        examples = {"examples": found["examples"]} if "examples" in found else {}
        parameters.append(
            {"name": name, "in": "query", "description": found["description"], "schema": {**schema, **examples}}
        )
    return parameters


def _schemas() -> Json:
    template = "#/components/schemas/{model}"
    requests = models_json_schema(
        [(wire.CleanRequest, "validation"), (wire.BatchRequest, "validation")], ref_template=template
    )[1]["$defs"]
    answers = TypeAdapter(tuple[wire.CleanAnswer, wire.Problem]).json_schema(ref_template=template)["$defs"]
    return {**requests, **answers}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
