"""Pinning images by digest, against a fake registry that speaks as a real one does; and that every tag is exact."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from deploy.local.loopback import LoopbackHandler, LoopbackServer, serving
from deploy.pin import FILES, OWN, REFERENCE, Image, main

ROOT = Path(__file__).parents[2]
INDEX = b'{"schemaVersion": 2, "manifests": []}'
DIGEST = f"sha256:{hashlib.sha256(INDEX).hexdigest()}"
TOKEN = "for-reading"


class FakeRegistry(LoopbackServer):
    """Has one image, `team/thing:1.2.3`, and shows it to who has fetched a token first; `lies` about its digest."""

    def __init__(self) -> None:
        super().__init__(_Answer)
        self.lies = False
        self.asked: list[str] = []

    @property
    def name(self) -> str:
        """The host, as an image names it."""
        return f"127.0.0.1:{self.server_port}"


class _Answer(LoopbackHandler):
    server: FakeRegistry

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        self.server.asked.append(path.path)
        if path.path == "/token":
            scope = parse_qs(path.query)["scope"]
            self.answer(200 if scope == ["repository:team/thing:pull"] else 403, f'{{"token": "{TOKEN}"}}'.encode())
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            realm = f'Bearer realm="http://{self.server.name}/token",service="fake, but a registry"'
            self.answer(401, headers={"WWW-Authenticate": realm})
        elif path.path != "/v2/team/thing/manifests/1.2.3" or "oci.image.index" not in self.headers["Accept"]:
            self.answer(404)
        else:
            digest = f"sha256:{'0' * 64}" if self.server.lies else DIGEST
            self.answer(200, INDEX, headers={"Docker-Content-Digest": digest})


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    with serving(FakeRegistry()) as server:
        yield server


@pytest.fixture
def files(registry: FakeRegistry, tmp_path: Path) -> list[Path]:
    """A Dockerfile and a compose file that name the one image, the first of them by an old digest."""
    image = f"{registry.name}/team/thing:1.2.3"
    dockerfile, compose = tmp_path / "Dockerfile", tmp_path / "compose.yml"
    dockerfile.write_text(f"FROM {image}@sha256:{'f' * 64} AS build\nRUN true\nFROM {image}\n")
    compose.write_text(f"services:\n  a:\n    image: {OWN}:0.1.0\n  b:\n    image: {image}\n")
    return [dockerfile, compose]


def test_every_tag_gets_its_digest_and_an_old_one_goes(
    registry: FakeRegistry, files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(files) == 0
    pinned = f"{registry.name}/team/thing:1.2.3@{DIGEST}"
    assert files[0].read_text() == f"FROM {pinned} AS build\nRUN true\nFROM {pinned}\n"
    assert files[1].read_text() == f"services:\n  a:\n    image: {OWN}:0.1.0\n  b:\n    image: {pinned}\n"
    assert capsys.readouterr().out == f"team/thing:1.2.3 is {DIGEST}; here stood sha256:{'f' * 64}\n"
    assert registry.asked.count("/token") == 1, "one image is asked for once"
    before = [path.read_text() for path in files]
    assert main(files) == 0
    assert [path.read_text() for path in files] == before
    assert capsys.readouterr().out == f"team/thing:1.2.3 is {DIGEST}\n", "what stands there is what the registry has"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [("lies", "sent other bytes than it says"), ("gone", "answers 404"), ("offline", "this needs a network")],
)
def test_what_cannot_be_resolved_changes_nothing(
    registry: FakeRegistry, files: list[Path], spoil: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.lies = spoil == "lies"
    if spoil == "gone":
        files[1].write_text(files[1].read_text().replace("1.2.3", "1.2.4"))
    if spoil == "offline":
        files[1].write_text(files[1].read_text().replace(registry.name, "127.0.0.1:1"))
    before = [path.read_text() for path in files]
    assert main(files) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert [path.read_text() for path in files] == before


@pytest.mark.parametrize(
    ("name", "host", "repository"),
    [
        ("python", "registry-1.docker.io", "library/python"),
        ("apache/kafka", "registry-1.docker.io", "apache/kafka"),
        ("ghcr.example/a/b", "ghcr.example", "a/b"),
        ("localhost:5000/a", "localhost:5000", "a"),
    ],
)
def test_where_an_image_lies(name: str, host: str, repository: str) -> None:
    assert Image.named(name, "1") == Image(host, repository, "1")


YAML = {".yml", ".yaml"}
IN_A_DOCKERFILE = r"(?im)^FROM\s+(?:--\S+\s+)*(\S+)|--from=(\S+)|--mount=\S*from=([^\s,]+)|^#\s*syntax=(\S+)"


def _yaml_images(value: object) -> Iterator[str]:
    """What stands under `image`, however deep and however it is written."""
    if isinstance(value, dict):
        if isinstance(image := value.get("image"), str):
            yield image
        value = [*value.values()]
    if isinstance(value, list):
        for each in value:
            yield from _yaml_images(each)


def _dockerfile_images(text: str) -> Iterator[str]:
    """What is built upon or copied from, but for the file's own stages; also the frontend that reads it."""
    stages = set(re.findall(r"(?im)^FROM\s.+\sAS\s+(\S+)", text))
    named = re.findall(IN_A_DOCKERFILE, text)
    yield from (image for found in named for image in found if image and image not in stages)


def _named() -> dict[Path, list[str]]:
    """Every image that the tree names, by file."""
    files = [path for path in (*ROOT.glob("*.y*ml"), *(ROOT / "deploy").rglob("*")) if path.is_file()]
    named = {path: [*_yaml_images([*yaml.safe_load_all(path.read_text())])] for path in files if path.suffix in YAML}
    named |= {path: [*_dockerfile_images(path.read_text())] for path in files if "dockerfile" in path.name.lower()}
    return {path: images for path, images in named.items() if images}


NAMED = _named()
BY_TAG = {OWN: "is built here and has a digest only where it is pushed to"}
"""The images that are named by their tag alone, and why."""


@pytest.mark.parametrize("path", NAMED, ids=lambda path: path.name)
def test_every_image_has_an_exact_version_and_a_digest_or_a_reason_to_have_none(path: Path) -> None:
    for image in NAMED[path]:
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+\.\d+(-[\w.-]+)?(@sha256:[0-9a-f]{64})?", image)
        assert ("@" in image) != (image.split(":")[0] in BY_TAG), image


def test_the_command_sees_every_image() -> None:
    assert {path.name for path in NAMED} >= {"docker-compose.yml", "Dockerfile", "screen.yaml"}
    for path, images in NAMED.items():
        assert path in FILES
        assert {found[0].split()[-1] for found in REFERENCE.finditer(path.read_text())} == {*images}, path.name


def test_an_image_has_the_same_digest_wherever_it_is_named() -> None:
    named = {image for images in NAMED.values() for image in images}
    assert len(named) == len({image.split(":")[0] for image in named})


@pytest.mark.parametrize(
    "line",
    [
        "FROM --platform=linux/amd64 busybox:1.37.0",
        "COPY --from=busybox:1.37.0 /bin/sh /bin/sh",
        "RUN --mount=type=bind,from=busybox:1.37.0,target=/b /b/sh",
        "# syntax=busybox:1.37.0",
        "FROM a:1 AS one\nCOPY --from=one / /\nFROM busybox:1.37.0",
    ],
)
def test_an_image_is_found_however_a_dockerfile_names_it(line: str) -> None:
    assert "busybox:1.37.0" in [*_dockerfile_images(line)]
    assert "one" not in [*_dockerfile_images(line)]
