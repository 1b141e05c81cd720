"""Who has no key does not come in; who has one is known by a name that says nothing of it."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.access import Keys
from service.app import create_app
from service.errors import SettingsError
from service.lexicon import Lexicon
from service.settings import Settings
from tests.test_app import is_problem, post

KEY, OTHER = "first-key-0123456789", "second-key-0123456789"
HASHED = "sha256:49e6428c1fa8dd1c1d2abd3f4b2a9bc3f6d7f4f4b4f2a0f7d7e7c7f0c6e6a001"


@pytest.fixture(scope="module")
def locked(lexicon: Lexicon) -> FlaskClient:
    return create_app(Settings(keys=(KEY, OTHER)), lexicon).test_client()


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": f"bearer  {KEY}"},
        {"Authorization": f"Bearer {OTHER}"},
        {"X-API-Key": KEY},
    ],
)
def test_a_key_opens(locked: FlaskClient, headers: dict[str, str]) -> None:
    assert locked.post("/v1/clean", data="a", content_type="text/plain", headers=headers).status_code == 200
    assert locked.get("/v1/rules", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {KEY}"},
        {"Authorization": f"Bearer {KEY}x"},
        {"Authorization": f"Bearer {KEY} {OTHER}"},
        {"X-API-Key": KEY.upper()},
        {"X-API-Key": ""},
        {"X-API-Key": "ключ"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/clean", "/v1/clean/batch", "/v1/rules", "/v1/nowhere"])
def test_nothing_else_does(locked: FlaskClient, headers: dict[str, str], path: str) -> None:
    given = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    answer = locked.post(path, data="a", content_type="text/plain", headers=given)

    is_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert KEY not in answer.text


@pytest.mark.parametrize("path", ["/", "/health", "/ready", "/metrics", "/openapi.json"])
def test_what_machines_ask_stays_open(locked: FlaskClient, path: str) -> None:
    assert locked.get(path).status_code == 200


def test_without_keys_nobody_is_asked(client: FlaskClient) -> None:
    assert post(client, "a", Authorization="Bearer nonsense").status_code == 200


def test_a_file_holds_keys_and_hashes(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# of the crawler\n{KEY}\n\n{HASHED}\n")
    keys = Keys((OTHER,), file)

    assert keys
    assert keys.name(KEY) != keys.name(OTHER)
    assert all(name and len(name) == 8 and name not in key for key in (KEY, OTHER) if (name := keys.name(key)))
    assert keys.name("") is None
    assert keys.name(HASHED) is None


def test_a_hash_stands_for_its_key() -> None:
    import hashlib  # noqa: PLC0415 - only here

    keys = Keys([f"sha256:{hashlib.sha256(KEY.encode()).hexdigest()}"])

    assert keys.name(KEY)
    assert keys.name(OTHER) is None


@pytest.mark.parametrize(
    ("keys", "text", "faults"),
    [
        (("short",), None, ["AFTERWORD_KEYS: key 1 must have at least 16"]),
        ((KEY, "has a blank in the middle"), None, ["AFTERWORD_KEYS: key 2 must"]),
        (("sha256:abc",), None, ["AFTERWORD_KEYS: key 1 must have 64 hex digits"]),
        ((), "", ["AFTERWORD_KEYS_FILE holds no key"]),
        ((), "# none yet\n", ["AFTERWORD_KEYS_FILE holds no key"]),
        (("short",), f"{KEY}\nshort\n", ["AFTERWORD_KEYS: key 1", "AFTERWORD_KEYS_FILE: line 2"]),
    ],
)
def test_faults_are_told_all_at_once_and_show_no_key(
    tmp_path: Path, keys: tuple[str, ...], text: str | None, faults: list[str]
) -> None:
    file = None
    if text is not None:
        file = tmp_path / "keys"
        file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        Keys(keys, file)

    assert len(caught.value.faults) == len(faults)
    for fault, expected in zip(caught.value.faults, faults, strict=True):
        assert fault.startswith(expected)
        assert not any(key in fault for key in keys)


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="AFTERWORD_KEYS_FILE cannot be read: FileNotFoundError"):
        Keys((), tmp_path / "none")
