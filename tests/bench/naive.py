"""The naive design that tutorials show: one event at a time, stock Presidio inline, one awaited send for each."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import faust

from tests.bench.detect import stock
from topics import catalog


def main(bootstrap: str, archive: str) -> None:
    """Copy raw to `archive` with detection in between, until terminated."""
    analyse = stock()
    app = faust.App(
        "bench-naive",
        broker=f"kafka://{bootstrap}",
        store="memory://",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        autodiscover=False,
        datadir=Path(tempfile.mkdtemp()),
    )
    out = app.topic(archive, value_serializer="raw")

    @app.agent(app.topic(catalog.RAW, value_serializer="raw"))
    async def screen(stream: Any) -> None:
        async for value in stream:
            text = json.loads(value)["data"].get("text") or ""
            analyse(text)
            await (await out.send(value=value))

    faust.Worker(app, loglevel="WARNING").execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:])
