"""How does the service write its log? One JSON object a line; no text of an article ever stands in it."""

import logging.config
import sys
from typing import Any

# What every line holds, and under which name.
_FIELDS = "%(levelname)s %(name)s %(process)d %(message)s"
_NAMES = {"levelname": "level", "name": "logger", "process": "pid"}
_FORMATTERS: dict[str, dict[str, Any]] = {
    # It escapes all control characters and all that is not ASCII: nobody can write a second line into the log.
    "json": {"()": "pythonjsonlogger.json.JsonFormatter", "fmt": _FIELDS, "rename_fields": _NAMES, "timestamp": "time"},
    "text": {"()": "service.logs.OneLine", "fmt": "%(asctime)s %(levelname)s [%(process)d] %(message)s"},
}


class OneLine(logging.Formatter):
    """Text for people, with the fields of a request behind it. What a client sent cannot break the line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text, its control characters escaped; a trace keeps its lines."""
        fields = {name: value for name, value in vars(record).items() if name not in _KNOWN}
        told = " ".join(f"{name}={value}" for name, value in fields.items()).translate(_ESCAPED)
        return f"{super().format(record).translate(_ESCAPED_IN_TRACES)} {told}".rstrip()


_KNOWN = {*vars(logging.makeLogRecord({})), "message", "asctime"}
_ESCAPED = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
_ESCAPED_IN_TRACES = {code: escape for code, escape in _ESCAPED.items() if code != ord("\n")}


def configuration(form: str, level: str) -> dict[str, Any]:
    """Return how to log, as `logging.config.dictConfig` wants it; `form` is "json" or "text"."""
    silent = {"handlers": [], "propagate": False, "level": "CRITICAL"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": _FORMATTERS[form]},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "chosen"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "service": {"level": level.upper()},
            "gunicorn.error": {"handlers": ["stderr"], "propagate": False, "level": level.upper()},
            # Requests are logged by the application, which knows more of them, and keeps their query strings to itself.
            "gunicorn.access": silent,
        },
    }
