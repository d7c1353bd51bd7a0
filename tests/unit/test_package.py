"""Archive packages: whole, provable by their own METS files, covered like any hand-out, and telling who packed them."""

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from agents.handout import bag, contents, fixity, package
from agents.handout.contents import Handout
from agents.handout.history import Item, Version
from agents.handout.package import Transfer
from agents.handout.xml import NONE, Maker
from agents.retention.attachment import Attachment
from pipeline.errors import BadConfiguration
from pipeline.mask import Piece

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPACES = {
    "p": "http://www.loc.gov/premis/v3",
    "m": "http://www.loc.gov/METS/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
RAW = b'{"raw": 1}'
VERSION = Version("records/aa/aa/aaaa", "aaaa", AT, AT, "created", {"/text": (Piece("Hej & <hej>"),)}, RAW)
ITEM = Item("facebook", "exempel\x00", "comment", "c1", "root", "root", is_own=False, versions=(VERSION,))
HANDOUT = Handout((ITEM,), {VERSION.object_key: b"{}\n"}, AT, "KS 2026/7")
TRANSFER = Transfer("Exempelkommun & co", "anna", "212000-0000", "AV 2026:1")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    package.write(HANDOUT, TRANSFER, tmp_path / "paket-1")
    return tmp_path / "paket-1"


def read(path: Path, what: str) -> list[str]:
    found = etree.parse(path).xpath(what, namespaces=SPACES)
    assert isinstance(found, list)
    return [str(each) for each in found]


def test_a_package_is_whole_when_it_is_written(made: Path) -> None:
    assert list(fixity.faults(made)) == []


def test_every_identifier_is_unique_and_every_reference_leads_somewhere(made: Path) -> None:
    for mets in made.rglob("METS.xml"):
        ids = read(mets, "//@ID")
        assert sorted(set(ids)) == sorted(ids)
        assert set(read(mets, "//@FILEID | //@DMDID | //@ADMID")) <= set(ids)


def test_preservation_metadata_tells_each_file_as_mets_does(made: Path) -> None:
    inner = made / "representations/handlingar"
    for folder, use in ((inner, "Data"), (made, "Documentation")):
        premis = folder / "metadata/preservation/premis.xml"
        told = zip(read(premis, "//p:originalName/text()"), read(premis, "//p:messageDigest/text()"), strict=True)
        mets = folder / "METS.xml"
        files = f"//m:fileGrp[@USE='{use}' or @USE='Schemas']/m:file"
        hashes = dict(
            zip(read(mets, f"{files}/m:FLocat/@*[local-name()='href']"), read(mets, f"{files}/@CHECKSUM"), strict=True)
        )
        assert hashes == dict(told)


def test_preservation_metadata_holds_together(made: Path) -> None:
    for premis in made.rglob("premis.xml"):
        agents = set(read(premis, "//p:agentIdentifierValue/text()"))
        objects = set(read(premis, "//p:objectIdentifierValue/text()"))
        assert set(read(premis, "//p:linkingAgentIdentifierValue/text()")) == agents
        assert set(read(premis, "//p:linkingObjectIdentifierValue/text()")) <= objects
        events = read(premis, "//p:eventIdentifierValue/text()")
        assert sorted(set(events)) == sorted(events)
        for times in read(premis, "//p:eventDateTime/text()"):
            assert datetime.fromisoformat(times).tzinfo is not None


def test_it_names_the_decision_and_holds_original_and_proof(tmp_path: Path) -> None:
    package.write(HANDOUT, TRANSFER, tmp_path / "p")
    data = tmp_path / "p" / package.DATA
    assert (data / "raw" / "aaaa").read_bytes() == RAW
    assert (data / "proof" / "aaaa.json").read_bytes() == b"{}\n"
    assert json.loads((data / "records.json").read_bytes())[0]["versions"][0]["texts"] == {"/text": "Hej & <hej>"}
    for told in (
        read(tmp_path / "p/metadata/preservation/premis.xml", "//p:eventDetail/text()"),
        read(tmp_path / "p/metadata/descriptive/dc.xml", "//dc:description/text()"),
    ):
        assert "KS 2026/7" in told[0]


def test_an_attachment_is_told_with_when_it_was_fetched(tmp_path: Path) -> None:
    """Also one of a format that no register names here: it is no event as it came in."""
    heic = Attachment.fetched("aaaa", "/media/0", AT, b"a picture", "image/heic")
    lost = Attachment("aaaa", "/media/1", AT, missing="timeout")
    item = dataclasses.replace(ITEM, versions=(dataclasses.replace(VERSION, attachments=(heic, lost)),))
    package.write(Handout((item,), {}, AT, "KS 2026/7"), TRANSFER, tmp_path / "p")
    inner = tmp_path / "p/representations/handlingar"
    premis, path = inner / "metadata/preservation/premis.xml", f"data/media/{heic.sha256}.bin"
    assert (inner / path).read_bytes() == heic.content
    captured = "//p:event[p:eventType='capture']"
    assert [path] == read(premis, f"{captured}//p:linkingObjectIdentifierValue/text()")
    assert [AT.isoformat()] == read(premis, f"{captured}/p:eventDateTime/text()")
    of = f"//p:object[p:originalName='{path}']//p:formatName/text()"
    assert read(premis, of) == ["Attachment of another format, bytes unchanged"]
    assert read(tmp_path / "p/metadata/descriptive/dc.xml", "//dc:rights/text()")


def test_it_tells_whose_records_they_are_and_who_packed_them(made: Path) -> None:
    assert read(made / "metadata/descriptive/dc.xml", "//dc:creator/text()") == [TRANSFER.creator]
    archivist = "//m:agent[@ROLE='ARCHIVIST']"
    assert read(made / "METS.xml", f"{archivist}/m:name/text() | {archivist}/m:note/text()") == [
        TRANSFER.creator,
        TRANSFER.creator_code,
    ]
    assert read(made / "METS.xml", "//m:altRecordID/text()") == [TRANSFER.agreement]
    assert "anna" in read(made / "metadata/preservation/premis.xml", "//p:agentName/text()")


def first(folder: Path, pattern: str) -> Path:
    return next(iter(sorted(folder.glob(pattern))))


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        pytest.param(lambda p: p.write_bytes(p.read_bytes().replace(b"Hej", b"Nej")), "SHA-256 is another", id="bytes"),
        pytest.param(lambda p: p.write_bytes(p.read_bytes() + b" "), "bytes, not", id="size"),
        pytest.param(lambda p: p.unlink(), "is missing", id="gone"),
        pytest.param(lambda p: (p.parent / "more.txt").write_text("x"), "named by no METS file", id="one more"),
        pytest.param(lambda p: (p.parents[1] / "METS.xml").write_text("<mets"), "cannot be read", id="METS itself"),
    ],
)
def test_a_changed_package_is_found_out(made: Path, harm: Callable[[Path], object], fault: str) -> None:
    harm(made / package.DATA / "index.html")
    assert any(fault in each for each in fixity.faults(made))


def test_a_package_that_points_outside_itself_is_a_fault(made: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    mets = made / "METS.xml"
    mets.write_bytes(mets.read_bytes().replace(b'"schemas/parts.v1.json"', b'"../secret"'))
    assert any("outside the package" in each for each in fixity.faults(made))


def test_a_bag_is_checked_as_well(tmp_path: Path) -> None:
    bag.write(HANDOUT, tmp_path / "bag")
    assert list(fixity.faults(tmp_path / "bag")) == []
    (tmp_path / "bag/data/index.html").write_text("x")
    assert len(list(fixity.faults(tmp_path / "bag"))) > 0


def test_a_folder_that_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="neither a bag nor an archive package"):
        fixity.faults(tmp_path)


@pytest.mark.parametrize("name", ["med mellanslag", "åäö", ".dold", "-x"])
def test_a_name_that_not_every_archive_takes_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadConfiguration, match="names no package"):
        package.write(HANDOUT, TRANSFER, tmp_path / name)


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    assert Maker("n", {})("e", NONE, "a\x00\x1b\ufffeå\U0001f600\t").text == "a\ufffd\ufffd\ufffdå\U0001f600\t"


def test_nothing_of_a_hand_out_is_shown_in_its_repr() -> None:
    assert "Hej" not in repr(dataclasses.replace(VERSION))


def test_contents_are_the_same_in_bag_and_package(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        contents.write(HANDOUT, tmp_path / name)
    one, other = (sorted(p.relative_to(tmp_path / n) for p in (tmp_path / n).rglob("*")) for n in ("a", "b"))
    assert one == other
