"""Which bytes are the images of others? `python -m deploy.pin` asks their registries and writes it beside each tag.

A tag can be moved to other bytes, a digest cannot. All are asked before the first file is changed, and asking again
takes the tags anew: that is how a pinned image is renewed, and how it is found out that a digest which stands here is
another than the registry's.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.request import parse_http_list, parse_keqv_list

import httpx

_ROOT = Path(__file__).parents[1]
FILES = (
    _ROOT / "docker-compose.yml",
    _ROOT / "deploy/Dockerfile",
    *sorted((_ROOT / "deploy/kubernetes").glob("*.yaml")),
)
OWN = "anslagsvakt"
"""Is built here and has a digest only where it is pushed to."""

_NAME = r"[^\s:@]+(?::\d+/[^\s:@]+)?"
REFERENCE = re.compile(
    rf"^(?P<before>FROM |\s*(?:- )?image: )(?P<name>{_NAME}):(?P<tag>[^\s:@]+)(?:@(?P<digest>\S+))?", re.MULTILINE
)
"""A line of a Dockerfile, a compose file or a manifest that names an image."""

_MANIFESTS = (
    "application/vnd.oci.image.index.v1+json, "  # an index first: its digest holds for every kind of machine
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json"
)


class Unanswered(Exception):
    """A registry did not say what stands under a tag; the message says which, and why."""


@dataclass(frozen=True, slots=True)
class Image:
    """Where an image lies, as Docker reads it: without a host on Docker Hub, without a folder in its library."""

    host: str
    repository: str
    tag: str

    @classmethod
    def named(cls, name: str, tag: str) -> Image:
        """The image of a reference."""
        host, slash, rest = name.partition("/")
        if slash and ("." in host or ":" in host or host == "localhost"):
            return cls(host, rest, tag)
        return cls("registry-1.docker.io", name if slash else f"library/{name}", tag)

    @property
    def manifest(self) -> str:
        """The address of what stands under the tag; a registry on this machine needs no TLS."""
        scheme = "http" if self.host.split(":")[0] in {"localhost", "127.0.0.1"} else "https"
        return f"{scheme}://{self.host}/v2/{self.repository}/manifests/{self.tag}"


def digest_of(image: Image, client: httpx.Client) -> str:
    """The digest of what stands under the tag now: the SHA-256 of the bytes that the registry gives.

    Raises:
        Unanswered: no answer, or another one than those bytes.
    """
    where = f"{image.host}/{image.repository}:{image.tag}"
    try:
        answer = client.get(image.manifest, headers={"Accept": _MANIFESTS})
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            token = _token(answer.headers.get("www-authenticate", ""), image, client)
            answer = client.get(image.manifest, headers={"Accept": _MANIFESTS, "Authorization": f"Bearer {token}"})
        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        raise Unanswered(f"{where}: the registry answers {error.response.status_code}") from None
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError) as error:
        raise Unanswered(f"{where}: cannot be asked ({type(error).__name__}); this needs a network") from None
    digest = f"sha256:{hashlib.sha256(answer.content).hexdigest()}"
    if answer.headers.get("docker-content-digest", digest) != digest:
        raise Unanswered(f"{where}: the registry sent other bytes than it says")
    return digest


def _token(challenge: str, image: Image, client: httpx.Client) -> str:
    """Whoever may read gets a token for it, without a name, where the registry's challenge says."""
    said = parse_keqv_list(parse_http_list(challenge.removeprefix("Bearer ")))
    about = {"service": said.get("service", ""), "scope": f"repository:{image.repository}:pull"}
    given = client.get(said["realm"], params=about).raise_for_status().json()
    return str(given.get("token") or given["access_token"])


def pinned(text: str, digest: Callable[[Image, str | None], str]) -> str:
    """The same file with a digest beside the tag of every image of others; `digest` is told what stood there."""

    def line(found: re.Match[str]) -> str:
        if found["name"] == OWN:
            return found[0]
        name, tag = found["name"], found["tag"]
        return f"{found['before']}{name}:{tag}@{digest(Image.named(name, tag), found['digest'])}"

    return REFERENCE.sub(line, text)


def main(files: Sequence[Path] = FILES) -> int:
    """Pin the images of these files, say where another digest stood; returns the exit code."""
    known: dict[Image, str] = {}
    others: dict[Image, set[str]] = defaultdict(set)
    with httpx.Client(timeout=30, follow_redirects=True) as client:

        def digest(image: Image, stood: str | None) -> str:
            if image not in known:
                known[image] = digest_of(image, client)
            if stood and stood != known[image]:
                others[image].add(stood)
            return known[image]

        try:
            written = [(path, pinned(path.read_text(encoding="utf-8"), digest)) for path in files]
        except Unanswered as error:
            sys.stderr.write(f"{error}: nothing was changed\n")
            return 2
    for path, text in written:
        path.write_text(text, encoding="utf-8")
    for image, found in known.items():
        stood = "".join(f"; here stood {other}" for other in sorted(others[image]))
        sys.stdout.write(f"{image.repository}:{image.tag} is {found}{stood}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
