"""What has the operator given: settings, keys, packs? Read together, so that all that is wrong is told at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from service import settings as settings_
from service.access import Keys
from service.errors import AfterwordError, GivenError, PackError, SettingsError
from service.lexicon import Lexicon
from service.lexicon import load as load_lexicon
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Given:
    """Everything a start needs, without fault."""

    settings: Settings
    keys: Keys
    lexicon: Lexicon


def read(
    asked: Settings | None = None, lexicon: Lexicon | None = None, environment: Mapping[str, str] | None = None
) -> Given:
    """Return what is given. What is not is read: settings from the environment, keys and the lexicon as they say.

    Raises `AfterwordError` with every fault of settings, keys and packs.
    """
    faults: list[str] = []
    if asked is None:
        asked, faults = settings_.look(os.environ if environment is None else environment)
    keys = Keys()
    try:
        keys = Keys(asked.keys, asked.keys_file)
    except SettingsError as error:
        faults += error.faults
    errors: list[AfterwordError] = [SettingsError(faults)] if faults else []
    try:
        lexicon = _lexicon(asked) if lexicon is None else lexicon
    except PackError as error:
        errors.append(error)
    if errors or lexicon is None:
        raise errors[0] if len(errors) == 1 else GivenError(errors)
    return Given(asked, keys, lexicon)


def _lexicon(asked: Settings) -> Lexicon:
    try:
        return load_lexicon(asked.lexicon)
    except OSError as error:
        raise PackError([f"{error.filename}: {error.strerror}"]) from None
