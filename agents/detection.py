"""The detector, put together from the settings."""

from __future__ import annotations

from datetime import UTC, datetime

from agents.settings import Settings
from pipeline.detect.engine import Engine
from pipeline.detect.setting import Setting
from pipeline.ports import Detector


def build_detector(settings: Settings) -> Detector:
    """Build the detection engine; takes about a second, so it is done once in a process."""
    del settings
    return Engine(Setting(datetime.now(UTC).date()))
