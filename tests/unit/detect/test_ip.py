"""Truth table of the IP address."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.ip import find
from tests.recognising import seen

FOUND = [
    ("four", "Gästnätet gav mig 192.168.40.17 men", ("ip.v4", "192.168.40.17", "sure")),
    ("six", "och 2001:db8:4f::91, är det ni", ("ip.v6", "2001:db8:4f::91", "sure")),
]

NOTHING = [
    ("version", "Appen 4.18.2.100 kraschar"),
    ("too large", "192.168.40.300"),
    ("five parts", "1.2.3.4.5"),
    ("time", "14:32:07"),
    ("section", "kapitel 1.2.3.4"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
