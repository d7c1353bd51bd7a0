"""Preservation metadata of an archive package: PREMIS 3.0 on its files, where they came from and who packed them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agents.handout.described import Described
from agents.handout.xml import NONE, Element, Maker, document

_PREMIS = "http://www.loc.gov/premis/v3"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = f"{_PREMIS} https://www.loc.gov/standards/premis/v3/premis-v3-0.xsd"
_e = Maker(_PREMIS, {"premis": _PREMIS, "xsi": _XSI})


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that was done: what, when, to which objects; `detail` is for people."""

    kind: str
    at: datetime
    detail: str
    objects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Who:
    """Who did it: a program with its version, or a person."""

    name: str
    kind: str
    version: str | None = None


def premis(
    package: str, files: Sequence[Described], happenings: Iterable[Happening], agents: Sequence[Who], original: str
) -> bytes:
    """The document; `original` names the whole that the files are of (a representation, or the package itself)."""
    root = _e("premis", {"version": "3.0", f"{{{_XSI}}}schemaLocation": _SCHEMA}, _whole(package, original))
    root.extend(_file(each) for each in files)
    root.extend(_event(number, each, agents) for number, each in enumerate(happenings, 1))
    root.extend(_agent(each) for each in agents)
    return document(root)


def _whole(package: str, original: str) -> Element:
    kind = "intellectualEntity" if original == package else "representation"
    return _e("object", {f"{{{_XSI}}}type": f"premis:{kind}"}, _identifier("object", "local", original))


def _file(file: Described) -> Element:
    designation = _e("formatDesignation", NONE, _text("formatName", file.format.name))
    if file.format.version:
        designation.append(_text("formatVersion", file.format.version))
    kind = _e("format", NONE, designation)
    if file.format.pronom:
        key = _text("formatRegistryKey", file.format.pronom)
        kind.append(_e("formatRegistry", NONE, _text("formatRegistryName", "PRONOM"), key))
    fixity = _e("fixity", NONE, _text("messageDigestAlgorithm", "SHA-256"), _text("messageDigest", file.sha256))
    told = (_text("compositionLevel", "0"), fixity, _text("size", str(file.size)), kind)
    return _e(
        "object",
        {f"{{{_XSI}}}type": "premis:file"},
        _identifier("object", "local", file.path),
        _e("objectCharacteristics", NONE, *told),
        _text("originalName", file.path),
    )


def _event(number: int, happening: Happening, agents: Sequence[Who]) -> Element:
    return _e(
        "event",
        NONE,
        _identifier("event", "local", f"event-{number}"),
        _text("eventType", happening.kind),
        _text("eventDateTime", happening.at.isoformat()),
        _e("eventDetailInformation", NONE, _text("eventDetail", happening.detail)),
        _e("eventOutcomeInformation", NONE, _text("eventOutcome", "success")),
        *(_identifier("linkingAgent", "name", who.name) for who in agents),
        *(_identifier("linkingObject", "local", each) for each in happening.objects),
    )


def _agent(who: Who) -> Element:
    version = [_text("agentVersion", who.version)] if who.version else []
    told = (_text("agentName", who.name), _text("agentType", who.kind), *version)
    return _e("agent", NONE, _identifier("agent", "name", who.name), *told)


def _identifier(of: str, kind: str, value: str) -> Element:
    name = f"{of}Identifier"
    return _e(name, NONE, _text(f"{name}Type", kind), _text(f"{name}Value", value))


def _text(name: str, text: str) -> Element:
    return _e(name, NONE, text)
