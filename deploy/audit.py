"""Is anything known against what we are made of? `python -m deploy.audit` asks osv.dev about both locks.

All packages and Java archives of the bill of materials are asked about; what only tests need is told apart. Exits 0 if
nothing is known, 1 if something is, and 2 if nobody could be asked.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import httpx
from cyclonedx.model.component import Component, ComponentScope

from deploy.sbom import of_this_tree

OSV = "https://api.osv.dev"
_AT_ONCE = 500


def known(components: Iterable[Component], client: httpx.Client) -> Iterator[tuple[Component, list[str]]]:
    """The components that something is known against, each with the names under which it is told of.

    Raises:
        httpx.HTTPError: no answer, or one that is none.
    """
    named = [each for each in components if each.purl]
    for start in range(0, len(named), _AT_ONCE):
        some = named[start : start + _AT_ONCE]
        asked = {"queries": [{"package": {"purl": str(each.purl)}} for each in some]}
        answer = client.post("/v1/querybatch", json=asked).raise_for_status().json()
        for component, found in zip(some, answer["results"], strict=True):
            if found.get("vulns"):
                yield component, [each["id"] for each in found["vulns"]]


def main(url: str = OSV) -> int:
    """Ask and tell; returns the exit code."""
    components = sorted(of_this_tree().components, key=lambda each: str(each.purl))
    try:
        with httpx.Client(base_url=url, timeout=60) as client:
            found = list(known(components, client))
    except (httpx.HTTPError, ValueError, KeyError) as error:
        sys.stderr.write(f"{url}: cannot be asked ({type(error).__name__}); an audit needs a network\n")
        return 2
    for component, names in found:
        where = "tests alone" if component.scope is ComponentScope.EXCLUDED else "shipped"
        sys.stdout.write(f"{component.purl} ({where}): {', '.join(names)}\n")
    sys.stdout.write(f"{len(components)} components, {len(found)} with something known against them\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
