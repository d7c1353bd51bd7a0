"""The retention store itself: what is an addendum, a repetition or an alarm, over any storage and any seal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from agents.retention import attachment, form
from agents.retention.about import About, Told
from agents.retention.attachment import Attachment
from agents.retention.bucket import Guard
from agents.retention.disposal import FOLDER
from agents.retention.objects import Objects
from agents.retention.seal import Seal, is_sealed, told_in_clear
from agents.retention.store import Damaged, Disposed, Faulty, KeptRecord, Missing, Raw, StoredRecord
from pipeline.errors import Stop
from pipeline.record import object_key as key_of


class Journal(Protocol):
    """Remembers what was stored, in order and provably; `agents.retention.log.Log` fits."""

    def add(self, objects: Mapping[str, str], perhaps_known: frozenset[str]) -> object:
        """Add names with the SHA-256 of their bytes; those `perhaps_known` only where they are not there yet."""
        ...


class RecordStore:
    """Keeps records below `records/` in some storage; see `Store` for the promises."""

    def __init__(
        self,
        objects: Objects,
        seal: Seal,
        now: Callable[[], datetime],
        describe: Callable[[Raw], About | None],
        *,
        journal: Journal | None = None,
        guard: Callable[[About | None], Guard] | None = None,
    ) -> None:
        self._objects = objects
        self._seal = seal
        self._now = now
        self._describe = describe
        self._journal = journal
        self._guard = guard

    def put_many(self, records: Sequence[Raw]) -> tuple[StoredRecord, ...]:
        """See `Store`; every record is read back before it is answered for, or vouched for by the storage.

        A record that was disposed of and comes again is answered as one that is here: it was kept, and it is not to
        come back.
        """
        at = self._now()
        told = {
            raw.object_key: Told(archived_at=at, size=len(raw.value or b""), about=self._describe(raw))
            for raw in records
        }
        plain = {raw.object_key: form.write_record(raw, at) for raw in reversed(records)}
        closed = self._seal.close(plain, told)
        created = set(self._objects.add(closed, self._guards({name: told[name].about for name in closed})))
        here = self._confirmed(closed, created)
        others = [raw for raw in records if raw.object_key in here and self._told_differently(raw, here)]
        addenda = {form.addendum_key(raw): form.write_addendum(raw, at) for raw in reversed(others)}
        closed_addenda = self._seal.close(addenda, dict.fromkeys(addenda, Told(archived_at=at, size=0)))
        theirs = {form.addendum_key(raw): told[raw.object_key].about for raw in others}
        new_addenda = self._objects.add(closed_addenda, self._guards(theirs))
        self._remember(here | self._confirmed(closed_addenda, new_addenda), frozenset(created | new_addenda))
        answers = []
        for raw in records:
            answers.append(StoredRecord(raw.object_key, raw.sha256, len(raw.value or b""), raw.object_key in created))
            created.discard(raw.object_key)
        return tuple(answers)

    def read(self, object_key: str) -> KeptRecord:
        """See `Store`."""
        return self.understand(object_key, self.content(object_key))

    def content(self, object_key: str) -> bytes:
        """The object's bytes as they are stored; raises `Missing`."""
        return self._objects.get(object_key)

    def understand(self, object_key: str, content: bytes) -> KeptRecord:
        """Read an object's bytes; raises `Damaged` or `Disposed`."""
        return form.read(object_key, self._seal.open(object_key, content))

    def attach(self, attachments: Sequence[Attachment]) -> tuple[str, ...]:
        """Store attachments, or words that there are none, beside their records; the keys that are safe and read back.

        Idempotent. What a record that was disposed of would have had attached is left out.
        """
        at = self._now()
        records = {each.object_key: self._record_of(each) for each in attachments}
        plain = {each.object_key: attachment.write(each) for each in attachments if records[each.object_key]}
        told = {each.object_key: Told(archived_at=at, size=len(each.content)) for each in attachments}
        closed = self._seal.close(plain, told)
        abouts = {name: self._describe(kept.raw) for name, kept in records.items() if kept}
        created = self._objects.add(closed, self._guards(abouts))
        here = self._confirmed(closed, created)
        try:
            for name, content in here.items():
                self.check(name, content)
        except Faulty as fault:
            raise _alarm(fault) from None
        self._remember(here, created)
        return tuple(here)

    def attachments(self, object_key: str) -> tuple[Attachment, ...]:
        """What is attached to a record, by its place in it, an attachment before the word that there was none.

        Raises `Damaged`.
        """
        names = [name for name in self._with_addenda(object_key) if attachment.is_attachment(name)]
        found = [attachment.read(name, self._seal.open(name, self.content(name))) for name in names]
        had = {each.field for each in found if each.missing is None}
        kept = [each for each in found if each.missing is None or each.field not in had]
        return tuple(sorted(kept, key=lambda each: (len(each.field), each.field, each.at)))

    def check(self, name: str, content: bytes) -> None:
        """Check an object's bytes, whichever kind it is; raises `Damaged` or `Disposed`."""
        if attachment.is_attachment(name):
            attachment.read(name, self._seal.open(name, content))
        else:
            self.understand(name, content)

    def tell(self, object_key: str) -> Told:
        """What may be known of an object without opening it; raises `Missing` or `Damaged`."""
        return self.told_of(object_key, self.content(object_key))

    def told_of(self, object_key: str, content: bytes) -> Told:
        """The same, of an object's bytes; raises `Damaged`."""
        if is_sealed(content):
            return told_in_clear(object_key, content)
        kept = form.read(object_key, content)
        about = None if form.is_addendum(object_key) else self._describe(kept.raw)
        return Told(archived_at=kept.archived_at, size=len(kept.raw.value or b""), about=about)

    def object_keys(self) -> Iterator[str]:
        """See `Store`."""
        return self._objects.names("records")

    def attachment_keys(self) -> Iterator[str]:
        """The key of every attachment, and of every word that there is none, in lexical order."""
        return self._objects.names(attachment.FOLDER)

    def certify(self, name: str, content: bytes) -> None:
        """Store a document of our own, such as a certificate of disposal, and log it; see `disposal.Disposing`."""
        self.keep_documents({name: content})

    def keep_documents(self, named: Mapping[str, bytes]) -> None:
        """Store documents of our own and log them; returns when all are safe and read back. Idempotent."""
        created = self._objects.add(named)
        self._remember(self._confirmed(named, created), created)

    def dispose(self, names: Sequence[str], decision: str) -> int:
        """Destroy records and their addenda for good; see `disposal.Disposing`.

        Of a sealed record the key is destroyed first, then the object goes if its lock allows; until then it stays,
        unreadable. Others are removed.
        """
        sealed: list[str] = []
        plain: list[str] = []
        for name in (each for record in names for each in self._with_addenda(record)):
            (sealed if is_sealed(self.content(name)) else plain).append(name)
        count = self._seal.destroy(sealed, decision) + (self._objects.remove(plain) if plain else 0)
        self._objects.clear(sealed)
        return count

    def hold(self, records: Iterable[str], *, on: bool) -> int:
        """Place or lift the storage's own legal hold on records and all that hangs on them; on how many objects."""
        return self._objects.hold((name for record in records for name in self._with_addenda(record)), on=on)

    def certificates(self) -> Iterator[str]:
        """The names of all certificates of disposal."""
        return self.documents(FOLDER)

    def documents(self, folder: str) -> Iterator[str]:
        """The names of all documents of our own of a kind."""
        return self._objects.names(folder)

    def may_dispose(self, names: Sequence[str]) -> None:
        """See `disposal.Disposing`."""
        kinds: dict[bool, str] = {}
        for name in names:
            with suppress(Missing):
                kinds.setdefault(is_sealed(self.content(name)), name)
        if False in kinds:
            self._objects.remove(())
        if True in kinds:
            try:
                self._seal.open(kinds[True], self.content(kinds[True]))
            except Disposed:
                pass
            except Damaged as fault:
                raise _alarm(fault) from None

    def _with_addenda(self, record: str) -> list[str]:
        """The names of a record and of all that hangs on it."""
        folder, _, sha256 = record.rpartition("/")
        media = folder.replace("records", attachment.FOLDER, 1)
        beside = (*self._objects.names(folder), *self._objects.names(media))
        return [name for name in beside if name == record or name.rpartition("/")[2].startswith(f"{sha256}.")]

    def _record_of(self, one: Attachment) -> KeptRecord | None:
        """The record that it belongs to; None where that was disposed of, as nothing is added to such a one."""
        try:
            return self.read(key_of(one.record))
        except Disposed:
            return None
        except Faulty as fault:
            raise _alarm(fault) from None

    def _guards(self, abouts: Mapping[str, About | None]) -> dict[str, Guard]:
        return {name: self._guard(about) for name, about in abouts.items()} if self._guard else {}

    def faults(self) -> Iterator[Faulty]:
        """What the storage itself knows to be wrong."""
        yield from self._objects.faults("records")
        yield from self._objects.faults(attachment.FOLDER)

    def _confirmed(self, closed: Mapping[str, bytes], created: Collection[str]) -> dict[str, bytes]:
        """The objects as they are stored: as we wrote them, where the storage vouches for that, else read back."""
        vouched = {name: closed[name] for name in created if name in closed} if self._objects.confirms else {}
        found = vouched | self._read_back([name for name in closed if name not in vouched])
        return {name: found[name] for name in closed}

    def _read_back(self, names: Iterable[str]) -> dict[str, bytes]:
        try:
            return self._objects.get_all(names)
        except Faulty as fault:
            raise _alarm(fault) from None

    def _remember(self, here: Mapping[str, bytes], created: frozenset[str]) -> None:
        if self._journal is not None:
            hashes = {name: hashlib.sha256(content).hexdigest() for name, content in here.items()}
            self._journal.add(hashes, frozenset(hashes) - created)

    def _told_differently(self, raw: Raw, here: Mapping[str, bytes]) -> bool:
        """Compare with what is kept; other bytes under the same hash are an alarm, not a record."""
        try:
            kept = self.understand(raw.object_key, here[raw.object_key])
            if (kept.raw.value or b"") != (raw.value or b""):
                raise Damaged(raw.object_key, "it holds other bytes")
        except Faulty as fault:
            raise _alarm(fault) from None
        return not form.same_origin(kept, raw)


def _alarm(fault: Faulty) -> Stop:
    return Stop(f"the store is damaged at {fault}; run `anslagsvakt records verify`")
