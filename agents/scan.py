"""What would happen to these texts: detect and decide without Kafka (`anslagsvakt scan`).

A line in is `{"id", "text"}` or a raw event; a line out names findings by type, span and score, never by value, unless
the caller asks for values. A line that cannot be read is named on the error stream and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TextIO

import msgspec
from rich.console import Console

from agents.scan_view import Scanned, show
from pipeline.decide import decide
from pipeline.detect.finding import ConcernFinding, Finding
from pipeline.errors import DeadLetter
from pipeline.policy import UNREGISTERED, Account, Mode, Policy
from pipeline.ports import Detector, FieldText
from pipeline.route import flags
from topics.wire import decode_event

BAD_INPUT = 2


class Form(StrEnum):
    """Words out, of a plain text or of each line of a `.jsonl`; or JSON lines both ways."""

    TEXT = "text"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Scanner:
    """All that a scan needs: detector, policy and the register of accounts."""

    detector: Detector
    policy: Policy
    accounts: Mapping[tuple[str, str], Account]


class _Row(msgspec.Struct):
    id: str | int
    text: str


class _Kind(msgspec.Struct):
    specversion: str | None = None
    text: str | None = None


def scan_lines(
    scanner: Scanner, lines: Iterable[bytes], name: str, out: TextIO, err: TextIO, *, values: bool, explain: bool
) -> int:
    """Scan JSON lines; returns the exit code: 0, or 2 if a line could not be read (named `name:line` on `err`)."""
    return _each(scanner, lines, name, err, lambda scanned: out.write(_line(scanned, values=values, explain=explain)))


def scan_lines_in_words(
    scanner: Scanner, lines: Iterable[bytes], name: str, console: Console, err: TextIO, *, values: bool, explain: bool
) -> int:
    """Scan JSON lines and say in words what was found; exit code as `scan_lines`."""
    return _each(scanner, lines, name, err, lambda done: show(done, console, values=values, explain=explain))


def scan_text(
    scanner: Scanner, content: bytes, name: str, console: Console, err: TextIO, *, values: bool, explain: bool
) -> int:
    """Scan one plain text and say in words what was found; returns 0, or 2 if it is not UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        err.write(f"{name}: is not UTF-8 (byte {error.start}): save it as UTF-8\n")
        return BAD_INPUT
    show(scan_one(scanner, name, text), console, values=values, explain=explain)
    return 0


def scan_one(scanner: Scanner, ident: str, text: str) -> Scanned:
    """Scan one text; it belongs to no account, so the policy's own modes apply."""
    fields = (FieldText("/text", text),)
    analysis = scanner.detector.detect(fields)
    return Scanned(ident, fields, analysis, decide(analysis, scanner.policy, UNREGISTERED))


def _each(scanner: Scanner, lines: Iterable[bytes], name: str, err: TextIO, write: Callable[[Scanned], object]) -> int:
    code = 0
    for number, raw in enumerate(lines, 1):
        line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if not line.strip():
            continue
        try:
            scanned = _scan_line(scanner, line)
        except msgspec.DecodeError as error:
            err.write(f"{name}:{number}: {_without_values(error)}\n")
            code = BAD_INPUT
        except DeadLetter as error:
            err.write(f"{name}:{number}: no event: {error.reason}\n")
            code = BAD_INPUT
        else:
            write(scanned)
    return code


def _without_values(error: msgspec.DecodeError) -> str:
    """What is wrong with a line, by position or field, in words that quote nothing of it."""
    if isinstance(error, msgspec.ValidationError):
        return f'{error}: a line is {{"id", "text"}} or a raw event'
    return 'not JSON: a line is {"id", "text"} or a raw event'


def _scan_line(scanner: Scanner, line: bytes) -> Scanned:
    try:
        kind = msgspec.json.decode(line, type=_Kind)
    except UnicodeDecodeError:
        raise msgspec.DecodeError("not UTF-8") from None
    if kind.specversion is None:
        row = msgspec.json.decode(line, type=_Row)
        return scan_one(scanner, str(row.id), row.text)
    event = decode_event(line)
    fields = event.texts()
    analysis = scanner.detector.detect(fields)
    account = scanner.accounts.get((event.data.platform, event.data.account_id))
    department = account.department if account else UNREGISTERED
    limit = scanner.policy.limits.get(event.data.object_kind, Mode.DELETE)
    verdict = decide(analysis, scanner.policy, department, limit=limit, flags=flags(event, account))
    return Scanned(event.id, fields, analysis, verdict)


def _line(scanned: Scanned, *, values: bool, explain: bool) -> str:
    texts = {field.pointer: field.text for field in scanned.fields}
    analysis = scanned.analysis
    body: dict[str, Any] = {
        "id": scanned.id,
        "findings": [
            _note(finding, str(finding.type), texts, values=values, explain=explain) for finding in analysis.findings
        ],
        "concerns": sorted({str(concern.concern) for concern in analysis.concerns}),
        "verdict": str(scanned.verdict.action),
        "rules": [hit.rule for hit in scanned.verdict.acting],
    }
    if explain:
        body["said"] = [
            _note(found, str(found.concern), texts, values=values, explain=True) for found in analysis.concerns
        ]
    if analysis.gaps:
        body["gaps"] = list(analysis.gaps)
    return msgspec.json.encode(body).decode() + "\n"


def _note(
    found: Finding | ConcernFinding, kind: str, texts: Mapping[str, str], *, values: bool, explain: bool
) -> dict[str, Any]:
    note: dict[str, Any] = {
        "type": kind,
        "start": found.start,
        "end": found.end,
        "score": found.score,
        "rule": found.rule,
        "field": found.field,
    }
    if isinstance(found, Finding) and found.public:
        note["public"] = True
    if explain:
        note["why"] = {"tier": found.why.tier, "context": found.why.context, "suppressors": found.why.suppressors}
    if values:
        note["value"] = texts[found.field][found.start : found.end]
    return note
