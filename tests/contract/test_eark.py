"""What the E-ARK foundation's own validator says of our archive packages, and that it would say otherwise of bad ones.

Known of eark-validator 1.1.3: the rule SIP14 asks for an attribute outside its namespace, which no right package can
have, and its checksum option does nothing: `agents.handout.fixity` checks those.
"""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from agents.handout import package
from agents.handout.contents import Handout
from agents.handout.history import Item, Version
from agents.handout.package import Transfer
from pipeline.mask import Piece
from tests.parts import EARK, EARK_FOLDER, premis_schema

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
IMPOSSIBLE = {"SIP14"}
PROOFS = {f"records/{n}": b"{}" for n in (1, 2)}


def version(n: int) -> Version:
    return Version(f"records/{n}", f"{n:064x}", AT, AT, "created", {"/text": (Piece(f"Text {n}"),)}, b"raw")


ITEM = Item("facebook", "exempel", "comment", "c1", "root", "root", is_own=False, versions=(version(1), version(2)))


def write(folder: Path, proofs: dict[str, bytes], transfer: Transfer) -> Path:
    package.write(Handout((ITEM,), proofs, AT, "KS 2026/7"), transfer, folder)
    return folder


def judged(*packages: Path) -> list[dict[str, Any]]:
    if not EARK.exists():
        pytest.skip("did not run: archive packages by the E-ARK validator (python tests/parts.py fetches it)")
    command = [EARK, EARK_FOLDER / "validate.py", *packages]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def errors(told: dict[str, Any], kind: str) -> set[str]:
    return {rule for rule, severity, _ in told[kind] if severity == "Error"}


def test_the_validator_accepts_our_packages(tmp_path: Path) -> None:
    full = write(tmp_path / "full", PROOFS, Transfer("Exempelkommun", "anna", "212000-0000", "AV 1"))
    least = write(tmp_path / "least", {}, Transfer("Exempelkommun", "anna"))
    for told in judged(full, least):
        assert told["structure"] == "WellFormed"
        assert told["schema_results"] == []
        assert errors(told, "schematron_results") <= IMPOSSIBLE
        assert {severity for _, severity, _ in told["schematron_results"]} <= {"Info", "Error"}, "and no warning"
        assert {severity for _, severity, _ in told["structure_results"]} <= {"Info"}


def edit(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))


@pytest.mark.parametrize(
    ("harm", "kind", "found"),
    [
        pytest.param(
            lambda p: edit(p / "METS.xml", b'LABEL="CSIP"', b'LABEL="other"'),
            "schematron_results",
            "CSIP82",
            id="rules",
        ),
        pytest.param(
            lambda p: edit(p / "METS.xml", b"<mets:structMap", b"<mets:other/><mets:structMap"),
            "schema_results",
            "XML-1",
            id="schema",
        ),
        pytest.param(lambda p: (p / "METS.xml").unlink(), "structure_results", "CSIPSTR4", id="structure"),
    ],
)
def test_the_validator_refuses_what_is_wrong(
    tmp_path: Path, harm: Callable[[Path], object], kind: str, found: str
) -> None:
    """Otherwise its yes would say nothing."""
    made = write(tmp_path / "p", {}, Transfer("Exempelkommun", "anna"))
    harm(made)
    (told,) = judged(made)
    assert any(found in rule for rule in errors(told, kind)), told[kind]


def premis_faults(package: Path) -> list[str]:
    """What the Library of Congress's schema has to say of a package's PREMIS documents, which there are."""
    found = premis_schema()
    if found is None:
        pytest.skip("did not run: PREMIS by its own schema (python tests/parts.py fetches it)")
    schema = etree.XMLSchema(etree.parse(found, etree.XMLParser(no_network=True)))
    documents = list(package.rglob("premis.xml"))
    assert documents
    return [each.parent.name for each in documents if not schema.validate(etree.parse(each))]


def test_our_premis_follows_its_schema_and_what_does_not_is_told(tmp_path: Path) -> None:
    full = write(tmp_path / "full", PROOFS, Transfer("Exempelkommun", "anna", "212000-0000", "AV 1"))
    least = write(tmp_path / "least", {}, Transfer("Exempelkommun", "anna"))
    assert premis_faults(full) == premis_faults(least) == []
    edit(full / "metadata/preservation/premis.xml", b"eventDateTime>", b"when>")
    assert premis_faults(full) == ["preservation"]
