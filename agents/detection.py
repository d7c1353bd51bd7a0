"""The detector, put together from the settings."""

from __future__ import annotations

from datetime import UTC, datetime

from agents.configuration import load_allow_list
from agents.settings import Settings
from pipeline.detect.concerns.built import load_concern_recogniser
from pipeline.detect.engine import Engine
from pipeline.detect.names import load_person_recogniser
from pipeline.detect.setting import Setting
from pipeline.ports import Detector


def build_detector(settings: Settings, *, bare_names: bool = True) -> Detector:
    """Build the detection engine; takes about a second, so it is done once in a process.

    `bare_names`: whether a name is wanted where nothing else is found.

    Raises:
        BadConfiguration: the allow-list, a lexicon or the language model that the settings name is broken.
    """
    return Engine(
        Setting(lambda: datetime.now(UTC).date(), load_allow_list(settings.allow_file)),
        names=load_person_recogniser(settings.nlp_model, settings.lexicon_dir),
        concerns=load_concern_recogniser(settings.lexicon_dir),
        bare_names=bare_names,
    )
