"""What may be handed out of a text: everything but what was found, and nothing where it could not be looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect.finding import Analysis, Concern, ConcernFinding, Cue, Entity, Finding
from pipeline.mask import NOT_ANALYSED, mask
from pipeline.ports import FieldText

TEXT = "Ring 070-174 06 05 om Annas sjukdom"
PHONE = Finding(Entity.PHONE_NUMBER, 5, 18, 1.0, "phone")


def concern(start: int, end: int) -> ConcernFinding:
    return ConcernFinding(Concern.HEALTH, start, end, 1.0, "health")


@pytest.mark.parametrize(
    ("analysis", "shown"),
    [
        pytest.param(Analysis(), TEXT, id="nothing found"),
        pytest.param(Analysis((PHONE,)), "Ring [PHONE_NUMBER] om Annas sjukdom", id="a value"),
        pytest.param(Analysis((PHONE,), (concern(22, 35),)), "Ring [PHONE_NUMBER] om [HEALTH]", id="a concern too"),
        pytest.param(Analysis((PHONE,), (concern(0, 35),)), "[HEALTH PHONE_NUMBER]", id="one inside the other"),
        pytest.param(Analysis((PHONE,), (concern(14, 27),)), "Ring [PHONE_NUMBER HEALTH] sjukdom", id="overlapping"),
        pytest.param(Analysis((PHONE,), (concern(18, 27),)), "Ring [PHONE_NUMBER][HEALTH] sjukdom", id="side by side"),
        pytest.param(
            Analysis((Finding(Entity.PHONE_NUMBER, 5, 18, 1.0, "phone", public=True),)), TEXT, id="public by its nature"
        ),
        pytest.param(Analysis(cues=(Cue("last-four", 14, 16),)), TEXT[:14] + "[last-four]" + TEXT[16:], id="a cue"),
        pytest.param(Analysis((PHONE,), gaps=("over-budget",)), NOT_ANALYSED, id="not analysed in full"),
        pytest.param(
            Analysis((Finding(Entity.PHONE_NUMBER, 5, 18, 1.0, "phone", field="/title"),)), TEXT, id="another field"
        ),
    ],
)
def test_what_is_found_is_covered(analysis: Analysis, shown: str) -> None:
    assert {"/text": shown} == mask([FieldText("/text", TEXT)], analysis)


@given(st.text("ab ", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6))
def test_nothing_that_was_found_ever_shows(text: str, places: list[tuple[int, int]]) -> None:
    """Each found character is replaced by one that occurs nowhere else, and must be gone."""
    spans = [(min(pair), max(pair)) for pair in places if max(pair) <= len(text) and pair[0] != pair[1]]
    marked = "".join("§" if any(s <= i < e for s, e in spans) else char for i, char in enumerate(text))
    findings = tuple(Finding(Entity.IP_ADDRESS, start, end, 1.0, "rule") for start, end in spans)
    shown = mask([FieldText("/text", marked)], Analysis(findings))["/text"]
    assert "§" not in shown
    assert marked.replace("§", "") == shown.replace("[IP_ADDRESS]", "")
