"""Truth table of the case number."""

from __future__ import annotations

import pytest

from pipeline.detect.recognisers.case_number import find
from tests.recognising import seen

FOUND = [
    ("diary", "mitt ärende VoO 2025/1187?", ("case.register", "VoO 2025/1187", "sure")),
    ("hyphen", "diarienr BoU 2026-00412 gäller", ("case.register", "BoU 2026-00412", "sure")),
    ("dots", "mitt dnr är MOS.2025.0933 och", ("case.register", "MOS.2025.0933", "sure")),
    ("number only", "dnr 2024-123456", ("case.year-and-number", "2024-123456", "maybe")),
    ("court, letter", "Lunds tingsrätt B 7719-25, grov", ("case.court", "B 7719-25", "sure")),
    ("court, word", "mål nr 4471-25, så", ("case.court", "4471-25", "sure")),
    ("police", "polisens nummer 5000-K884102-25", ("case.police", "5000-K884102-25", "sure")),
    ("public plan", "Detaljplanen i ärende KS 2026/0318 är ute på samråd", ("case.register", "KS 2026/0318", "public")),
    ("public papers", "Handlingarna i KS 2026/0451 finns på hemsidan", ("case.register", "KS 2026/0451", "public")),
    (
        "own, and not to be seen",
        "Hittar inte mitt ärende KS 2026/0451 på hemsidan",
        ("case.register", "KS 2026/0451", "sure"),
    ),
    ("court, appealed", "överklagan av P 4471-26 gäller", ("case.court", "4471-26", "sure")),
]

NOTHING = [
    ("statute", "offentlighets- och sekretesslagen 2009:400"),
    ("statute book", "SFS 2009/400"),
    ("bill", "prop. 2008/09:111"),
    ("EU", "förordning EU 2016/679"),
    ("season", "SHL 2024-25"),
    ("years", "säsongen 2014-2017"),
    ("property", "Sallerup 53:114"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_is_one(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in seen(find, text)


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_none(text: str) -> None:
    assert not seen(find, text)
