"""How a text becomes an analysis: gate, readings, recognisers, which reading stands, then names and concerns.

Guards: a text longer than a window is analysed in overlapping windows; each text has a time budget; what was not
finished is named in `Analysis.gaps`, so that people look (invariant 5). Nothing here logs, and nothing keeps a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pipeline.detect.catalogue import CATALOGUE
from pipeline.detect.clear import is_clear
from pipeline.detect.deadline import Deadline
from pipeline.detect.finding import Analysis, ConcernFinding, Cue, Finding
from pipeline.detect.gate import may_hold_value
from pipeline.detect.normalise import Reading, normalise
from pipeline.detect.overlap import resolve
from pipeline.detect.presidio import ReadingArtifacts, ShapeRecognizer, analyzer
from pipeline.detect.recognisers.partial import cues
from pipeline.detect.setting import Setting
from pipeline.detect.spelled import spelled
from pipeline.detect.wording import wording
from pipeline.ports import ConcernRecogniser, FieldText, NameRecogniser

_Item = TypeVar("_Item", Finding, ConcernFinding, Cue)

_Readings = tuple[Reading, tuple[Reading, tuple[tuple[int, int], ...]] | None]
OVER_BUDGET = "over-budget"
TOO_LONG = "too-long"
TOO_MANY = "too-many-findings"
_AUTHOR = "/author/display_name"
_MOST_NAMES, _LONGEST_NAME = 10_000, 60


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one text may cost: characters a window, seconds of the processor for every `per` characters begun.

    The budget leaves room for the recogniser that is running when it ends: the promise is 50 ms for 10 000 characters.
    """

    window: int = 2_500
    overlap: int = 300
    budget: float = 0.035
    per: int = 10_000
    longest: int = 200_000
    findings: int = 500


@dataclass(frozen=True, slots=True)
class _Part:
    """What one window of one field gave, in the field's own coordinates."""

    findings: tuple[Finding, ...] = ()
    concerns: tuple[ConcernFinding, ...] = ()
    cues: tuple[Cue, ...] = ()
    gaps: tuple[str, ...] = ()


class Engine:
    """The detector: finds values, names and concerns in the fields of one event. Safe to share between threads.

    A name by itself is no reason for anything unless a policy says so; with `bare_names` off, a text in which there can
    be nothing else is not searched for names, which is most of the work on an ordinary comment.
    """

    def __init__(
        self,
        setting: Setting,
        names: NameRecogniser | None = None,
        concerns: ConcernRecogniser | None = None,
        *,
        bare_names: bool = True,
        limits: Limits = Limits(),
        deadline: Callable[[float], Deadline] = Deadline,
    ) -> None:
        self._names = names
        self._concerns = concerns
        self._bare_names = bare_names
        self._limits = limits
        self._deadline = deadline
        self._clear: dict[str, None] = {}
        self._presidio = analyzer(
            ShapeRecognizer(entry.name, entry.entities, entry.find, setting) for entry in CATALOGUE
        )

    def detect(self, fields: Sequence[FieldText]) -> Analysis:
        """Analyse the fields of one event; never raises for what they hold."""
        parts: list[tuple[str, _Part]] = []
        for given in fields:
            found = self._author(given.text) if given.pointer == _AUTHOR else self._field(given.text)
            parts += [(given.pointer, part) for part in found]
        if not parts:
            return _NOTHING
        return Analysis(
            tuple(_at(finding, pointer) for pointer, part in parts for finding in part.findings),
            tuple(_at(concern, pointer) for pointer, part in parts for concern in part.concerns),
            tuple(_at(cue, pointer) for pointer, part in parts for cue in part.cues),
            tuple(dict.fromkeys(gap for _, part in parts for gap in part.gaps)),
        )

    def _author(self, name: str) -> Sequence[_Part]:
        """As `_field`; a name comes again with all that its owner writes, so that one without findings is remembered.

        It is kept in memory alone, and forgotten with others when there are too many.
        """
        if name in self._clear:
            return ()
        found = self._field(name)
        if not found and len(name) <= _LONGEST_NAME:
            if len(self._clear) >= _MOST_NAMES:
                self._clear.clear()
            self._clear[name] = None
        return found

    def _field(self, text: str) -> Sequence[_Part]:
        """The parts of one text, one a window; none when nothing can be in it."""
        limits = self._limits
        size = len(text)
        if size <= limits.window:
            part = self._window(text, self._deadline(limits.budget))
            return (part,) if part else ()
        return tuple(self._windows(text, self._deadline(limits.budget * -(-min(size, limits.longest) // limits.per))))

    def _windows(self, text: str, deadline: Deadline) -> Iterator[_Part]:
        limits = self._limits
        margin = limits.overlap // 2
        end = min(len(text), limits.longest)
        for start in range(0, max(1, end - limits.overlap), limits.window - limits.overlap):
            stop = min(end, start + limits.window)
            late = deadline.passed()
            part = _Part(gaps=(OVER_BUDGET,)) if late else self._window(text[start:stop], deadline)
            if part:
                low = start + margin if start else 0
                high = stop - margin if stop < end else stop
                yield _moved(part, start, low, high)
        if len(text) > limits.longest:
            yield _Part(gaps=(TOO_LONG,))

    def _window(self, text: str, deadline: Deadline) -> _Part | None:
        try:
            readings = None if is_clear(wording(text)) else _readings(text)
            names = self._names is not None and self._names.may_hold(text)
            concerns = self._concerns is not None and self._concerns.may_hold(text, named=names, traced=bool(readings))
            if not (readings or concerns or (names and self._bare_names)):
                return None
            return self._analyse(text, readings, deadline, names=names, concerns=concerns)
        except Exception as error:  # noqa: BLE001 the port promises it: what cannot be analysed is a gap, never an end
            return _Part(gaps=(f"error-{type(error).__name__}",))

    def _analyse(
        self, text: str, readings: _Readings | None, deadline: Deadline, *, names: bool, concerns: bool
    ) -> _Part | None:
        gaps: list[str] = []
        found: list[Finding] = []
        alone: tuple[Cue, ...] = ()
        if readings:
            found, alone = self._values(text, readings, deadline, gaps)
        if len(found) > self._limits.findings:
            gaps.append(TOO_MANY)
            found = found[: self._limits.findings]
        standing = resolve(found) if found else ()
        if names and self._names and not deadline.passed():
            standing = _with_names(standing, self._names.find_persons(text))
        said: tuple[ConcernFinding, ...] = ()
        if concerns and self._concerns and not deadline.passed():
            said = self._concerns.find_concerns(text, standing)
        if deadline.passed():
            gaps.append(OVER_BUDGET)
        return _Part(standing, said, alone, tuple(gaps)) if standing or said or alone or gaps else None

    def _values(
        self, text: str, readings: _Readings, deadline: Deadline, gaps: list[str]
    ) -> tuple[list[Finding], tuple[Cue, ...]]:
        plain, second = readings
        found: list[Finding] = []
        alone: tuple[Cue, ...] = ()
        for reading, changed in ((plain, None), second or (None, None)):
            if reading is None:
                continue
            artifacts = ReadingArtifacts(reading, deadline)
            results = self._presidio(text, artifacts)
            fresh = [result.recognition_metadata["finding"] for result in results]
            found += [finding for finding in fresh if changed is None or _touches(finding, changed)]
            alone += tuple(cue for cue in cues(reading) if changed is None or _touches(cue, changed))
            gaps += [f"unfinished-{name}" for name in artifacts.unfinished]
        return found, tuple(cue for cue in alone if not any(_meet(cue, finding) for finding in found))


_NOTHING = Analysis()


def _readings(text: str) -> _Readings | None:
    """The text as it reads, and the second reading, if there is one; None when neither holds anything."""
    plain = normalise(text)
    second = spelled(plain)
    return (plain, second) if second is not None or may_hold_value(plain) else None


def _touches(found: Finding | Cue, changed: tuple[tuple[int, int], ...]) -> bool:
    return any(found.start < end and start < found.end for start, end in changed)


def _meet(one: Finding | Cue, other: Finding | Cue) -> bool:
    return one.start < other.end and other.start < one.end


def _with_names(values: tuple[Finding, ...], names: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Values and the names that lie outside them (a street, an e-mail address may look like a name)."""
    free = tuple(name for name in names if not any(_meet(name, value) for value in values))
    return tuple(sorted((*values, *free), key=lambda finding: (finding.start, finding.end)))


def _moved(part: _Part, by: int, low: int, high: int) -> _Part:
    """A window's part in the text's coordinates, without what the neighbouring window sees whole."""

    def own(item: Finding | ConcernFinding | Cue) -> bool:
        return low <= item.start + by < high

    return _Part(
        tuple(replace(item, start=item.start + by, end=item.end + by) for item in part.findings if own(item)),
        tuple(replace(item, start=item.start + by, end=item.end + by) for item in part.concerns if own(item)),
        tuple(replace(item, start=item.start + by, end=item.end + by) for item in part.cues if own(item)),
        part.gaps,
    )


def _at(item: _Item, pointer: str) -> _Item:
    return item if item.field == pointer else replace(item, field=pointer)
