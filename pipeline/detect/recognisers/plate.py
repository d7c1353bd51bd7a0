"""Is it the registration plate of a vehicle: three letters, two digits, a digit or a letter?

Source: Transportstyrelsen: letters A-Z without I, Q, V (and no Å, Ä, Ö); since 2019 the last sign may be a letter
(not O there). The shape alone says nothing ("ICA 123"): a word about a vehicle must stand near.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.detect.context import Lexicon
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import Evidence, judge
from pipeline.detect.setting import Setting

_L = "A-HJ-PR-UW-Z"
_TIGHT = re.compile(
    rf"(?<![^\W_])([{_L}]{{3}})([ -]?)[0-9]{{2}}[0-9A-HJ-NPR-UW-Z](?![^\W_]|-[0-9]|[.,:][0-9])", re.IGNORECASE
)
_SPACED = re.compile(rf"(?<![^\W_])[{_L}] [{_L}] [{_L}] [0-9] [0-9] [0-9A-HJ-NPR-UW-Z](?![^\W_])", re.IGNORECASE)
_LABEL = Lexicon(
    "reg", "regnr", "regn*", "reg nr", "reg nummer", "registreringsn*", "registreringsskylt*", "*skylt", "*skylten",
    "skyltar", "plåt", "plåten", "nummerplåt*", "nummerskylt*", "registration*", "plate*", "rejestracyjn*", "numerze",
    "tablic*", "registarsk*", "tablice", "rekisterin*", "номер", "номерн*", "kennzeichen", "reg no",
)  # fmt: skip
_VEHICLE = Lexicon(
    "bil", "bilen", "bilar", "bilens", "*bil", "*bilen", "bilförare*", "fordon*", "volvo*", "bmw*", "audi*", "saab*",
    "golf", "golfen", "passat*", "toyota*", "tesla*", "skoda*", "škoda*", "kia*", "ford", "opel*", "mercedes*",
    "merca*", "merc", "peugeot*", "renault*", "nissan*", "mazda*", "hyundai*", "seat", "fiat*", "volkswagen*", "vw",
    "porsche*", "subaru*", "honda*", "citroen*", "traktor*", "epa", "epan", "epatraktor*", "a traktor*", "moped*",
    "mc", "motorcykel*", "lastbil*", "skåpbil*", "husbil*", "husvagn*", "släp*", "släpvagn*", "buss", "bussen",
    "taxi*", "skåpet", "kombi*", "suv", "suven", "cross*", "fyrhjuling*", "parker*", "felparker*", "körde", "kör",
    "körd*", "krock*", "smet", "backade", "förare*", "besikt*", "kolliderade", "tutade", "fortkör*", "rattfull*",
    "parkeringsbot*", "p bot*", "car", "truck", "van", "driver", "drives", "parked", "vehicle", "samoch*", "auto",
    "parkuje", "zaparkow*", "kola", "vozi*", "parkiran*", "bilist*", "avställd*", "påställd*", "vägtull*",
    "sommardäck*", "moppe*", "moppebil*", "hoj*", "vrak*", "skrotbil*", "skåpvagn*", "handikappruta*",
    "handikapplats*", "handikapparker*", "infart*", "uppfart*", "p plats*", "p ruta*", "dubbelparker*", "rödljus*",
    "mot rött", "omkör*", "omkörning*", "övergångsställ*", "garage*", "kärra*", "släpkärra*", "chauffören", "prejade",
    "bilägare*", "ägaren till", "lyset på", "lamporna på", "står på tomgång", "tomgång*",
)  # fmt: skip
_NO_PLATE = frozenset(
    {
        "ICA", "MAX", "SFS", "SVT", "TVE", "FAX", "TEL", "KRS", "NYA", "HUR", "SOM", "HAR", "DET", "DEN", "DOM",
        "VAR", "MED", "FOR", "FRA", "TOT", "SEK", "EUR", "USD", "DKK", "NOK", "SUM", "MAT", "NAT", "ENG", "SVA",
        "BIO", "FYS", "KEM", "ISO", "DNR", "ART", "NUM", "PDF", "WWW", "MHZ", "RAM", "GPS", "LTE", "APR", "MAJ",
        "JUN", "JUL", "AUG", "SEP", "OKT", "NOV", "DEC", "JAN", "FEB", "MAR", "KLO", "RUM", "SAL", "HUS", "GRP",
        "ETT", "TRE", "SEX", "SJU", "TIO", "OCH", "ATT", "BARA", "KAN", "SKA",
    }
)  # fmt: skip
LABELLED = Evidence("plate-word", 40)
VEHICLE = Evidence("vehicle-word", 25)
LOWER = Evidence("small-letters", 1 / 30)
ORDINARY = Evidence("ordinary-word", 1 / 12)
_LEAST = 0.5
_LETTERS, _SPACED_LETTERS = 3, 6  # before the digits, a space behind each
_ROWS = (1, 2, 3)  # digits together
_SIGNS = (" ", "-")


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    text = reading.text
    near = any(end - start in _ROWS and _may_end_in(text, start, end) for start, end in reading.heads)
    return near and reading.may_tell(_LABEL, _VEHICLE)


def _may_end_in(text: str, start: int, end: int) -> bool:
    """Whether digits end a plate."""
    if end - start == 1:
        return start >= _SPACED_LETTERS and _SPACED.match(text, start - _SPACED_LETTERS) is not None
    letters = start - _LETTERS - (text[start - 1 : start] in _SIGNS)
    return letters >= 0 and _TIGHT.match(text, letters) is not None


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every plate that something near calls one."""
    text = reading.text
    for match in _TIGHT.finditer(text):
        written = match[0]
        evidence = tuple(_context(text, match.start(), match.end(), match[1], small=written != written.upper()))
        yield from _finding(reading, match, "plate", 0.2, evidence)
    for match in _SPACED.finditer(text):
        yield from _finding(
            reading, match, "spaced", 0.1, tuple(_context(text, match.start(), match.end(), "", small=False))
        )


def _context(text: str, start: int, end: int, letters: str, *, small: bool) -> Iterator[Evidence]:
    if _LABEL.before(text, start, 30):
        yield LABELLED
    elif _VEHICLE.near(text, start, end, 60, 50):
        yield VEHICLE
    if small:
        yield LOWER if not letters.isupper() else ORDINARY
    if letters.upper() in _NO_PLATE:
        yield ORDINARY


def _finding(
    reading: Reading, match: re.Match[str], tier: str, prior: float, evidence: tuple[Evidence, ...]
) -> Iterator[Finding]:
    if LOWER in evidence and VEHICLE in evidence:
        evidence = tuple(piece for piece in evidence if piece is not LOWER)
        evidence += (Evidence("small-letters-beside-a-vehicle", 1 / 3),)
    elif LOWER in evidence and LABELLED in evidence:
        evidence = tuple(piece for piece in evidence if piece is not LOWER)
    verdict = judge(tier, prior, evidence)
    if verdict.score >= _LEAST:
        start, end = reading.span(match.start(), match.end())
        yield Finding(Entity.SE_VEHICLE_PLATE, start, end, verdict.score, f"plate.{tier}", why=verdict.why)
