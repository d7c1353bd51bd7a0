"""The port filled by a spaCy pipeline that the test builds, beside the gazetteer."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.detect.names import load_person_recogniser
from pipeline.errors import BadConfiguration


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """A blank Swedish pipeline that knows two names by rule, saved as a model is."""
    spacy = pytest.importorskip("spacy")
    nlp = spacy.blank("sv")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "PRS", "pattern": "Xqvar Zzlm"},
            {"label": "PER", "pattern": "Anna"},
            {"label": "LOC", "pattern": "Höör"},
        ]
    )
    folder = tmp_path / "model"
    nlp.to_disk(folder)
    return folder


def test_the_model_and_the_gazetteer_add_up(pipeline: Path) -> None:
    text = "Xqvar Zzlm mötte Anna Karlsson och Torgny i Höör"
    found = load_person_recogniser(f"spacy:{pipeline}").find_persons(text)
    assert [(text[f.start : f.end], f.rule) for f in found] == [
        ("Xqvar Zzlm", "person-spacy"),
        ("Anna", "person-spacy"),
        ("Torgny", "person-given"),
    ]


def test_the_gate_is_open_for_any_letters(pipeline: Path) -> None:
    recogniser = load_person_recogniser(str(pipeline))
    assert recogniser.may_hold("xqvar")
    assert not recogniser.may_hold("123 456 !")


@pytest.mark.parametrize("model", ["spacy:no-such-model", "no-such-model", "word2vec:x"])
def test_a_model_that_is_not_there_is_refused(model: str) -> None:
    with pytest.raises(BadConfiguration, match="ANSLAGSVAKT_NLP_MODEL"):
        load_person_recogniser(model)
