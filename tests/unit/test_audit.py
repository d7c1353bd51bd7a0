"""The audit of what is locked, against a server of our own that answers as osv.dev does."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from deploy.audit import main
from deploy.local.loopback import LoopbackHandler, LoopbackServer, serving

BAD = {"pkg:pypi/httpx@": ["PYSEC-0000-1", "GHSA-none"], "pkg:maven/org.apache.kafka/kafka-clients@": ["CVE-0000-2"]}


class FakeOsv(LoopbackServer):
    """Knows something against these packages, whatever their version."""

    def __init__(self) -> None:
        super().__init__(_Answer)
        self.bad: dict[str, list[str]] = {}
        self.asked: list[str] = []


class _Answer(LoopbackHandler):
    server: FakeOsv

    def do_POST(self) -> None:
        queries = json.loads(self.body())["queries"]
        purls = [each["package"]["purl"] for each in queries]
        self.server.asked += purls
        found = [
            [name for start, names in self.server.bad.items() if p.startswith(start) for name in names] for p in purls
        ]
        content = json.dumps({"results": [{"vulns": [{"id": n} for n in names]} if names else {} for names in found]})
        self.answer(200 if self.path == "/v1/querybatch" else 404, content.encode())


@pytest.fixture
def osv() -> Iterator[FakeOsv]:
    with serving(FakeOsv()) as server:
        yield server


def test_both_locks_are_asked_about(osv: FakeOsv, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(osv.url) == 0
    assert len([each for each in osv.asked if each.startswith("pkg:pypi/")]) > 50
    assert len([each for each in osv.asked if each.startswith("pkg:maven/")]) > 5
    assert all("@" in each for each in osv.asked)
    assert capsys.readouterr().out == f"{len(osv.asked)} components, 0 with something known against them\n"


def test_what_is_known_is_told(osv: FakeOsv, capsys: pytest.CaptureFixture[str]) -> None:
    osv.bad = BAD
    assert main(osv.url) == 1
    kafka, httpx, total = capsys.readouterr().out.splitlines()
    assert kafka.startswith("pkg:maven/org.apache.kafka/kafka-clients@")
    assert kafka.endswith("(shipped): CVE-0000-2")
    assert httpx.endswith("(shipped): PYSEC-0000-1, GHSA-none")
    assert ", 2 with" in total


def test_without_a_network_it_says_so_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("http://127.0.0.1:1") == 2
    assert capsys.readouterr().err == "http://127.0.0.1:1: cannot be asked (ConnectError); an audit needs a network\n"
