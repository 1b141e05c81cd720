"""What the operator asks for: the environment, read and checked once."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from service.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Settings:
    """How the service runs. Every field has a variable of the environment, see `VARIABLES`."""

    host: str = "127.0.0.1"
    port: int = 8000
    max_bytes: int = 20_000_000
    workers: int | None = None
    threads: int = 4
    page_seconds: int = 5

    @property
    def bind(self) -> str:
        """The address in the form servers want: an IPv6 host stands in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the environment: which field it fills, how it is read, what it means."""

    name: str
    field: str
    read: Callable[[str], object]
    meaning: str


def _text(value: str) -> str:
    if any(c.isspace() or not c.isprintable() for c in value):
        raise ValueError("must not hold spaces or control characters")
    return value


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        # int() would also take "8_000", "８０００" and " 8000 "
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else -1
        if not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return number

    return read


# Only HOST and PORT carry no prefix: that is what platforms set. Nothing may be called AFTERWORD_PORT, since Kubernetes
# sets AFTERWORD_PORT=tcp://... by itself when a service is named "afterword".
VARIABLES = (
    Variable("HOST", "host", _text, "address to listen on"),
    Variable("PORT", "port", _whole(1, 65535), "port to listen on"),
    Variable("AFTERWORD_MAX_BYTES", "max_bytes", _whole(1, 1 << 31), "largest body of a request, after decompression"),
    Variable("AFTERWORD_WORKERS", "workers", _whole(1, 256), "worker processes (default: one per CPU, 2 to 8)"),
    Variable("AFTERWORD_THREADS", "threads", _whole(1, 256), "threads per worker"),
    Variable(
        "AFTERWORD_PAGE_SECONDS", "page_seconds", _whole(0, 60), "time a page may take to be looked at as a whole"
    ),
)


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in `environment` (default: the process's own), or raise `SettingsError` with every fault.

    A variable that is set but empty counts as not set, as shells and compose files leave it so.
    """
    environment = os.environ if environment is None else environment
    found: dict[str, object] = {field.name: field.default for field in fields(Settings)}
    faults = []
    for variable in VARIABLES:
        value = environment.get(variable.name)
        if not value:
            continue
        try:
            found[variable.field] = variable.read(value)
        except ValueError as error:
            faults.append(f"{variable.name} {error}, not {value[:80]!r}")
    if faults:
        raise SettingsError(faults)
    return Settings(**found)  # type: ignore[arg-type]  # each reader returns its field's type
