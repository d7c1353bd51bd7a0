"""The demo replaces what a former demo made, and touches nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.demo.folder import demo_folder
from pipeline.errors import BadConfiguration


def test_a_new_folder_is_made_and_kept(tmp_path: Path) -> None:
    with demo_folder(tmp_path / "data" / "demo") as folder:
        (folder.data / "record").write_text("kept")
    assert (tmp_path / "data" / "demo" / "data" / "record").read_text() == "kept"


def test_the_next_run_starts_from_nothing_but_leaves_what_it_did_not_make(tmp_path: Path) -> None:
    with demo_folder(tmp_path) as folder:
        (folder.logs / "screen.log").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    with demo_folder(tmp_path) as folder:
        assert list(folder.logs.iterdir()) == []
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_folder_of_somebody_else_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "store").write_text("real records")
    with pytest.raises(BadConfiguration, match="no demo made"), demo_folder(tmp_path):
        pass
    assert (tmp_path / "data" / "store").read_text() == "real records"


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with demo_folder(tmp_path), pytest.raises(BadConfiguration, match="another demo"), demo_folder(tmp_path):
        pass


def test_a_file_in_the_way_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file")
    with pytest.raises(BadConfiguration, match="cannot be used"), demo_folder(tmp_path / "demo"):
        pass
