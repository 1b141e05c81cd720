"""JSON in and out. The types here validate requests, shape answers, and make the OpenAPI document."""

import http
import urllib.parse
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired, Self, TypeVar

import langcodes
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from typing_extensions import TypedDict  # pydantic cannot use the one of `typing` before Python 3.12

from service import jsontext
from service.errors import RequestError
from service.model import Kind, Options, Result, Scope

# More than any request has, few enough to name each one at fault.
_MEMBERS = 50
# The names of RFC 9110. The standard library had older ones before Python 3.13, and answers must not depend on it.
_TITLES = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}


def _http_url(url: str) -> str:
    try:
        parts = urllib.parse.urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or any(c.isspace() or not c.isprintable() for c in url):
        raise PydanticCustomError("url", "must be an absolute http or https URL")
    return url


def _language_tag(tag: str) -> str:
    # Any language that exists is a fair hint, though no pack speaks it. "en_GB" is a locale name, not a tag.
    if not tag.isascii() or "_" in tag or not langcodes.tag_is_valid(tag):
        raise PydanticCustomError("language", "must be a BCP 47 language tag such as en, pt-BR or zh-Hant")
    return tag


def _carried(name: object) -> object:
    if not jsontext.carried(name):
        raise PydanticCustomError("carried", "must hold no number out of range and no broken text, to be carried back")
    return name


class CleanOptions(BaseModel):
    """The options of a request: in the JSON object, or in the query string."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    scope: Literal["tail", "article"] | None = Field(
        default=None,
        description="`tail`: only what follows the end of the article is removed. `article`: boilerplate before, "
        "inside and after it is removed. Default: `tail` for text, `article` for HTML.",
    )
    url: Annotated[str, AfterValidator(_http_url)] | None = Field(
        default=None,
        max_length=4096,
        description="Where the article came from; an absolute http or https URL. Makes related links absolute.",
        examples=["https://example.com/news/1"],
    )
    title: str | None = Field(default=None, max_length=4096, description="The article's headline, if known.")
    language: Annotated[str, AfterValidator(_language_tag)] | None = Field(
        default=None, max_length=64, description="BCP 47 tag; a hint, never a filter.", examples=["en", "pt-BR"]
    )
    explain: bool | None = Field(
        default=None, description="`true` adds `lines`: every line, what it is taken for, and why."
    )

    def options(self) -> Options:
        """Return the options as the core knows them."""
        scope = Scope(self.scope) if self.scope is not None else None
        return Options(scope, self.url, self.title or None, self.language, self.explain is True)


class CleanRequest(CleanOptions):
    """One article, as exactly one of `text` and `html`, and the options."""

    # The rule of `_one_source`, said to readers of the schema.
    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["text"], "properties": {"text": {"type": "string"}, "html": {"type": "null"}}},
                {"required": ["html"], "properties": {"html": {"type": "string"}, "text": {"type": "null"}}},
            ]
        },
    )

    text: str | None = Field(default=None, description="The scraped text, as it is.")
    html: str | None = Field(default=None, description="The page as served.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.text is None) == (self.html is None):
            found = "neither" if self.text is None else "both"
            raise PydanticCustomError("source", "must hold exactly one of text and html, not {found}", {"found": found})
        return self


class BatchRequest(CleanRequest):
    """One line of a batch: an article, and an id that the answer carries back."""

    id: Annotated[Any, AfterValidator(_carried)] = Field(
        default=None, description="Carried back with the answer, whatever value it is."
    )


class RelatedItem(TypedDict):
    """Another article the page points to."""

    title: str
    url: str | None
    date: Annotated[str | None, Field(json_schema_extra={"format": "date"})]
    heading: Annotated[str | None, Field(description="The words the list stood under.")]


class RemovedSpan(TypedDict):
    """A span of the input that is not in the body. Offsets count Unicode code points; `end` is exclusive."""

    start: int
    end: int
    kind: Kind
    text: str
    reason: str


class ExplainedLine(TypedDict):
    """One line of the input, and how it was judged."""

    start: int
    end: int
    text: str
    kind: Kind
    confidence: float
    removed: bool
    evidence: list[str]


class CleanAnswer(TypedDict):
    """The answer to one article."""

    body: Annotated[str, Field(description="The kept text, paragraphs as they were.")]
    title: str | None
    published: Annotated[str | None, Field(description="Only if the text itself says so, as an ISO 8601 day.")]
    language: Annotated[str | None, Field(description="BCP 47 tag.")]
    related: list[RelatedItem]
    removed: Annotated[list[RemovedSpan], Field(description="In order; spans never overlap.")]
    text: NotRequired[Annotated[str, Field(description="For HTML: the page's text, to which the offsets refer.")]]
    lines: NotRequired[Annotated[list[ExplainedLine], Field(description="With `explain` only.")]]
    note: NotRequired[Annotated[str, Field(description="Why nothing was judged, if nothing was.")]]


class FieldFault(TypedDict):
    """What is wrong with one field."""

    pointer: Annotated[str, Field(description="JSON pointer of the field, or of the option in the query string.")]
    detail: str


class Problem(TypedDict):
    """An error, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FieldFault]]


Shape = TypeVar("Shape", bound=CleanOptions)
Request = TypeVar("Request", bound=CleanRequest)


def read_options(query: bytes) -> CleanOptions:
    """Return the options in a query string, or raise `RequestError`."""
    try:
        pairs = urllib.parse.parse_qsl(query.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MEMBERS)
    except UnicodeDecodeError:
        raise RequestError(400, "the query string is not valid UTF-8") from None
    except ValueError:
        raise RequestError(422, f"the query string has more than {_MEMBERS} options") from None
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise RequestError(422, "an option stands twice", [(jsontext.pointer([name]), "stands twice")])
        found[name] = {"true": True, "false": False}.get(value, value) if name == "explain" else value
    return _validated(CleanOptions, found)


def read_request(found: object, defaults: CleanOptions, shape: type[Request]) -> Request:
    """Return the request in a JSON value, or raise `RequestError`.

    Null is as good as absent, and what is absent is as `defaults`, the options of the query string, have it.
    """
    if not isinstance(found, dict):
        raise RequestError(422, "the request must be a JSON object", [("", "must be an object")])
    if len(found) > _MEMBERS:
        raise RequestError(422, "the request has too many members", [("", f"must have at most {_MEMBERS} members")])
    given = {name: value for name, value in found.items() if value is not None or name not in shape.model_fields}
    return _validated(shape, defaults.model_dump(exclude_none=True) | given)


def answer(result: Result, *, html: bool, explain: bool) -> CleanAnswer:
    """Return the answer as the wire has it. The order of the fields is fixed: same request, same bytes."""
    found: CleanAnswer = {
        "body": result.body,
        "title": result.title,
        "published": result.published,
        "language": result.language,
        "related": [{"title": r.title, "url": r.url, "date": r.date, "heading": r.heading} for r in result.related],
        "removed": [
            {"start": r.start, "end": r.end, "kind": r.kind, "text": r.text, "reason": r.reason} for r in result.removed
        ],
    }
    if html:
        found["text"] = result.source
    if explain:
        found["lines"] = [
            {
                "start": line.start,
                "end": line.end,
                "text": result.source[line.start : line.end],
                "kind": line.kind,
                "confidence": round(line.confidence, 4),
                "removed": line.removed,
                "evidence": list(line.evidence),
            }
            for line in result.lines
        ]
    if result.note is not None:
        found["note"] = result.note
    return found


def problem(error: RequestError) -> Problem:
    """Return `error` as an RFC 9457 problem."""
    found: Problem = {
        "type": "about:blank",
        "title": _TITLES.get(error.status) or http.HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
    }
    if error.faults:
        found["errors"] = [{"pointer": pointer, "detail": detail} for pointer, detail in error.faults]
    return found


def _validated(shape: type[Shape], found: Mapping[str, object]) -> Shape:
    faults = {
        jsontext.pointer([name]): "is not valid Unicode: it holds a lone surrogate"
        for name, value in found.items()
        if jsontext.broken(name) or (isinstance(value, str) and jsontext.broken(value))
    }
    if not faults:
        try:
            return shape.model_validate(found)
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_input=False):
                faults.setdefault(jsontext.pointer(fault["loc"][:1]), _in_words(fault))
    told = "; ".join(f"{place[1:]} {what}".strip() for place, what in list(faults.items())[:3])
    raise RequestError(422, f"the request cannot be used: {told}", list(faults.items()))


def _in_words(fault: ErrorDetails) -> str:
    known = {
        "extra_forbidden": "is not known",
        "string_type": "must be a string",
        "bool_type": "must be true or false",
    }
    return known.get(fault["type"]) or fault["msg"].replace("Input should", "must").replace("String should", "must")
