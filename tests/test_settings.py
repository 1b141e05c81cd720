"""The environment is read once, strictly, and all its faults are told together."""

import pytest

from service.errors import SettingsError
from service.settings import VARIABLES, Settings, read


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read({}) == Settings("127.0.0.1", 8000, 20_000_000, None, 4, 5)


def test_every_variable_fills_its_field() -> None:
    given = {
        "HOST": "0.0.0.0",  # noqa: S104 - only read
        "PORT": "9000",
        "AFTERWORD_MAX_BYTES": "1000",
        "AFTERWORD_WORKERS": "3",
        "AFTERWORD_THREADS": "2",
        "AFTERWORD_PAGE_SECONDS": "0",
    }

    assert set(given) == {variable.name for variable in VARIABLES}
    assert read(given) == Settings("0.0.0.0", 9000, 1000, 3, 2, 0)  # noqa: S104


def test_set_but_empty_counts_as_not_set() -> None:
    assert read({"HOST": "", "PORT": "", "AFTERWORD_WORKERS": ""}) == Settings()


def test_what_kubernetes_sets_for_a_service_of_our_name_is_no_fault() -> None:
    assert read({"AFTERWORD_PORT": "tcp://10.0.0.1:8000", "AFTERWORD_SERVICE_HOST": "10.0.0.1"}) == Settings()


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eight", " 8000", "8_000", "٨٠٠٠", "1e3", "8000.0", "9" * 5000])
def test_a_wrong_port_is_refused(port: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read({"PORT": port})

    assert caught.value.faults == (f"PORT must be a whole number from 1 to 65535, not {port[:80]!r}",)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read({"HOST": "a b", "PORT": "x", "AFTERWORD_MAX_BYTES": "0", "AFTERWORD_THREADS": "many"})

    assert [fault.split()[0] for fault in caught.value.faults] == [
        "HOST",
        "PORT",
        "AFTERWORD_MAX_BYTES",
        "AFTERWORD_THREADS",
    ]
    assert all(fault in str(caught.value) for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("host", "bind"), [("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80"), ("localhost", "localhost:80")]
)
def test_bind_puts_ipv6_in_brackets(host: str, bind: str) -> None:
    assert Settings(host=host, port=80).bind == bind
