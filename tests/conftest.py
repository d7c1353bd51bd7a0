"""For every test: property tests without a stopwatch; and at the end, in plain words, what did not run and why.

In CI (`CI=true`) a part that did not run is a failure, and property tests always draw the same examples.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# What the commands say is compared as it is, so nobody asks for colour here (typer takes even PY_COLORS=0 for asking).
for _asks_for_colour in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS"):
    os.environ.pop(_asks_for_colour, None)

_DID_NOT_RUN = "did not run: "
_IN_CI = os.environ.get("CI") == "true"

# A busy machine is no fault in the code; a test that hangs is caught by pytest-timeout.
settings.register_profile("ours", deadline=None, derandomize=_IN_CI)
settings.load_profile("ours")


def _not_run(reporter: pytest.TerminalReporter) -> list[str]:
    """The distinct reasons of the tests that were skipped because a real part was missing."""
    reasons = (str(report.longrepr[2]) for report in reporter.stats.get("skipped", ()))
    told = (reason.partition(_DID_NOT_RUN)[2] for reason in reasons)
    return sorted({reason for reason in told if reason})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what did not run."""
    if reasons := _not_run(terminalreporter):
        terminalreporter.section("did not run")
        for reason in reasons:
            terminalreporter.write_line(reason)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A part that did not run is no success in CI."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if _IN_CI and reporter is not None and _not_run(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
