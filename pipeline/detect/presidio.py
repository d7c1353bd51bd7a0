"""How our recognisers sit in Presidio: its registry, its analysis engine, our reading in place of an NLP model's.

No model is downloaded and no language is guessed: everything is registered under one pseudo-language, so that language
never gates a number. Presidio's own recognisers are left out: they know no Swedish spelling, and their regular
expressions time out open. Its loggers, which may quote text, are pinned quiet.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from presidio_analyzer import (
    AnalyzerEngine,
    EntityRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from pipeline.detect.deadline import Deadline
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.setting import Setting

LANGUAGE = "any"
_NO_TOKENS: Any = []
Find = Callable[[Reading, Setting], Iterable[Finding]]
MayHold = Callable[[Reading], bool]


class ReadingArtifacts(NlpArtifacts):
    """What every recogniser gets beside the text: its reading, the deadline, and where to say that it was passed."""

    def __init__(self, reading: Reading, deadline: Deadline) -> None:
        super().__init__([], _NO_TOKENS, [], [], None, LANGUAGE)
        self.reading = reading
        self.deadline = deadline
        self.unfinished: list[str] = []


class ShapeRecognizer(EntityRecognizer):
    """One of our pure functions as a Presidio recogniser; `may_hold` is its gate."""

    def __init__(
        self, name: str, entities: tuple[Entity, ...], find: Find, may_hold: MayHold, setting: Setting
    ) -> None:
        super().__init__([str(entity) for entity in entities], name=name, supported_language=LANGUAGE)
        self._title = name
        self._find = find
        self.may_hold = may_hold
        self._setting = setting

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self,
        text: str,  # noqa: ARG002 Presidio's signature
        entities: list[str],  # noqa: ARG002 Presidio's signature
        nlp_artifacts: NlpArtifacts,
    ) -> list[RecognizerResult]:
        """What the function finds in the reading, each finding carried whole in the result's metadata."""
        if not isinstance(nlp_artifacts, ReadingArtifacts):
            raise TypeError("analyze() needs ReadingArtifacts")
        results: list[RecognizerResult] = []
        if nlp_artifacts.deadline.passed():
            nlp_artifacts.unfinished.append(self._title)
            return results
        for finding in self._find(nlp_artifacts.reading, self._setting):
            results.append(self._result(finding))
            if nlp_artifacts.deadline.passed():
                nlp_artifacts.unfinished.append(self._title)
                break
        return results

    def _result(self, finding: Finding) -> RecognizerResult:
        """Without Presidio's explanation, which its engine would take away again: the finding has its own."""
        metadata = {
            RecognizerResult.RECOGNIZER_NAME_KEY: self._title,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            "finding": finding,
        }
        return RecognizerResult(
            str(finding.type), finding.start, finding.end, finding.score, recognition_metadata=metadata
        )


class _NoNlp(NlpEngine):
    """No language model: readings are given to every call."""

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        raise NotImplementedError("readings are passed to analyze()")

    def process_batch(
        self, texts: Iterable[str], language: str, *_: Any, **__: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        raise NotImplementedError("readings are passed to analyze()")

    def is_stopword(self, word: str, language: str) -> bool:  # noqa: ARG002
        return False

    def is_punct(self, word: str, language: str) -> bool:  # noqa: ARG002
        return False

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return [LANGUAGE]


class _Engine(AnalyzerEngine):
    """Adds no context of Presidio's: our recognisers weigh the words around a value themselves, on both sides of it."""

    def _enhance_using_context(
        self,
        text: str,  # noqa: ARG002 Presidio's signature
        raw_results: list[RecognizerResult],
        *_: Any,
        **__: Any,
    ) -> list[RecognizerResult]:
        return raw_results


class _Fixed(RecognizerRegistry):
    """A registry that never changes once the engine is built, so that it is not searched anew for every text.

    A text that names some of them is given no others.
    """

    def get_recognizers(
        self, *_: Any, ad_hoc_recognizers: list[EntityRecognizer] | None = None, **__: Any
    ) -> list[EntityRecognizer]:
        return list(self.recognizers) if ad_hoc_recognizers is None else ad_hoc_recognizers


def analyzer(recognizers: Iterable[ShapeRecognizer]) -> Callable[[str, ReadingArtifacts], list[RecognizerResult]]:
    """Presidio's analysis with our recognisers alone, of a text with its reading."""
    quieten()
    ours = list(recognizers)
    registry = _Fixed(recognizers=ours, supported_languages=[LANGUAGE])
    engine = _Engine(registry=registry, nlp_engine=_NoNlp(), supported_languages=[LANGUAGE])
    entities = engine.get_supported_entities()

    def analyse(text: str, artifacts: ReadingArtifacts) -> list[RecognizerResult]:
        asked: list[EntityRecognizer] = [each for each in ours if each.may_hold(artifacts.reading)]
        if not asked:
            return []
        return engine.analyze(
            text, LANGUAGE, entities, score_threshold=0.0, ad_hoc_recognizers=asked, nlp_artifacts=artifacts
        )

    return analyse


def quieten() -> None:
    """Presidio's loggers say nothing below an error: their debug lines may hold what was found."""
    for name in ("presidio-analyzer", "decision_process"):
        logging.getLogger(name).setLevel(logging.ERROR)
        logging.getLogger(name).propagate = False
