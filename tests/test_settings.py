"""The environment is read once, strictly, and all its faults are told together."""

from pathlib import Path

import pytest

from service.errors import SettingsError
from service.settings import VARIABLES, Settings, misspelt, read


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read({}) == Settings()
    assert (Settings().bind, Settings().max_bytes, Settings().keys) == ("127.0.0.1:8000", 20_000_000, ())


def test_every_variable_fills_its_field() -> None:
    given = {
        "HOST": "0.0.0.0",  # noqa: S104 - only read
        "PORT": "9000",
        "AFTERWORD_MAX_BYTES": "1000",
        "AFTERWORD_MAX_LINES": "1001",
        "AFTERWORD_WORKERS": "3",
        "AFTERWORD_THREADS": "2",
        "AFTERWORD_PAGE_SECONDS": "4",
        "AFTERWORD_QUEUE": "0",
        "AFTERWORD_STREAMS": "5",
        "AFTERWORD_BUDGET_SECONDS": "6",
        "AFTERWORD_IDLE_SECONDS": "7",
        "AFTERWORD_DRAIN_SECONDS": "8",
        "AFTERWORD_GRACE_SECONDS": "9",
        "AFTERWORD_MAX_REQUESTS": "10",
        "AFTERWORD_KEYS": "one, two,",
        "AFTERWORD_KEYS_FILE": __file__,
        "AFTERWORD_RATE": "11/minute",
        "AFTERWORD_PROXIES": "1",
        "AFTERWORD_LEXICON": str(Path(__file__).parent),
        "AFTERWORD_LOG": "Text",
        "AFTERWORD_LOG_LEVEL": "debug",
    }
    here = Path(__file__)

    assert set(given) == {variable.name for variable in VARIABLES}
    assert read(given) == Settings(
        given["HOST"], 9000, 1000, 1001, 3, 2, 4, 0, 5, 6, 7, 8, 9, 10, ("one", "two"), here, "11/minute", 1,
        here.parent, "text", "debug",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("AFTERWORD_RATE", "60", "must be a number and a period"),
        ("AFTERWORD_RATE", "60/fortnight", "must be a number and a period"),
        ("AFTERWORD_RATE", "many/minute", "must be a whole number from 1 to 1000000000, before the period"),
        ("AFTERWORD_RATE", "0/minute", "must be a whole number"),
        ("AFTERWORD_LOG", "xml", "must be one of json, text"),
        ("AFTERWORD_LOG_LEVEL", "loud", "must be one of"),
        ("AFTERWORD_KEYS_FILE", "/nowhere", "must be a file"),
        ("AFTERWORD_LEXICON", __file__, "must be a folder"),
        ("AFTERWORD_PROXIES", "all", "must be a whole number"),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, value: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read({name: value})

    assert told in caught.value.faults[0]


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


def test_a_setting_with_a_wrong_name_is_told_of() -> None:
    environment = {
        "AFTERWORD_MAXBYTES": "5",
        "AFTERWORD_KEY": "secret",
        "AFTERWORD_DRAIN_SECOND": "1",
        "AFTERWORD_MAX_LINES": "5",
        "AFTERWORD_PORT": "tcp://10.0.0.1:8000",
        "AFTERWORD_SERVICE_HOST": "10.0.0.1",
        "AFTERWORD_PORT_8000_TCP_ADDR": "10.0.0.1",
        "AFTERWORD_URL": "http://127.0.0.1:8000",
        "PORTS": "8000",
    }

    assert misspelt(environment) == [
        "AFTERWORD_DRAIN_SECOND is no setting; AFTERWORD_DRAIN_SECONDS is",
        "AFTERWORD_KEY is no setting; AFTERWORD_KEYS is",
        "AFTERWORD_MAXBYTES is no setting; AFTERWORD_MAX_BYTES is",
    ]


@pytest.mark.parametrize("host", ["nonsense.invalid", "10.9.8.7", "a b", "1.2.3.4.5", "::ffff:999.1.1.1"])
def test_an_address_of_another_machine_is_told_with_all_other_faults(host: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read({"HOST": host, "AFTERWORD_KEYS": " , ", "AFTERWORD_QUEUE": "-1"})

    assert [fault.partition(" ")[0] for fault in caught.value.faults] == ["HOST", "AFTERWORD_QUEUE", "AFTERWORD_KEYS"]


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])  # noqa: S104 - asked, not served on
def test_addresses_of_this_machine_are_taken(host: str) -> None:
    assert read({"HOST": host}).host == host
