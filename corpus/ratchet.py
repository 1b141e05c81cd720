"""The recorded baseline: figures may only get better, and every case that is not exact is known by name."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.measure import Mark, Score
from service.errors import AfterwordError

BASELINE = Path(__file__).parent / "baseline.toml"

_HEAD = """\
# What the cleaner reached, written by `python -m corpus.score --record`. A lost body line is never accepted.
# Per language: `left` may only fall, `related_f1` and `kind_accuracy` may only rise. `known` lists the cases that are
# not exact yet, with what is wrong; one that becomes exact is taken out by recording again.
"""


class BaselineError(AfterwordError):
    """The baseline cannot be read, or must not be written."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was reached before."""

    languages: Mapping[str, Mapping[str, float]]
    known: Mapping[str, str]


def read(path: Path = BASELINE) -> Baseline:
    """Read the baseline; where none is recorded yet, nothing was reached."""
    if not path.exists():
        return Baseline({}, {})
    try:
        with path.open("rb") as file:
            rows = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BaselineError(f"{path}: {error}") from error
    return Baseline(rows.get("languages", {}), rows.get("known", {}))


def worse(marks: Sequence[Mark], scores: Mapping[str, Score], baseline: Baseline) -> list[str]:
    """Name everything that is worse than the baseline; an empty list is a pass."""
    found = [f"{m.case.name}: a body line is lost: {line.text!r}" for m in marks for line in m.lost]
    found += [f"{m.case.name}: not lossless" for m in marks if not m.lossless]
    found += [
        f"{m.case.name}: not exact and not known: {why(m)}"
        for m in marks
        if not m.exact and m.case.name not in baseline.known
    ]
    for language, score in scores.items():
        before = baseline.languages.get(language)
        if before is None:
            found.append(f"{language}: no baseline, record one")
            continue
        if score.left > before["left"]:
            found.append(f"{language}: {score.left} lines left, {before['left']} before")
        for name in ("related_f1", "kind_accuracy"):
            if getattr(score, name) < before[name]:
                found.append(f"{language}: {name} {getattr(score, name)}, {before[name]} before")
    return found


def promoted(marks: Sequence[Mark], baseline: Baseline) -> list[str]:
    """Name the known cases that have become exact or are gone."""
    names = {m.case.name: m for m in marks}
    return [name for name in baseline.known if name not in names or names[name].exact]


def why(mark: Mark) -> str:
    """Say in a few words what keeps a case from being exact."""
    parts = [f"{len(mark.lost)} lost"] * bool(mark.lost) + [f"{len(mark.left)} left"] * bool(mark.left)
    if not mark.hits == mark.said == mark.wanted:
        parts.append(f"related {mark.hits} of {mark.wanted}, {mark.said} said")
    return ", ".join(parts + [what.partition(":")[0] for what in mark.wrong])


def record(marks: Sequence[Mark], scores: Mapping[str, Score], path: Path = BASELINE) -> None:
    """Write the baseline anew, unless something is lost: that is never recorded."""
    bad = [m.case.name for m in marks if m.lost or not m.lossless]
    if bad:
        raise BaselineError("body text is lost, which cannot be recorded: " + ", ".join(bad))
    rows = [_HEAD]
    for language, score in sorted(scores.items()):
        rows.append(f"[languages.{language}]")
        rows += [f"{name} = {getattr(score, name)}" for name in ("left", "related_f1", "kind_accuracy")] + [""]
    rows.append("[known]")
    # a JSON string is a TOML basic string
    rows += [f"{json.dumps(m.case.name)} = {json.dumps(why(m), ensure_ascii=False)}" for m in marks if not m.exact]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
