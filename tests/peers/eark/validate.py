"""Runs the E-ARK validator on packages and prints its findings: `python validate.py PACKAGE...`, in its own venv.

The validator asks the network for vocabularies that it holds itself; here it is given those it holds.
"""

from __future__ import annotations

import io
import json
import sys
import urllib.request
from importlib.util import find_spec
from pathlib import Path

_FOUND = find_spec("eark_validator")
_VOCABULARIES = Path((_FOUND.origin if _FOUND else None) or ".").parent / "ipxml/resources/vocabs"


def _from_the_package(address: str) -> io.BytesIO:
    return io.BytesIO((_VOCABULARIES / address.rpartition("/")[2]).read_bytes())


def main() -> None:
    """Print a JSON object for each package: structure, and each finding of schema and rules with its severity."""
    urllib.request.urlopen = _from_the_package  # type: ignore[assignment]  # before the validator takes it
    from eark_validator.packages import PackageValidator  # noqa: PLC0415  # only now

    for name in sys.argv[1:]:
        report = PackageValidator(Path(name)).validation_report
        told = {"structure": report.structure.status.value}
        for kind in ("schema_results", "schematron_results"):
            found = getattr(report.metadata, kind).messages if report.metadata else []
            told[kind] = sorted({(each.rule_id, each.severity.value, each.message or "") for each in found})
        told["structure_results"] = [(e.rule_id, e.severity.value, e.message or "") for e in report.structure.messages]
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
