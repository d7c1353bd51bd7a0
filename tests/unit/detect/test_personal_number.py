"""Truth table of the personal identity number and the coordination number. Numbers: the tax agency's test series."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.personal_number import find
from tests.recognising import seen

SURE = [
    ("canonical", "Mitt nummer 900707-2383 tack", "personnummer.canonical", "900707-2383"),
    ("twelve with hyphen", "19900707-2383", "personnummer.canonical", "19900707-2383"),
    ("over a hundred", "mormor 220105+9272", "personnummer.canonical", "220105+9272"),
    ("twelve in a row", "pnr 199007072383", "personnummer.compact-12", "199007072383"),
    ("ten in a row", "så här är det 9007072383 hej", "personnummer.compact-10", "9007072383"),
    ("space", "900707 2383", "personnummer.separated", "900707 2383"),
    ("no-break space", "19900707\u00a02383", "personnummer.separated", "19900707\u00a02383"),
    ("new line", "Pnr: 900707\n2383", "personnummer.separated", "900707\n2383"),
    ("en dash", "900707–2383", "personnummer.canonical", "900707–2383"),
    ("slash", "mitt nr e 900707/2383", "personnummer.separated", "900707/2383"),
    ("date split by dots", "90.07.07.2383", "personnummer.split-date", "90.07.07.2383"),
    ("date split by hyphens", "1990-07-07-2383", "personnummer.split-date", "1990-07-07-2383"),
    ("century apart", "19 900707-2383", "personnummer.century-apart", "19 900707-2383"),
    ("in fours", "1990 0707 2383", "personnummer.grouped", "1990 0707 2383"),
    ("one by one", "9 0 0 7 0 7 2 3 8 3", "personnummer.digit-by-digit", "9 0 0 7 0 7 2 3 8 3"),
    ("full width", "９００７０７－２３８３", "personnummer.canonical", "９００７０７－２３８３"),
    ("zero-width in it", "900\u200b707-23\u200b83", "personnummer.canonical", "900\u200b707-23\u200b83"),
    ("letters for digits", "9OO7O7-2383", "personnummer.canonical", "9OO7O7-2383"),
    ("emoji between", "900707😅2383", "personnummer.separated", "900707😅2383"),
    ("html escape", "900707&nbsp;2383", "personnummer.separated", "900707&nbsp;2383"),
    ("url escape", "id%3D19900707%2D2383", "personnummer.canonical", "19900707%2D2383"),
    ("glued to words", "pnr900707-2383ring", "personnummer.canonical", "900707-2383"),
    ("hashtag", "#9007072383", "personnummer.compact-10", "9007072383"),
    ("spelled out", "nio noll noll sju noll sju två tre åtta tre", "personnummer.spelled-out",
     "nio noll noll sju noll sju två tre åtta tre"),
    ("spelled in pairs", "nittio noll sju noll sju tjugotre åttiotre", "personnummer.spelled-out",
     "nittio noll sju noll sju tjugotre åttiotre"),
    ("word for the hyphen", "900707 streck 2383", "personnummer.spelled-out", "900707 streck 2383"),
    ("coordination number", "har 990367-2385", "samordningsnummer.canonical", "990367-2385"),
    ("coordination, day unknown", "mitt är 921260-2396", "samordningsnummer.canonical", "921260-2396"),
    ("coordination, month unknown", "samnr 340088 2399", "samordningsnummer.separated", "340088 2399"),
    ("two with a slash between", "900707-2383/891114-2399", "personnummer.canonical", "900707-2383"),
    ("after another number", "OCR 77120045561 belopp 412,00 kund 820104-2390 förfaller", "personnummer.canonical",
     "820104-2390"),
    ("looks like a mobile, called a personnummer", "personnummer 0708292396", "personnummer.compact-10", "0708292396"),
]  # fmt: skip

NOT_SURE = [
    ("wrong check digit, called one", "Personnummer 811025-2380", "personnummer.doubtful"),
    ("a time of day, too", "20221102-1817", "personnummer.canonical"),
    ("wrong check digit, with its sign", "811025-2380 tack", "personnummer.doubtful"),
    ("serial 000", "900707-0003", "personnummer.doubtful"),
]

NOTHING = [
    ("no such month", "Avtalsnummer 991345-7718"),
    ("no such day", "900230-2385"),
    ("not yet born", "20990707-2387"),
    ("no such century", "21900707-2383"),
    ("in a longer row", "19900707238312"),
    ("eleven digits", "19007072383"),
    ("order", "Ert ordernr 260915-1409"),
    ("reference", "Betalade med OCR 9007072383"),
    ("timestamp", "Filen heter 202609181432.pdf"),
    ("timestamp with seconds", "20261004143207 ERROR"),
    ("date and time", "2026-10-04 14:32:07"),
    ("date range", "vi var avstängda 260301-0415"),
    ("range of whole dates", "20240101-20241231"),
    ("mobile", "0701740605"),
    ("mobile in pairs", "07 01 74 06 05"),
    ("page address", "https://forum.exempel.se/t/8504121933/7"),
    ("amount", "9007072383 kr"),
    ("statute", "lagen 2009:400 och 2017:900"),
    ("meter readings", "2025-11-30 1 204 m3, 2025-12-31 1 219 m3"),
]


@pytest.mark.parametrize(("text", "rule", "value"), [row[1:] for row in SURE], ids=[row[0] for row in SURE])
def test_is_one(text: str, rule: str, value: str) -> None:
    assert (rule, value, "sure") in seen(find, text)


@pytest.mark.parametrize(("text", "rule"), [row[1:] for row in NOT_SURE], ids=[row[0] for row in NOT_SURE])
def test_may_be_one(text: str, rule: str) -> None:
    assert [(rule, "maybe")] == [(found[0], found[2]) for found in seen(find, text)]


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
