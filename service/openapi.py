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
    413: "Over the limit, counted after decompression.",
    415: "A Content-Type or Content-Encoding that is not accepted.",
    422: "Well-formed, but not a request; `errors` names the fields.",
    500: "A fault of the service.",
}


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
            "/v1/rules": {"get": _get("rules", "The loaded rules", {"type": "object"})},
            "/health": {"get": _get("health", "200 while the process lives", _STATUS)},
            "/ready": {"get": _get("ready", "200 once the service is able to clean", _STATUS)},
            "/openapi.json": {"get": _get("openapi", "This document", {"type": "object"})},
        },
        "components": {"schemas": _schemas()},
    }


_STATUS: Json = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}


def _clean() -> Json:
    text: Json = {"type": "string"}
    return {
        "operationId": "clean",
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


def _problems() -> Json:
    content = {"application/problem+json": {"schema": _ref("Problem")}}
    return {str(status): {"description": words, "content": content} for status, words in _PROBLEMS.items()}


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
