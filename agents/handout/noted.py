"""A reading is written down before anything is shown: in the access log, and as a record of its own in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agents.acting import user
from agents.clock import now
from agents.handout import access
from agents.retention import place
from agents.retention.log import LogReader
from agents.settings import Settings


def note(
    settings: Settings,
    command: str,
    records: Sequence[str],
    *,
    decision: str | None = None,
    words: Sequence[str] = (),
    ours: bool = True,
) -> None:
    """Write down who reads which records, of our store or (not `ours`) of another; returns when that is safe.

    Raises:
        RetryLater, Stop: it cannot be written down; then nothing may be shown.
    """
    line = access.note(
        settings.access_log,
        at=now(),
        who=user(settings.data_dir),
        command=command,
        records=records,
        decision=decision,
        words=words,
    )
    if not ours:
        return
    where = place.of(settings)
    if not LogReader(where.log).exists():
        where = replace(where, log_key=None)  # a store from before there was a log gets one by `adopt`, not by a look
    with place.opened(where, now) as store:
        store.certify(access.name_of(line), line)
