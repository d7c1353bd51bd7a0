"""How long records are kept: classes with a legal basis and a decision, as data. What no rule names is kept for ever.

Removing a record is disposal (gallring), which takes a decision of the authority (arkivlagen 1990:782, 10 §); so time
running out never removes anything by itself, it only makes a record one that may be proposed.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from pipeline.event import ObjectKind


class Locking(StrEnum):
    """How storage with Object Lock guards a record: governance yields to those with a right, compliance to nobody."""

    NONE = "none"
    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


_Text = Annotated[str, msgspec.Meta(min_length=1)]


class RetentionClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One class of the authority's plan: for how many days after archiving, on which law and decision; None is ever.

    In a bucket its records are locked for as long, as `lock` says; None leaves that to the settings.
    """

    name: _Text
    legal_basis: _Text
    decision: _Text
    days: Annotated[int, msgspec.Meta(ge=1)] | None = None
    lock: Locking | None = None

    def expires(self, archived_on: date) -> date | None:
        """The first day on which such a record may be proposed for disposal."""
        return None if self.days is None else archived_on + timedelta(days=self.days)


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"of_class": "class"}):
    """Which records are of a class; an empty list stands for any."""

    of_class: str
    departments: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    kinds: tuple[ObjectKind, ...] = ()

    def fits(self, department: str, account: str, kind: str) -> bool:
        """Whether a record is one of those."""
        pairs = ((self.departments, department), (self.accounts, account), (self.kinds, kind))
        return all(not wanted or found in wanted for wanted, found in pairs)


class Schedule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"classes": "class"}):
    """The whole plan; of several rules that fit, the first counts."""

    classes: tuple[RetentionClass, ...] = ()
    rule: tuple[Rule, ...] = ()

    def class_of(self, department: str, account: str, kind: str) -> RetentionClass:
        """The class of a record."""
        named = {each.name: each for each in self.classes}
        found = next((rule.of_class for rule in self.rule if rule.fits(department, account, kind)), None)
        return named.get(found, KEPT) if found else KEPT


KEPT = RetentionClass(name="bevaras", legal_basis="arkivlagen (1990:782) 3 §", decision="-")
"""What no rule names."""
