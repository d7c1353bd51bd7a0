"""The screen process: a Faust app with one agent, from start to a drained end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import faust
from faust.auth import SASLCredentials, SSLCredentials
from faust.sensors.prometheus import setup_prometheus_sensors
from faust.types import TP, StreamT
from yarl import URL

from agents.health import Health
from agents.metrics import Metrics
from agents.screen.producer import ssl_context
from agents.screen.standstill import Standstill
from agents.screen.transport import PollConsumer, PollTransport
from agents.screen.turn import Turn
from pipeline.errors import Stop
from topics import catalog

_log = logging.getLogger(__name__)
_WATCH_INTERVAL = 0.25
_DRAIN_TIMEOUT = 30.0
_SESSION_TIMEOUT = 10.0
_LEAVE_TIMEOUT = 10.0


async def run(
    kafka: Mapping[str, Any],
    turn: Turn,
    *,
    health: Health,
    metrics: Metrics,
    batch_size: int,
    commit_interval: float,
    data_dir: Path,
    stop: asyncio.Event,
    alive: Callable[[], None] = lambda: None,
) -> None:
    """Consume raw events until `stop` is set; what is being worked on then is finished and committed.

    `alive` is called several times a second, but not while a turn lasts that has begun.

    Raises:
        Stop: something could not be confirmed; nothing unconfirmed was acknowledged, so all of it comes again.
    """
    app = _app(kafka, batch_size=batch_size, commit_interval=commit_interval, data_dir=data_dir)
    setup_prometheus_sensors(app, registry=metrics.registry, name_prefix="faust")
    failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    busy = asyncio.Lock()

    @app.agent(app.topic(catalog.RAW, key_serializer="raw", value_serializer="raw"), name="screen")
    async def screen(polls: StreamT[Any]) -> None:
        async for event in cast("faust.Stream[Any]", polls).noack().events():
            async with busy:
                alive()
                try:
                    await turn.take(event.value.begin())
                except Exception as error:  # noqa: BLE001 - Faust would acknowledge what raised: stop instead
                    if not failure.done():
                        failure.set_exception(error)
                    await asyncio.Event().wait()
                event.ack()

    await app.start()
    stopped = asyncio.ensure_future(stop.wait())
    endings: tuple[asyncio.Future[Any], ...] = (
        failure,
        asyncio.ensure_future(_crash_of(app)),
        asyncio.ensure_future(_watch(app, health, metrics, busy, alive)),
    )
    try:
        await asyncio.wait((stopped, *endings), return_when=asyncio.FIRST_COMPLETED)
        for ending in endings:
            if ending.done():
                ending.result()
        _log.info("stopping: finishing what was begun")
        await asyncio.wait_for(busy.acquire(), timeout=_DRAIN_TIMEOUT)
        await app.consumer.commit()
    finally:
        health.ready(yes=False)
        for pending in (stopped, *endings):
            pending.cancel()
        # Without a broker Faust cannot leave its group; we do not wait for that, the broker notices.
        stopping = asyncio.ensure_future(app.stop())
        await asyncio.wait({stopping}, timeout=_LEAVE_TIMEOUT)
        stopping.cancel()


def _app(kafka: Mapping[str, Any], *, batch_size: int, commit_interval: float, data_dir: Path) -> faust.App:
    app = faust.App(
        catalog.SCREEN_GROUP,
        broker=[URL(f"kafka://{server}") for server in kafka["bootstrap_servers"]],
        broker_credentials=_credentials(kafka),
        broker_commit_interval=commit_interval,
        broker_max_poll_records=batch_size,
        broker_session_timeout=_SESSION_TIMEOUT,
        broker_heartbeat_interval=_SESSION_TIMEOUT / 4,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=1,
        stream_wait_empty=False,  # what failed is never acknowledged: waiting for that would never end
        datadir=data_dir,
        store="memory://",
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )
    app.transport = PollTransport(url=app.conf.broker_consumer, app=app, loop=app.loop)
    return app


def _credentials(kafka: Mapping[str, Any]) -> SASLCredentials | SSLCredentials | None:
    protocol = str(kafka.get("security_protocol", "PLAINTEXT"))
    context = ssl_context(kafka) if protocol.endswith("SSL") else None
    if protocol.startswith("SASL"):
        return SASLCredentials(
            username=kafka.get("sasl_plain_username"),
            password=kafka.get("sasl_plain_password"),
            mechanism=kafka.get("sasl_mechanism"),
            ssl_context=context,
        )
    return SSLCredentials(context) if context else None


async def _crash_of(app: faust.App) -> None:
    """Return never, or raise `Stop` when a service of Faust's has crashed."""
    await app._crashed.wait()  # noqa: SLF001 - Faust offers no public way to wait for a crash
    reason = type(app.crash_reason).__name__ if app.crash_reason else "unknown reason"
    raise Stop(f"Faust has crashed ({reason}): see the log above; what was not committed comes again")


async def _watch(
    app: faust.App, health: Health, metrics: Metrics, busy: asyncio.Lock, alive: Callable[[], None]
) -> None:
    """Keep readiness and lag up to date; raise `Stop` when a partition stands still while others move."""
    standstill: Standstill[TP] = Standstill()
    while True:
        if not busy.locked():
            alive()
        consumer = app.consumer
        ready = app.consumer_generation_id > 0 and not app.rebalancing
        health.ready(yes=ready)
        if ready and isinstance(consumer, PollConsumer):
            metrics.lag(consumer.lag())
            sights, turns, idle = consumer.sights(), consumer.polls_ended, consumer.idle
            for stuck in standstill.look(sights, time.monotonic(), turns=turns, idle=idle):
                raise Stop(f"{stuck.topic}/{stuck.partition} is ours and nobody reads it any more: start again")
        await asyncio.sleep(_WATCH_INTERVAL)
