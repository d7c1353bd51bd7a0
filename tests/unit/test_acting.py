"""Who is at work, as the system knows it, not as they say."""

import os
import pwd
from pathlib import Path

import pytest

from agents.acting import user

ME = pwd.getpwuid(os.getuid()).pw_name


def test_no_variable_of_the_shell_changes_who_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody")
    assert user(tmp_path) == ME


def test_who_came_through_sudo_to_the_user_that_owns_the_records_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "anna")
    assert user(tmp_path) == "anna"


def test_another_user_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "anna")
    if os.getuid() == 0:
        assert user(Path("/")) == "anna", "root may do anything, and is"
    else:
        assert user(Path("/")) == ME
