"""Logging: one line an entry, in JSON or plain, with no text of a person in it.

Our own calls never pass such text; this is the last resort for what libraries do: an exception is logged by its class
and place, never by its message; the loggers of the Kafka clients, which print payloads at DEBUG, are held at INFO; and
what looks like a person's number or address is covered in whatever is written all the same. A client that repeats
itself (each try to reach a broker that is away is an entry) is heard once in half a minute, with the count of the rest.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Literal

from pipeline.redact import redact

_HELD_AT_INFO = ("faust", "mode", "aiokafka", "kafka", "httpx", "httpcore", "urllib3", "asyncio")
_HELD_AT_WARNING = ("kafka", "httpx", "aiokafka", "faust", "mode")
"""Loggers that tell of every connection or call at INFO."""
_SLOW_STEP = re.compile(r"ran for ([0-9.]+)s \(>")
_SLOW_S = 2.0
"""Seconds between two heartbeats of a consumer."""
_REPEATED_AFTER = 30.0
"""Seconds after which the same thing from the same client is said again."""


def set_up(level: str, form: Literal["json", "text"], process: str) -> None:
    """Send all logging to standard error in this form; calling it again replaces what was set up before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(process) if form == "json" else _Text(process))
    handler.addFilter(_Late())
    handler.addFilter(_Repeats())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _HELD_AT_INFO:
        logging.getLogger(name).setLevel(max(logging.INFO, root.level))
    for name in _HELD_AT_WARNING:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


class _Late(logging.Filter):
    """Holds back kafka-python's warning that a step of its loop took a tenth of a second, as on any busy machine.

    Such a step waits for a processor or for the interpreter, or reads a fetch of many megabytes; hardly any of our code
    runs in it. What counts on that loop are the heartbeats, so only a step that delays one is news.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        slow = _SLOW_STEP.search(record.getMessage()) if record.name == "kafka.net.selector" else None
        return slow is None or float(slow[1]) >= _SLOW_S


class _Repeats(logging.Filter):
    """Holds back what a client's same line of code said less than half a minute ago, and counts it."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in _HELD_AT_WARNING:
            return True
        place = (record.pathname, record.lineno)
        last, held = self._said.get(place, (-math.inf, 0))
        if record.created - last < _REPEATED_AFTER:
            self._said[place] = (last, held + 1)
            return False
        self._said[place] = (record.created, 0)
        if held:
            record.msg, record.args = f"{record.getMessage()} ({held} more like it since it was last said)", ()
        return True


def _place(record: logging.LogRecord) -> dict[str, str]:
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    frames = traceback.extract_tb(record.exc_info[2])
    where = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "?"
    return {"error": record.exc_info[0].__name__, "at": where}


def _told(record: logging.LogRecord) -> str:
    return redact(record.getMessage(), datetime.fromtimestamp(record.created, UTC).date())


class _Json(logging.Formatter):
    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self._process,
            "logger": record.name,
            "message": _told(record),
        }
        return json.dumps(entry | _place(record), ensure_ascii=False)


class _Text(_Json):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        tail = "".join(f" {name}={value}" for name, value in _place(record).items())
        return f"{time} {self._process} {record.levelname.lower()} {_told(record)}{tail}"
