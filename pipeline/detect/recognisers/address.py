"""Is it where somebody lives: a street or place with a house number, and what may follow (flat, floor, postcode, town)?

Source: SS 613401 and Lantmäteriet's address rules (name, number, letter; flat number of four digits since lag
(2006:378)); PostNord's postcode form NNN NN TOWN. A street by its ending, a rural place only after words such as "bor
på".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.detect.context import Lexicon
from pipeline.detect.finding import Entity, Finding
from pipeline.detect.normalise import Reading
from pipeline.detect.score import FLOOR, Evidence, judge
from pipeline.detect.setting import Setting

_ENDINGS = (
    "gatan|gata|vägen|väg|stigen|stig|gränden|gränd|torget|torg|allén|alle|allé|backen|backe|platsen|plats|plan|kroken|krok|svängen|"
    "ringen|leden|promenaden|esplanaden|stråket|gången|gången|gårdarna|gården|gård|lunden|höjden|dalen|åsen|kullen|stranden|kajen|"
    "parken|hagen|ängen|slingan|rundeln|rondellen|terrassen|liden|passagen|tunet|hörnan|vången|vång|kvarteret|kvarten|trappan|"
    "gläntan|byväg|bygata|brinken|sluttningen|porten|avenyn|kärret|mossen|lyckan|tået|fällan|viken|udden|näset|holmen|hult|torp|g|v"
)
_LETTER = "A-Za-zÅÄÖåäöÉéÜü"
_NUMBER = r"[0-9]{1,3}(?:\s?[A-Ha-hJ-Nj-n](?![^\W_]))?(?![0-9]|[.,:/][0-9]|[^\W_])(?:\s?-\s?[0-9]{1,3}(?![0-9.:]))?"
_HOUSE = re.compile(rf"(?<![^\W_])(?<![0-9][.,:/-])({_NUMBER}|[0-9]{{4}}(?![0-9]|[.,:/-][0-9]))")
_NAME = re.compile(rf"([{_LETTER}][{_LETTER}'.-]{{0,38}})[ ]{{1,2}}\Z")
_END = re.compile(rf"(?:{_ENDINGS})\Z", re.IGNORECASE)
_TAIL = re.compile(
    r"(?:,?\s{1,2}(?:lgh\.?\s?[0-9]{1,4}|[0-9]{1,2}\s?tr\.?(?![^\W_])|nb|bv|c/o\s[\w ]{2,30}"
    r"|(?:vån|våning|trapp\w*|port)\.?\s[0-9A-Z]{1,3})){0,4}"
    r"(?:[,\n]?\s{0,2}(?:SE?-)?[1-9][0-9]{2}\s?[0-9]{2}\s{1,2}[A-ZÅÄÖa-zåäö][A-Za-zÅÄÖåäö]{1,20}(?:\s[A-ZÅÄÖ][a-zåäö]{2,20})?)?"
)
_GENERIC = re.compile(
    r"(?:gång|cykel|cykelgång|lands|motor|riks|järn|skol|park|parkerings|buss|hållplats|arbets|lek|bostads|grus|infarts|tillfarts|för|"
    r"huvud|bak|över|under|kust|natt|om|ut|in|av|åter|sop|vinter|olycks|fot|rast|hem|idrotts|bygg|bad|tom|start|mål|sitt|stå|"
    r"marknads|bond|kyrko|skogs|sjuk|fritids|kolo|barn|trä|kom|till|års|dags|tids|kurs|spel|match|detalj|översikts|kart|"
    r"industri|lokal|hög|låg|spår|läge|sid|mellan|först|andra|tredje|fjärde|plan|flyg|tåg|båt|lag)\Z", re.IGNORECASE,
)  # fmt: skip
_UNIT = re.compile(
    r"\s?(?:kr\b|sek\b|kronor|:-|st\b|km\b|m\b|meter|min\b|minuter|timm|tim\b|dagar|veckor|år\b|månad|personer|platser|procent|%|"
    r"gånger|ggr|barn\b|bilar|till\b|poäng|january|januari|februari|mars\b|april|maj\b|juni|juli|augusti|september|oktober|"
    r"november|december|lag\b|rum\b|kvadrat|mil\b|kg\b|ton\b|hushåll|lägenheter|villor)", re.IGNORECASE,
)  # fmt: skip
_LIVES = Lexicon(
    "bor", "bor på", "bo", "bodde", "bosatt*", "hemma", "hemma hos", "hos oss", "hos mig", "hos", "adress*",
    "adressen", "address", "flyttat till", "flyttar till", "oss på", "utanför oss", "gården", "gård", "torpet",
    "huset", "lives at", "living at", "grannen på", "plogen", "plogbil*", "sopbil*", "hämtning*", "mieszka*",
    "stanuje*", "visning*", "skicka*", "brev*", "post till", "leverera*", "fakturaadress*", "hämtas",
)  # fmt: skip
_SHORTENED = ("g", "v")
_EVERY_ENDING = tuple(_ENDINGS.split("|"))
_ENDING_WORDS = tuple(ending for ending in _EVERY_ENDING if ending not in _SHORTENED)
_LAST_LETTERS = frozenset(ending[-2:] for ending in _ENDING_WORDS)
_PLOT = re.compile("[0-9]{1,4}[A-Ea-e]?(?![0-9A-Za-z]|[.,:/-][0-9])")
_NAME_REACH, _RURAL_REACH, _LIVES_REACH = 42, 70, 20
_SHORT_NAME = 3  # letters, the ending counted: a word before it belongs to the name
_RURAL = re.compile(
    rf"(?<![^\W_])((?:[ÖVNS]\.? )?(?:[A-ZÅÄÖ][{_LETTER}'-]{{2,20}} ){{0,2}}"
    rf"[A-ZÅÄÖ][{_LETTER}'-]{{2,25}}) ([0-9]{{1,4}}[A-Ea-e]?)"
    r"(?![0-9A-Za-z]|[.,:/-][0-9])"
)
_RESIDES = Lexicon(
    "bor", "bo", "bodde", "bosatt*", "hemma", "hos oss", "hos mig", "hos", "granne*", "lives", "mieszka*", "stanuje*",
    "familj*",
)  # fmt: skip
_NEVER_STREET = re.compile(
    r"gång|cykel|gångcykel|parkerings|buss|hållplats|arbets|motor|riks|lands|järn", re.IGNORECASE
)
_NOT_PLACE = Lexicon(
    "linje", "buss", "bussen", "väg", "rv", "route", "klass", "sal", "rum", "grupp", "lag", "vecka", "v", "sid",
    "sida", "kap", "kapitel", "punkt", "paragraf", "nr", "nummer", "januari", "februari", "mars", "april", "maj",
    "juni", "juli", "augusti", "september", "oktober", "november", "december", "windows", "iphone", "android",
    "version", "covid", "artikel", "plats", "kanal", "del", "zon", "steg", "nivå", "årskurs", "åk", "line", "bus",
    "sweden", "svt", "ica", "trafik", "system", "program", "typ", "modell",
)  # fmt: skip
_PUBLIC_PLACE = Lexicon(
    "medborgarkontor*", "kommunhus*", "stadshus*", "bibliotek*", "*skolan", "förskolan", "town hall", "library",
    "medborgarhus*", "folkets park", "folkets hus", "församlingshem*",
    "vårdcentral*", "museum*", "museet", "kyrkan", "simhall*", "badhus*", "sporthall*", "idrottshall*",
    "återvinning*", "butik*", "affär*", "restaurang*", "kafé*", "café*", "fiket", "pizzeri*", "hotell*",
    "polisstation*", "kontaktcenter", "konsthall*", "fritidsgård*", "mötesplats*", "öppettider", "öppet", "lokal*",
    "föreningslokal*", "klubbstuga*", "bygdegård*", "aula*", "besöksadress*", "turistbyrå*", "apotek*",
)  # fmt: skip
HOME = Evidence("home-word", 5)
POSTCODE = Evidence("postcode", 20)
SMALL = Evidence("small-letters", 1 / 3)
ABBREVIATED = Evidence("abbreviated-ending", 1 / 2)
GENERIC = Evidence("ordinary-word", 1 / 60)
GENERIC_NAME = Evidence("ordinary-word-as-a-name", 1 / 3)
UNIT = Evidence("unit", 1 / 60)


@dataclass(frozen=True, slots=True)
class _Place:
    """A name from `start`, its house number to `number_end`, what follows to `end`; `name` without its ending."""

    start: int
    number_end: int
    end: int
    name: str
    short_ending: bool = False


def may_hold(reading: Reading) -> bool:
    """Cheap and safe: False only if `find` would find nothing."""
    return any(_may_be_at(reading, start) for start, _ in reading.heads if start)


def _may_be_at(reading: Reading, start: int) -> bool:
    """Whether the digits that begin at `start` may be a house number, by the word before them."""
    text = reading.text
    end = start - 1
    if text[end] != " ":
        return False
    end -= text.startswith(" ", end - 1)
    word = text[text.rfind(" ", 0, end) + 1 : end]
    small, capital = word.rstrip(".").lower(), not word.islower()
    if small[-2:] in _LAST_LETTERS and small.endswith(_ENDING_WORDS):
        return True
    if small[-1:] in _SHORTENED and (capital or len(small) <= _SHORT_NAME):
        return True
    plot = _PLOT.match(text, start) if capital else None
    if not plot:
        return False
    return _end(text, plot.end()) > plot.end() or (
        reading.may_tell(_LIVES) and _LIVES.may_be_before(text, start, _RURAL_REACH + _LIVES_REACH)
    )


def find(reading: Reading, setting: Setting) -> Iterator[Finding]:
    """Every street address, and every rural one that words about living introduce."""
    text = reading.text
    last = 0
    for house in _houses(reading):
        name = _name(text, max(last, house.start() - _NAME_REACH), house.start())
        if not name:
            continue
        finding = _street(reading, house, name, setting) or _rural(reading, house, name, setting)
        if finding:
            last = house.end()
            yield finding


def _houses(reading: Reading) -> Iterator[re.Match[str]]:
    """Whatever could be a house number: a letter, and a range's second number, belong to it."""
    at = 0
    for start, _ in reading.spans:
        house = _HOUSE.match(reading.text, start) if start >= at else None
        if house:
            at = house.end()
            yield house


def _name(text: str, low: int, end: int) -> re.Match[str] | None:
    """The name that one or two spaces part from what begins at `end`, no further back than `low`."""
    if text[end - 1 : end] != " ":
        return None
    return _NAME.search(text, max(low, text.rfind(" ", 0, end - 1 - (text[end - 2 : end - 1] == " ")) + 1), end)


def _street(reading: Reading, house: re.Match[str], name: re.Match[str], setting: Setting) -> Finding | None:
    text, word = reading.text, name[1].rstrip(".")
    ending = _END.search(word) if word.lower().endswith(_EVERY_ENDING) else None
    if not ending or (len(house[0]) == 4 and house[0].isdecimal()):
        return None
    start, stem = name.start(1), word[: ending.start()]
    if not (_short_street(word, stem) or len(stem) > 3 or (len(stem) == 3 and stem[0].isupper())):
        start = _named(text, start, stem)
        if start < 0:
            return None
        stem = text[start : name.start(1)]
    short = ending[0].lower() in _SHORTENED
    if short and not _abbreviated(text, stem, name[1], house.end()):
        return None
    while (earlier := _qualifier(text, start)) < start:
        start = earlier
    place = _Place(start, house.end(), _end(text, house.end()), stem, short)
    return _finding(reading, place, "street", 0.85, setting)


def _short_street(word: str, stem: str) -> bool:
    """Whether it is a street with a name of one or two letters, such as Ågatan."""
    return bool(stem) and stem[0].isupper() and word.lower().endswith(("gatan", "vägen", "stigen", "gränd"))


def _abbreviated(text: str, stem: str, name: str, end: int) -> bool:
    """Whether a name in g or v is a shortened gata or väg: a point, a joining s, or more of an address behind it."""
    told = name.endswith(".") or stem.endswith("s") or _end(text, end) > end
    return told and stem[0].isupper() and len(stem) >= 3


def _named(text: str, start: int, stem: str) -> int:
    """A street of two words ("Gröna torg", "Norra vägen"): where the first begins, -1 when there is none."""
    first = _name(text, max(0, start - _NAME_REACH), start)
    if (stem and len(stem) > 2) or not first or not first[1][0].isupper() or len(first[1]) < 4:
        return -1
    return first.start(1)


_QUALIFIERS = frozenset(
    {
        "norra", "södra", "östra", "västra", "stora", "lilla", "gamla", "nya", "övre", "nedre", "inre", "yttre",
        "sankt", "s:t", "s:ta",
    }
)  # fmt: skip


def _qualifier(text: str, start: int) -> int:
    """Where "Norra", "Stora" and the like before a street begin; `start` itself when there is none."""
    before = _name(text, max(0, start - _NAME_REACH), start)
    return before.start(1) if before and before[1].lower() in _QUALIFIERS else start


def _rural(reading: Reading, house: re.Match[str], name: re.Match[str], setting: Setting) -> Finding | None:
    text = reading.text
    if name[1].islower() or not _PLOT.match(text, house.start()):
        return None
    match = None
    for candidate in _RURAL.finditer(text, max(0, house.start() - _RURAL_REACH), min(len(text), house.end() + 4)):
        if candidate.start(2) == house.start():
            match = candidate
    if not match or _NOT_PLACE.before(text, match.start(2), 14):
        return None
    lives = _LIVES.before(text, match.start(), _LIVES_REACH)
    end = _end(text, match.end(2))
    followed = end > match.end(2)
    if not followed and not (lives and lives[0].distance <= 5):
        return None
    return _finding(reading, _Place(match.start(), match.end(2), end, match[1]), "rural", 0.3, setting)


def _end(text: str, at: int) -> int:
    tail = _TAIL.match(text, at)
    return tail.end() if tail else at


def _context(text: str, place: _Place) -> Iterator[Evidence]:
    if place.end > place.number_end:
        yield POSTCODE
    elif _LIVES.before(text, place.start, 40):
        yield HOME
    if place.name[0].islower():
        yield SMALL
    if place.short_ending:
        yield ABBREVIATED
    if _GENERIC.fullmatch(place.name):
        yield GENERIC if place.name[0].islower() or _NEVER_STREET.fullmatch(place.name) else GENERIC_NAME
    if _UNIT.match(text, place.number_end):
        yield UNIT


def _finding(reading: Reading, place: _Place, tier: str, prior: float, setting: Setting) -> Finding | None:
    text = reading.text
    evidence = tuple(_context(text, place))
    verdict = judge(tier, prior, evidence)
    if verdict.score < FLOOR:
        return None
    first, last = reading.span(place.start, place.end)
    known = setting.allow.address(text[place.start : place.number_end])
    lives = _RESIDES.near(text, place.start, place.end, 40, 20)
    public = known or (not lives and bool(_PUBLIC_PLACE.near(text, place.start, place.end, 40, 30)))
    return Finding(Entity.SE_ADDRESS, first, last, verdict.score, f"address.{tier}", public=public, why=verdict.why)
