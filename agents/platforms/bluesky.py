"""Bluesky: our own records are deleted, others' replies in our threads are hidden by the thread gate of our root post.

After the AT Protocol's lexicons `com.atproto.repo.*`, `com.atproto.server.*`, `com.atproto.moderation.createReport` and
`app.bsky.feed.threadgate`. Items are
named by their at-uri. Another's record can only be removed by its author or its host, to whom it can be reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx

from agents.platforms import answers, capabilities
from agents.platforms.api import NO_CREDENTIALS, Api, Called, UnavailableError, told_apart
from agents.platforms.bluesky_session import Session, classify
from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Answer, Capabilities, Presence, Reply

_GATE = "app.bsky.feed.threadgate"
_MOST_HIDDEN = 300
_SWAPS = 3
_URI_PARTS = 3


class Uri(NamedTuple):
    """at://repo/collection/rkey."""

    repo: str
    collection: str
    rkey: str

    @classmethod
    def parse(cls, text: str) -> Uri | None:
        """Read an at-uri of a record; None if it is none."""
        parts = text.removeprefix("at://").split("/")
        return cls(*parts) if text.startswith("at://") and len(parts) == _URI_PARTS and all(parts) else None

    @property
    def named(self) -> dict[str, str]:
        """The parts by the names that the lexicons give them."""
        return self._asdict()


@dataclass(frozen=True, slots=True)
class BlueskyAccount:
    """Handle or DID, app password, and the account's own server (PDS)."""

    identifier: str
    password: str = field(repr=False)
    service: str = "https://bsky.social"


class _Home(NamedTuple):
    """An account's own server, and our session there."""

    api: Api
    session: Session

    def get(self, item: Uri) -> Called:
        return self.api.call(Action.READ, self.session, "GET", "com.atproto.repo.getRecord", params=item.named)

    def owns(self, item: Uri | None) -> bool:
        return item is not None and item.repo == self.session.did()


class Bluesky:
    """All our accounts on Bluesky, by the account id of our register."""

    def __init__(
        self,
        accounts: Mapping[str, BlueskyAccount],
        *,
        timeout: httpx.Timeout = answers.TIMEOUT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self._homes = {
            name: _Home(
                Api(f"{account.service}/xrpc/", now, classify, timeout=timeout),
                Session(account.service, account.identifier, account.password, now, timeout=timeout),
            )
            for name, account in accounts.items()
        }

    def capabilities(self, kind: ObjectKind, *, is_own: bool) -> Capabilities:
        """See the table."""
        return capabilities.of("bluesky", kind, is_own=is_own)

    def perform(self, action: Action, subject: Subject) -> Reply:
        """Make the call; hiding reads and rewrites the thread gate, and does it again if another has written it."""
        home, item = self._homes.get(subject.account_id), Uri.parse(subject.object_id)
        if home is None:
            return NO_CREDENTIALS
        if item is None:
            return Reply(Answer.PERMANENT, reason="the item's id is no at-uri")
        try:
            match action:
                case Action.READ:
                    return _read(home, item, subject)
                case Action.DELETE:
                    return _delete(home, item)
                case Action.HIDE | Action.UNHIDE:
                    return self._gate(action, home, subject)
        except UnavailableError as error:
            return error.reply

    def report(self, subject: Subject, text: str) -> Reply:
        """Report the record to the moderators that our server names; a report holds the record's own hash."""
        home, item = self._homes.get(subject.account_id), Uri.parse(subject.object_id)
        if home is None:
            return NO_CREDENTIALS
        if item is None:
            return Reply(Answer.PERMANENT, reason="the item's id is no at-uri")
        try:
            cid = subject.native_ids.get("cid")
            if cid is None:
                record = home.get(item)
                if not record.done:
                    return record.reply
                cid = record.body.get("cid")
            about = {"$type": "com.atproto.repo.strongRef", "uri": subject.object_id, "cid": cid}
            body = {"reasonType": "com.atproto.moderation.defs#reasonOther", "reason": text, "subject": about}
            return home.api.call(None, home.session, "POST", "com.atproto.moderation.createReport", json=body).reply
        except UnavailableError as error:
            return error.reply

    def check(self) -> Mapping[str, Reply]:
        """Ask for each account's session."""
        return {name: _control(home) for name, home in self._homes.items()}

    def close(self) -> None:
        """Let go of the connections."""
        for home in self._homes.values():
            home.api.close()
            home.session.close()

    def _gate(self, action: Action, home: _Home, subject: Subject) -> Reply:
        root = Uri.parse(subject.root_id)
        if root is None or not home.owns(root):
            return Reply(Answer.NOT_PERMITTED, reason="the thread is not ours")
        for _ in range(_SWAPS):
            gate = home.get(_gate_of(root))
            if gate.reply.answer is Answer.AMBIGUOUS:
                # Nothing was written yet, so a reading in doubt is no write in doubt.
                return replace(gate.reply, answer=Answer.RETRY_AT)
            if not gate.done and not _absent(gate):
                return gate.reply
            hidden = [each for each in _hidden(gate) if each != subject.object_id]
            hidden += [subject.object_id] if action is Action.HIDE else []
            if len(hidden) > _MOST_HIDDEN:
                return Reply(Answer.PERMANENT, reason="the thread gate holds no more than 300 replies")
            body = self._rewritten(root, gate, hidden)
            written = home.api.call(action, home.session, "POST", "com.atproto.repo.putRecord", json=body).reply
            if written.reason != "InvalidSwap":
                return written
        return Reply(Answer.RETRY_AT, reason="the thread gate keeps changing")

    def _rewritten(self, root: Uri, gate: Called, hidden: list[str]) -> dict[str, Any]:
        """The gate with this list; the server refuses it if another has written the gate since we read it."""
        fresh = {"$type": _GATE, "post": f"at://{'/'.join(root)}", "createdAt": self._now().isoformat()}
        record = (gate.body["value"] if gate.done else fresh) | {"hiddenReplies": hidden}
        swap = gate.body["cid"] if gate.done else None
        return {**_gate_of(root).named, "record": record, "swapRecord": swap}


def _read(home: _Home, item: Uri, subject: Subject) -> Reply:
    record = home.get(item)
    if _absent(record):
        return told_apart(_control(home))
    if subject.is_own:
        return record.seen(Presence.VISIBLE) if record.done else record.reply
    # Another's record stands on another server, which ours may not reach: then the gate alone tells.
    root = Uri.parse(subject.root_id)
    gate = home.get(_gate_of(root)) if root else record
    if gate.done:
        return gate.seen(Presence.HIDDEN if subject.object_id in _hidden(gate) else Presence.VISIBLE)
    return Reply(Answer.DONE, Presence.VISIBLE) if _absent(gate) else gate.reply


def _control(home: _Home) -> Reply:
    return home.api.call(Action.READ, home.session, "GET", "com.atproto.server.getSession").reply


def _delete(home: _Home, item: Uri) -> Reply:
    if not home.owns(item):
        return Reply(Answer.NOT_PERMITTED, reason="the record is not ours")
    called = home.api.call(Action.DELETE, home.session, "POST", "com.atproto.repo.deleteRecord", json=item.named)
    # "Delete, or ensure it doesn't exist": without a commit there was nothing to delete.
    nothing = called.done and not (isinstance(called.body, dict) and called.body.get("commit"))
    return Reply(Answer.ALREADY_GONE, reason="no commit") if nothing else called.reply


def _gate_of(root: Uri) -> Uri:
    return Uri(root.repo, _GATE, root.rkey)


def _hidden(gate: Called) -> list[str]:
    value = gate.body.get("value") if gate.done and isinstance(gate.body, dict) else None
    hidden = value.get("hiddenReplies") if isinstance(value, dict) else None
    return [each for each in hidden if isinstance(each, str)] if isinstance(hidden, list) else []


def _absent(called: Called) -> bool:
    return called.reply.answer is Answer.ALREADY_GONE
