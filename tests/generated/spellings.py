"""Valid identity numbers made at run time, and ninety ways in which people write them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta

_UNITS = ("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio")
_TEENS = ("tio", "elva", "tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton")
_TENS = ("", "", "tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio")
_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]

CARRIERS = (
    "Hej, det gäller {} och inget händer",
    "{} är det ni ska leta efter",
    "kan någon på kommunen hjälpa mig, {} tack",
    "Jag väntar fortfarande på svar {} hälsningar från Marieholm",
    "så här: {}",
    "{}",
    "Mitt personnummer är {} om ni undrar",
    "hon bor granne med oss och har {} berättar hon för alla",
    "Hallo! {} !!! 😡",
    "Skriver igen (tredje gången) {}, mvh",
)
"""Sentences without digits that a number is put into."""


def luhn_digit(nine: str) -> str:
    """The check digit of nine digits."""
    total = sum(sum(divmod(int(char) * (2 - index % 2), 10)) for index, char in enumerate(nine))
    return str(-total % 10)


def personal_number(rng: random.Random, *, youngest: date = date(2019, 12, 31)) -> str:
    """Twelve digits with a serial of the tax agency's test series (238 and 239)."""
    born = date(1921, 1, 1) + timedelta(days=rng.randrange((youngest - date(1921, 1, 1)).days))
    return _with_serial(rng, born.strftime("%Y%m%d"))


def coordination_number(rng: random.Random) -> str:
    """Twelve digits with 60 added to the day; one in ten has an unknown month or day."""
    born = date(1940, 1, 1) + timedelta(days=rng.randrange(28_000))
    month, day = born.month, born.day + 60
    if rng.random() < 0.1:
        month, day = rng.choice(((0, day), (month, 60), (2, 91)))
    return _with_serial(rng, f"{born.year}{month:02}{day:02}")


def _with_serial(rng: random.Random, day: str) -> str:
    nine = day[2:] + rng.choice(("238", "239"))
    return day + nine[6:] + luhn_digit(nine)


def _say(number: int) -> str:
    if number < 10:
        return _UNITS[number]
    if number < 20:
        return _TEENS[number - 10]
    return _TENS[number // 10] + (_UNITS[number % 10] if number % 10 else "")


def _mapped(digits: str) -> Callable[[str], str]:
    return lambda twelve: f"{twelve[2:8]}-{twelve[8:]}".translate(str.maketrans("0123456789", digits))


def _joined(short: str, long: str = "") -> Callable[[str], str]:
    """Ten digits with something before the last four; or twelve, with `long`."""
    if long:
        return lambda n: f"{n[:8]}{long}{n[8:]}"
    return lambda n: f"{n[2:8]}{short}{n[8:]}"


def _hidden(char: str, *, between: bool = False) -> Callable[[str], str]:
    if between:
        return lambda n: char.join(n[2:8] + "-" + n[8:])
    return lambda n: f"{n[2:5]}{char}{n[5:8]}-{n[8:10]}{char}{n[10:]}"


def _around(before: str, after: str = "", *, compact: bool = False, twelve: bool = False) -> Callable[[str], str]:
    def write(n: str) -> str:
        value = n if twelve else n[2:]
        return before + (value if compact else f"{value[:-4]}-{value[-4:]}") + after

    return write


SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "12-hyphen": lambda n: f"{n[:8]}-{n[8:]}",
    "10-hyphen": _joined("-"),
    "10-plus": _joined("+"),
    "12-compact": lambda n: n,
    "10-compact": lambda n: n[2:],
    **{
        f"space-{name}": _joined(sep)
        for name, sep in {
            "plain": " ", "nbsp": "\u00a0", "narrow": "\u202f", "thin": "\u2009", "figure": "\u2007", "em": "\u2003",
            "ideographic": "\u3000", "tab": "\t", "newline": "\n", "two": "  ", "spaced-hyphen": " - ",
        }.items()
    },
    "space-12": _joined("", " "),
    "space-12-nbsp": _joined("", "\u00a0"),
    **{
        f"dash-{name}": _joined(sep)
        for name, sep in {
            "en": "–", "em": "—", "minus": "−", "hyphen": "‐", "nb-hyphen": "‑", "figure": "‒", "fullwidth": "\uff0d",
            "small": "﹣", "double": "--", "tilde": "~", "spaced-en": " – ",
        }.items()
    },
    **{f"sign-{name}": _joined(sep) for name, sep in {
        "dot": ".", "slash": "/", "underscore": "_", "colon": ":", "comma": ",", "middle-dot": "·", "star": "*",
    }.items()},
    "split-iso": lambda n: f"{n[:4]}-{n[4:6]}-{n[6:8]}-{n[8:]}",
    "split-iso-space": lambda n: f"{n[:4]}-{n[4:6]}-{n[6:8]} {n[8:]}",
    "split-space": lambda n: f"{n[2:4]} {n[4:6]} {n[6:8]} {n[8:]}",
    "split-space-12": lambda n: f"{n[:4]} {n[4:6]} {n[6:8]} {n[8:]}",
    "split-slash": lambda n: f"{n[:4]}/{n[4:6]}/{n[6:8]}-{n[8:]}",
    "split-dot": lambda n: f"{n[:4]}.{n[4:6]}.{n[6:8]}-{n[8:]}",
    "split-dots": lambda n: f"{n[2:4]}.{n[4:6]}.{n[6:8]}.{n[8:]}",
    "split-century": lambda n: f"{n[:2]} {n[2:8]}-{n[8:]}",
    "split-fours": lambda n: f"{n[:4]} {n[4:8]} {n[8:]}",
    "digits-fullwidth": _mapped("０１２３４５６７８９"),
    "digits-arabic": _mapped("٠١٢٣٤٥٦٧٨٩"),
    "digits-persian": _mapped("۰۱۲۳۴۵۶۷۸۹"),
    "digits-bold": _mapped("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"),
    "digits-superscript": _mapped("⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "digits-circled": _mapped("⓪①②③④⑤⑥⑦⑧⑨"),
    "digits-keycap": lambda n: "".join(f"{char}\ufe0f\u20e3" for char in n[2:]),
    **{
        f"hidden-{name}": _hidden(char)
        for name, char in {
            "zwsp": "\u200b", "zwj": "\u200d", "zwnj": "\u200c", "wj": "\u2060", "shy": "\u00ad", "lrm": "\u200e",
            "bom": "\ufeff", "combining": "\u0336",
        }.items()
    },
    "hidden-zwsp-everywhere": _hidden("\u200b", between=True),
    "hidden-combining-everywhere": _hidden("\u0332", between=True),
    "apart-spaces": lambda n: " ".join(n[2:]),
    "apart-spaces-12": " ".join,
    "apart-hyphens": lambda n: "-".join(n[2:]),
    "apart-pairs": lambda n: " ".join((n[2:4], n[4:6], n[6:8], n[8:10], n[10:])),
    "apart-commas": lambda n: ", ".join(n[2:]),
    "letters-o": lambda n: f"{n[2:8]}-{n[8:]}".replace("0", "O"),
    "letters-o-l": lambda n: f"{n[2:8]}-{n[8:]}".replace("0", "o").replace("1", "l"),
    "glued-hash": _around("#", compact=True),
    "glued-parentheses": _around("(", ")"),
    "glued-before": _around("pnr"),
    "glued-before-compact": _around("pnr", compact=True, twelve=True),
    "glued-after": _around("", "är"),
    "glued-both": _around("xx", "yy", twelve=True),
    "glued-url": _around("https://exempel.se/?pnr=", "&x=y", compact=True, twelve=True),
    "glued-email": _around("", "@exempel.se", compact=True, twelve=True),
    "glued-emoji": _around("👉", "👈"),
    "glued-quotes": _around('"', '"'),
    "glued-colon": _around("pnr:", ".", compact=True),
    "glued-stars": _around("**", "**"),
    "glued-entity": lambda n: f"{n[2:8]}&nbsp;{n[8:]}",
    "glued-entity-dash": lambda n: f"{n[:8]}&ndash;{n[8:]}",
    "glued-percent": lambda n: f"{n[2:8]}%2D{n[8:]}",
    "words-digits": lambda n: " ".join(_UNITS[int(char)] for char in n[2:]),
    "words-pairs": lambda n: " ".join(
        f"noll {_UNITS[int(n[i + 1])]}" if n[i] == "0" else _say(int(n[i : i + 2])) for i in range(2, 12, 2)
    ),
    "words-english": lambda n: " ".join(_ENGLISH[int(char)] for char in n[2:]),
    "words-streck": lambda n: f"{n[2:8]} streck {n[8:]}",
    "split-month": lambda n: f"{int(n[6:8]) % 60 or 1} {_MONTHS[max(0, int(n[4:6]) - 1)]} {n[:4]} {n[8:]}",
    "split-last-four": lambda n: f"född {n[:4]}-{n[4:6]}-{n[6:8]}, sista fyra {n[8:]}",
    "masked-letters": lambda n: f"{n[2:8]}-XXXX",
    "masked-stars": lambda n: f"{n[:8]}-****",
    "reversed-parts": lambda n: f"fyra sista {n[8:]}, född {n[2:8]}",
    "emoji-between": lambda n: f"{n[2:8]}🔥{n[8:]}",
}  # fmt: skip
"""The classes of table 4b in the study of what stock tools miss, by name."""

PERSON_ONLY = frozenset({"split-month", "split-last-four", "reversed-parts"})
"""Spellings that say a date in words: a coordination number has no date to say."""
