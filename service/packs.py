"""What is written in the packs, and is it well formed? The only reader of TOML.

A pack (`lexicon/<tag>.toml`) holds word lists and phrase records, `networks.toml` the networks. All faults are
collected, so that whoever edits a pack sees them at once; what the phrases mean is told in grammar.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rtoml

from service.model import Kind, Reach
from service.pieces import ANY, Record
from service.slots import SLOTS

NETWORK, TEXT = "network", "text"  # slots beside those of the matcher
NETWORKS_FILE = "networks.toml"

_RECORD_FIELDS = {"id", "kind", "reach", "certain", "phrases", "catches", "spares", "note"}
_PACK_FIELDS = {"language", "name", "words", "phrase"}
_NETWORK_FIELDS = {"id", "names", "forms", "note"}
_KINDS = {kind.value: kind for kind in Kind if kind is not Kind.BODY}
_REACHES = {reach.value: reach for reach in Reach}


@dataclass(frozen=True, slots=True)
class Pack:
    """One language's file."""

    tag: str
    name: str
    words: Mapping[str, list[str]]  # word lists by name
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """One network with every spelling and inflected form, of whatever language."""

    id: str
    names: tuple[str, ...]


def read(folder: Path, faults: list[str]) -> dict[str, bytes]:
    """Return the files of `folder` by name; one that cannot be read is left out and told in `faults`."""
    files = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            files[path.name] = path.read_bytes()
        except OSError as error:
            faults.append(f"{path.name}: {error}")
    if not files and not faults:
        faults.append(f"{folder}: no packs found")
    return files


def parse(files: Mapping[str, bytes], faults: list[str]) -> tuple[list[Pack], list[Network]]:
    """Return the packs and the networks in `files`; what is faulty is left out and told in `faults`."""
    parsed = {name: _toml(name, content, faults) for name, content in files.items()}
    networks = list(_networks(parsed.pop(NETWORKS_FILE, {}), faults))
    known: set[str] = set()
    return [_pack(name.removesuffix(".toml"), file, known, faults) for name, file in parsed.items()], networks


def _toml(name: str, content: bytes, faults: list[str]) -> dict[str, Any]:
    try:
        return rtoml.loads(content.decode("utf-8"))
    except (rtoml.TomlParsingError, UnicodeDecodeError) as error:
        faults.append(f"{name}: {error}")
        return {}


def _networks(file: Mapping[str, Any], faults: list[str]) -> Iterator[Network]:
    for number, entry in enumerate(file.get("network", []), 1):
        forms = entry.get("forms", {})
        if (
            not isinstance(forms, dict)
            or not all(map(_texts, forms.values()))
            or set(entry) - _NETWORK_FIELDS
            or not _texts(entry.get("names"))
        ):
            where = f"{NETWORKS_FILE}: network {entry.get('id', number)!r}"
            faults.append(f"{where}: needs `id`, a list `names` and may have `forms` (lists by language) and `note`")
            continue
        names = (*entry["names"], *(form for forms_of in forms.values() for form in forms_of))
        yield Network(str(entry.get("id", number)), names)


def _pack(tag: str, file: Mapping[str, Any], known: set[str], faults: list[str]) -> Pack:
    if file and tag != ANY and file.get("language") != tag:
        faults.append(f"{tag}.toml: `language` must be {tag!r}")
    faults += [f"{tag}.toml: unknown key {unknown!r}" for unknown in sorted(set(file) - _PACK_FIELDS)]
    words: dict[str, list[str]] = {}
    for name, entries in file.get("words", {}).items():
        if name in SLOTS or name in (NETWORK, TEXT) or not _texts(entries):
            faults.append(
                f"{tag}.toml: word list {name!r} must be a list of words under a name that is no built-in slot"
            )
        else:
            words[name] = entries
    records = []
    for number, entry in enumerate(file.get("phrase", []), 1):
        record = _record(tag, number, entry, faults)
        if record is None:
            continue
        if record.id in known:
            faults.append(f"{record.id}: this id stands twice")
        known.add(record.id)
        records.append(record)
    return Pack(tag, file.get("name", tag), words, tuple(records))


def _record(tag: str, number: int, entry: Mapping[str, Any], faults: list[str]) -> Record | None:
    where = f"{tag}.toml: phrase {entry.get('id', number)!r}"
    before = len(faults)
    faults += [f"{where}: unknown key {name!r}" for name in sorted(set(entry) - _RECORD_FIELDS)]
    if not str(entry.get("id", "")).startswith(f"{tag}."):
        faults.append(f"{where}: `id` must begin with '{tag}.'")
    if entry.get("kind") not in _KINDS:
        faults.append(f"{where}: `kind` must be one of {', '.join(_KINDS)}")
    if entry.get("reach", "line") not in _REACHES:
        faults.append(f"{where}: `reach` must be one of {', '.join(_REACHES)}")
    if not isinstance(entry.get("certain", True), bool):
        faults.append(f"{where}: `certain` must be true or false")
    for name in ("phrases", "catches", "spares"):
        if not _texts(entry.get(name)):
            faults.append(f"{where}: `{name}` must be a list of at least one text")
    if len(faults) > before:
        return None
    return Record(
        entry["id"], _KINDS[entry["kind"]], _REACHES[entry.get("reach", "line")], entry.get("certain", True),
        tuple(entry["phrases"]), tuple(entry["catches"]), tuple(entry["spares"]), entry.get("note", ""),
    )  # fmt: skip


def _texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) and v.strip() for v in value)
