"""The decision: modes, scores, limits, flags, and that what was not analysed is never clean."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decide import DOUBTFUL, NOT_ANALYSED, REPORTED, Action, decide
from pipeline.detect.finding import Analysis, Concern, ConcernFinding, Cue, Entity, Finding
from pipeline.policy import Mode, weaker
from tests.events import a_policy, a_rule

CONCERN = a_rule(id="threat", entities=(), concerns=(Concern.THREAT,), act_at=0.8, review_at=0.3)


def found(score: float = 0.95, *, public: bool = False, entity: Entity = Entity.SE_PERSONNUMMER) -> Finding:
    return Finding(entity, 0, 13, score, "shape", public=public)


def said(score: float = 0.95, *, certain: bool = False) -> ConcernFinding:
    return ConcernFinding(Concern.THREAT, 0, 5, score, "words", certain=certain)


@pytest.mark.parametrize(
    ("mode", "sure", "unsure"),
    [
        (Mode.OBSERVE, Action.PASS, Action.PASS),
        (Mode.REVIEW, Action.REVIEW, Action.REVIEW),
        (Mode.HIDE, Action.REMOVE, Action.REVIEW),
        (Mode.DELETE, Action.REMOVE, Action.REVIEW),
    ],
)
def test_each_mode_does_its_own(mode: Mode, sure: Action, unsure: Action) -> None:
    """At `act_at` the rule's mode; from `review_at` up to it, people; an observing rule only counts."""
    policy = a_policy(a_rule(mode, act_at=0.8, review_at=0.3))
    outcomes = [decide(Analysis((found(score),)), policy, "school") for score in (0.8, 0.79, 0.3)]
    assert [verdict.action for verdict in outcomes] == [sure, unsure, unsure]
    assert outcomes[0].mode is mode
    assert all(verdict.hits for verdict in outcomes)


@pytest.mark.parametrize(
    "analysis",
    [
        Analysis(),
        Analysis((found(0.29),)),
        Analysis((found(public=True),)),
        Analysis((found(entity=Entity.IP_ADDRESS),)),
    ],
    ids=["nothing found", "too unlikely", "public by nature", "no rule looks for it"],
)
def test_what_no_rule_speaks_of_passes(analysis: Analysis) -> None:
    verdict = decide(analysis, a_policy(), "school")
    assert (verdict.action, verdict.mode, verdict.hits) == (Action.PASS, Mode.OBSERVE, ())


@pytest.mark.parametrize(
    ("concern", "expected"),
    [
        (said(0.29, certain=False), Action.PASS),
        (said(0.99, certain=False), Action.REVIEW),
        (said(0.99, certain=True), Action.REMOVE),
    ],
    ids=["too unlikely", "likely", "certain"],
)
def test_a_concern_acts_only_when_certain(concern: ConcernFinding, expected: Action) -> None:
    """However likely a concern is, only detection's own certainty lets a rule act on words."""
    assert decide(Analysis(concerns=(concern,)), a_policy(CONCERN), "school").action is expected


@pytest.mark.parametrize(("limit", "mode"), list(itertools.product(Mode, Mode)))
def test_a_limit_caps_every_rule(limit: Mode, mode: Mode) -> None:
    verdict = decide(Analysis((found(),)), a_policy(a_rule(mode)), "school", limit=limit)
    assert verdict.mode is weaker(limit, mode)


def test_a_department_may_have_a_mode_of_its_own() -> None:
    policy = a_policy(a_rule(Mode.DELETE, departments={"school": Mode.REVIEW}))
    asked = [decide(Analysis((found(),)), policy, department).mode for department in ("school", "library")]
    assert asked == [Mode.REVIEW, Mode.DELETE]


@pytest.mark.parametrize(
    ("analysis", "flags", "rule"),
    [
        (Analysis(gaps=("timeout",)), (), NOT_ANALYSED),
        (Analysis(cues=(Cue("last-four", 0, 4),)), (), DOUBTFUL),
        (Analysis(), (REPORTED,), REPORTED),
    ],
    ids=["not analysed", "doubtful", "reported"],
)
def test_other_reasons_send_an_item_to_people(analysis: Analysis, flags: tuple[str, ...], rule: str) -> None:
    verdict = decide(analysis, a_policy(a_rule(Mode.OBSERVE)), "school", flags=flags)
    assert (verdict.action, [hit.rule for hit in verdict.hits]) == (Action.REVIEW, [rule])


def test_a_gap_takes_nothing_from_what_was_found() -> None:
    verdict = decide(Analysis((found(),), gaps=("timeout",)), a_policy(), "school")
    assert verdict.action is Action.REMOVE
    assert [hit.rule for hit in verdict.hits] == ["identity-number", NOT_ANALYSED]


def test_the_strongest_rule_decides_and_all_are_named() -> None:
    policy = a_policy(a_rule(Mode.OBSERVE, id="seen"), a_rule(Mode.HIDE, id="hidden"), a_rule(Mode.REVIEW, id="looked"))
    verdict = decide(Analysis((found(),)), policy, "school")
    assert verdict.mode is Mode.HIDE
    assert [hit.rule for hit in verdict.hits] == ["seen", "hidden", "looked"]
    assert [hit.rule for hit in verdict.acting] == ["hidden", "looked"]
    assert verdict.policy == "policy-version"


SCORES = st.floats(0, 1)
FINDINGS = st.builds(
    Finding, st.sampled_from(Entity), st.just(0), st.just(1), SCORES, st.just("any"), public=st.booleans()
)
CONCERNS = st.builds(
    ConcernFinding, st.sampled_from(Concern), st.just(0), st.just(1), SCORES, st.just("any"), certain=st.booleans()
)


@given(
    st.lists(FINDINGS, max_size=4),
    st.lists(CONCERNS, max_size=4),
    st.sampled_from(Mode),
    st.sampled_from(Mode),
    st.lists(st.sampled_from(["timeout", "ValueError"]), max_size=2),
)
def test_laws(
    findings: list[Finding], concerns: list[ConcernFinding], mode: Mode, limit: Mode, gaps: list[str]
) -> None:
    """Invariant 5 and 9: a gap is never clean, no rule goes past its mode or the limit, and removal has a reason."""
    analysis = Analysis(tuple(findings), tuple(concerns), gaps=tuple(gaps))
    rule = a_rule(mode, entities=tuple(Entity), concerns=tuple(Concern))
    verdict = decide(analysis, a_policy(rule), "school", limit=limit)
    assert not (gaps and verdict.action is Action.PASS)
    assert all(hit.mode.reach <= min(mode.reach, limit.reach) for hit in verdict.hits if hit.rule == rule.id)
    if verdict.action is Action.REMOVE:
        assert any(finding.score >= rule.act_at and not finding.public for finding in findings) or any(
            concern.certain and concern.score >= rule.review_at for concern in concerns
        )
    if any(finding.score >= rule.act_at and not finding.public for finding in findings):
        assert verdict.mode.reach >= weaker(mode, limit).reach
