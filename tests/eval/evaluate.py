"""How right is detection on a labelled set: `python -m tests.eval.evaluate [GOLD.jsonl]`, our own set unless told.

A gold line holds `id`, `text`, `entities` (type, start, end), `concerns` and `verdict`. An entity is found when a
finding of its type overlaps it. Printed are precision and recall by type, verdicts against verdicts, removals missed
and wrong, and how often each band of scores is right (see docs/detection.md). Exits 1 below the promised figures.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

import msgspec

from agents import settings
from agents.configuration import load_policy
from agents.detection import build_detector
from pipeline.decide import decide
from pipeline.detect.finding import Analysis, Finding
from pipeline.policy import UNREGISTERED
from pipeline.ports import FieldText

OWN = Path(__file__).parent / "comments.jsonl"
MOST_MISSED, MOST_WRONG, LEAST_RIGHT = 0.01, 0.005, 0.93
BANDS = (0.3, 0.5, 0.8, 0.9, 0.95, 0.98, 1.0)
PARTIAL = ("masked", "split", "reversed", "doubtful")


class Labelled(msgspec.Struct):
    """An entity that a person marked."""

    type: str
    start: int
    end: int

    def meets(self, finding: Finding) -> bool:
        """Whether a finding of the same type overlaps it."""
        return finding.type == self.type and finding.start < self.end and self.start < finding.end


class Row(msgspec.Struct):
    """A labelled text."""

    id: str
    text: str
    verdict: str
    entities: list[Labelled] = []
    concerns: list[str] = []


class Tally:
    """Counts over a set."""

    def __init__(self) -> None:
        self.by_label: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.verdicts: Counter[tuple[str, str]] = Counter()
        self.bands: defaultdict[float, Counter[str]] = defaultdict(Counter)

    def add(self, row: Row, analysis: Analysis, verdict: str) -> None:
        """Count one text."""
        self.verdicts[row.verdict, verdict] += 1
        for entity in row.entities:
            hit = any(entity.meets(finding) for finding in analysis.findings)
            self.by_label[entity.type]["found" if hit else "missed"] += 1
        for finding in analysis.findings:
            right = any(entity.meets(finding) for entity in row.entities)
            self.by_label[finding.type]["right" if right else "wrong"] += 1
            if finding.rule.partition(".")[2] not in PARTIAL:
                band = max(low for low in BANDS if low <= finding.score)
                self.bands[band].update({"right": right, "all": 1, "score": round(finding.score * 1000)})
        said = {str(concern.concern) for concern in analysis.concerns}
        for concern in said | set(row.concerns):
            self.by_label[concern]["found" if concern in row.concerns and concern in said else "missed"] += (
                concern in row.concerns
            )
            self.by_label[concern]["right" if concern in row.concerns else "wrong"] += concern in said

    def verdict_rates(self) -> tuple[float, float, float]:
        """Removals missed (passed), removals wrong, verdicts right: as shares."""
        removals = sum(count for (gold, _), count in self.verdicts.items() if gold == "remove")
        others = self.verdicts.total() - removals
        missed = self.verdicts["remove", "pass"]
        wrong = sum(count for (gold, guess), count in self.verdicts.items() if guess == "remove" != gold)
        right = sum(count for (gold, guess), count in self.verdicts.items() if gold == guess)
        return missed / max(1, removals), wrong / max(1, others), right / max(1, self.verdicts.total())


def report(tally: Tally) -> list[str]:
    """The tables, as lines."""
    lines = [f"{'label':24} {'gold':>5} {'precision':>9} {'recall':>7}"]
    for label, counts in sorted(tally.by_label.items()):
        gold, said = counts["found"] + counts["missed"], counts["right"] + counts["wrong"]
        precision = f"{counts['right'] / said:.3f}" if said else "-"
        recall = f"{counts['found'] / gold:.3f}" if gold else "-"
        lines.append(f"{label:24} {gold:5} {precision:>9} {recall:>7}")
    lines += ["", f"{'gold / said':12} {'remove':>7} {'review':>7} {'pass':>7}"]
    for wanted in ("remove", "review", "pass"):
        row = "".join(f"{tally.verdicts[wanted, guess]:8}" for guess in ("remove", "review", "pass"))
        lines.append(f"{wanted:12}{row}")
    lines += ["", f"{'score from':>10} {'findings':>9} {'mean score':>11} {'right':>7}"]
    for band, counts in sorted(tally.bands.items()):
        mean = counts["score"] / counts["all"] / 1000
        lines.append(f"{band:10.2f} {counts['all']:9} {mean:11.3f} {counts['right'] / counts['all']:7.3f}")
    missed, wrong, right = tally.verdict_rates()
    return [*lines, "", f"removals missed {missed:.4f}, removals wrong {wrong:.4f}, verdicts right {right:.4f}"]


def evaluate(path: Path) -> Tally:
    """Scan every row of a set with the shipped policy."""
    given = settings.load()
    detector, policy = build_detector(given), load_policy(given.policy_file)
    tally = Tally()
    for line in path.read_bytes().splitlines():
        row = msgspec.json.decode(line, type=Row)
        analysis = detector.detect((FieldText("/text", row.text),))
        tally.add(row, analysis, str(decide(analysis, policy, UNREGISTERED).action))
    return tally


def main(path: Path) -> int:
    """Print the figures; 1 if they fall short."""
    tally = evaluate(path)
    sys.stdout.write("\n".join(report(tally)) + "\n")
    missed, wrong, right = tally.verdict_rates()
    return 0 if missed <= MOST_MISSED and wrong <= MOST_WRONG and right >= LEAST_RIGHT else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else OWN))
