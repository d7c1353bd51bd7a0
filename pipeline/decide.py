"""The decision: from what was found and what the policy says to one verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipeline.detect.finding import Analysis, Concern, ConcernFinding, Entity, Finding
from pipeline.message import Notice
from pipeline.policy import Mode, Policy, Rule, weaker

NOT_ANALYSED = "not-analysed"
DOUBTFUL = "doubtful-value"
REPORTED = "reported"
UNREGISTERED_ACCOUNT = "unregistered-account"

_DUTY_OF_SUPERVISION = "BBS-lagen (1998:112) 4 §"


class Action(StrEnum):
    """What the policy wants done with an item."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    REVIEW = "review"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that spoke: how far it goes here, and for which findings or concerns.

    `sure` are those of the findings that alone would make it go so far.
    """

    rule: str
    mode: Mode
    legal_basis: str
    findings: tuple[Finding, ...] = ()
    concerns: tuple[ConcernFinding, ...] = ()
    sure: tuple[Finding, ...] = ()
    notice: Notice = Notice.NONE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done and why; `policy` names the version that said so. `hits` holds observing rules as well."""

    action: Action
    mode: Mode
    hits: tuple[RuleHit, ...]
    policy: str

    @property
    def acting(self) -> tuple[RuleHit, ...]:
        """The hits that do more than observe."""
        return tuple(hit for hit in self.hits if hit.mode is not Mode.OBSERVE)


def decide(
    analysis: Analysis, policy: Policy, department: str, *, limit: Mode = Mode.DELETE, flags: tuple[str, ...] = ()
) -> Verdict:
    """Weigh an analysis against the policy.

    `limit` caps every rule (a direct message cannot be taken down, so it goes to people). `flags` are reasons outside
    the text for people to look: a visitor's report, an unregistered account. What was not analysed is never clean.
    """
    hits = tuple(_hits(analysis, policy, department, limit, flags))
    mode = max((hit.mode for hit in hits), key=lambda mode: mode.reach, default=Mode.OBSERVE)
    return Verdict(_ACTION[mode], mode, hits, policy.version)


_ACTION = {
    Mode.OBSERVE: Action.PASS,
    Mode.REVIEW: Action.REVIEW,
    Mode.HIDE: Action.REMOVE,
    Mode.DELETE: Action.REMOVE,
}


def _hits(
    analysis: Analysis, policy: Policy, department: str, limit: Mode, flags: tuple[str, ...]
) -> Iterator[RuleHit]:
    for rule in policy.rule if analysis.findings or analysis.concerns else ():
        findings = tuple(f for f in analysis.findings if _speaks(rule.entities, f.type, f.score, rule) and not f.public)
        concerns = tuple(c for c in analysis.concerns if _speaks(rule.concerns, c.concern, c.score, rule))
        if not findings and not concerns:
            continue
        sure = tuple(f for f in findings if f.score >= rule.act_at)
        mode = rule.mode_in(department)
        if not sure and not any(c.certain for c in concerns):
            mode = weaker(mode, Mode.REVIEW)
        yield RuleHit(rule.id, weaker(mode, limit), rule.legal_basis, findings, concerns, sure, rule.notice)
    if analysis.gaps:
        yield RuleHit(NOT_ANALYSED, Mode.REVIEW, _DUTY_OF_SUPERVISION)
    if analysis.cues:
        yield RuleHit(DOUBTFUL, Mode.REVIEW, _DUTY_OF_SUPERVISION)
    for flag in flags:
        yield RuleHit(flag, Mode.REVIEW, _DUTY_OF_SUPERVISION)


def _speaks(wanted: tuple[Entity | Concern, ...], found: Entity | Concern, score: float, rule: Rule) -> bool:
    return found in wanted and score >= rule.review_at
