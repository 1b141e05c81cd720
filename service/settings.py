"""What the operator asks for: the environment, read and checked once. `python -m service.settings` prints the table."""

import difflib
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from service.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Settings:
    """How the service runs. Every field has a variable of the environment, see `VARIABLES`."""

    host: str = "127.0.0.1"
    port: int = 8000
    max_bytes: int = 20_000_000
    max_lines: int = 500_000
    workers: int | None = None
    threads: int = 4
    page_seconds: int = 5
    queue: int = 256
    streams: int = 128
    budget_seconds: int = 60
    idle_seconds: int = 60
    drain_seconds: int = 2
    grace_seconds: int = 30
    max_requests: int = 100_000
    keys: tuple[str, ...] = ()
    keys_file: Path | None = None
    rate: str | None = None
    proxies: int = 0
    lexicon: Path | None = None
    log: str = "json"
    log_level: str = "info"

    @property
    def bind(self) -> str:
        """The address in the form servers want: an IPv6 host stands in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the environment: which field it fills, how it is read, what it means.

    `shown` is what the table says instead of the field's default; a `secret` value is never repeated.
    """

    name: str
    field: str
    read: Callable[[str], object]
    meaning: str
    shown: str | None = None
    secret: bool = False


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


def _one_of(*names: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.lower() not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return value.lower()

    return read


def _host(value: str) -> str:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(_text(value), 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.bind(address)
    except (OSError, UnicodeError):
        raise ValueError("must be an address of this machine") from None
    return value


def _keys(value: str) -> tuple[str, ...]:
    found = tuple(key for part in value.split(",") if (key := part.strip()))
    if not found:  # it would open the service to all, which nobody means by setting it
        raise ValueError("must hold a key")
    return found


def _file(value: str) -> Path:
    if not Path(value).is_file():
        raise ValueError("must be a file that can be read")
    return Path(value)


def _folder(value: str) -> Path:
    if not Path(value).is_dir():
        raise ValueError("must be a folder that can be read")
    return Path(value)


def _rate(value: str) -> str:
    number, _, period = value.partition("/")
    if period not in ("second", "minute", "hour", "day"):
        raise ValueError("must be a number and a period, such as 600/minute (second, minute, hour or day)")
    try:
        return f"{_whole(1, 10**9)(number)}/{period}"
    except ValueError as error:
        raise ValueError(f"{error}, before the period") from None


_DAY = 86_400
_CLOSE = 0.92  # likeness of two names, 0 to 1: KEY and KEYS, MAXBYTES and MAX_BYTES, but not what Kubernetes sets
_TABLE = re.compile(r"(?m)^\| variable \| meaning \| default \|\n(?:\|.*\n)+")

# Only HOST and PORT carry no prefix: that is what platforms set. Nothing may be called AFTERWORD_PORT, since Kubernetes
# sets AFTERWORD_PORT=tcp://... by itself when a service is named "afterword".
VARIABLES = (
    Variable("HOST", "host", _host, "address to listen on", "`127.0.0.1`; `0.0.0.0` in the image"),
    Variable("PORT", "port", _whole(1, 65535), "port to listen on"),
    Variable(
        "AFTERWORD_MAX_BYTES",
        "max_bytes",
        _whole(1, 1 << 31),
        "largest body of a request, after decompression; in a batch, of a line",
    ),
    Variable(
        "AFTERWORD_MAX_LINES",
        "max_lines",
        _whole(1, 1 << 31),
        "most lines of a text, or tags of a page: what time and memory are spent on",
    ),
    Variable(
        "AFTERWORD_WORKERS",
        "workers",
        _whole(1, 256),
        "worker processes",
        "one per CPU the container may use, 2 to 8",
    ),
    Variable(
        "AFTERWORD_THREADS",
        "threads",
        _whole(1, 256),
        "requests that a worker attends to at once; it cleans one article after the other",
    ),
    Variable(
        "AFTERWORD_PAGE_SECONDS",
        "page_seconds",
        _whole(0, 60),
        "time the extractor may take for a page, when it is asked; where it may take longer, it is not, and `note` "
        "says so",
    ),
    Variable(
        "AFTERWORD_QUEUE", "queue", _whole(0, 100_000), "articles that may wait for it; the next is refused with 503"
    ),
    Variable(
        "AFTERWORD_STREAMS",
        "streams",
        _whole(1, 4096),
        "batches and bodies over 64 KB that a worker takes at once; the next is refused with 503",
    ),
    Variable(
        "AFTERWORD_BUDGET_SECONDS",
        "budget_seconds",
        _whole(1, _DAY),
        "time for an article, waiting included; then it is given up with 503",
    ),
    Variable(
        "AFTERWORD_IDLE_SECONDS",
        "idle_seconds",
        _whole(1, _DAY),
        "time that the client of a batch may neither send nor read",
    ),
    Variable(
        "AFTERWORD_DRAIN_SECONDS",
        "drain_seconds",
        _whole(0, 3600),
        "on SIGTERM, time that `/ready` says 503 while everything is still served",
    ),
    Variable(
        "AFTERWORD_GRACE_SECONDS",
        "grace_seconds",
        _whole(1, 3600),
        "after that, time for requests in flight to finish",
    ),
    Variable(
        "AFTERWORD_MAX_REQUESTS",
        "max_requests",
        _whole(0, 10**9),
        "requests (and up to a tenth more) after which a worker is replaced; 0: never",
    ),
    Variable(
        "AFTERWORD_KEYS",
        "keys",
        _keys,
        "API keys, set apart by commas; with one of them set, `/v1/` asks for a key",
        "none",
        secret=True,
    ),
    Variable(
        "AFTERWORD_KEYS_FILE",
        "keys_file",
        _file,
        "file with API keys, one a line; SIGHUP reads it again",
        "none",
    ),
    Variable("AFTERWORD_RATE", "rate", _rate, "most articles per key, or per address, such as `600/minute`", "none"),
    Variable(
        "AFTERWORD_PROXIES",
        "proxies",
        _whole(0, 10),
        "proxies before the service, whose X-Forwarded-For is believed",
    ),
    Variable(
        "AFTERWORD_LEXICON",
        "lexicon",
        _folder,
        "folder of the packs; SIGHUP reads it again",
        "`service/lexicon`",
    ),
    Variable("AFTERWORD_LOG", "log", _one_of("json", "text"), "form of the log: `json` or `text`"),
    Variable(
        "AFTERWORD_LOG_LEVEL",
        "log_level",
        _one_of("debug", "info", "warning", "error"),
        "least level that is logged: `debug`, `info`, `warning` or `error`",
    ),
)


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in `environment` (default: the process's own), or raise `SettingsError` with every fault.

    A variable that is set but empty counts as not set, as shells and compose files leave it so.
    """
    found, faults = look(os.environ if environment is None else environment)
    if faults:
        raise SettingsError(faults)
    return found


def look(environment: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """Return the settings in `environment`, and the faults of those that cannot be read and are as by default."""
    found: dict[str, object] = {field.name: field.default for field in fields(Settings)}
    faults = []
    for variable in VARIABLES:
        value = environment.get(variable.name)
        if not value:
            continue
        try:
            found[variable.field] = variable.read(value)
        except ValueError as error:
            faults.append(f"{variable.name} {error}" + ("" if variable.secret else f", not {value[:80]!r}"))
    return Settings(**found), faults  # type: ignore[arg-type]  # each reader returns its field's type


def misspelt(environment: Mapping[str, str]) -> list[str]:
    """Return what to say of variables that are named nearly as one of these: nobody else would tell."""
    known = [variable.name for variable in VARIABLES]
    others = [name for name in sorted(environment) if name.startswith("AFTERWORD_") and name not in known]
    found = [(name, difflib.get_close_matches(name, known, 1, _CLOSE)) for name in others]
    return [f"{name} is no setting; {close[0]} is" for name, close in found if close]


def table() -> str:
    """Return all settings as the Markdown table that stands in README."""
    defaults = Settings()
    rows = [
        f"| `{variable.name}` | {variable.meaning} | {variable.shown or f'`{getattr(defaults, variable.field)}`'} |"
        for variable in VARIABLES
    ]
    return "\n".join(["| variable | meaning | default |", "| --- | --- | --- |", *rows])


def write(readme: Path) -> None:
    """Put the table into the file where it stands already."""
    text = readme.read_text("utf-8")
    readme.write_text(_TABLE.sub(lambda _: table() + "\n", text, count=1), "utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]))
    else:
        print(table())
