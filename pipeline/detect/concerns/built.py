"""The recogniser of concerns as it is put together."""

from __future__ import annotations

from pathlib import Path

from pipeline.detect.concerns.disguise import Undressing
from pipeline.detect.concerns.lexicon import load_lexicon
from pipeline.detect.concerns.recogniser import LexiconRecogniser
from pipeline.detect.concerns.tone import load_tone
from pipeline.ports import ConcernRecogniser


def load_concern_recogniser(extra: Path | None = None) -> ConcernRecogniser:
    """The recogniser of concerns: built-in lexicons and those of the folder `extra`, the model, disguises undone.

    Raises:
        BadConfiguration: a lexicon file is broken; the message names file, line, field and remedy.
    """
    return Undressing(LexiconRecogniser(load_lexicon(extra), load_tone()))
