"""How is a long-running program kept: started so that it never outlives us, and ended for sure."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from deploy.local import launch


class KeptProcess:
    """A running program; its output is appended to a file.

    It runs in a session of its own, so that Ctrl-C in a terminal reaches us and not it: we end it when those who use
    it have ended. It gets no environment but `environment`: our secrets are none of its business.
    """

    def __init__(self, command: Sequence[str], output: Path, environment: Mapping[str, str]) -> None:
        started: Future[subprocess.Popen[bytes]] = Future()
        # The kernel sends the parent-death signal when the *thread* that started the child ends (prctl(2)). So a
        # thread of its own starts it and stays until it has ended; anyone may then start a broker from any thread.
        # It tells by an event, as a join() that Ctrl-C interrupts takes the thread for ended (Python 3.11, 3.12).
        self._ended = threading.Event()
        arguments = (command, output, environment, started, self._ended)
        threading.Thread(target=_keep, args=arguments, name="kept-process", daemon=True).start()
        self._process = started.result()

    @property
    def pid(self) -> int:
        """The program's own process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; the negative signal number if a signal ended it."""
        return self._process.returncode

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._send(signal.SIGKILL)
        self._ended.wait()

    def stop(self, grace: float) -> None:
        """SIGTERM; after `grace` seconds SIGKILL; and wait until it is gone."""
        self._send(signal.SIGTERM)
        if not self.wait(grace):
            self.kill()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended by itself, or the time is up; says whether it has ended."""
        return self._ended.wait(timeout)

    def _send(self, number: signal.Signals) -> None:
        if not self._ended.is_set():
            self._process.send_signal(number)


def _keep(
    command: Sequence[str],
    output: Path,
    environment: Mapping[str, str],
    started: Future[subprocess.Popen[bytes]],
    ended: threading.Event,
) -> None:
    try:
        with output.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(launch.__file__), str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(environment),
                cwd=output.parent,
                start_new_session=True,
            )
    except BaseException as error:  # noqa: BLE001  handed to the thread that waits for it
        started.set_exception(error)
        return
    started.set_result(process)
    process.wait()
    ended.set()
