"""What would a new policy have done with what is archived? Two verdicts on each event, and where they part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.decide import Action, Verdict, decide
from pipeline.event import Change, Event
from pipeline.policy import UNREGISTERED, Account, Decision, Mode, Policy
from pipeline.ports import Detector
from pipeline.route import flags


@dataclass(frozen=True, slots=True)
class Parting:
    """An event on which two policies disagree; `rules` are those that speak under one of them alone or otherwise."""

    department: str
    before: Action
    after: Action
    rules: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """What a backtest has counted so far."""

    events: int = 0
    partings: Counter[Parting] = field(default_factory=Counter)
    hits: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, department: str, before: Verdict, after: Verdict) -> Parting | None:
        """Count one event; gives the parting if the two verdicts differ in what they want done."""
        self.events += 1
        self.hits.update((hit.rule, department, hit.mode) for hit in after.hits)
        if before.action is after.action:
            return None
        modes = [{hit.rule: hit.mode for hit in verdict.hits} for verdict in (before, after)]
        changed = sorted(rule for rule in {**modes[0], **modes[1]} if modes[0].get(rule) is not modes[1].get(rule))
        parting = Parting(department, before.action, after.action, tuple(changed))
        self.partings[parting] += 1
        return parting

    @property
    def new_removals(self) -> int:
        """How many events the new policy would take down and the old one would not."""
        return sum(count for parting, count in self.partings.items() if parting.after is Action.REMOVE)


@dataclass(frozen=True, slots=True)
class Promotion:
    """A rule that may go further than before, where (None: in general), and who decided it."""

    rule: str
    department: str | None
    before: Mode
    after: Mode
    decision: Decision | None


def promotions(old: Policy, new: Policy) -> Iterator[Promotion]:
    """Every step up the ladder from one policy to the other; a new rule comes from `observe`."""
    known = {rule.id: rule for rule in old.rule}
    for rule in new.rule:
        was = known.get(rule.id)
        for department in (None, *sorted({*rule.departments, *(was.departments if was else ())})):
            before = was.mode_in(department or "") if was else Mode.OBSERVE
            after = rule.mode_in(department or "")
            if after.reach > before.reach:
                yield Promotion(rule.id, department, before, after, new.decided(rule.id, department))


def verdicts(
    event: Event,
    detector: Detector,
    policies: tuple[Policy, Policy],
    accounts: Mapping[tuple[str, str], Account],
) -> tuple[str, Verdict, Verdict] | None:
    """The event's department and both verdicts on it; none for a delete or a check, which no policy acts on."""
    if event.data.change is Change.DELETED or event.data.is_check:
        return None
    account = accounts.get((event.data.platform, event.data.account_id))
    department = account.department if account else UNREGISTERED
    analysis = detector.detect(event.texts())
    old, new = (
        decide(
            analysis,
            policy,
            department,
            limit=policy.limits.get(event.data.object_kind, Mode.DELETE),
            flags=flags(event, account),
        )
        for policy in policies
    )
    return department, old, new
