"""The retention store itself: what is an addendum, a repetition or an alarm, over any storage and any seal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from agents.retention import form
from agents.retention.about import About
from agents.retention.objects import Objects
from agents.retention.seal import Seal
from agents.retention.store import Faulty, KeptRecord, Raw, StoredRecord
from pipeline.errors import Stop


class RecordStore:
    """Keeps records below `records/` in some storage; see `Store` for the promises."""

    def __init__(
        self,
        objects: Objects,
        seal: Seal,
        now: Callable[[], datetime],
        describe: Callable[[Raw], About | None],
    ) -> None:
        self._objects = objects
        self._seal = seal
        self._now = now
        self._describe = describe

    def put_many(self, records: Sequence[Raw]) -> tuple[StoredRecord, ...]:
        """See `Store`; every record is read back before it is answered for.

        A record that was disposed of and comes again is answered as one that is here: it was kept, and it is not to
        come back.
        """
        at = self._now()
        told = {raw.object_key: self._describe(raw) for raw in records}
        plain = {raw.object_key: form.write_record(raw, at) for raw in reversed(records)}
        closed = self._seal.close(plain, told)
        created = set(self._objects.add(closed))
        others = [raw for raw in records if raw.object_key in closed and self._told_differently(raw)]
        addenda = {form.addendum_key(raw): form.write_addendum(raw, at) for raw in reversed(others)}
        self._objects.add(self._seal.close(addenda, {}))
        answers = []
        for raw in records:
            answers.append(StoredRecord(raw.object_key, raw.sha256, len(raw.value or b""), raw.object_key in created))
            created.discard(raw.object_key)
        return tuple(answers)

    def read(self, object_key: str) -> KeptRecord:
        """See `Store`."""
        return form.read(object_key, self._seal.open(object_key, self._objects.get(object_key)))

    def object_keys(self) -> Iterator[str]:
        """See `Store`."""
        return self._objects.names("records")

    def _told_differently(self, raw: Raw) -> bool:
        """Compare with what is kept; other bytes under the same hash are an alarm, not a record."""
        try:
            kept = self.read(raw.object_key)
        except Faulty as fault:
            raise Stop(f"the store is damaged at {fault}; run `anslagsvakt records verify`") from None
        if (kept.raw.value or b"") != (raw.value or b""):
            raise Stop(f"the store holds other bytes at {raw.object_key}; run `anslagsvakt records verify`")
        return not form.same_origin(kept, raw)
