"""JSON is read strictly: what two readers could understand differently is refused."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import RequestError
from service.jsontext import broken, dump, load, pointer

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_what_is_dumped_is_loaded(value: object) -> None:
    written = dump(value)

    assert written.endswith(b"\n")
    assert written.count(b"\n") == 1
    assert load(written.decode()) == value


@given(st.text(st.characters() | st.characters(categories=["Cs"])))
def test_lone_surrogates_are_written_as_escapes(text: str) -> None:
    assert json.loads(dump(text)) == json.loads(json.dumps(text))


@given(st.text() | st.text('[]{}:,"\\u0d81 -.eE'))
def test_whatever_is_sent_is_loaded_or_refused(text: str) -> None:
    """Nothing but `RequestError` is ever raised, and only for what the standard library refuses too, or for doubles."""
    with contextlib.suppress(RequestError):
        assert dump(load(text))


@pytest.mark.parametrize(
    "text",
    ["", " ", "nul", "{", '{"a":1,}', "'a'", "NaN", "Infinity", "-Infinity", '{"a": NaN}', "[1e]", '"\n"', "\ufeff{}",
     "{} {}", "[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000],
)  # fmt: skip
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(RequestError) as caught:
        load(text)

    assert caught.value.status == 400
    assert caught.value.detail.startswith("not JSON")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('{"a": 1, "a": 1}', ["/a"]),
        ('{"a": 1, "\\u0061": 2}', ["/a"]),
        ('{"x": {"a": 1, "b": 2, "a": 3}}', ["/x/a"]),
        ('[0, {"~/": 1, "~/": 2}, {"": 1, "": 2}]', ["/1/~0~1", "/2/"]),
        ('{"a": {"b": 1, "b": 2}, "a": 3}', ["/a"]),
        ('{"a": 1, "b": 2, "b": 3, "a": 4}', ["/a", "/b"]),
    ],
)
def test_a_name_that_stands_twice_is_refused_and_pointed_to(text: str, places: list[str]) -> None:
    with pytest.raises(RequestError) as caught:
        load(text)

    assert caught.value.status == 422
    assert [place for place, _ in caught.value.faults] == places


def test_finding_the_place_costs_no_more_than_reading() -> None:
    depth = 700
    text = "[" * depth + '{"a": 1, "a": 2}' + ", {}" * 500_000 + "]" * depth

    with pytest.raises(RequestError) as caught:
        load(text)
    assert caught.value.status == 422


def test_a_number_of_a_million_digits_is_read_at_once() -> None:
    assert load("[" + "9" * 1_000_000 + "]") == [float("inf")]


def test_pointer_escapes_and_can_be_shown() -> None:
    assert pointer(["a/b", "c~d", 0]) == "/a~1b/c~0d/0"
    assert pointer(["\ud800"]) == "/?"
    assert len(pointer(["x" * 10_000])) == 200


@pytest.mark.parametrize(("text", "is_broken"), [("a", False), ("😀", False), ("\ud83d", True), ("\ude00\ud83d", True)])
def test_broken_tells_half_characters(text: str, *, is_broken: bool) -> None:
    assert broken(text) is is_broken
