"""Is a package that was handed out still whole? Every file against the size and hash that the package tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import bagit
from lxml import etree

from agents.handout.described import describe
from agents.handout.mets import METS, XLINK
from pipeline.errors import BadConfiguration

_FILES = f"{{{METS}}}file"
_LOCATION = f"{{{METS}}}FLocat"
_REFERENCE = f"{{{METS}}}mdRef"


def faults(folder: Path) -> Iterator[str]:
    """Each fault of a bag or an archive package, in words; raises BadConfiguration where the folder is neither."""
    if (folder / "METS.xml").is_file():
        return _faults_of_package(folder)
    if (folder / "bagit.txt").is_file():
        return _faults_of_bag(folder)
    raise BadConfiguration(
        f"{folder}: is neither a bag nor an archive package: name the folder that METS.xml stands in"
    )


def _faults_of_bag(folder: Path) -> Iterator[str]:
    try:
        bagit.Bag(str(folder)).validate()
    except bagit.BagValidationError as error:
        yield from map(str, error.details or [error])
    except bagit.BagError as error:
        yield str(error)


def _faults_of_package(folder: Path) -> Iterator[str]:
    named: set[Path] = {folder / "METS.xml"}
    waiting = [folder / "METS.xml"]
    while waiting:
        mets = waiting.pop()
        try:
            told = list(_told(mets))
        except (etree.XMLSyntaxError, KeyError, ValueError):
            yield f"{mets.relative_to(folder)}: cannot be read"
            continue
        for href, size, sha256 in told:
            file = mets.parent / href
            if not file.resolve().is_relative_to(folder.resolve()):
                yield f"{href}: lies outside the package"
                continue
            named.add(file)
            yield from _faults_of_file(folder, file, size, sha256)
            if file.name == "METS.xml" and file.is_file():
                waiting.append(file)
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file not in named:
            yield f"{file.relative_to(folder)}: is named by no METS file"


def _faults_of_file(folder: Path, file: Path, size: int, sha256: str) -> Iterator[str]:
    name = file.relative_to(folder)
    if not file.is_file():
        yield f"{name}: is missing"
        return
    found = describe(folder, file)
    if found.size != size:
        yield f"{name}: has {found.size} bytes, not {size}"
    elif found.sha256 != sha256:
        yield f"{name}: its SHA-256 is another"


def _told(mets: Path) -> Iterator[tuple[str, int, str]]:
    """Path, size and SHA-256 of each file that a METS file names."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    for element in etree.parse(mets, parser).iter(_FILES, _REFERENCE):
        where = element.find(_LOCATION) if element.tag == _FILES else element
        if where is None or element.get("CHECKSUMTYPE") != "SHA-256":
            raise ValueError("no location, or another checksum")
        yield (
            unquote(str(where.attrib[f"{{{XLINK}}}href"])),
            int(element.attrib["SIZE"]),
            str(element.attrib["CHECKSUM"]),
        )
