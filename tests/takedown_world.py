"""The takedown process in a test: real journal and calls, a fake platform, and a clock that the test moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from agents.metrics import Step
from agents.platforms.platform import Platform
from agents.takedown.brake import Caps
from agents.takedown.calls import Calls
from agents.takedown.inbox import News
from agents.takedown.journal import Journal
from agents.takedown.process import Takedown
from agents.takedown.turn import Terms
from pipeline.message import Fingerprint, Outcome, Receipt, Result, ReviewItem
from tests.fakes import FakeRecord
from tests.orders import after
from topics import catalog, wire
from topics.outgoing import Outgoing

LEASE = timedelta(seconds=30)


class FakeMetrics:
    """Remembers what was measured."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.ended: Counter[str] = Counter()
        self.exposures: list[tuple[Step, float]] = []
        self.waits: list[float] = []
        self.open = 0
        self.notices: Counter[str] = Counter()
        self.hidings: list[float] = []
        self.called_off: list[str] = []
        self.still_standing: list[tuple[int, float]] = []

    def platform_called(self, action: str, result: str) -> None:
        self.calls[action, result] += 1

    def order_ended(self, result: str) -> None:
        self.ended[result] += 1

    def author_told(self, state: str) -> None:
        self.notices[state] += 1

    def exposed(self, step: Step, created_at: datetime, now: datetime) -> None:
        self.exposures.append((step, (now - created_at).total_seconds()))

    def taken_back(self, rule: str) -> None:
        self.called_off.append(rule)

    def hid(self, seconds: float) -> None:
        self.hidings.append(seconds)

    def standing(self, count: int, oldest_seconds: float) -> None:
        self.still_standing.append((count, oldest_seconds))

    def receipt_came(self, seconds: float) -> None:
        self.waits.append(seconds)

    def open_orders(self, count: int) -> None:
        self.open = count


class World:
    """One process on one journal file; `crash` loses everything but the file and the platform."""

    def __init__(
        self, path: Path, platform: Platform, caps: Caps | None = None, *, name: str = "facebook", at: float = 10
    ) -> None:
        self.path = path
        self.platforms = {name: platform}
        self.caps = caps or Caps()
        self.remember = timedelta(days=30)
        self.metrics = FakeMetrics()
        self.at = at
        self.sent: list[Outgoing] = []
        self._lives = 0
        self._start()

    def now(self) -> datetime:
        return after(self.at)

    def tell(self, *news: News) -> None:
        """Let Kafka deliver these."""
        for each in news:
            topic = catalog.RECEIPT if isinstance(each, Receipt) else catalog.TAKEDOWN
            assert self.takedown.handle([FakeRecord(topic, 0, 0, wire.encode(each))]) == ()

    def turn(self) -> Sequence[Outgoing]:
        """One tick, after which the calls it made have come back."""
        messages = self.takedown.tick(self.now())
        self.calls.drain(60)
        self.sent += messages
        return messages

    def settle(self, seconds: float = 20, step: float = 1) -> None:
        """Let this much time pass, a turn a step."""
        for _ in range(int(seconds / step)):
            self.turn()
            self.at += step

    def crash(self) -> None:
        """Die without a word after the calls under way; the next life starts when its claims have run out."""
        assert self.calls.drain(60) == 0
        self.journal.close()
        self.at += LEASE.total_seconds() + 1
        self._start()

    def crash_and_inherit(self) -> None:
        """Die as in `crash`; the next life starts at once and knows that the last one is dead."""
        assert self.calls.drain(60) == 0
        self.journal.close()
        self._start()
        self.takedown.inherit({self._owner})

    def stop(self, seconds: float) -> None:
        """End as a process that is told to, with so long for the calls under way; the next life starts at once."""
        self.takedown.drain(seconds)
        self.journal.close()
        self._start()
        self.takedown.inherit({self._owner})

    @property
    def _owner(self) -> str:
        return f"life {self._lives}"

    def close(self) -> None:
        assert self.calls.drain(60) == 0
        self.journal.close()

    def outcomes(self) -> dict[str, list[tuple[Result, bool]]]:
        """Every outcome told, repeats left out, by order."""
        told: dict[str, dict[str, Outcome]] = {}
        for out in self.sent:
            if out.topic == catalog.OUTCOME:
                outcome = wire.decode_outcome(out.value)
                told.setdefault(outcome.order_id, {})[outcome.outcome_id] = outcome
        return {order: [(each.result, each.verified) for each in by.values()] for order, by in told.items()}

    def outcome(self, order_id: str, result: Result) -> Outcome:
        found = [wire.decode_outcome(out.value) for out in self.sent if out.topic == catalog.OUTCOME]
        return next(each for each in found if (each.order_id, each.result) == (order_id, result))

    def reviews(self) -> list[ReviewItem]:
        return [wire.decode_review_item(out.value) for out in self.sent if out.topic == catalog.REVIEW]

    def fingerprints(self) -> list[Fingerprint]:
        told = {out.value: None for out in self.sent if out.topic == catalog.FINGERPRINT}
        return [wire.decode_fingerprint(value) for value in told]

    def _start(self) -> None:
        self._lives += 1
        self.journal = Journal(self.path)
        self.calls = Calls(self.platforms, self.now)
        terms = Terms(owner=self._owner, caps=self.caps, remember=self.remember, lease=LEASE)
        self.takedown = Takedown(self.journal, self.platforms, self.calls, self.metrics, terms, now=self.now)
