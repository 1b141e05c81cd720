"""What does an application hold for all its requests? Made once from the settings, and again for a reload."""

from dataclasses import dataclass, replace

from service import clean, given, jsontext, openapi
from service.access import Keys
from service.handover import Handover
from service.lexicon import Lexicon
from service.lifecycle import Lifecycle
from service.metrics import Metrics
from service.model import Options
from service.rate import Rate
from service.room import BODIES, Room
from service.settings import Settings
from service.turns import Turns

# A reload has twice the workers for a while, and a few may be on their way out. The first row is the parent's.
_ROWS_PER_WORKER = 3
_MOST_WORKERS_BY_DEFAULT = 8


@dataclass(frozen=True, slots=True)
class Loaded:
    """Nothing of it changes, but what processes count together."""

    settings: Settings
    lexicon: Lexicon
    keys: Keys
    turns: Turns
    rate: Rate | None
    metrics: Metrics
    lifecycle: Lifecycle
    handover: Handover
    room: Room
    openapi: bytes


def load(asked: Settings | None, lexicon: Lexicon | None, paths: list[str]) -> Loaded:
    """Return what requests need. What is not given is read: settings from the environment, the lexicon from files.

    Raises `AfterwordError` with all faults of settings, keys and packs.
    """
    found = given.read(asked, lexicon)
    asked, lexicon = found.settings, found.lexicon
    metrics = Metrics(
        _ROWS_PER_WORKER * (asked.workers or _MOST_WORKERS_BY_DEFAULT) + 1,
        paths,
        lexicon.languages,
        lexicon.records,
    )
    rate = Rate(asked.rate) if asked.rate is not None else None
    turns = Turns(asked.budget_seconds, asked.max_lines)
    room = Room(BODIES * asked.max_bytes)
    document = jsontext.dump(openapi.document(asked.max_bytes))
    _warm(lexicon)
    return Loaded(asked, lexicon, found.keys, turns, rate, metrics, Lifecycle(), Handover(), room, document)


def again(before: Loaded) -> Loaded:
    """Return `before` with packs and keys read again, or raise `AfterwordError`. `before` stays as it was."""
    found = given.read(before.settings)
    _warm(found.lexicon)
    before.metrics.know(found.lexicon.languages, found.lexicon.records)
    turns = Turns(before.settings.budget_seconds, before.settings.max_lines)
    return replace(before, lexicon=found.lexicon, keys=found.keys, turns=turns)


def _warm(lexicon: Lexicon) -> None:
    """Clean a text and a page. Libraries load their tables with their first one; forked workers share them."""
    clean.clean_text("The bridge was closed.\n\nRead also\n\nA headline 23.08.2016\n", lexicon, Options(explain=True))
    clean.clean_html("<p>The bridge was closed on Monday.</p>", lexicon, Options())
