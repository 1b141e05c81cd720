"""The document describes the service that runs, no other."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import wire
from service.openapi import document

DOCUMENT = document(1000)


def _refs(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(_refs, value.values()))
    return set().union(*map(_refs, value)) if isinstance(value, list) else set()


def test_it_is_json_and_every_reference_leads_somewhere() -> None:
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT
    assert {ref.rpartition("/")[2] for ref in _refs(DOCUMENT)} <= set(DOCUMENT["components"]["schemas"])
    assert all(ref.startswith("#/components/schemas/") for ref in _refs(DOCUMENT))


def test_every_route_is_described_and_nothing_else(app: Flask) -> None:
    routes = {
        (rule.rule, method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method in ("GET", "POST") and rule.rule not in ("/", "/docs", "/pages/<name>")
    }

    assert routes == {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}


def test_the_service_hands_it_out(client: FlaskClient) -> None:
    answer = client.get("/openapi.json")

    assert answer.mimetype == "application/json"
    assert answer.json == document(1_000_000)
    assert answer.json["openapi"] == "3.1.0"


def test_the_query_parameters_are_the_options() -> None:
    for path in ("/v1/clean", "/v1/clean/batch"):
        parameters = DOCUMENT["paths"][path]["post"]["parameters"]
        assert [parameter["name"] for parameter in parameters] == list(wire.CleanOptions.model_fields)
        assert all(parameter["schema"]["type"] in ("string", "boolean") for parameter in parameters)
        assert all(parameter["description"] for parameter in parameters)


@pytest.mark.parametrize("kind", list(DOCUMENT["paths"]["/v1/clean"]["post"]["requestBody"]["content"]))
def test_the_examples_work(client: FlaskClient, kind: str) -> None:
    content = DOCUMENT["paths"]["/v1/clean"]["post"]["requestBody"]["content"][kind]
    example = content["example"]
    sent = example if isinstance(example, str) else json.dumps(example)
    answer = client.post("/v1/clean", data=sent.encode(), content_type=kind)

    assert answer.status_code == 200
    assert "The bridge was closed" in answer.json["body"]
    assert "Share on Facebook" not in answer.json["body"]


@pytest.mark.parametrize("shape", ["CleanAnswer", "RelatedItem", "RemovedSpan", "ExplainedLine", "Problem"])
def test_the_schema_names_the_fields_of_the_type(shape: str) -> None:
    schema = DOCUMENT["components"]["schemas"][shape]
    type_ = getattr(wire, shape)

    assert set(schema["properties"]) == set(type_.__annotations__)
    assert set(schema["required"]) == set(type_.__required_keys__)


def test_the_rules_are_described_as_they_are_told(client: FlaskClient) -> None:
    content = DOCUMENT["paths"]["/v1/rules"]["get"]["responses"]["200"]["content"]
    schema = content["application/json"]["schema"]
    found = client.get("/v1/rules").json

    assert set(schema["properties"]) == set(schema["required"]) == set(found)
    assert set(schema["properties"]["languages"]["additionalProperties"]["properties"]) == set(found["languages"]["en"])


def test_unknown_options_are_refused_by_the_schema_too() -> None:
    schemas = DOCUMENT["components"]["schemas"]

    assert schemas["CleanRequest"]["additionalProperties"] is False
    assert [case["required"] for case in schemas["CleanRequest"]["oneOf"]] == [["text"], ["html"]]
    assert schemas["BatchRequest"]["oneOf"] == schemas["CleanRequest"]["oneOf"]
    assert "id" in schemas["BatchRequest"]["properties"]


def test_kinds_are_those_of_the_contract() -> None:
    kinds = (
        "body headline byline caption share related_heading related related_meta tags subscribe ad comments bio legal"
    )

    assert DOCUMENT["components"]["schemas"]["Kind"]["enum"] == [*kinds.split(), "nav", "other"]
