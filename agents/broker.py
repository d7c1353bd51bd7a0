"""`anslagsvakt broker`: the embedded Apache Kafka in the foreground, with its data kept in a folder."""

from __future__ import annotations

import signal
from pathlib import Path

from rich.console import Console

from agents.embedded import shown
from deploy.local.errors import BrokerUnavailable
from deploy.local.kafka import kept_kafka
from deploy.local.runtime import embedded_runtime
from pipeline.errors import Stop


def serve(folder: Path, cache: Path, console: Console, *, port: int | None = None, heap: str = "768m") -> None:
    """Run until SIGINT or SIGTERM, then stop cleanly and return; to be called in the main thread.

    Without a `port` the one the folder had before is taken, or a free one. Raises Stop, with one line that names the
    remedy, if the broker cannot be had or started, or ends by itself.
    """
    # SIGTERM then ends whatever is going on (the download, the start, the wait) the way Ctrl-C does.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with shown(console) as on_fetched:
            runtime = embedded_runtime(cache, heap=heap, on_fetched=on_fetched)
        with kept_kafka(folder, runtime, port=port) as kafka:
            console.out(
                f"Apache Kafka serves on {kafka.bootstrap}; its data and log are in {kafka.folder}", highlight=False
            )
            console.out(
                f"Use it: export ANSLAGSVAKT_BOOTSTRAP_SERVERS={kafka.bootstrap}. Stop it: Ctrl-C.", highlight=False
            )
            kafka.wait()
            raise Stop(f"Apache Kafka ended by itself: see {kafka.log}")
    except KeyboardInterrupt:
        return
    except BrokerUnavailable as error:
        raise Stop(str(error)) from error
    finally:
        signal.signal(signal.SIGTERM, before)
