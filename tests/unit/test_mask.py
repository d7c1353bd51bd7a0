"""What may be handed out of a text: everything but what was found, and nothing where it could not be looked for."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect.finding import Analysis, Concern, ConcernFinding, Cue, Entity, Finding
from pipeline.mask import NOT_ANALYSED, Piece, analyse_all, clear, mask, said
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
        pytest.param(Analysis((PHONE,), gaps=("over-budget",)), "[NOT ANALYSED]", id="not analysed in full"),
        pytest.param(
            Analysis((Finding(Entity.PHONE_NUMBER, 5, 18, 1.0, "phone", field="/title"),)), TEXT, id="another field"
        ),
    ],
)
def test_what_is_found_is_covered(analysis: Analysis, shown: str) -> None:
    assert shown == said(mask([FieldText("/text", TEXT)], analysis)["/text"])


@given(st.text("ab ", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6))
def test_nothing_that_was_found_ever_shows(text: str, places: list[tuple[int, int]]) -> None:
    """Each found character is replaced by one that occurs nowhere else, and must be gone."""
    spans = [(min(pair), max(pair)) for pair in places if max(pair) <= len(text) and pair[0] != pair[1]]
    marked = "".join("§" if any(s <= i < e for s, e in spans) else char for i, char in enumerate(text))
    findings = tuple(Finding(Entity.IP_ADDRESS, start, end, 1.0, "rule") for start, end in spans)
    shown = said(mask([FieldText("/text", marked)], Analysis(findings))["/text"])
    assert "§" not in shown
    assert marked.replace("§", "") == shown.replace("[IP_ADDRESS]", "")


@pytest.mark.parametrize(
    ("analysis", "seen"),
    [
        pytest.param(Analysis(), (TEXT,), id="nothing found"),
        pytest.param(Analysis((PHONE,)), ("Ring ", " om Annas sjukdom"), id="without the name of what is covered"),
        pytest.param(Analysis((), (concern(22, 30),)), ("Ring 070-174 06 05 om ", ""), id="no rest of a word"),
        pytest.param(Analysis((), (concern(24, 27),)), ("Ring 070-174 06 05 om ", " sjukdom"), id="on neither side"),
        pytest.param(Analysis(gaps=("over-budget",)), (), id="not analysed in full"),
    ],
)
def test_what_is_left_in_clear(analysis: Analysis, seen: tuple[str, ...]) -> None:
    assert seen == clear([FieldText("/text", TEXT)], analysis)


class Once:
    """A detector that, as ours, tells only the first of several words of one rule."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def detect(self, fields: Sequence[FieldText]) -> Analysis:
        found = [(text.text.find(word), word, text.pointer) for text in fields for word in self._words]
        there = sorted(each for each in found if each[0] >= 0)[:1]
        return Analysis(
            (PHONE,),
            tuple(ConcernFinding(Concern.HEALTH, at, at + len(word), 1.0, "h", field) for at, word, field in there),
        )


def test_everything_that_is_said_is_covered_not_only_the_first() -> None:
    texts = [FieldText("/text", "har cancer och diabetes och gikt"), FieldText("/title", "gikt igen")]
    analysis = analyse_all(Once("cancer", "diabetes", "gikt"), texts)
    assert len(analysis.findings) == 1, "a value is not told twice"
    shown = mask(texts, Analysis(concerns=analysis.concerns))
    assert {pointer: said(each) for pointer, each in shown.items()} == {
        "/text": "har [HEALTH] och [HEALTH] och [HEALTH]",
        "/title": "[HEALTH] igen",
    }


def test_what_never_ends_is_covered_whole() -> None:
    class Endless:
        def __init__(self) -> None:
            self.at = 0

        def detect(self, fields: Sequence[FieldText]) -> Analysis:
            self.at += 1
            return Analysis(concerns=(concern(self.at, self.at + 1),), gaps=() if fields else ("none",))

    texts = [FieldText("/text", "a" * 100)]
    assert mask(texts, analyse_all(Endless(), texts)) == {"/text": NOT_ANALYSED}


def test_what_is_covered_is_told_from_what_only_looks_so() -> None:
    shown = mask(
        [FieldText("/text", "[HEALTH] 070-174 06 05")], Analysis((Finding(Entity.IP_ADDRESS, 9, 22, 1.0, "r"),))
    )
    assert shown == {"/text": (Piece("[HEALTH] "), Piece("", ("IP_ADDRESS",)))}
    assert "HEALTH" not in repr(shown)
