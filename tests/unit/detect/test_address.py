"""Truth table of the address."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.address import find
from tests.recognising import seen

FOUND = [
    ("street", "utanför oss på Tröskverksvägen 17, källaren", ("address.street", "Tröskverksvägen 17", "sure")),
    ("small letters", "hon bor på kvarnhjulsgatan 3b i", ("address.street", "kvarnhjulsgatan 3b", "sure")),
    (
        "flat, postcode and town",
        "adress: Gråalsgränd 4 B, lgh 1203, 241 34 Eslöv. Tack",
        ("address.street", "Gråalsgränd 4 B, lgh 1203, 241 34 Eslöv", "sure"),
    ),
    ("abbreviated", "Kvarnhjulsg 12 2 tr, hon", ("address.street", "Kvarnhjulsg 12 2 tr", "sure")),
    ("two words", "hemma på Norra Vallgatan 12 i", ("address.street", "Norra Vallgatan 12", "sure")),
    ("farm", "varit hos oss på Lilla Tyckeskog 112 sen", ("address.rural", "Lilla Tyckeskog 112", "maybe")),
    ("farm with postcode", "Berga 12, 241 92 Marieholm", ("address.rural", "Berga 12, 241 92 Marieholm", "sure")),
    (
        "farm of four digits",
        "bor på Skarhult 2114, 241 62 Eslöv och",
        ("address.rural", "Skarhult 2114, 241 62 Eslöv", "sure"),
    ),
    ("town hall", "Gröna torg 2, open until four", ("address.street", "Gröna torg 2", "public")),
    ("library", "Biblioteket ligger på Storgatan 12", ("address.street", "Storgatan 12", "public")),
]

NOTHING = [
    ("street alone", "hela Storgatan är avstängd"),
    ("road number", "Väg 113 är avstängd"),
    ("distance", "cykelvägen 3 km bort"),
    ("count", "på parkeringsplatsen 12 bilar"),
    ("year", "på Storgatan 2026"),
    ("line", "Linje 154 är värst"),
    ("month", "sedan Mars 12"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
