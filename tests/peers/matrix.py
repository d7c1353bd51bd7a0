"""The fault matrix: what may go wrong with an order on any platform, how the order ends then, and what is counted.

The tests carry out every cell (`tests/contract/test_fault_matrix.py`), and `docs/platforms.md` is printed from this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agents.platforms import capabilities
from pipeline.event import ObjectKind
from pipeline.message import EndState, Result
from pipeline.platform import Answer
from tests.peers.adapters import KINDS

GOOD = {EndState.REMOVED: Result.REMOVED, EndState.HIDDEN: Result.HIDDEN}


@dataclass(frozen=True, slots=True)
class Deed:
    """What the capability table lets us do on a platform: to which end, and whether to an item of our own."""

    platform: str
    wanted: EndState
    own: bool

    @property
    def verb(self) -> str:
        """What the platform is asked for."""
        return "delete" if self.wanted is EndState.REMOVED else "hide"


@dataclass(frozen=True, slots=True)
class Row:
    """One fault, and what must come of it.

    `ends` are the outcomes in order, None standing for the wanted end; `counted` is the answer that is measured, None
    where nobody was left to measure it; `done` is how often the deed is done on the platform. A row `by_form` is tried
    once for each way in which a platform says it.
    """

    fault: str
    ends: tuple[Result | None, ...]
    counted: Answer | None
    done: int = 1
    by_form: bool = False

    def outcomes(self, wanted: EndState) -> list[Result]:
        """What must be told of an order that wants this."""
        return [end or GOOD[wanted] for end in self.ends]


_AS_WANTED = (None,)
ROWS = (
    Row("nothing", _AS_WANTED, Answer.DONE),
    Row("429", _AS_WANTED, Answer.RETRY_AT, by_form=True),
    Row("500 while writing", _AS_WANTED, Answer.AMBIGUOUS),
    Row("503 while writing", _AS_WANTED, Answer.AMBIGUOUS),
    Row("500 while reading back", _AS_WANTED, Answer.DONE),
    Row("429 while reading back", _AS_WANTED, Answer.DONE),
    Row("connection refused", _AS_WANTED, Answer.RETRY_AT),
    Row("connect time-out", _AS_WANTED, Answer.RETRY_AT),
    Row("read time-out", _AS_WANTED, Answer.AMBIGUOUS),
    Row("read time-out while reading back", _AS_WANTED, Answer.DONE),
    Row("bytes that trickle", _AS_WANTED, Answer.AMBIGUOUS),
    Row("bytes that trickle while reading back", _AS_WANTED, Answer.DONE),
    Row("line cut", _AS_WANTED, Answer.AMBIGUOUS),
    Row("time-out after success", _AS_WANTED, Answer.AMBIGUOUS),
    Row("crash of ours in the call", _AS_WANTED, None),
    Row("expired token", (Result.AUTH_LOST, None), Answer.AUTH_LOST),
    Row("missing right", (Result.NOT_PERMITTED,), Answer.NOT_PERMITTED, done=0),
    Row("right lost, and all looks gone", (Result.AUTH_LOST, None), Answer.AUTH_LOST),
    Row("already gone", (Result.ALREADY_GONE,), Answer.ALREADY_GONE, done=0),
    Row("gone by its author", (Result.GONE_BEFORE_US,), Answer.ALREADY_GONE, done=0),
    Row("unknown id", (Result.ALREADY_GONE,), Answer.ALREADY_GONE, done=0),
)


def deeds() -> Iterator[Deed]:
    """Every deed that can be done, to another's item where that is possible."""
    for name in KINDS:
        for own in (False, True):
            if capabilities.of(name, ObjectKind.REPLY, is_own=own).delete:
                yield Deed(name, EndState.REMOVED, own)
                break
        if capabilities.of(name, ObjectKind.REPLY, is_own=False).hide:
            yield Deed(name, EndState.HIDDEN, own=False)


def forms(platform: str) -> tuple[str, ...]:
    """Each way in which the platform says "too many requests"."""
    return tuple(KINDS[platform].dialect().limits)


def printed() -> Iterator[str]:
    """The matrix in Markdown: a cell names the deeds that are tried there."""
    made = list(deeds())
    names = list(dict.fromkeys(deed.platform for deed in made))
    yield f"| fault | the order ends as | counted | {' | '.join(names)} |"
    yield "|---|---|---|" + "---|" * len(names)
    for row in ROWS:
        cells = []
        for name in names:
            verbs = ", ".join(deed.verb for deed in made if deed.platform == name)
            cells.append(f"{verbs} × {len(forms(name))}" if row.by_form else verbs)
        ends = ", then ".join(f"`{end}`" if end else "wanted" for end in row.ends)
        yield f"| {row.fault} | {ends} | {f'`{row.counted}`' if row.counted else ''} | {' | '.join(cells)} |"
    yield ""
    yield 'The forms of "429":'
    yield ""
    yield from (f"- {name}: {'; '.join(forms(name))}" for name in names)
