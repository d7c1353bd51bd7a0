"""What every platform adapter offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from pipeline.event import ObjectKind
from pipeline.message import Subject
from pipeline.platform import Action, Capabilities, Reply


class Platform(Protocol):
    """One platform's API. Safe to call from several threads; never raises for what a platform or network may do."""

    def capabilities(self, kind: ObjectKind, *, is_own: bool) -> Capabilities:
        """Say what can be done to this kind of object, our own or another's; asks nobody."""
        ...

    def perform(self, action: Action, subject: Subject) -> Reply:
        """Make one call, or the few that one action takes; blocks for some seconds at most, and never sleeps.

        A READ answers with a presence, and GONE only where the account could still be moderated a moment later.
        """
        ...

    def check(self) -> Mapping[str, Reply]:
        """Ask whether our credentials are good, account by account: DONE, or what is wrong. Changes nothing."""
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...


@runtime_checkable
class Notifier(Protocol):
    """A platform where an author can be told in private why an item was hidden or is removed."""

    def notify(self, subject: Subject, text: str) -> Reply:
        """Send this to the item's author, once; as `perform`, it blocks for seconds at most and never raises."""
        ...


@runtime_checkable
class Reporter(Protocol):
    """A platform whose people can be asked to act where its API lets us do nothing, or too little."""

    def report(self, subject: Subject, text: str) -> Reply:
        """Report the item to those who run the platform, once; as `perform`, bounded, and never raises."""
        ...


Platforms = Mapping[str, Platform]
"""The adapters by platform name: those that we hold credentials for."""
