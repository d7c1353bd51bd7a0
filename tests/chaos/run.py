"""One run: a stream, an installation, blows of every kind, and a ledger that adds up or says what does not."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from agents.demo.kept import read_back
from agents.demo.load import events
from agents.demo.malformed import malformed
from agents.demo.values import Values
from agents.demo.written import Sample
from agents.platforms import simulator
from tests.chaos.audit import Findings, faults
from tests.chaos.brokers import Kafkas
from tests.chaos.clock import Clocks
from tests.chaos.feed import Feed
from tests.chaos.installation import Installation, add
from tests.chaos.memory import Grown, Memory
from tests.chaos.plan import Blow
from tests.chaos.proxy import Proxy
from tests.chaos.strike import Striker
from tests.chaos.tape import await_settled, read

Say = Callable[[str], None]
PROCESSES = ("screen-1", "screen-2", "archive", "takedown")
_STANDSTILL_S = 90.0  # less than the five minutes after which Kafka moves leaders, and so wakes up who sleeps
_SETTLE_S = 900.0
_LOOK_S = 0.2
_START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_POISON_EVERY = 1000


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a run; `most` is in MiB, and `grown` tells of the processes that lived long.

    `ends` are the exit codes of processes that were started again, and `words` the last ones of those that ended by
    themselves, with how often they were said.
    """

    faults: Sequence[str]
    figures: Mapping[str, object]
    struck: Counter[str]
    ends: Mapping[str, Counter[int | None]]
    most: Mapping[str, int]
    grown: Sequence[Grown]
    words: Mapping[str, int]


def stream(count: int, seed: int) -> tuple[Sample, ...]:
    """`count` events, one kind of poison after another among them."""
    random = Random(seed)
    poison = list(malformed(Values(random), _START))
    mixed = list(events(count - count // _POISON_EVERY, seed))
    for sample, _ in zip(itertools.cycle(poison), range(count // _POISON_EVERY), strict=False):
        mixed.insert(random.randrange(len(mixed)), sample)
    return tuple(mixed)


def run(
    folder: Path,
    kafkas: Kafkas,
    samples: Sequence[Sample],
    blows: Sequence[Blow],
    *,
    seed: int,
    per_second: float,
    clocks: Clocks | None = None,
    say: Say = lambda _: None,
) -> Ran:
    """Feed the samples while the blows fall, wait until all is worked off, stop everything, and add it up.

    Without `clocks` no clock jumps.
    """
    with ExitStack() as stack:
        server = stack.enter_context(simulator.running())
        platform = stack.enter_context(Proxy(server.server_port))
        installation = Installation(folder, kafkas.bootstrap, f"http://127.0.0.1:{platform.port}")
        installation.make_topics()
        keeper = stack.enter_context(installation.keeper())
        for name in PROCESSES:
            add(keeper, name, **(clocks.environment(name) if clocks else {}))
        memory = Memory(keeper.pids)
        with memory, Feed(kafkas.bootstrap, server.platform, samples, per_second=per_second) as feed:
            proxies = (platform, *kafkas.proxies)
            with Striker(keeper, kafkas.nodes, server.platform, proxies, seed=seed, clocks=clocks) as striker:
                for blow in blows:
                    striker.strike(blow)
                    say(f"{blow.harm} {blow.victim}")
            say(
                "all blows have fallen"
                + (f"; the full store made for {striker.felt:.0f} retries" if striker.felt else "")
            )
            while not feed.done:
                time.sleep(_LOOK_S)
            say("everything is sent")
            unsettled = await_settled(kafkas.bootstrap, standstill=_STANDSTILL_S, at_most=_SETTLE_S)
            say(unsettled or "everything is worked off")
        # One that was killed last and is not up yet would end by SIGTERM itself, before it has an order to end in.
        keeper.await_ready(PROCESSES, _STANDSTILL_S)
        ends, exit_codes = keeper.ends(), keeper.stop()
        say("everything is stopped")
        tape = read(kafkas.bootstrap)
        say("the topics are read back")
    items, calls = server.platform.items(), server.platform.calls
    findings = Findings(samples, tape, read_back(installation.store), items, calls, exit_codes, unsettled)
    say("the store is read back")
    found = (*faults(findings), *memory.growth())
    say("the ledger is drawn up")
    return Ran(
        found, figures(findings), striker.struck, ends, memory.most(), tuple(memory.grown()), installation.last_words()
    )


def figures(findings: Findings) -> dict[str, object]:
    """The ledger of a run, line by line."""
    tape, ledger = findings.tape, findings.tape.ledger
    copies = sum(map(len, tape.archived.values()))
    states = Counter(str(ledger.state_of(at)) for at in tape.raw)
    effective = Counter(str(call.action) for call in findings.calls if call.effective)
    return {
        "events sent": len(findings.samples),
        "raw events on Kafka": len(tape.raw),
        "archived": f"{len({copy.at for part in tape.archived.values() for copy in part})} ({copies} with repeats)",
        "records in the store": len(findings.kept),
        "receipts": len(ledger.receipts),
        "states": ", ".join(f"{count} {state}" for state, count in sorted(states.items())),
        "not analysed in time": len(tape.not_analysed),
        "orders": len(ledger.orders),
        "outcomes": ", ".join(f"{n} {r}" for r, n in Counter(str(o.result) for o in ledger.ended().values()).items()),
        "changes on the platform": ", ".join(f"{count} {action}" for action, count in effective.items()),
        "calls to the platform": len(findings.calls),
    }
