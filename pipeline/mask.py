"""A text as it may be handed out: what was found confidential in it is covered, by the name of what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.detect.finding import Analysis
from pipeline.ports import FieldText

NOT_ANALYSED = "[NOT ANALYSED]"


def mask(texts: Sequence[FieldText], analysis: Analysis) -> Mapping[str, str]:
    """The texts by field, with values, names and concerns covered; an analysis with gaps covers everything.

    What is public by its nature (an allow-listed number) stays.
    """
    if analysis.gaps:
        return {text.pointer: NOT_ANALYSED for text in texts}
    spans: dict[str, list[tuple[int, int, str]]] = {}
    for finding in analysis.findings:
        if not finding.public:
            spans.setdefault(finding.field, []).append((finding.start, finding.end, finding.type))
    for concern in analysis.concerns:
        spans.setdefault(concern.field, []).append((concern.start, concern.end, concern.concern))
    for cue in analysis.cues:
        spans.setdefault(cue.field, []).append((cue.start, cue.end, cue.rule))
    return {text.pointer: _covered(text.text, spans.get(text.pointer, [])) for text in texts}


def _covered(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    """Overlapping spans are covered as one, so that no rest of either shows."""
    parts: list[str] = []
    shown = 0
    names: list[str] = []
    end = 0
    for start, stop, name in sorted(spans):
        if names and start < end:
            names.append(name)
            end = max(end, stop)
            continue
        if names:
            parts.append(_cover(names))
            shown = end
        parts.append(text[shown:start])
        names, end = [name], stop
    if names:
        parts.append(_cover(names))
        shown = end
    return "".join(parts) + text[shown:]


def _cover(names: Sequence[str]) -> str:
    return f"[{' '.join(dict.fromkeys(names))}]"
