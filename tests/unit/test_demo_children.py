"""The demo's processes are waited for, missed when they end, and ended when the demo does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from agents.demo.children import Children
from deploy.local.ports import HOST, free_port
from pipeline.errors import Stop

_SERVE = "import http.server,sys; http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]))"


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    with Children(tmp_path, os.environ) as children:
        yield children


def test_a_process_is_ready_when_it_answers_and_gone_at_the_end(children: Children) -> None:
    before = set(psutil.Process().children(recursive=True))  # such as a broker that other tests share
    port = free_port()
    children.start("server", ("-c", _SERVE, str(port)), f"http://{HOST}:{port}/")
    children.await_ready(20)
    assert children.stop() == {"server": -15}
    assert set(psutil.Process().children(recursive=True)) <= before


def test_a_process_that_ends_is_named_with_its_log(children: Children, tmp_path: Path) -> None:
    children.start("broken", ("-c", "import sys; sys.exit(3)"), f"http://{HOST}:{free_port()}/")
    with pytest.raises(Stop, match="broken ended with exit code 3") as caught:
        children.await_ready(20)
    assert str(tmp_path / "broken.log") in str(caught.value)


def test_a_process_that_never_gets_ready_is_given_up(children: Children) -> None:
    children.start("idle", ("-c", "import time; time.sleep(60)"), f"http://{HOST}:{free_port()}/")
    with pytest.raises(Stop, match="idle was not ready"):
        children.await_ready(0.2)
