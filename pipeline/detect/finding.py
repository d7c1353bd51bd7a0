"""What detection may say about a text, as frozen values that never hold the text itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Entity(StrEnum):
    """A value with a shape; the names are part of the contract (evaluation labels, policy, topics)."""

    SE_PERSONNUMMER = "SE_PERSONNUMMER"
    SE_SAMORDNINGSNUMMER = "SE_SAMORDNINGSNUMMER"
    SE_ORGANISATIONSNUMMER = "SE_ORGANISATIONSNUMMER"
    PHONE_NUMBER = "PHONE_NUMBER"
    EMAIL_ADDRESS = "EMAIL_ADDRESS"
    SE_ADDRESS = "SE_ADDRESS"
    SE_BANK_ACCOUNT = "SE_BANK_ACCOUNT"
    SE_BANKGIRO = "SE_BANKGIRO"
    SE_PLUSGIRO = "SE_PLUSGIRO"
    SE_SWISH = "SE_SWISH"
    IBAN_CODE = "IBAN_CODE"
    CREDIT_CARD = "CREDIT_CARD"
    SE_VEHICLE_PLATE = "SE_VEHICLE_PLATE"
    SE_CASE_NUMBER = "SE_CASE_NUMBER"
    IP_ADDRESS = "IP_ADDRESS"
    PERSON = "PERSON"
    SE_PASSPORT = "SE_PASSPORT"
    COORDINATES = "COORDINATES"
    FOREIGN_ID = "FOREIGN_ID"


class Concern(StrEnum):
    """What a text says, as opposed to a value it contains."""

    HEALTH = "HEALTH"
    SOCIAL_SERVICES = "SOCIAL_SERVICES"
    SCHOOL_PUPIL = "SCHOOL_PUPIL"
    PROTECTED_IDENTITY = "PROTECTED_IDENTITY"
    CRIME = "CRIME"
    SPECIAL_CATEGORY = "SPECIAL_CATEGORY"
    THREAT = "THREAT"
    HATE = "HATE"
    INCITEMENT = "INCITEMENT"
    COPYRIGHT = "COPYRIGHT"
    INSULT = "INSULT"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a finding has its score: the tier of its shape, and what raised or lowered it.

    `context` and `suppressors` hold words of our own lexicons or rule names, never words quoted from the text.
    """

    tier: str
    context: tuple[str, ...] = ()
    suppressors: tuple[str, ...] = ()


UNEXPLAINED = Explanation("unspecified")


@dataclass(frozen=True, slots=True)
class Finding:
    """A value found in one field: code points `start` (inclusive) to `end` (exclusive) of the original text.

    `score` is the probability, 0 to 1, that this is a real value of its type. `public` says that the value is public
    by its nature or its owner (an allow-list, an association's account), so that it needs no action.
    """

    type: Entity
    start: int
    end: int
    score: float
    rule: str
    field: str = "/text"
    public: bool = False
    why: Explanation = UNEXPLAINED


@dataclass(frozen=True, slots=True)
class ConcernFinding:
    """Something said, with the span that says it; `certain` is true only where the rule may act by itself."""

    concern: Concern
    start: int
    end: int
    score: float
    rule: str
    field: str = "/text"
    certain: bool = False
    why: Explanation = UNEXPLAINED


@dataclass(frozen=True, slots=True)
class Cue:
    """A reason for people to look that is neither a value nor a concern, such as four lone last digits."""

    rule: str
    start: int
    end: int
    field: str = "/text"


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that was found in the fields of one event.

    `gaps` names, by reason code, what could not be analysed (an error, a budget passed). An analysis with gaps is never
    clean (invariant 5), though what it did find still counts.
    """

    findings: tuple[Finding, ...] = ()
    concerns: tuple[ConcernFinding, ...] = ()
    cues: tuple[Cue, ...] = ()
    gaps: tuple[str, ...] = ()
