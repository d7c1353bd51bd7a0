"""A text as it may be handed out: what was found confidential in it is covered, by the name of what it is."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.detect.finding import Analysis, ConcernFinding
from pipeline.ports import Detector, FieldText

_FIRST, _LAST = re.compile(r"^\w+"), re.compile(r"\w+$")
_ROUNDS = 30
_BLANK = "x"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: what it says, or, with `covers`, that it was covered and as what."""

    text: str = field(repr=False)
    covers: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As it may be shown."""
        return f"[{' '.join(self.covers)}]" if self.covers else self.text


Shown = tuple[Piece, ...]
"""A text as it may be shown."""


NOT_ANALYSED: Shown = (Piece("", ("NOT ANALYSED",)),)


def mask(texts: Sequence[FieldText], analysis: Analysis) -> Mapping[str, Shown]:
    """The texts by field, with values, names and concerns covered; an analysis with gaps covers everything.

    What is public by its nature (an allow-listed number) stays.
    """
    if analysis.gaps:
        return {text.pointer: NOT_ANALYSED for text in texts}
    spans = _spans(analysis)
    return {
        text.pointer: tuple(
            Piece("", covers) if covers else Piece(piece)
            for piece, covers in _pieces(text.text, spans.get(text.pointer, []))
            if piece
        )
        for text in texts
    }


def said(shown: Shown) -> str:
    """A text as it may be shown, in words."""
    return "".join(map(str, shown))


def clear(texts: Sequence[FieldText], analysis: Analysis) -> tuple[str, ...]:
    """What of the texts `mask` leaves to be seen, in pieces; of a word that is covered in part, nothing."""
    if analysis.gaps:
        return ()
    spans = _spans(analysis)
    found = []
    for text in texts:
        pieces = list(_pieces(text.text, spans.get(text.pointer, [])))
        for at in range(0, len(pieces), 2):  # what is covered stands between
            piece = pieces[at][0] if at == 0 else _FIRST.sub("", pieces[at][0])
            found.append(piece if at == len(pieces) - 1 else _LAST.sub("", piece))
    return tuple(found)


def analyse_all(detector: Detector, texts: Sequence[FieldText]) -> Analysis:
    """Everything that is said in the texts, not only the first of its kind, which is enough to judge by.

    What was found is blanked out and the rest looked at again, until nothing more is found.
    """
    analysis = detector.detect(texts)
    concerns = analysis.concerns
    for _ in range(_ROUNDS):
        if not concerns or analysis.gaps:
            return analysis
        texts = [_blanked(text, [each for each in concerns if each.field == text.pointer]) for text in texts]
        again = detector.detect(texts)
        concerns = tuple(each for each in again.concerns if each not in analysis.concerns)
        analysis = dataclasses.replace(analysis, concerns=analysis.concerns + concerns, gaps=analysis.gaps + again.gaps)
    return dataclasses.replace(analysis, gaps=(*analysis.gaps, "too-much-to-cover"))


def _blanked(text: FieldText, concerns: Sequence[ConcernFinding]) -> FieldText:
    letters = list(text.text)
    for each in concerns:
        letters[each.start : each.end] = _BLANK * (each.end - each.start)
    return FieldText(text.pointer, "".join(letters))


def _spans(analysis: Analysis) -> dict[str, list[tuple[int, int, str]]]:
    spans: dict[str, list[tuple[int, int, str]]] = {}
    for finding in analysis.findings:
        if not finding.public:
            spans.setdefault(finding.field, []).append((finding.start, finding.end, finding.type))
    for concern in analysis.concerns:
        spans.setdefault(concern.field, []).append((concern.start, concern.end, concern.concern))
    for cue in analysis.cues:
        spans.setdefault(cue.field, []).append((cue.start, cue.end, cue.rule))
    return spans


def _pieces(text: str, spans: Sequence[tuple[int, int, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The text in pieces, each with the names of what covers it, none for what may be seen.

    Overlapping spans are covered as one, so that no rest of either shows.
    """
    shown = 0
    names: list[str] = []
    start = end = 0
    for first, last, name in sorted(spans):
        if names and first < end:
            names.append(name)
            end = max(end, last)
            continue
        if names:
            yield text[start:end], tuple(dict.fromkeys(names))
            shown = end
        yield text[shown:first], ()
        names, start, end = [name], first, last
    if names:
        yield text[start:end], tuple(dict.fromkeys(names))
        shown = end
    yield text[shown:], ()
