"""What is Anslagsvakt made of? The bill of materials (CycloneDX 1.6) of all that the two locks let in.

`python -m deploy.sbom FILE`. What only tests and the development need is in it with the scope `excluded`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_ROOT = Path(__file__).parents[1]
_NAME = "anslagsvakt"
_EXTRAS = ("", "embedded")  # what the image and `make install` run with, beside the development's own
_PINNED = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s\\;]+)(?P<hashes>(?:[^\n]*\\\n\s+--hash=sha256:\w+)*)", re.MULTILINE
)


def bill(packages: str, jars: str, shipped: frozenset[str]) -> Bom:
    """The bill of what `requirements.lock` and `jars.lock` name; `shipped` are the packages that run in the end."""
    bom = Bom(components=[*_packages(packages, shipped), *_jars(jars)])
    bom.metadata.component = Component(name=_NAME, version=version(_NAME), type=ComponentType.APPLICATION)
    direct = {canonicalize_name(each.name) for extra in _EXTRAS for each in _needs(_NAME, extra)}
    bom.register_dependency(bom.metadata.component, [each for each in bom.components if each.name in direct])
    return bom


def shipped(extras: tuple[str, ...] = _EXTRAS) -> frozenset[str]:
    """The packages that ours needs when it runs, and those that they need."""
    seen: set[tuple[str, str]] = set()
    waiting = {(_NAME, extra) for extra in extras}
    while waiting:
        seen.add(place := waiting.pop())
        for each in _needs(*place):
            waiting |= {(canonicalize_name(each.name), extra) for extra in ("", *each.extras)} - seen
    return frozenset(name for name, _ in seen) - {_NAME}


def of_this_tree() -> Bom:
    """The bill of both locks as they stand here."""
    packages = (_ROOT / "requirements.lock").read_text(encoding="utf-8")
    jars = (_ROOT / "deploy/local/jars.lock").read_text(encoding="utf-8")
    return bill(packages, jars, shipped())


def write(path: Path) -> None:
    """Write the bill of this tree."""
    bom = of_this_tree()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1), "utf-8")


def _packages(lock: str, shipped: frozenset[str]) -> Iterator[Component]:
    for found in _PINNED.finditer(lock):
        name = canonicalize_name(found["name"])
        yield Component(
            name=name,
            version=found["version"],
            purl=PackageURL("pypi", None, name, found["version"]),
            scope=ComponentScope.REQUIRED if name in shipped else ComponentScope.EXCLUDED,
            hashes=[_sha256(each) for each in re.findall(r"--hash=sha256:(\w+)", found["hashes"])],
        )


def _jars(lock: str) -> Iterator[Component]:
    for line in lock.splitlines():
        if line and not line.startswith("#"):
            place, _, digest = line.partition(" ")
            group, name, release = place.split(":")[:3]
            yield Component(
                group=group,
                name=name,
                version=release,
                purl=PackageURL("maven", group, name, release),
                scope=ComponentScope.OPTIONAL,  # the embedded broker alone needs them
                hashes=[_sha256(digest)],
            )


def _needs(name: str, extra: str) -> Iterator[Requirement]:
    try:
        texts = requires(name) or []
    except PackageNotFoundError:  # locked for another kind of machine
        return
    for requirement in map(Requirement, texts):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def _sha256(digest: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=digest)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
