"""Numbers that are nobody's: timestamps, references, orders, parcels and the like, in the sentences they come in."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from tests.generated.spellings import luhn_digit

Make = Callable[[random.Random], str]


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


def _order(rng: random.Random) -> str:
    day = f"{_moment(rng):%y%m%d}"
    return rng.choice((_digits(rng, 10), f"{day}-{_digits(rng, 4)}", f"{day}{_digits(rng, 4)}"))


def _parcel(rng: random.Random) -> str:
    return rng.choice((_digits(rng, 18), _checked(rng, 10), f"37{_digits(rng, 16)}", f"UC{_digits(rng, 9)}SE"))


def _ocr(rng: random.Random) -> str:
    return _checked(rng, rng.choice((10, 11, 12, 15, 16)))


def _card_like(rng: random.Random) -> str:
    return rng.choice(("9752", "6299", "1000", "9208")) + _digits(rng, 12)


def _post(rng: random.Random) -> str:
    return _digits(rng, rng.choice((10, 12, 16, 17, 18)))


def _long(rng: random.Random) -> str:
    return _digits(rng, rng.choice((13, 14, 16, 20, 25)))


def _sixteen(rng: random.Random) -> str:
    """As long as a card's number, half of them with a right check digit."""
    return _checked(rng, 16) if rng.random() < 0.5 else _digits(rng, 16)


def _epoch(rng: random.Random) -> str:
    return str(int(_moment(rng).timestamp()) * rng.choice((1, 1000)))


def _meter(rng: random.Random) -> str:
    return rng.choice((f"735999{_digits(rng, 12)}", _digits(rng, 8)))


def _price(rng: random.Random) -> str:
    return f"{rng.randrange(1, 30)} {_digits(rng, 3)} {_digits(rng, 3)} kr"


def _isbn(rng: random.Random) -> str:
    return f"978-91-{_digits(rng, 4)}-{_digits(rng, 3)}-{_digits(rng, 1)}"


NEGATIVES: Mapping[str, tuple[Make, tuple[str, ...]]] = {
    "timestamp": (
        _stamp,
        ("{} ERROR session timeout", "Filen heter {}.pdf men går inte att öppna", "{}", "loggat {} enligt appen",
         "Skärmdump från {} visar felet", "felet kom {} och igen lite senare"),
    ),
    "date-range": (_range, ("Avstängt {} på grund av vägarbete", "gäller {}", "vi var utan vatten {} i somras")),
    "ocr": (
        _ocr,
        ("Betalade med OCR {} i tisdags", "vilket ocr gäller, det står {} på avin", "OCR-nummer: {}", "ocr {}",
         "fakturans ocr är {} men belopp fel"),
    ),
    "order": (
        _order,
        ("Ert ordernr {} har inte kommit", "Beställde kompost, ordernummer {}, var är den?", "ordern {} är borta",
         "Order: {}", "beställningsnummer {} saknas"),
    ),
    "parcel": (
        _parcel,
        ("Kolli-id {} enligt avin", "spårningsnummer {} säger levererad", "sändning {}",
         "paketnummer {} ligger kvar på macken"),
    ),
    "card-like": (
        _card_like,
        ("mitt lånekort {} fungerar inte", "presentkortet {} är tomt", "busskort {} spärrat?", "Lånekortsnummer: {}"),
    ),
    "ean": (_ean, ("streckkod {}, 45 kr för en festis?", "varan med EAN {} saknar pris", "EAN-koden {}")),
    "post-id": (
        _post,
        ("https://www.facebook.com/eslovskommun/posts/{}", "se https://forum.exempel.se/t/{}/7 där har alla klagat",
         "https://video.exempel.se/watch?v={}", "länk: https://exempel.se/inlagg/{}?ref=app"),
    ),
    "mobile": (
        _mobile,
        ("ring mig på {} efter fem", "{}", "mobil {}", "Sms:a {} om du ser katten", "Anmäl er till Gudrun, {}, tack"),
    ),
    "random-long": (_long, ("{}", "numret {} står på lappen", "id {} i systemet")),
    "random-16": (_sixteen, ("{}", "numret {} står på lappen", "koden {} funkar inte")),
    "epoch": (_epoch, ("epoch {}", "tidsstämpel {}", "https://exempel.se/x?ts={}")),
    "invalid-date": (_invalid, ("Avtalsnummer {} på fibern", "{} är slut på återbruket", "artikelnr {}")),
    "meter": (_meter, ("elmätare {} avläst", "mätarnummer {}", "anläggnings-id {}")),
    "price": (_price, ("Kostar {} på en rondell", "{} för tomten?")),
    "isbn": (_isbn, ("Har ni ISBN {} inne?", "isbn {} saknas i katalogen")),
}  # fmt: skip
"""By class: how to make one, and sentences it stands in."""
