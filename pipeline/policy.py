"""Policy and accounts as data: which rule, on what law, how far it may go in which department (invariant 9).

The values are frozen and carry the content hash of the file they were read from, so that every verdict can name the
policy that made it. Reading the files is the edge's business (`agents/configuration.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from pipeline.detect.finding import Concern, Entity
from pipeline.event import Id, ObjectKind, PlatformName
from pipeline.message import Notice
from pipeline.notice import Language

Score = Annotated[float, msgspec.Meta(ge=0, le=1)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Words = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=1)]

UNREGISTERED = "unregistered"
"""The department of an account that nobody has registered."""


class Mode(StrEnum):
    """How far a rule may go; a later mode does more than an earlier one."""

    OBSERVE = "observe"
    REVIEW = "review"
    HIDE = "hide"
    DELETE = "delete"

    @property
    def reach(self) -> int:
        """Its place on the ladder, 0 to 3."""
        return _REACH[self]


_REACH = {mode: place for place, mode in enumerate(Mode)}


def weaker(one: Mode, other: Mode) -> Mode:
    """The one of two modes that does less."""
    return min(one, other, key=lambda mode: mode.reach)


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule: what it looks for, the law it rests on, and its mode, which a department may have its own of.

    A finding of `entities` with a score of at least `act_at` gets the rule's mode, one of at least `review_at` goes to
    people. A concern goes to people at `review_at`, and gets the rule's mode only if detection calls it certain.
    `notice` says how the author is told when this rule has hidden or removed an item.
    """

    id: Name
    legal_basis: Words
    mode: Mode
    entities: tuple[Entity, ...] = ()
    concerns: tuple[Concern, ...] = ()
    act_at: Score = 0.8
    review_at: Score = 0.3
    departments: dict[Name, Mode] = {}
    notice: Notice = Notice.NONE

    def mode_in(self, department: str) -> Mode:
        """How far the rule may go in this department."""
        return self.departments.get(department, self.mode)


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody let rules go so far, in these departments or (none named) wherever nobody decided otherwise."""

    rules: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]
    mode: Mode
    on: date
    by: Words
    why: Words
    departments: tuple[Name, ...] = ()


class Brakes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many removals an hour are carried out before people must look (invariant 7)."""

    per_account_per_hour: Count = 60
    per_rule_per_hour: Count = 300


class Deadlines(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an order that is not yet carried out becomes an alarm."""

    removal_minutes: Count = 30


class Reposts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many days a removed value is known again when it is posted anew; Kafka keeps no fingerprint longer."""

    days: Annotated[int, msgspec.Meta(ge=1, le=400)] = 365


class Notices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom authors may turn to, and the language in which they are told."""

    contact: Words = "kommunens kontaktcenter"
    language: Language = Language.SWEDISH


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules of a municipality, with its limits; `version` is the content hash of the file (SHA-256, hex)."""

    rule: tuple[Rule, ...]
    decision: tuple[Decision, ...] = ()
    limits: dict[ObjectKind, Mode] = {}
    brakes: Brakes = Brakes()
    deadlines: Deadlines = Deadlines()
    reposts: Reposts = Reposts()
    notices: Notices = Notices()
    version: str = ""

    def decided(self, rule: str, department: str | None = None) -> Decision | None:
        """Who let a rule go how far there, last; of two on the same day the one that stands later in the file."""
        found = (
            each
            for each in self.decision
            if rule in each.rules and (not each.departments or department in each.departments)
        )
        return max(enumerate(found), key=lambda pair: (pair[1].on, pair[0]), default=(0, None))[1]

    def undecided(self) -> Iterator[tuple[Rule, str | None]]:
        """The rules that go further than anybody has decided, and where (None: wherever no department says otherwise).

        To take a rule back needs no decision.
        """
        for rule in self.rule:
            for department, mode in ((None, rule.mode), *rule.departments.items()):
                decision = self.decided(rule.id, department)
                if mode.reach > (decision.mode.reach if decision else Mode.OBSERVE.reach):
                    yield rule, department

    def looks_for(self, entity: Entity) -> bool:
        """Whether any rule speaks for this kind of value."""
        return any(entity in rule.entities for rule in self.rule)


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A social media account: whose it is, and who answers for it."""

    id: Id
    platform: PlatformName
    department: Name
    owner: Words
    name: str = ""

    @property
    def label(self) -> str:
        """How metrics and reports name it."""
        return f"{self.platform}/{self.id}"


class Accounts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The register of accounts."""

    account: tuple[Account, ...]

    def by_identity(self) -> dict[tuple[str, str], Account]:
        """The accounts by platform and id: what is not in here is archived, screened and flagged all the same."""
        return {(account.platform, account.id): account for account in self.account}
