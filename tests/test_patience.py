"""A slow client is waited for, but not for ever."""

import socket
import time
from collections.abc import Iterator

import pytest

from service import patience
from service.patience import Patient


@pytest.fixture
def pair() -> Iterator[tuple[Patient, socket.socket]]:
    ours, theirs = socket.socketpair()
    found = Patient(ours.family, ours.type, ours.proto, ours.detach())
    with found, theirs:
        yield found, theirs


def never() -> bool:
    return False


def test_what_is_there_is_received(pair: tuple[Patient, socket.socket]) -> None:
    ours, theirs = pair
    ours.begin(None, never)
    theirs.sendall(b"hello")

    assert ours.recv(100) == b"hello"
    assert ours.gettimeout() is None


def test_a_body_must_come_at_a_rate(pair: tuple[Patient, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_GRACE", 0.1)
    ours, theirs = pair
    ours.begin(None, never)
    theirs.sendall(b"x" * 200)  # worth a tenth of a second more
    ours.recv(1000)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        ours.recv(1000)

    assert 0.1 < time.monotonic() - began < 2


def test_a_batch_may_be_silent_for_a_while(
    pair: tuple[Patient, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_GRACE", 0.0)
    ours, theirs = pair
    ours.begin(0.2, never)
    theirs.sendall(b"x")
    assert ours.recv(10) == b"x"
    with pytest.raises(TimeoutError):
        ours.recv(10)


def test_the_end_of_the_service_is_noticed_while_waiting(
    pair: tuple[Patient, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_LOOK", 0.01)
    ours, _ = pair
    ours.begin(60, lambda: True)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        ours.recv(10)

    assert time.monotonic() - began < 5


def test_a_limit_set_from_outside_holds_too(pair: tuple[Patient, socket.socket]) -> None:
    ours, _ = pair
    ours.begin(60, never)
    ours.settimeout(0.05)
    with pytest.raises(TimeoutError):
        ours.recv(10)
    assert ours.gettimeout() == 0.05


def test_who_does_not_read_is_given_up(pair: tuple[Patient, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_GRACE", 0.1)
    monkeypatch.setattr(patience, "_RATE", 1e9)
    ours, _ = pair
    ours.begin(None, never)
    with pytest.raises(ConnectionResetError):
        ours.sendall(b"x" * 10_000_000)
