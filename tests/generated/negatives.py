"""Numbers that are nobody's: timestamps, references, orders, parcels and the like, in the sentences they come in."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from tests.generated.spellings import luhn_digit


def _moment(rng: random.Random) -> datetime:
    return datetime(2015, 1, 1) + timedelta(minutes=rng.randrange(11 * 365 * 24 * 60))  # noqa: DTZ001 a clock on a wall


def _digits(rng: random.Random, size: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(size))


def _checked(rng: random.Random, size: int, start: str = "") -> str:
    body = start + _digits(rng, size - 1 - len(start))
    total = 0
    for index, char in enumerate(reversed(body)):
        total += sum(divmod(int(char) * (2 - index % 2), 10))
    return body + str(-total % 10)


def _ean(rng: random.Random) -> str:
    body = rng.choice(("73", "50", "40", "57")) + _digits(rng, 10)
    total = sum(int(char) * (3 if index % 2 else 1) for index, char in enumerate(body))
    return body + str(-total % 10)


def _mobile(rng: random.Random) -> str:
    digits = rng.choice(("070", "072", "073", "076", "079")) + _digits(rng, 7)
    form = rng.randrange(6)
    return (
        digits,
        f"{digits[:3]}-{digits[3:]}",
        f"{digits[:3]}-{digits[3:6]} {digits[6:8]} {digits[8:]}",
        f"{digits[:3]} {digits[3:6]} {digits[6:8]} {digits[8:]}",
        " ".join(digits[index : index + 2] for index in range(0, 10, 2)),
        f"+46 {digits[1:3]} {digits[3:6]} {digits[6:8]} {digits[8:]}",
    )[form]


def _stamp(rng: random.Random) -> str:
    moment = _moment(rng)
    shape = rng.choice(("%Y%m%d%H%M", "%Y%m%d-%H%M", "%Y%m%d%H%M%S", "%Y-%m-%d %H:%M", "%y%m%d-%H%M", "%Y%m%d_%H%M%S"))
    return moment.strftime(shape)


def _range(rng: random.Random) -> str:
    start = _moment(rng)
    end = start + timedelta(days=rng.randrange(1, 90))
    if rng.random() < 0.5:
        return f"{start:%Y%m%d}-{end:%Y%m%d}"
    return f"{start:%y%m%d}-{end:%m%d}" if end.year == start.year else f"{start:%y%m%d}-{end:%y%m%d}"


def _invalid(rng: random.Random) -> str:
    """Right check digit, but a month that does not exist."""
    nine = f"{rng.randrange(10, 99)}{rng.randrange(13, 20)}{rng.randrange(10, 29)}238"
    return f"{nine[:6]}-{nine[6:]}{luhn_digit(nine)}"


Make = Callable[[random.Random], str]

NEGATIVES: Mapping[str, tuple[Make, tuple[str, ...]]] = {
    "timestamp": (
        _stamp,
        (
            "{} ERROR session timeout",
            "Filen heter {}.pdf men går inte att öppna",
            "{}",
            "loggat {} enligt appen",
            "Skärmdump från {} visar felet",
            "felet kom {} och igen lite senare",
        ),
    ),
    "date-range": (_range, ("Avstängt {} på grund av vägarbete", "gäller {}", "vi var utan vatten {} i somras")),
    "ocr": (
        lambda r: _checked(r, r.choice((10, 11, 12, 15, 16))),
        (
            "Betalade med OCR {} i tisdags",
            "vilket ocr gäller, det står {} på avin",
            "OCR-nummer: {}",
            "fakturans ocr är {} men belopp fel",
            "ocr {}",
        ),
    ),
    "order": (
        lambda r: r.choice(
            (
                lambda: _digits(r, 10),
                lambda: f"{_moment(r):%y%m%d}-{_digits(r, 4)}",
                lambda: f"{_moment(r):%y%m%d}{_digits(r, 4)}",
            )
        )(),
        (
            "Ert ordernr {} har inte kommit",
            "Beställde kompost, ordernummer {}, var är den?",
            "ordern {} är borta",
            "Order: {}",
            "beställningsnummer {} saknas",
        ),
    ),
    "parcel": (
        lambda r: r.choice((_digits(r, 18), _checked(r, 10), f"37{_digits(r, 16)}", f"UC{_digits(r, 9)}SE")),
        (
            "Kolli-id {} enligt avin",
            "spårningsnummer {} säger levererad",
            "paketnummer {} ligger kvar på macken",
            "sändning {}",
        ),
    ),
    "card-like": (
        lambda r: r.choice(("9752", "6299", "1000", "9208")) + _digits(r, 12),
        ("mitt lånekort {} fungerar inte", "presentkortet {} är tomt", "busskort {} spärrat?", "Lånekortsnummer: {}"),
    ),
    "ean": (_ean, ("streckkod {}, 45 kr för en festis?", "varan med EAN {} saknar pris", "EAN-koden {}")),
    "post-id": (
        lambda r: r.choice((_digits(r, 10), _digits(r, 12), _digits(r, 16), _digits(r, 17), _digits(r, 18))),
        (
            "https://www.facebook.com/eslovskommun/posts/{}",
            "se https://forum.exempel.se/t/{}/7 där har alla klagat",
            "https://video.exempel.se/watch?v={}",
            "länk: https://exempel.se/inlagg/{}?ref=app",
        ),
    ),
    "mobile": (
        _mobile,
        (
            "ring mig på {} efter fem",
            "{}",
            "mobil {}",
            "Sms:a {} om du ser katten",
            "Anmäl er till Gudrun, {}, senast torsdag",
        ),
    ),
    "random-13": (
        lambda r: _digits(r, r.choice((13, 14, 16, 20, 25))),
        ("{}", "numret {} står på lappen", "id {} i systemet"),
    ),
    "epoch": (
        lambda r: str(int(_moment(r).timestamp()) * r.choice((1, 1000))),
        ("epoch {}", "tidsstämpel {}", "https://exempel.se/x?ts={}"),
    ),
    "invalid-date": (_invalid, ("Avtalsnummer {} på fibern", "{} är slut på återbruket", "artikelnr {}")),
    "meter": (
        lambda r: r.choice((f"735999{_digits(r, 12)}", _digits(r, 8))),
        ("elmätare {} avläst", "mätarnummer {}", "anläggnings-id {}"),
    ),
    "price": (
        lambda r: f"{r.randrange(1, 30)} {_digits(r, 3)} {_digits(r, 3)} kr",
        ("Kostar {} på en rondell", "{} för tomten?"),
    ),
    "isbn": (
        lambda r: f"978-91-{_digits(r, 4)}-{_digits(r, 3)}-{_digits(r, 1)}",
        ("Har ni ISBN {} inne?", "isbn {} saknas i katalogen"),
    ),
}
"""By class: how to make one, and sentences it stands in."""
