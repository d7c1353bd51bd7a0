"""Is every record in a store still what was stored? Reads all of them and names each fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agents.retention import form
from agents.retention.store import Faulty, Missing, Store


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification read, and what it found wrong."""

    records: int
    addenda: int
    faults: tuple[Faulty, ...]


def verify(store: Store, progress: Callable[[int], None]) -> Report:
    """Read every object and recompute its hash; `progress` is told the number read so far, after each."""
    records = addenda = 0
    faults: list[Faulty] = []
    last = ""
    for key in store.object_keys():
        if form.is_addendum(key):
            addenda += 1
            if key.rpartition(".")[0] != last:
                faults.append(Missing(key, "the record that it adds to is gone"))
        else:
            records, last = records + 1, key
        try:
            store.read(key)
        except Faulty as fault:
            faults.append(fault)
        progress(records + addenda)
    return Report(records, addenda, tuple(faults))
