"""Who may ask? API keys, of which only hashes are kept."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from pathlib import Path

from service.errors import SettingsError

# A key that can be guessed is none: 16 characters of letters and digits are about 95 bits.
_LEAST = 16
_HASH = "sha256:"
# Shown in logs and told apart by; says nothing of the key.
_NAME_LETTERS = 8


class Keys:
    """The keys that open `/v1/`. With none of them, everyone may ask."""

    def __init__(self, keys: Iterable[str] = (), file: Path | None = None) -> None:
        """Take keys as they are, or as `sha256:` and 64 hex digits; or raise `SettingsError` with every fault."""
        faults: list[str] = []
        found = [(f"AFTERWORD_KEYS: key {number}", key) for number, key in enumerate(keys, 1)]
        if file is not None:
            try:
                lines = file.read_text("utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                faults.append(f"AFTERWORD_KEYS_FILE cannot be read: {type(error).__name__}")
                lines = []
            found += [
                (f"AFTERWORD_KEYS_FILE: line {number}", line.strip())
                for number, line in enumerate(lines, 1)
                if line.strip() and not line.startswith("#")
            ]
        self._hashes = tuple(dict.fromkeys(_hashed(place, key, faults) for place, key in found))
        if file is not None and not found and not faults:
            # An empty file would open the service to all, which nobody means by naming one.
            faults.append("AFTERWORD_KEYS_FILE holds no key")
        if faults:
            raise SettingsError(faults)

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def name(self, key: str) -> str | None:
        """Return the name by which logs and limits know the owner of `key`; None if it opens nothing.

        Takes the same time for every key that is wrong: hashes are compared, and all of them.
        """
        asked = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
        same = [hmac.compare_digest(asked, known) for known in self._hashes]
        return asked.hex()[:_NAME_LETTERS] if any(same) else None


def _hashed(place: str, key: str, faults: list[str]) -> bytes:
    if key.startswith(_HASH):
        if not re.fullmatch("[0-9a-fA-F]{64}", key.removeprefix(_HASH)):
            faults.append(f"{place} must have 64 hex digits after {_HASH}")
            return b""
        return bytes.fromhex(key.removeprefix(_HASH))
    if len(key) < _LEAST or not key.isascii() or not key.isprintable() or " " in key:
        faults.append(f"{place} must have at least {_LEAST} characters, all of them visible ASCII")
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
