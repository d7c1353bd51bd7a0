"""Is the store still what it was? Reads every record, the log and its heads, and names each fault."""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from agents.retention import attachment, documents, entry, form, heads
from agents.retention.about import Told
from agents.retention.disposal import FOLDER, disposed_of
from agents.retention.heads import Head, is_signed, read_head
from agents.retention.log import LogReader
from agents.retention.records import RecordStore
from agents.retention.stamped import Stamps
from agents.retention.store import Damaged, Disposed, Faulty, Missing
from pipeline import merkle

_EVERY = 1000
_RECORDS = ("records/", f"{attachment.FOLDER}/")  # what else is logged are documents of our own
_TRIES = 3
_CLOCKS_DIFFER = timedelta(minutes=5)


class Mark(msgspec.Struct, frozen=True):
    """How far a verification came: so many entries of the log, whose root was this."""

    entries: int
    root: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known from elsewhere: public keys (base64), heads kept out of our reach, a mark to go on from."""

    keys: frozenset[str] = frozenset()
    heads: tuple[Head, ...] = ()
    mark: Mark | None = None
    roots: Stamps | None = None  # of time stamps; without them stamps are counted, not checked


@dataclass(slots=True)
class Report:
    """What was read; faults were told as they were found."""

    records: int = 0
    addenda: int = 0
    attachments: int = 0
    missing: int = 0  # attachments that could not be had
    disposed: int = 0
    stamps: int = 0
    unstamped: int = 0  # daily heads
    latest_stamp: timedelta = timedelta()  # the longest that a stamp came after its head
    faults: int = 0
    seen: set[bytes] = field(default_factory=set, repr=False)


class Verification:
    """One run over a store; `fault` and `progress` are told as it goes, `marked` every thousand objects of the log.

    `told` is given what may be known of each record that is as it was stored.
    """

    def __init__(
        self,
        store: RecordStore,
        *,
        fault: Callable[[Faulty], None],
        progress: Callable[[int], None],
        marked: Callable[[Mark], None] = lambda _: None,
        wait: Callable[[], None] = lambda: None,
        told: Callable[[str, Told], None] | None = None,
    ) -> None:
        self._store = store
        self._fault = fault
        self._progress = progress
        self._marked = marked
        self._wait = wait
        self._told = told
        self.report = Report()
        self._certified: frozenset[str] = frozenset()

    def run(self, reader: LogReader, known: Known) -> Report:
        """Verify all of it: the log, each object in its order, and then what the log does not name."""
        for fault in self._store.faults():
            self._tell(fault)
        self._certified = self._disposals(reader)
        if reader.exists():
            self._heads(reader, known)
            self._log(reader, known)
        elif known.heads:
            self._tell(Missing("log/heads", "there is no log, though heads of it are known"))
        self._others(reader)
        return self.report

    def _disposals(self, reader: LogReader) -> frozenset[str]:
        """What certificates say was disposed of; one that is not in the log, in a store that has one, says nothing."""
        logged = {each for each in reader.entries() if each[0].startswith(FOLDER)} if reader.exists() else None
        certified: set[str] = set()
        for name in self._store.certificates():
            content = self._store.content(name)
            if logged is None or (name, hashlib.sha256(content).hexdigest()) in logged:
                certified |= disposed_of(content)
            else:
                self._tell(Damaged(name, "it is no certificate that the log names"))
        return frozenset(certified)

    def _heads(self, reader: LogReader, known: Known) -> None:
        for fault in heads.faults_of(reader.heads(), known.keys):
            self._tell(Damaged("log/heads", fault))
        self.report.unstamped = reader.unstamped()
        for name, head in reader.published():
            if head is None or not is_signed(head):
                self._tell(Damaged(name, "it is no signed head"))
        for each in reader.stamped():
            self._stamp(f"log/published/{each.path.name}", each.head, each.stamp, known.roots)

    def _stamp(self, name: str, head_file: bytes, stamp: bytes, roots: Stamps | None) -> None:
        self.report.stamps += 1
        if roots is None:
            return
        try:
            at = roots.time_of(stamp, head_file)
        except ValueError as error:
            self._tell(Damaged(f"the time stamp of {name}", str(error)))
            return
        head = read_head(head_file.removesuffix(b"\n"))
        came_after = at - datetime.fromisoformat(head.at) if head else timedelta()
        self.report.latest_stamp = max(self.report.latest_stamp, came_after)
        if came_after < -_CLOCKS_DIFFER:
            self._tell(Damaged(name, "it tells a later time than the stamp on it"))

    def _log(self, reader: LogReader, known: Known) -> None:
        expected = _signed(reader, known)
        covered = max(expected, default=0)
        resumed = known.mark.entries if known.mark and self._holds(known.mark, reader) else 0
        tree = merkle.Growing()
        wrong: list[int] = []
        with reader.nodes() as node:
            for name, sha256 in itertools.islice(reader.entries(), covered):
                made = tree.add(entry.leaf(name, sha256))
                if made != [node(level, tree.size - 1 >> level) for level in range(len(made))]:
                    wrong.append(tree.size)
                for root, whose in expected.get(tree.size, ()):
                    if root != tree.root().hex():
                        self._tell(Damaged(whose, f"the first {tree.size} entries of the log are not those it signed"))
                self.report.seen.add(_digest(name))
                if tree.size > resumed:
                    self._object(name, sha256)
                    if tree.size % _EVERY == 0:
                        self._marked(Mark(tree.size, tree.root().hex()))
        if wrong:
            what = f"{len(wrong)} entries give other hashes than it tells, the first is entry {wrong[0]}"
            self._tell(Damaged("log/nodes", f"{what}: remove it, and the next record makes it anew"))
        if tree.size < covered:
            self._tell(Damaged("log/entries", f"the log has lost its last {covered - tree.size} entries"))

    def _holds(self, mark: Mark, reader: LogReader) -> bool:
        tree = merkle.Growing()
        for name, sha256 in reader.entries():
            if tree.size == mark.entries:
                break
            tree.add(entry.leaf(name, sha256))
        return (tree.size, tree.root().hex()) == (mark.entries, mark.root)

    def _others(self, reader: LogReader) -> None:
        """What is in the store and was not read yet; in a store with a log there should be nothing."""
        own = (self._store.documents(kind) for kind in documents.KINDS if kind != FOLDER)  # certificates were told
        names = itertools.chain(self._store.object_keys(), self._store.attachment_keys(), *own)
        others = [name for name in names if _digest(name) not in self.report.seen]
        unlogged = set(others) if reader.exists() else set()
        for _ in range(_TRIES):
            # A record that is being stored while we look is in the log a moment later.
            unlogged -= {name for name, _ in reader.entries(len(self.report.seen))} if unlogged else set()
            if unlogged:
                self._wait()
        for name in others:
            if name in unlogged:
                self._tell(Damaged(name, "it is not in the log"))
            self._object(name, None)

    def _object(self, name: str, expected: str | None) -> None:
        self._count(name)
        record = _record_of(name)
        try:
            content = self._store.content(name)
            if expected not in (None, hashlib.sha256(content).hexdigest()):
                raise Damaged(name, "its bytes are not those that the log names")
            if name.startswith(_RECORDS):
                self._store.check(name, content)
            if self._told and name == record and name.startswith("records/"):
                self._told(name, self._store.told_of(name, content))
            if record != name:
                self._store.content(record)
        except (Missing, Disposed) as fault:
            if record in self._certified:
                self.report.disposed += 1
            elif isinstance(fault, Disposed):
                self._tell(Damaged(name, "its key was destroyed without a certificate"))
            else:
                self._tell(fault if fault.object_key == name else Missing(name, "the record that it adds to is gone"))
        except Faulty as fault:
            self._tell(fault)

    def _count(self, name: str) -> None:
        if attachment.is_missing(name):
            self.report.missing += 1
        elif attachment.is_attachment(name):
            self.report.attachments += 1
        elif form.is_addendum(name):
            self.report.addenda += 1
        elif name.startswith(_RECORDS):
            self.report.records += 1
        self._progress(self.report.records + self.report.addenda + self.report.attachments)

    def _tell(self, fault: Faulty) -> None:
        self.report.faults += 1
        self._fault(fault)


def _signed(reader: LogReader, known: Known) -> dict[int, list[tuple[str, str]]]:
    """Which root is signed for which size, and where."""
    signed: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for head in filter(None, reader.heads()):
        signed[head.size].append((head.root, "log/heads"))
    for name, published in reader.published():
        if published:
            signed[published.size].append((published.root, name))
    for head in known.heads:
        signed[head.size].append((head.root, "the known head"))
    return signed


def _record_of(name: str) -> str:
    if attachment.is_attachment(name):
        return attachment.record_of(name)
    return name.rpartition(".")[0] if form.is_addendum(name) else name


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:16]
