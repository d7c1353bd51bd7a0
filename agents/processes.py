"""How each process is put together from the settings, and how it lives until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

from prometheus_client import CollectorRegistry

from agents import health, log
from agents.clock import now
from agents.configuration import load_accounts, load_policy
from agents.consume import Pace
from agents.disk import free_ratio
from agents.health import Health
from agents.metrics import Metrics
from agents.settings import Process, Settings
from agents.takedown.brake import Caps
from agents.token_key import token_key
from agents.worker import ended_if_stuck, told_to_stop
from pipeline.detect.finding import Entity
from pipeline.errors import AnslagsvaktError, BadConfiguration
from pipeline.message import Result
from pipeline.policy import Policy
from pipeline.route import State
from pipeline.token import Tokeniser

_log = logging.getLogger(__name__)
_TAKEDOWN_POLL = 0.1  # seconds; each poll is a chance to take an order one step on


@dataclass(frozen=True, slots=True)
class Running:
    """What every process has: its settings, its policy, its metrics and its health."""

    settings: Settings
    policy: Policy
    metrics: Metrics
    health: Health


@contextmanager
def running(process: Process, settings: Settings) -> Iterator[Running]:
    """Set up logging, read the policy and serve metrics and health while the block lasts."""
    log.set_up(settings.log_level, settings.log_format, process)
    policy = load_policy(settings.policy_file)
    metrics = Metrics(CollectorRegistry())
    metrics.runs(version("anslagsvakt"), policy.version)
    state = Health()
    with health.serve(metrics.registry, state, settings.metrics_host, settings.port_of(process)) as port:
        _log.info("%s runs; metrics on http://%s:%s/metrics", process, settings.metrics_host, port)
        try:
            yield Running(settings, policy, metrics, state)
        except BaseException:
            state.failed()
            raise
    _log.info("%s has ended", process)


def screen(settings: Settings) -> None:
    """Run the screen agent until SIGTERM or SIGINT; stuck for a quarter of an hour, its end included, it is ended."""
    with running(Process.SCREEN, settings) as process, ended_if_stuck() as alive:
        asyncio.run(_screen(process, alive))


async def _screen(process: Running, alive: Callable[[], None]) -> None:
    from agents.detection import build_detector  # loads Presidio, which the others have no use for
    from agents.screen import process as screening
    from agents.screen.judge import Judge
    from agents.screen.producer import ConfirmedProducer
    from agents.screen.removed import Removed, following
    from agents.screen.turn import Turn

    settings = process.settings
    accounts = load_accounts(settings.accounts_file).by_identity()
    process.metrics.expects((account.label for account in accounts.values()), State)
    removed = Removed()
    process.metrics.known_values(removed.__len__)
    judge = Judge(
        build_detector(settings, bare_names=process.policy.looks_for(Entity.PERSON)),
        process.policy,
        accounts,
        Tokeniser(token_key(settings.token_key)),
        removed.knows,
    )
    gc.freeze()  # lexicons and models live for ever: a full collection need not walk them, which takes tens of ms
    producer = ConfirmedProducer(settings.kafka(), settings.publish_timeout)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await producer.start()
    try:
        async with following(settings.kafka(), removed, stop):
            with ThreadPoolExecutor(1, thread_name_prefix="judge") as executor:
                turn = Turn(judge.judge, producer, process.metrics, executor, settings.dead_letter_limit)
                await screening.run(
                    settings.kafka(),
                    turn,
                    health=process.health,
                    metrics=process.metrics,
                    batch_size=settings.batch_size,
                    commit_interval=settings.commit_interval,
                    data_dir=settings.data_dir / "faust",
                    stop=stop,
                    alive=alive,
                )
    finally:
        await producer.stop()


def archive(settings: Settings) -> int:
    """Run the archive process until SIGTERM or SIGINT; returns the exit code."""
    from agents import archive as archiving
    from agents.media.address import Allowed
    from agents.media.collect import Terms, collecting
    from agents.media.fetch import Bounds, Fetcher
    from agents.retention import place, verified

    allowed = Allowed.of([each.strip() for each in settings.media_allow.split(",") if each.strip()])
    fetcher = Fetcher(allowed, Bounds(settings.media_max_bytes, settings.media_seconds))
    terms = Terms(timedelta(minutes=settings.media_patience_minutes))
    where = place.of(settings, token_key(settings.token_key))
    with (
        running(Process.ARCHIVE, settings) as process,
        told_to_stop() as stop,
        place.opened(where, now) as store,
        _stamping(settings, where.log, process.metrics),
        collecting(settings.media, store, fetcher.fetch, process.metrics, terms) as attachments,
    ):
        process.metrics.disk(partial(free_ratio, settings.store))
        process.metrics.verified(partial(verified.last, where.log))
        process.metrics.stored(new=0, repeated=0, size=0)  # so that Prometheus sees the first record
        process.metrics.fetches()
        return archiving.run(
            store,
            attachments,
            client=settings.kafka(),
            meter=process.metrics,
            health=process.health,
            stop=stop,
            pace=Pace(dead_letters_in_a_row=settings.dead_letter_limit),
        )


def _stamping(settings: Settings, folder: Path, metrics: Metrics) -> AbstractContextManager[None]:
    """Has the daily heads of the log stamped, where the settings name an authority."""
    from agents.retention import stamps

    if settings.stamp_url is None:
        return nullcontext()
    if settings.stamp_roots_file is None:
        raise BadConfiguration("ANSLAGSVAKT_STAMP_ROOTS_FILE: name it too when there is a stamp_url")

    def failed(error: AnslagsvaktError) -> None:
        metrics.retried("stamp")
        _log.warning("a daily head waits for its time stamp: %s", error)

    return stamps.stamping(folder, settings.stamp_url, stamps.Roots.of(settings.stamp_roots_file), failed)


def takedown(settings: Settings) -> int:
    """Run the takedown process until SIGTERM or SIGINT; returns the exit code."""
    from agents.platforms.connect import platforms
    from agents.takedown import run as taking_down
    from agents.takedown.turn import Terms

    with running(Process.TAKEDOWN, settings) as process, told_to_stop() as stop:
        brakes = process.policy.brakes
        process.metrics.may_end(Result)
        process.metrics.disk(partial(free_ratio, settings.journal.parent))
        settings.journal.parent.mkdir(parents=True, exist_ok=True)
        return taking_down.run(
            settings.journal,
            platforms(settings, load_accounts(settings.accounts_file)),
            Terms(
                taking_down.owner(),
                Caps(brakes.per_account_per_hour, brakes.per_rule_per_hour),
                timedelta(days=process.policy.reposts.days),
                process.policy.notices,
            ),
            client=settings.kafka(),
            meter=process.metrics,
            health=process.health,
            stop=stop,
            pace=Pace(poll=_TAKEDOWN_POLL, dead_letters_in_a_row=settings.dead_letter_limit),
        )
