"""A hand-out as an archive package: FGS Paketstruktur 2.0, which is E-ARK CSIP 2.1.0 and SIP 2.1.0.

NAME/METS.xml                                    everything below by size and SHA-256
NAME/metadata/descriptive/dc.xml                 what it is (Dublin Core)
NAME/metadata/preservation/premis.xml            who packed it, on what
NAME/documentation/                              how to read it
NAME/schemas/                                    our own formats
NAME/representations/handlingar/METS.xml         the records: page, data, originals, proofs
NAME/representations/handlingar/metadata/preservation/premis.xml
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from agents.handout import attachments, contents
from agents.handout.bag import CHECKER
from agents.handout.contents import Handout
from agents.handout.described import Described, describe, describe_all
from agents.handout.mets import Header, Metadata, Section, mets
from agents.handout.premis import Happening, Who, premis
from agents.handout.xml import NONE, Maker, document
from pipeline.errors import BadConfiguration

_SOFTWARE = "anslagsvakt"
_TITLE = "Handlingar från sociala medier"
_REPRESENTATION = "representations/handlingar"
DATA = f"{_REPRESENTATION}/data"
"""Where the page and the data stand in a package."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DC = "http://purl.org/dc/elements/1.1/"
_OAI = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_SCHEMAS = ("raw-event.v1.json", "parts.v1.json")


@dataclass(frozen=True, slots=True)
class Transfer:
    """From whose archive the package comes (arkivbildare, with organisation number), by whom, on which agreement."""

    creator: str
    made_by: str
    creator_code: str | None = None
    agreement: str | None = None


def write(handout: Handout, transfer: Transfer, folder: Path) -> None:
    """Write the package to a folder that does not exist yet; the folder's name is the package's, nothing is covered.

    Raises:
        BadConfiguration: the name is none that every archive can take.
    """
    if not _NAME.fullmatch(folder.name):
        raise BadConfiguration(f"{folder.name!r}: names no package: use letters, digits, '.', '_' and '-' alone")
    for each in ("metadata/descriptive", "metadata/preservation", "documentation", "schemas"):
        (folder / each).mkdir(parents=True)
    header = Header(
        folder.name,
        _TITLE,
        handout.made_at,
        _SOFTWARE,
        version(_SOFTWARE),
        transfer.creator,
        transfer.creator_code,
        transfer.agreement,
    )
    software = Who(f"{_SOFTWARE} {header.software_version}", "software", header.software_version)
    agents = (software, Who(transfer.made_by, "person"))
    _write_representation(handout, header, agents, folder / _REPRESENTATION)
    (folder / "metadata/descriptive/dc.xml").write_bytes(_dublin_core(handout, header))
    (folder / "documentation/las-mig.txt").write_text(_read_me(handout), encoding="utf-8")
    shutil.copy(CHECKER, folder / "documentation" / CHECKER.name)
    for name in _SCHEMAS:
        (folder / "schemas" / name).write_bytes((files("topics") / "schemas" / name).read_bytes())
    documentation, schemas = (tuple(describe_all(folder, folder / name)) for name in ("documentation", "schemas"))
    packed = Happening("information package creation", handout.made_at, _how(handout), (header.id,))
    record = premis(header.id, (*documentation, *schemas), (packed,), agents, header.id)
    (folder / "metadata/preservation/premis.xml").write_bytes(record)
    inner = describe(folder, folder / _REPRESENTATION / "METS.xml")
    told = mets(
        header,
        (
            Section("Documentation", documentation),
            Section("Schemas", schemas),
            Section("Representations/handlingar", (inner,)),
        ),
        Metadata(
            describe(folder, folder / "metadata/descriptive/dc.xml"),
            describe(folder, folder / "metadata/preservation/premis.xml"),
        ),
        inner,
    )
    (folder / "METS.xml").write_bytes(told)


def _write_representation(handout: Handout, header: Header, agents: tuple[Who, ...], folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "metadata/preservation").mkdir(parents=True)
    contents.write(handout, folder / "data")
    data = tuple(describe_all(folder, folder / "data"))
    name = folder.name
    record = premis(header.id, data, _happenings(handout, data), agents, name)
    (folder / "metadata/preservation/premis.xml").write_bytes(record)
    own = Header(
        name, _TITLE, header.made_at, header.software, header.software_version, header.creator, header.creator_code
    )
    preservation = describe(folder, folder / "metadata/preservation/premis.xml")
    (folder / "METS.xml").write_bytes(mets(own, (Section("Data", data),), Metadata(None, preservation)))


def _happenings(handout: Handout, data: tuple[Described, ...]) -> Iterator[Happening]:
    there = {each.path for each in data}
    for each in handout.versions():
        path = f"data/raw/{each.sha256}"
        where = (path,) if path in there else ()
        yield Happening("ingestion", each.archived_at, f"Arkiverad som {each.object_key}", where)
        for one in each.fetched:
            path = f"data/{attachments.FOLDER}/{attachments.file_name(one)}"
            where = (path,) if path in there else ()
            yield Happening("capture", one.at, f"Bilagan {one.field} till {each.object_key} hämtad", where)
    yield Happening(
        "message digest calculation", handout.made_at, "SHA-256 av varje fil", tuple(each.path for each in data)
    )


def _how(handout: Handout) -> str:
    return f"Utan maskering enligt beslut {handout.decision}; händelserna ingår som de kom in"


def _dublin_core(handout: Handout, header: Header) -> bytes:
    make = Maker(_DC, {"dc": _DC})
    times = sorted(each.time or each.archived_at for each in handout.versions())
    accounts = sorted({f"{item.account} ({item.platform})" for item in handout.items if item.platform})
    told = [
        ("title", header.label),
        ("creator", header.creator),
        ("identifier", header.id),
        ("description", f"{len(times)} handlingar. {_how(handout)}."),
        *(("subject", each) for each in accounts),
        ("date", header.made_at.date().isoformat()),
        ("coverage", f"{times[0].date()}/{times[-1].date()}" if times else ""),
        ("type", "Collection"),
        ("language", "sv"),
        ("rights", "Kan innehålla uppgifter som omfattas av sekretess"),
    ]
    root = Maker(_OAI, {"oai_dc": _OAI, "dc": _DC})(
        "dc", NONE, *(make(name, NONE, text) for name, text in told if text)
    )
    return document(root)


def _read_me(handout: Handout) -> str:
    return (
        f"{_TITLE}\n\n{_how(handout)}.\n\nI representations/handlingar finns\n\n"
        "data/index.html    handlingarna att läsa i en webbläsare\n"
        "data/records.json  samma uppgifter som data (UTF-8)\n"
        "data/raw/          händelserna, byte för byte som de kom in; filens namn är dess SHA-256\n"
        "data/media/        bilagorna, när det finns några; filens namn är dess SHA-256\n"
        "data/proof/        ett bevis för varje handling och bilaga: python check_record.py BEVIS FIL\n\n"
        "Tider är i UTC i data och i svensk tid på sidan. schemas/ beskriver en händelse som den kom in "
        "(JSON Schema).\nMETS.xml nämner varje fil med storlek och SHA-256.\n"
    )
