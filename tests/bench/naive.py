"""The naive design that tutorials show: one event at a time, stock Presidio inline, one awaited send for each."""

from __future__ import annotations

import json
import sys
from typing import Any

import faust
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    SeOrganisationsnummerRecognizer,
    SePersonnummerRecognizer,
)

from topics import catalog


def stock_presidio() -> AnalyzerEngine:
    """Presidio as it comes for Swedish, with its Swedish recognisers switched on and a blank pipe (no download)."""
    import spacy  # noqa: PLC0415 - a second to import, and only this needs it

    nlp = SpacyNlpEngine(models=[{"lang_code": "sv", "model_name": "blank"}])
    nlp.nlp = {"sv": spacy.blank("sv")}  # type: ignore[assignment] # Presidio declares it None until it is loaded
    registry = RecognizerRegistry(supported_languages=["sv"])
    registry.load_predefined_recognizers(languages=["sv"], nlp_engine=nlp)
    for recognizer in (SePersonnummerRecognizer, SeOrganisationsnummerRecognizer, CreditCardRecognizer):
        registry.add_recognizer(recognizer(supported_language="sv"))
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["sv"])


def main(bootstrap: str, archive: str) -> None:
    """Copy raw to `archive` with detection in between, until terminated."""
    analyzer = stock_presidio()
    app = faust.App(
        "bench-naive",
        broker=f"kafka://{bootstrap}",
        store="memory://",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        autodiscover=False,
    )
    out = app.topic(archive, value_serializer="raw")

    @app.agent(app.topic(catalog.RAW, value_serializer="raw"))
    async def screen(stream: Any) -> None:
        async for value in stream:
            text = json.loads(value)["data"].get("text") or ""
            analyzer.analyze(text, language="sv")
            await (await out.send(value=value))

    faust.Worker(app, loglevel="WARNING").execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:])
