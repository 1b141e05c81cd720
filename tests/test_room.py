"""A process holds only so much of what requests bring."""

import pytest

from service.errors import RequestError
from service.room import Room, Share


def test_one_request_always_finds_room_and_the_next_is_refused() -> None:
    room = Room(100)
    first, second = Share(room), Share(room)

    assert b"".join(first.counted([b"x" * 60, b"y" * 40])) == b"x" * 60 + b"y" * 40
    with pytest.raises(RequestError) as caught:
        list(second.counted([b"z"]))
    assert (caught.value.status, caught.value.retry_after) == (503, 2)

    first.close()
    assert list(second.counted([b"z" * 100])) == [b"z" * 100]


def test_an_answer_is_held_in_place_of_the_body() -> None:
    room = Room(100)
    first, second = Share(room), Share(room)
    list(first.counted([b"x" * 90]))
    first.keep(30)
    list(second.counted([b"x" * 70]))
    first.keep(500)
    with pytest.raises(RequestError):
        second.hold(71)
    first.close()
    second.hold(100)
    second.close()

    assert list(Share(room).counted([b"x" * 100])) == [b"x" * 100]
