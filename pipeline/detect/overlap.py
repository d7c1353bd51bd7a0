"""Which of several readings of the same characters stands: the more probable one, and, equal, the one listed first.

Some readings hold each other and both stand: a personal number in an account, in an e-mail address or in a page's
address.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.detect.finding import Entity, Finding

PRECEDENCE = (
    Entity.IBAN_CODE,
    Entity.CREDIT_CARD,
    Entity.SE_PERSONNUMMER,
    Entity.SE_SAMORDNINGSNUMMER,
    Entity.FOREIGN_ID,
    Entity.SE_BANK_ACCOUNT,
    Entity.SE_ORGANISATIONSNUMMER,
    Entity.EMAIL_ADDRESS,
    Entity.PHONE_NUMBER,
    Entity.SE_BANKGIRO,
    Entity.SE_PLUSGIRO,
    Entity.SE_SWISH,
    Entity.SE_CASE_NUMBER,
    Entity.SE_ADDRESS,
    Entity.SE_VEHICLE_PLATE,
    Entity.SE_PASSPORT,
    Entity.IP_ADDRESS,
    Entity.COORDINATES,
    Entity.PERSON,
)
_RANK = {entity: rank for rank, entity in enumerate(PRECEDENCE)}
_TWO = 2  # that could overlap
_IDENTITY = (Entity.SE_PERSONNUMMER, Entity.SE_SAMORDNINGSNUMMER)
_HOLDERS = {"account.personal": _IDENTITY, "email.written": (*_IDENTITY, Entity.PHONE_NUMBER)}


def resolve(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stand, in order of place."""
    found = tuple(findings)
    if len(found) < _TWO:
        return found
    ranked = sorted(found, key=lambda finding: (-finding.score, _RANK[finding.type], finding.start - finding.end))
    kept: list[Finding] = []
    taken = bytearray(max((finding.end for finding in ranked), default=0))
    for finding in ranked:
        length = finding.end - finding.start
        if not any(taken[finding.start : finding.end]) or all(
            _both(finding, other) for other in kept if finding.start < other.end and other.start < finding.end
        ):
            kept.append(finding)
            taken[finding.start : finding.end] = b"\x01" * length
    return tuple(sorted(kept, key=lambda finding: (finding.start, finding.end)))


def _both(one: Finding, other: Finding) -> bool:
    return other.type in _HOLDERS.get(one.rule, ()) or one.type in _HOLDERS.get(other.rule, ())
