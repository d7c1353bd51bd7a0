"""Who is known as alive: processes that hold their lock, whatever became of the others."""

import sys
import threading
from pathlib import Path

import pytest

import agents
from agents.takedown.alive import alive
from deploy.local.process import KeptProcess
from pipeline.errors import Stop

LIVE = """
import sys, time
from pathlib import Path
from agents.takedown.alive import alive
with alive(Path(sys.argv[1]), "other"):
    print("here", flush=True)
    time.sleep(60)
"""


def test_a_killed_process_is_not_alive_and_a_running_one_is(tmp_path: Path) -> None:
    journal, said = tmp_path / "journal.sqlite3", tmp_path / "said"
    code = str(Path(agents.__file__).parents[1])
    other = KeptProcess([sys.executable, "-c", LIVE, str(journal)], said, {"PYTHONPATH": code})
    try:
        while not said.exists() or "here" not in said.read_text():
            assert not other.wait(0.05)
        with alive(journal, "one") as living:
            assert living == {"one", "other"}
    finally:
        other.kill()
    with alive(journal, "two") as living:
        assert living == {"two"}


def test_many_at_once_see_each_other(tmp_path: Path) -> None:
    journal, seen = tmp_path / "journal.sqlite3", []
    together = threading.Barrier(8)

    def live(name: str) -> None:
        with alive(journal, name) as living:
            seen.append(living)
            together.wait(10)

    threads = [threading.Thread(target=live, args=(str(number),)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(map(len, seen)) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_folder_that_cannot_be_made_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "journal.alive").write_text("")
    with pytest.raises(Stop, match=r"journal\.alive: cannot be used"), alive(tmp_path / "journal", "one"):
        pass
