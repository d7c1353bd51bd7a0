"""Says at the end, in plain words, what did not run and how to get it; in CI that is a failure."""

from __future__ import annotations

import os

import pytest

_DID_NOT_RUN = "did not run: "


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
    if os.environ.get("CI") == "true" and reporter is not None and _not_run(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
