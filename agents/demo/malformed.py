"""What comes in and is no event: it is archived as it is, set aside and counted, and stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from agents.demo.values import Values
from agents.demo.written import Expectation, Place, Sample, Version, write
from pipeline.route import State

_PLACE = Place("facebook", "eslovskommun", "comment", "1999_1", "1999", "1999")
_DEPTH = 100_000
_FAR = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(-timedelta(hours=12)))
"""In UTC it is the year 10000, which Python has no date for."""


def malformed(values: Values, start: datetime) -> Iterator[Sample]:
    """One of each kind, all at second 0; some hold a planted value that no dead letter may repeat."""
    filled = values.fill("Felskickat, mitt nummer är {pnr}.")
    good = write(_PLACE, Version("created", 1, start, start, "Okänd Avsändare", filled.text))

    def sample(scene: str, value: bytes | None, key: bytes | None = _PLACE.key) -> Sample:
        return Sample(0.0, key, value, Expectation(scene, State.DEAD_LETTER, filled.planted, gone=None))

    def changed(name: str, to: object, *, data: bool = True) -> bytes:
        event: dict[str, Any] = msgspec.json.decode(good)
        (event["data"] if data else event)[name] = to
        return msgspec.json.encode(event)

    yield sample("not JSON", f"Hej! {filled.text}".encode())
    yield sample("cut short", good[:-40])
    yield sample("not UTF-8", good.replace("Okänd".encode(), b"Ok\xe4nd"))
    yield sample("text is a number", changed("text", 19121212))
    yield sample("own is a word", changed("is_own", "nej"))
    yield sample("unknown change", changed("change", "vanished"))
    yield sample("no object id", changed("object_id", ""))
    yield sample("no time zone", changed("time", "2026-11-23T10:00:00", data=False))
    yield sample("no such day", changed("time", "2026-02-30T10:00:00Z", data=False))
    yield sample("year 10000", changed("created_at", "10000-01-01T00:00:00Z"))
    yield sample("unknown type version", changed("type", "se.social.comment.created.v2", data=False))
    yield sample("unknown specversion", changed("specversion", "0.3", data=False))
    yield sample("a list", b"[]")
    yield sample("too deep", b'{"data":' + b'{"x":' * _DEPTH, None)
    yield sample("empty", b"", b"")
    yield sample("null", None, b"facebook:1999")


def odd(values: Values, start: datetime) -> Iterator[Sample]:
    """Strange but right events: they are screened like any other."""
    place = Place("facebook", "eslovskommun", "comment", "1998_1", "1998", "1998")
    late = Version("created", 1, _FAR, _FAR, "Ossian Lindhe", "Hälsningar från framtiden!")
    yield Sample(0.0, place.key, write(place, late), Expectation("year 9999", State.PASSED))
    filled = values.fill("\u200bMitt\u00a0nummer: {pnr12}\u202e 🙂")
    place = Place("instagram", "eslovskommun", "comment", "omtag/1998?2#å", "1998", "1998")
    marks = Version("created", 1, start, start, "Signe Rosvall", filled.text)
    yield Sample(
        0.0, place.key, write(place, marks), Expectation("odd marks", State.TAKEDOWN, filled.planted, gone=True)
    )
