"""The trials of a storage: a true one passes them all, and each catches a storage that breaks its promise."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.doctor import try_store
from agents.retention import conformance
from agents.retention.bucket import Guard
from agents.retention.conformance import Trial
from agents.retention.files import FileObjects
from agents.retention.s3 import S3Objects
from agents.retention.store import Damaged, Faulty, Missing
from agents.settings import Settings
from tests.seaweed import Seaweed


def broken(trials: Iterator[Trial]) -> list[str]:
    return [trial.promise for trial in trials if not trial.kept]


def test_a_folder_keeps_its_promises(tmp_path: Path) -> None:
    with FileObjects(tmp_path) as objects:
        assert broken(conformance.of_storage(objects)) == []


def test_a_bucket_keeps_its_promises(s3_server: Seaweed) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    bucket = s3_server.new_bucket()
    with S3Objects(s3_server.owner, bucket, conformance.BRIEF, now) as objects:
        assert broken(conformance.of_storage(objects)) == []
        assert broken(conformance.of_bucket(s3_server.owner, bucket, now)) == []


class Storage:
    """A storage in memory that breaks one promise."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.held: dict[str, bytes] = {}

    confirms = False

    def hold(self, names: Iterable[str], *, on: bool) -> int:
        raise NotImplementedError

    def add(self, objects: Mapping[str, bytes], guards: Mapping[str, Guard] = {}) -> frozenset[str]:
        assert not guards
        new = frozenset(objects if self.fault == "overwrites" else objects.keys() - self.held.keys())
        self.held |= {name: objects[name] for name in new}
        return frozenset() if self.fault == "denies" else new

    def get(self, name: str) -> bytes:
        if self.fault == "invents":
            return self.held.get(name, b"")
        if name not in self.held:
            raise Missing(name, "none")
        return self.held[name][: 1 << 20] if self.fault == "cuts" else self.held[name]

    def get_all(self, names: Iterable[str]) -> dict[str, bytes]:
        return {name: self.get(name) for name in names}

    def names(self, folder: str) -> Iterator[str]:
        found = sorted(name for name in self.held if name.startswith(folder))
        return iter(reversed(found) if self.fault == "disorders" else found)

    def remove(self, names: Iterable[str]) -> int:
        raise NotImplementedError

    clear = remove

    def faults(self, folder: str) -> Iterator[Faulty]:
        return iter([Damaged(folder, "marker")] if self.fault == "complains" else [])


@pytest.mark.parametrize(
    ("fault", "promises"),
    [
        pytest.param("none", [], id="none"),
        pytest.param("denies", ["an object is written"], id="denies"),
        pytest.param("overwrites", ["what is there is never overwritten"], id="overwrites"),
        pytest.param("cuts", ["an object of the largest size is read back"], id="cuts"),
        pytest.param("disorders", ["what was written is listed, in order"], id="disorders"),
        pytest.param("invents", ["what was never written is told as missing"], id="invents"),
        pytest.param("complains", ["nothing is told as wrong"], id="complains"),
    ],
)
def test_a_broken_promise_is_named(fault: str, promises: list[str]) -> None:
    assert promises == broken(conformance.of_storage(Storage(fault)))


def test_the_doctor_puts_the_store_of_the_settings_to_the_test_and_leaves_nothing(tmp_path: Path) -> None:
    checked = list(try_store(Settings(data_dir=tmp_path)))
    assert (len(checked), all(each.well for each in checked)) == (7, True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_doctor_names_a_store_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    assert [(each.name, each.well) for each in try_store(Settings(data_dir=tmp_path))] == [("store", False)]
