"""A scanned text in words for a terminal: the verdict, each finding masked and coloured, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from pipeline.decide import Action, Verdict
from pipeline.detect.finding import Analysis, ConcernFinding, Explanation, Finding
from pipeline.ports import FieldText

_COLOURS = {Action.PASS: "green", Action.REVIEW: "yellow", Action.REMOVE: "red"}
_MASK = "•"


_SURE = 0.8


@dataclass(frozen=True, slots=True)
class Scanned:
    """One text or event with what was found in it."""

    id: str
    fields: Sequence[FieldText]
    analysis: Analysis
    verdict: Verdict


def show(scanned: Scanned, console: Console, *, values: bool, explain: bool) -> None:
    """Print one text's verdict and findings; values are masked unless asked for."""
    verdict = scanned.verdict
    head = Text(f"{scanned.id}: ")
    head.append(str(verdict.action), style=f"bold {_COLOURS[verdict.action]}")
    rules = ", ".join(hit.rule for hit in verdict.acting)
    head.append(f"  ({rules})" if rules else "")
    console.print(head)
    texts = {field.pointer: field.text for field in scanned.fields}
    for finding in scanned.analysis.findings:
        value = texts[finding.field][finding.start : finding.end]
        console.print(_finding(finding, value if values else mask(value), explain=explain))
    for concern in scanned.analysis.concerns:
        console.print(_concern(concern, explain=explain))
    for cue in scanned.analysis.cues:
        console.print(Text(f"  cue {cue.rule} {cue.field} {cue.start}-{cue.end}", style="yellow"))
    for gap in scanned.analysis.gaps:
        console.print(Text(f"  not analysed: {gap}", style="bold red"))


def mask(value: str) -> str:
    """A value with its letters and digits hidden, but for the first two: its shape stays to be seen."""
    return value[:2] + "".join(_MASK if char.isalnum() else char for char in value[2:]).replace("\n", " ")


def _finding(finding: Finding, value: str, *, explain: bool) -> Text:
    colour = "green" if finding.public else "red" if finding.score >= _SURE else "yellow"
    line = Text(f"  {finding.type} ", style=colour)
    line.append(value, style=f"bold {colour}")
    line.append(f"  {finding.field} {finding.start}-{finding.end}  {finding.score:.2f}  {finding.rule}")
    line.append("  public" if finding.public else "", style="green")
    return line + _why(finding.why) if explain else line


def _concern(concern: ConcernFinding, *, explain: bool) -> Text:
    line = Text(f"  {concern.concern}", style="magenta")
    line.append(f"  {concern.field} {concern.start}-{concern.end}  {concern.score:.2f}  {concern.rule}")
    return line + _why(concern.why) if explain else line


def _why(why: Explanation) -> Text:
    parts = [f"tier {why.tier}"]
    parts += [f"+ {word}" for word in why.context]
    parts += [f"- {word}" for word in why.suppressors]
    return Text("\n      " + ", ".join(parts), style="dim")
