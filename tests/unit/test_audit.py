"""The audit of what is locked, against a server of our own that answers as osv.dev does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from deploy.audit import main

BAD = {"pkg:pypi/httpx@": ["PYSEC-0000-1", "GHSA-none"], "pkg:maven/org.apache.kafka/kafka-clients@": ["CVE-0000-2"]}


class FakeOsv(ThreadingHTTPServer):
    """Knows something against these packages, whatever their version."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.bad: dict[str, list[str]] = {}
        self.asked: list[str] = []


class _Answer(BaseHTTPRequestHandler):
    server: FakeOsv

    def do_POST(self) -> None:
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        purls = [each["package"]["purl"] for each in queries]
        self.server.asked += purls
        found = [
            [name for start, names in self.server.bad.items() if p.startswith(start) for name in names] for p in purls
        ]
        content = json.dumps({"results": [{"vulns": [{"id": n} for n in names]} if names else {} for names in found]})
        self.send_response(200 if self.path == "/v1/querybatch" else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def osv() -> Iterator[FakeOsv]:
    with FakeOsv() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_both_locks_are_asked_about(osv: FakeOsv, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(f"http://127.0.0.1:{osv.server_port}") == 0
    assert len([each for each in osv.asked if each.startswith("pkg:pypi/")]) > 50
    assert len([each for each in osv.asked if each.startswith("pkg:maven/")]) > 5
    assert all("@" in each for each in osv.asked)
    assert capsys.readouterr().out == f"{len(osv.asked)} components, 0 with something known against them\n"


def test_what_is_known_is_told(osv: FakeOsv, capsys: pytest.CaptureFixture[str]) -> None:
    osv.bad = BAD
    assert main(f"http://127.0.0.1:{osv.server_port}") == 1
    kafka, httpx, total = capsys.readouterr().out.splitlines()
    assert kafka.startswith("pkg:maven/org.apache.kafka/kafka-clients@")
    assert kafka.endswith("(shipped): CVE-0000-2")
    assert httpx.endswith("(shipped): PYSEC-0000-1, GHSA-none")
    assert ", 2 with" in total


def test_without_a_network_it_says_so_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("http://127.0.0.1:1") == 2
    assert capsys.readouterr().err == "http://127.0.0.1:1: cannot be asked (ConnectError); an audit needs a network\n"
