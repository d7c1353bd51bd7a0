"""The tools of chaos do what their names say: a proxy that delays and cuts, blows that a seed repeats."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import parts
from tests.chaos.clock import Clocks
from tests.chaos.memory import Memory
from tests.chaos.plan import Harm, Wanted, blows, every_harm
from tests.chaos.proxy import Proxy

PROCESSES = ("screen-1", "archive")


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says back what it hears, on its port, until the test ends."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client:
                        while piece := client.recv(1024):
                            client.sendall(piece)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_proxy_passes_on_delays_and_cuts(echo: int) -> None:
    with Proxy(echo) as proxy, socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as client:
        client.sendall(b"one")
        assert client.recv(10) == b"one"
        proxy.delay = 0.1
        before = time.monotonic()
        client.sendall(b"two")
        assert client.recv(10) == b"two"
        assert time.monotonic() - before >= 0.2  # there and back
        proxy.cut()
        assert client.recv(10) == b""


def test_the_same_seed_strikes_the_same_blows() -> None:
    assert every_harm(1, 2, PROCESSES) == every_harm(1, 2, PROCESSES)
    assert every_harm(1, 2, PROCESSES) != every_harm(2, 2, PROCESSES)


def test_every_kind_of_harm_comes_as_often_as_wanted() -> None:
    struck = Counter(blow.harm for blow in every_harm(1, 3, PROCESSES))
    assert set(struck) == set(Harm)
    assert struck[Harm.KILL] == 3 * len(PROCESSES)
    assert Counter(blow.victim for blow in blows(1, [Wanted(Harm.FREEZE, PROCESSES, 4)])) == dict.fromkeys(PROCESSES, 2)
    assert all(0.5 <= blow.seconds <= 2 for blow in blows(1, [Wanted(Harm.BROKER, ("0",), 9, seconds=2)]))


MIB = 1024 * 1024
SERIES = {
    "flat": ([100] * 200, False),
    "grows while it warms up": ([10 * min(second, 20) for second in range(200)], False),
    "grows for ever": ([100 + second for second in range(200)], True),
    "dies young": ([100 + 10 * second for second in range(100)], False),
}


@pytest.mark.parametrize(("sizes", "grew"), SERIES.values(), ids=SERIES.keys())
def test_growth_is_told_of_those_that_live_long(sizes: list[int], *, grew: bool) -> None:
    memory = Memory(dict)
    for second, size in enumerate(sizes):
        memory.note("screen-1", 42, float(second), size * MIB)
    assert bool(tuple(memory.growth())) == grew
    assert [each.name for each in memory.grown()] == ["screen-1"] * (len(sizes) > 120)
    assert memory.most() == {"screen-1": max(sizes)}


def test_a_process_whose_clock_jumps_reads_it_and_can_still_sleep(tmp_path: Path) -> None:
    clocks = Clocks(tmp_path, Path(parts.FAKETIME.found()))
    environment = os.environ | clocks.environment("one")
    clocks.jump("one", 7200)
    looks = "import time; a = time.monotonic(); time.sleep(0.2); print(time.monotonic() - a >= 0.2, time.time())"
    said = subprocess.run([sys.executable, "-c", looks], env=environment, check=True, capture_output=True, text=True)
    slept, at = said.stdout.split()
    assert slept == "True"
    assert 7100 < float(at) - time.time() < 7300
