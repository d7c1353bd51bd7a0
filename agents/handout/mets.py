"""The METS file of an archive package or of its representation: E-ARK CSIP and SIP 2.1.0 (FGS Paketstruktur 2.0).

One `Section` is a group of files of the same use. Every file is told with its size and SHA-256, so that a package is
proved whole by this file alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from agents.handout.described import Described
from agents.handout.xml import NONE, Element, Maker, document

METS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
_SIP = "https://DILCIS.eu/XML/METS/SIPExtensionMETS"
_NAMES = {"mets": METS, "xlink": XLINK, "xsi": _XSI, "csip": _CSIP, "sip": _SIP}
_SCHEMAS = " ".join(
    (
        f"{METS} http://www.loc.gov/standards/mets/mets.xsd",
        f"{_CSIP} https://earkcsip.dilcis.eu/schema/DILCISExtensionMETS.xsd",
        f"{_SIP} https://earksip.dilcis.eu/schema/DILCISExtensionSIPMETS.xsd",
    )
)
_PROFILES = {
    "package": "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml",
    "representation": "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml",
}
_CONTENT = {
    f"{{{_CSIP}}}CONTENTINFORMATIONTYPE": "OTHER",
    f"{{{_CSIP}}}OTHERCONTENTINFORMATIONTYPE": "anslagsvakt-social-media-1",
}
"""No content type of the standard is made for social media, so it says OTHER and which."""
_e = Maker(METS, _NAMES)


@dataclass(frozen=True, slots=True)
class Section:
    """Files of one use (`Documentation`, `Schemas`, `Data`, `Representations/NAME`)."""

    use: str
    files: tuple[Described, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """What the METS file says of itself.

    `creator` is the authority whose archive the records are of (arkivbildare), `creator_code` its organisation
    number, `agreement` the submission agreement with whoever receives them.
    """

    id: str
    label: str
    made_at: datetime
    software: str
    software_version: str
    creator: str
    creator_code: str | None = None
    agreement: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """The files that describe: in Dublin Core what it is, in PREMIS what was done to it."""

    descriptive: Described | None
    preservation: Described


def mets(
    header: Header, sections: Sequence[Section], metadata: Metadata, representation: Described | None = None
) -> bytes:
    """The document: of the whole package where it has a `representation` (its METS file), else of that itself."""
    of = "package" if representation else "representation"
    at = header.made_at.isoformat()
    root = _e(
        "mets",
        {
            "OBJID": header.id,
            "LABEL": header.label,
            "TYPE": "Collection",
            "PROFILE": _PROFILES[of],
            f"{{{_XSI}}}schemaLocation": _SCHEMAS,
        }
        | _CONTENT,
        _header(header, at),
    )
    if metadata.descriptive:
        told = {"ID": _id("dmd", of), "CREATED": at, "STATUS": "CURRENT"}
        root.append(_e("dmdSec", told, _reference(metadata.descriptive, "DC", at)))
    record = {"ID": _id("prov", of), "STATUS": "CURRENT"}
    root.append(_e("amdSec", NONE, _e("digiprovMD", record, _reference(metadata.preservation, "PREMIS", at))))
    groups = [_group(section, at) for section in sections]
    root.append(_e("fileSec", {"ID": _id("files", of)}, *groups))
    root.append(_structure(header, sections, metadata, representation))
    return document(root)


def _header(header: Header, at: str) -> Element:
    made = _e(
        "metsHdr", {"CREATEDATE": at, "LASTMODDATE": at, "RECORDSTATUS": "NEW", f"{{{_CSIP}}}OAISPACKAGETYPE": "SIP"}
    )
    made.append(
        _agent(
            {"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"},
            header.software,
            header.software_version,
            "SOFTWARE VERSION",
        )
    )
    archivist = {"ROLE": "ARCHIVIST", "TYPE": "ORGANIZATION"}
    made.append(_agent(archivist, header.creator, header.creator_code, "IDENTIFICATIONCODE"))
    if header.agreement:
        made.append(_e("altRecordID", {"TYPE": "SUBMISSIONAGREEMENT"}, header.agreement))
    return made


def _agent(role: dict[str, str], name: str, note: str | None, of: str) -> Element:
    agent = _e("agent", role, _e("name", NONE, name))
    if note:
        agent.append(_e("note", {f"{{{_CSIP}}}NOTETYPE": of}, note))
    return agent


def _reference(file: Described, kind: str, at: str) -> Element:
    return _e(
        "mdRef",
        {
            "ID": file.id,
            "LOCTYPE": "URL",
            "MDTYPE": kind,
            **_link(file.path),
            "MIMETYPE": file.format.mime,
            "SIZE": str(file.size),
            "CREATED": at,
            "CHECKSUM": file.sha256,
            "CHECKSUMTYPE": "SHA-256",
        },
    )


def _group(section: Section, at: str) -> Element:
    return _e(
        "fileGrp",
        {"ID": _id("group", section.use), "USE": section.use} | _CONTENT,
        *(
            _e(
                "file",
                {
                    "ID": each.id,
                    "MIMETYPE": each.format.mime,
                    "SIZE": str(each.size),
                    "CREATED": at,
                    "CHECKSUM": each.sha256,
                    "CHECKSUMTYPE": "SHA-256",
                    f"{{{_SIP}}}FILEFORMATNAME": each.format.name,
                    **_registered(each),
                },
                _e("FLocat", {"LOCTYPE": "URL", **_link(each.path)}),
            )
            for each in section.files
        ),
    )


def _structure(
    header: Header, sections: Sequence[Section], metadata: Metadata, representation: Described | None
) -> Element:
    of = "package" if representation else "representation"
    told = {"ID": _id("div", "Metadata"), "LABEL": "Metadata", "ADMID": _id("prov", of)}
    if metadata.descriptive:
        told["DMDID"] = _id("dmd", of)
    whole = _e("div", {"ID": _id("div", header.id), "LABEL": header.id}, _e("div", told))
    for section in sections:
        label = section.use.partition("/")[0]
        part = _e("div", {"ID": _id("div", label), "LABEL": label}, _e("fptr", {"FILEID": _id("group", section.use)}))
        if representation and label == "Representations":
            pointer = {"LOCTYPE": "URL", **_link(representation.path), f"{{{XLINK}}}title": _id("group", section.use)}
            part.append(_e("div", {"ID": _id("div", section.use), "LABEL": section.use}, _e("mptr", pointer)))
        whole.append(part)
    return _e("structMap", {"ID": _id("map", of), "TYPE": "PHYSICAL", "LABEL": "CSIP"}, whole)


def _registered(file: Described) -> dict[str, str]:
    key = file.format.pronom
    return {f"{{{_SIP}}}FORMATREGISTRY": "PRONOM", f"{{{_SIP}}}FORMATREGISTRYKEY": key} if key else {}


def _link(path: str) -> dict[str, str]:
    return {f"{{{XLINK}}}type": "simple", f"{{{XLINK}}}href": quote(path)}


def _id(*parts: str) -> str:
    return f"ID-{uuid5(NAMESPACE_URL, '/'.join(parts))}"
