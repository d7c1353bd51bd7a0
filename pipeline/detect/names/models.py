"""A language model that finds names beside the gazetteer: spaCy or transformers, imported only when configured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pipeline.detect.finding import Entity, Explanation, Finding
from pipeline.errors import BadConfiguration
from pipeline.ports import NameRecogniser

PERSON_LABELS = frozenset({"PER", "PERSON", "PRS", "B-PER", "I-PER"})  # spaCy sv, en; SUC; Hugging Face models
MODEL_SCORE = 0.8
Spans = Iterable[tuple[int, int, float]]


class ModelRecogniser:
    """The names that a model finds, and those of the gazetteer that it overlooks; fills the port `NameRecogniser`."""

    def __init__(self, find: Callable[[str], Spans], rules: NameRecogniser, rule: str) -> None:
        self._find = find
        self._rules = rules
        self._rule = rule

    def may_hold(self, text: str) -> bool:
        """True for any letters: only the model knows."""
        return any(map(str.isalpha, text)) or self._rules.may_hold(text)

    def find_persons(self, text: str) -> tuple[Finding, ...]:
        """The names in a text, in order and without overlaps; where both find one, the model's span is kept."""
        why = Explanation("model")
        found = [Finding(Entity.PERSON, a, b, score, self._rule, why=why) for a, b, score in self._find(text) if a < b]
        taken = sorted(found, key=lambda f: f.start)
        kept = [f for n, f in enumerate(taken) if n == 0 or f.start >= taken[n - 1].end]
        rest = [f for f in self._rules.find_persons(text) if all(f.end <= k.start or k.end <= f.start for k in kept)]
        return tuple(sorted([*kept, *rest], key=lambda f: f.start))


def load_model(model: str, rules: NameRecogniser) -> NameRecogniser:
    """The recogniser for "spacy:NAME_OR_PATH" or "transformers:NAME_OR_PATH"; a bare name is spaCy's.

    Raises:
        BadConfiguration: the library or the model is not installed.
    """
    library, parted, name = model.partition(":")
    if not parted:
        library, name = "spacy", model
    if library == "spacy":
        return ModelRecogniser(_spacy(name), rules, "person-spacy")
    if library == "transformers":
        return ModelRecogniser(_transformers(name), rules, "person-transformers")
    raise BadConfiguration(f"ANSLAGSVAKT_NLP_MODEL: {library!r} is no library of models; write spacy: or transformers:")


def _spacy(name: str) -> Callable[[str], Spans]:
    try:
        import spacy  # noqa: PLC0415 - heavy and optional

        nlp = spacy.load(name)
    except (ImportError, OSError, ValueError) as error:
        raise BadConfiguration(f"ANSLAGSVAKT_NLP_MODEL: spaCy cannot load {name!r}; install spaCy and it") from error

    def find(text: str) -> Spans:
        return [(e.start_char, e.end_char, MODEL_SCORE) for e in nlp(text).ents if e.label_ in PERSON_LABELS]

    return find


def _transformers(name: str) -> Callable[[str], Spans]:
    try:
        from transformers import pipeline  # type: ignore[import-not-found] # noqa: PLC0415 - heavy and optional

        ner: Any = pipeline("token-classification", model=name, aggregation_strategy="simple")
    except (ImportError, OSError, ValueError) as error:
        raise BadConfiguration(
            f"ANSLAGSVAKT_NLP_MODEL: transformers cannot load {name!r}; install transformers, torch and the model"
        ) from error

    def find(text: str) -> Spans:
        return [
            (int(e["start"]), int(e["end"]), float(e["score"])) for e in ner(text) if e["entity_group"] in PERSON_LABELS
        ]

    return find
