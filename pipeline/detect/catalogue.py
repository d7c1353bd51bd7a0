"""Which recognisers there are, which entities each one finds, and what must stand in a text for it to find anything."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.detect.finding import Entity
from pipeline.detect.presidio import Find, MayHold
from pipeline.detect.recognisers import (
    address,
    bank_account,
    card,
    case_number,
    coordinates,
    email,
    foreign_id,
    giro,
    iban,
    identity_document,
    ip,
    organisation_number,
    partial,
    personal_number,
    phone,
    plate,
    reserve_number,
    vat_person,
)

_PERSON = (Entity.SE_PERSONNUMMER, Entity.SE_SAMORDNINGSNUMMER)


@dataclass(frozen=True, slots=True)
class Entry:
    """A recogniser: its name, its entities, its function, and the gate before that."""

    name: str
    entities: tuple[Entity, ...]
    find: Find
    may_hold: MayHold


CATALOGUE = (
    Entry("personal-number", _PERSON, personal_number.find, personal_number.may_hold),
    Entry("vat-person", _PERSON, vat_person.find, vat_person.may_hold),
    Entry("partial-number", _PERSON, partial.find, partial.may_hold),
    Entry("reserve-number", _PERSON, reserve_number.find, reserve_number.may_hold),
    Entry(
        "organisation-number", (Entity.SE_ORGANISATIONSNUMMER,), organisation_number.find, organisation_number.may_hold
    ),
    Entry("phone", (Entity.PHONE_NUMBER,), phone.find, phone.may_hold),
    Entry("email", (Entity.EMAIL_ADDRESS,), email.find, email.may_hold),
    Entry("address", (Entity.SE_ADDRESS,), address.find, address.may_hold),
    Entry("bank-account", (Entity.SE_BANK_ACCOUNT, *_PERSON), bank_account.find, bank_account.may_hold),
    Entry("giro", (Entity.SE_BANKGIRO, Entity.SE_PLUSGIRO, Entity.SE_SWISH), giro.find, giro.may_hold),
    Entry("iban", (Entity.IBAN_CODE,), iban.find, iban.may_hold),
    Entry("card", (Entity.CREDIT_CARD,), card.find, card.may_hold),
    Entry("plate", (Entity.SE_VEHICLE_PLATE,), plate.find, plate.may_hold),
    Entry("case-number", (Entity.SE_CASE_NUMBER,), case_number.find, case_number.may_hold),
    Entry("ip", (Entity.IP_ADDRESS,), ip.find, ip.may_hold),
    Entry("coordinates", (Entity.COORDINATES,), coordinates.find, coordinates.may_hold),
    Entry("identity-document", (Entity.SE_PASSPORT,), identity_document.find, identity_document.may_hold),
    Entry("foreign-id", (Entity.FOREIGN_ID,), foreign_id.find, foreign_id.may_hold),
)
