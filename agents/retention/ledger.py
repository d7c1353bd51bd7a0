"""Does the index say of each record what the store says? A rewritten row would lead searches and disposal astray."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from agents.retention.about import Told
from agents.retention.store import Damaged, Faulty
from agents.retention.wanted import FIELDS, Hit, Wanted, milliseconds

_BATCH = 1000


class Rows(Protocol):
    """What is asked of an index; `agents.retention.index.RecordIndex` fits."""

    def known(self, object_keys: Sequence[str]) -> Mapping[str, Hit]:
        """The rows of these records."""
        ...

    def search(self, wanted: Wanted, limit: int | None = None) -> Iterator[Hit]:
        """Every row that fits."""
        ...


class Ledger:
    """Compares rows with what a verification reads, a thousand at a time."""

    def __init__(self, rows: Rows, fault: Callable[[Faulty], None]) -> None:
        self._rows = rows
        self._fault = fault
        self._told: dict[str, Told] = {}
        self._seen: set[str] = set()
        self._absent: list[str] = []

    def take(self, object_key: str, told: Told) -> None:
        """Take what the store tells of a record."""
        self._told[object_key] = told
        if len(self._told) >= _BATCH:
            self._compare()

    def end(self, *, whole: bool) -> None:
        """Compare the rest; and, where the `whole` store was read and sound, name rows too few and too many."""
        self._compare()
        if not whole:
            return
        for object_key in self._absent:
            self._fault(Damaged(object_key, "the index has no row for it: make it anew with `records index --anew`"))
        for row in self._rows.search(Wanted()):
            if row.disposed is None and row.object_key not in self._seen:
                self._fault(Damaged(row.object_key, "the index has a row for it, and the store no such record"))

    def _compare(self) -> None:
        rows = self._rows.known(list(self._told))
        for object_key, told in self._told.items():
            if object_key not in rows:
                self._absent.append(object_key)
            elif wrong := _differing(told, rows[object_key]):
                what = f"the index tells another {', '.join(wrong)} than the store"
                self._fault(Damaged(object_key, f"{what}: make it anew with `records index --anew`"))
        self._seen.update(self._told)
        self._told = {}


def _differing(told: Told, row: Hit) -> list[str]:
    about = told.about
    pairs = {name: (getattr(about, name, None), getattr(row, name)) for name in ("account", *FIELDS)}
    pairs["size"] = (told.size, row.size)
    pairs["archived_at"] = (milliseconds(told.archived_at), milliseconds(row.archived_at))
    pairs["time"] = (about and milliseconds(about.time), row.time and milliseconds(row.time))
    return [name for name, (expected, found) in pairs.items() if expected != found]
