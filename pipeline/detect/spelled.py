"""What does the text say when number words are read as digits ("åttiofem noll ett tolv" as 85 0 1 12)?

A second reading, made only where two number words stand together, or a word for the hyphen stands between digits.
Swedish with its everyday forms, and the small numbers of the languages the municipality meets most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.detect.normalise import Reading
from pipeline.detect.wording import Wording

_UNITS = ("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio")
_TEENS = ("tio", "elva", "tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton")
_TENS = ("tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio")
_TENS_SHORT = ("tju", "tretti", "förti", "femti", "sexti", "sjutti", "åtti", "nitti")
_TENS_OTHER = ("tjuge", "trettie", "förtio", "femtie", "sextie", "sjuttie", "åttie", "nittie")
_ONES = (*enumerate(_UNITS[1:], 1), (1, "en"), (4, "fyr"), (9, "nie"))
_EVERYDAY = {
    "nolla": "0", "nollan": "0", "nollor": "0", "etta": "1", "ettan": "1", "en": "1", "tvåa": "2", "tvåan": "2",
    "tva": "2", "trea": "3", "trean": "3", "fyr": "4", "fyran": "4", "femma": "5", "femman": "5", "sexa": "6",
    "sexan": "6", "sjua": "7", "sjuan": "7", "åttan": "8", "otta": "8", "nia": "9", "nian": "9", "nie": "9",
    "tie": "10",
    "tia": "10", "tian": "10", "tolva": "12", "aderton": "18", "dubbelnolla": "00", "tjugohundra": "20",
    "tvåtusen": "20",
}  # fmt: skip
_ABROAD = (
    "zero one two three four five six seven eight nine ten",
    "oh one two three four five six seven eight nine ten",
    "null en to tre fire fem seks syv åtte ni ti",
    "nul en to tre fire fem seks syv otte ni ti",
    "nolla yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen",
    "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć",
    "nula jedan dva tri četiri pet šest sedam osam devet deset",
    "null eins zwei drei vier fünf sechs sieben acht neun zehn",
    "нуль один два три чотири пять шість сім вісім девять десять",
    "صفر واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة",
    "eber kow laba saddex afar shan lix toddoba siddeed sagaal toban",
    "eber hal laba saddex afar shan lix todoba sideed sagal toban",
)
_ENGLISH_TEENS = "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"


def _table() -> dict[str, str]:
    words = dict(_EVERYDAY)
    words |= {word: str(value) for value, word in enumerate(_UNITS)}
    words |= {word: str(value) for value, word in enumerate(_TEENS, 10)}
    for row in (_TENS, _TENS_SHORT, _TENS_OTHER):
        for tens, stem in enumerate(row, 2):
            words.setdefault(stem, str(tens * 10))
            words |= {stem + one: str(tens * 10 + value) for value, one in _ONES}
    below = dict(words)
    for century, hundred in (("18", "artonhundra"), ("19", "nittonhundra"), ("20", "tjugohundra"), ("20", "tvåtusen")):
        words[hundred] = century
        words |= {hundred + word: century + value.zfill(2) for word, value in below.items() if len(value) <= 2}
    for language in _ABROAD:
        for value, word in enumerate(language.split()):
            words.setdefault(word, str(value))
    for value, word in enumerate(_ENGLISH_TEENS.split(), 11):
        words[word] = str(value)
    for tens, word in enumerate(_ENGLISH_TENS.split(), 2):
        words[word] = str(tens * 10)
    return words


WORDS = _table()
_SIGN_WORDS = frozenset(
    {
        "bindestreck", "streck", "minus", "minustecken", "plus", "dash", "hyphen", "snedstreck", "slash", "mellanslag",
        "bindestrek", "myślnik", "crtica",
    }
)  # fmt: skip
_SIGN_WORD = re.compile(rf"(?<=[0-9])\s{{1,2}}(?:{'|'.join(sorted(_SIGN_WORDS))})\s{{1,2}}(?=[0-9])", re.IGNORECASE)
_SIGN = re.compile("streck|minus|plus|dash", re.IGNORECASE)
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_GAP = re.compile(r"[^\w]{1,3}|\W{1,2}(?:och|streck|bindestreck|minus|plus|dash|and)\W{1,2}", re.IGNORECASE)
_LEAST_DIGITS = 4
_LEAST_WORDS = 2
_JOINED = 2  # words on: the next one, or the one beyond "och" or "streck"
_ARTICLES = frozenset({"en", "ett", "to", "pet", "oh", "hal"})
_COMMON = frozenset(WORDS) - _ARTICLES


def spelled(reading: Reading) -> tuple[Reading, tuple[tuple[int, int], ...]] | None:
    """The second reading, and the stretches of the original where it differs; None when there is nothing to read."""
    text = reading.text
    told = not _COMMON.isdisjoint(reading.words) and _may_run(reading)
    if not told and not (_may_sign(reading) and _SIGN_WORD.search(text)):
        return None
    edits = sorted(_edits(text))
    if not edits:
        return None
    changed = tuple(reading.span(start, end) for start, end, _ in edits)
    return reading.rewrite(edits, spelled=True), changed


def may_run(told: Wording) -> bool:
    """Cheap: False only if no two number words stand in one run of a text without digits or `_`."""
    return not _COMMON.isdisjoint(told.distinct) and _near_another(told.words)


def _may_run(reading: Reading) -> bool:
    """The same of any reading."""
    if reading.chains:
        return sum(map(WORDS.__contains__, reading.words)) >= _LEAST_WORDS
    return _near_another(reading.words)


def _near_another(words: list[str]) -> bool:
    places = [place for place, word in enumerate(words) if word in WORDS]
    return any(after - place <= _JOINED for place, after in pairwise(places))


def _may_sign(reading: Reading) -> bool:
    """Cheap: False only if no word for a sign stands between digits."""
    return bool(reading.chains) and not _SIGN_WORDS.isdisjoint(reading.words)


def _edits(text: str) -> Iterator[tuple[int, int, str]]:
    taken = 0
    for run in _runs(text):
        values = [WORDS.get(token[0].lower(), token[0]) for token in run]
        words = [token[0].lower() for token in run if not token[0].isdecimal()]
        if len(words) < _LEAST_WORDS or sum(map(len, values)) < _LEAST_DIGITS or set(words) <= _ARTICLES:
            continue
        for index, (token, value) in enumerate(zip(run, values, strict=True)):
            if index:
                start, end = run[index - 1].end(), token.start()
                yield start, end, "-" if _SIGN.search(text, start, end) else " "
            if value != token[0]:
                yield token.start(), token.end(), value
        taken = run[-1].end()
    for match in _SIGN_WORD.finditer(text, taken):
        yield match.start(), match.end(), "-"


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Rows of number words and digits with only signs, or a joining word, between them."""
    run: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        if not (token[0].isdecimal() or token[0].lower() in WORDS):
            continue
        if run and not _GAP.fullmatch(text, run[-1].end(), token.start()):
            yield run
            run = []
        run.append(token)
    if run:
        yield run
