"""Names of persons: the built-in gazetteer, or a language model behind the same port when one is configured."""

from __future__ import annotations

from pathlib import Path

from pipeline.detect.names.gazetteer import load_gazetteer
from pipeline.detect.names.recogniser import GazetteerRecogniser
from pipeline.ports import NameRecogniser

__all__ = ["GazetteerRecogniser", "load_gazetteer", "load_person_recogniser"]


def load_person_recogniser(model: str | None = None, lexicons: Path | None = None) -> NameRecogniser:
    """The recogniser of names: the gazetteer, and beside it the pipeline that `model` names.

    Args:
        model: None for the gazetteer alone; "spacy:NAME_OR_PATH" or "transformers:NAME_OR_PATH" for a pipeline that is
            installed. A name without a prefix is spaCy's.
        lexicons: a folder with a `names` folder of its own lists, added to the built-in ones.

    Raises:
        BadConfiguration: the model or its library is not installed, or a list cannot be read.
    """
    rules = GazetteerRecogniser(load_gazetteer(lexicons))
    if model is None:
        return rules
    from pipeline.detect.names.models import load_model  # noqa: PLC0415 - spaCy and transformers are heavy and optional

    return load_model(model, rules)
